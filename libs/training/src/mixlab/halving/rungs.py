"""Which rung is to be trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .contest import Contest, Entrant
from .decision import decide, decision_file, keep, parse_decision, promoted, read_decision
from .scores import Folders, find_folders, read_scores


@dataclass(frozen=True)
class Rung:
    """The rung under way."""

    number: int
    """From 0."""

    epoch: int
    entrants: Sequence[Entrant]
    """None where no run has a result with which it could go on."""


def find_rung(
    contest: Contest,
    work: Path,
    *,
    awaited: frozenset[str] = frozenset(),
    may_write: bool = True,
) -> Rung:
    """The first rung that is not decided, after deciding each for which all results are there.

    Args:
        contest: what competes.
        work: the folder of the run directories.
        awaited: `failed`, `cancelled`: trials that are in such a state are about to be started again.
        may_write: keep what is decided.

    Raises:
        InvalidInput: what was decided before is of other runs, or of another halving.
        OSError: a decision can't be written.
    """
    folders: Folders | None = None
    entrants = contest.entrants
    last = len(contest.rungs) - 1
    for number, epoch in enumerate(contest.rungs):
        if number == last or not entrants:
            break
        file = decision_file(work, number)
        decision = read_decision(file)
        if decision is None:
            folders = find_folders(contest, work) if folders is None else folders
            scores = read_scores(contest, entrants, epoch, folders, awaited)
            if scores is None:
                break
            made = decide(contest, number, entrants, scores)
            decision = keep(file, made) if may_write else parse_decision(file, made)
        entrants = promoted(contest, entrants, decision)
    return Rung(number, epoch, entrants)
