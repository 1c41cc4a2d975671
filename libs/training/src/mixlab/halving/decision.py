"""Who goes on from a rung: `.halving/rung-1.json` beside the run directories, written once."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mixlab.core.errors import InvalidInput
from mixlab.core.files import sync_folder, temporary_beside, write_json

from .contest import Contest, Entrant

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Decision:
    """What holds for a rung from now on."""

    file: Path
    terms: Mapping[str, object]
    """What the contest was like."""

    entrants: frozenset[tuple[str, int]]
    """Hash and number of trials of each run that competed."""

    going_on: frozenset[str]
    """Hashes."""


def decision_file(work: Path, rung: int) -> Path:
    """Of rung `rung`, from 0. `work` holds the run directories."""
    return work / ".halving" / f"rung-{rung + 1}.json"


def decide(
    contest: Contest, rung: int, entrants: Sequence[Entrant], scores: Sequence[Sequence[float | None]]
) -> dict[str, object]:
    """Who goes on, as a file holds it, from the best run to the worst.

    A run counts as much as its trials' mean. One with a trial without a number is behind all others and never
    goes on. Of equals the first in the plan goes on.
    """
    sign = -1 if contest.goal == "max" else 1
    rows: list[tuple[float, dict[str, object]]] = []
    for entrant, trials in zip(entrants, scores, strict=True):
        numbers = [score for score in trials if score is not None]
        mean = math.fsum(numbers) / len(numbers) if len(numbers) == len(trials) else None
        order = math.inf if mean is None else sign * mean
        rows.append(
            (order, {"name": entrant.name, "hash": entrant.hash, "trials": list(trials), "mean": mean})
        )
    rows.sort(key=lambda row: row[0])
    places = contest.size(rung + 1)
    return {
        "schemaVersion": SCHEMA_VERSION,
        "rung": rung + 1,
        "epoch": contest.rungs[rung],
        **_terms(contest),
        "runs": [
            {**row, "goesOn": place < places and row["mean"] is not None}
            for place, (_, row) in enumerate(rows)
        ],
    }


def keep(file: Path, made: Mapping[str, object]) -> Decision:
    """Writes a decision where there is none yet, and returns the one that holds."""
    file.parent.mkdir(parents=True, exist_ok=True)
    staged = temporary_beside(file)
    try:
        write_json(staged, made)
        # Not a rename: of two processes that decide at once the first one's holds.
        with suppress(FileExistsError):
            os.link(staged, file)
    finally:
        staged.unlink(missing_ok=True)
    sync_folder(file.parent)
    return read_decision(file) or parse_decision(file, made)


def read_decision(file: Path) -> Decision | None:
    """The decision in a file, None where there is no such. Raises InvalidInput for a file that is none."""
    try:
        return parse_decision(file, json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{file}: is damaged; {_MEND}") from error


def parse_decision(file: Path, value: Mapping[str, Any]) -> Decision:
    """A decision as its file holds it."""
    if value["schemaVersion"] != SCHEMA_VERSION:
        raise InvalidInput(f"{file}: was written by another version of Mixlab; {_MEND}")
    return Decision(
        file=file,
        terms={key: value[key] for key in ("metric", "goal", "eta", "rungs")},
        entrants=frozenset((str(run["hash"]), len(run["trials"])) for run in value["runs"]),
        going_on=frozenset(str(run["hash"]) for run in value["runs"] if run["goesOn"] is True),
    )


def promoted(contest: Contest, entrants: Sequence[Entrant], decision: Decision) -> list[Entrant]:
    """Those of `entrants` that go on. Raises InvalidInput where what was decided is of another contest."""
    changes = [
        f"{key} was {decision.terms[key]} and is {value}"
        for key, value in _terms(contest).items()
        if decision.terms[key] != value
    ]
    now = {(entrant.hash, entrant.trials) for entrant in entrants}
    added, gone = now - decision.entrants, decision.entrants - now
    changes += [f"{len(added)} runs competed not, or with other trials"] if added else []
    changes += [f"{len(gone)} runs are gone, or have other trials"] if gone else []
    if changes:
        raise InvalidInput(
            f"{decision.file}: was decided before the experiment changed: {'; '.join(changes)}. Change it "
            f"back, or {_MEND}"
        )
    return [entrant for entrant in entrants if entrant.hash in decision.going_on]


def _terms(contest: Contest) -> dict[str, object]:
    return {
        "metric": contest.metric,
        "goal": contest.goal,
        "eta": contest.eta,
        "rungs": list(contest.rungs),
    }


_MEND = "move its folder away: all is decided anew, from the same logs, and nothing that was trained is lost"
