"""How far the trials of a rung are, and what came out: read from their run directories."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from mixlab.core.run_directory import RunDirectory, Status

from .contest import Contest, Entrant

Folders = Mapping[tuple[str, int], Path]
"""Run directories, by hash and trial."""


def read_scores(
    contest: Contest,
    entrants: Sequence[Entrant],
    epoch: int,
    folders: Folders,
    awaited: frozenset[str],
) -> list[list[float | None]] | None:
    """The metric of each trial of each entrant after `epoch`; None while one of them is still to be trained.

    A trial whose training failed or was cancelled before that has None for a number, unless its state is
    among the `awaited`; so has one that logged no finite number there.
    """
    found = []
    for entrant in entrants:
        trials: list[float | None] = []
        for trial in range(1, entrant.trials + 1):
            folder = folders.get((entrant.hash, trial))
            if folder is None:
                return None
            directory = RunDirectory(folder)
            status = directory.read_status()
            state = _state(directory, status)
            if status is not None and _is_there(status, epoch):
                trials.append(_score(directory, contest.metric, epoch))
            elif state in ("failed", "cancelled") and state not in awaited:
                trials.append(None)
            else:
                return None
        found.append(trials)
    return found


def find_folders(contest: Contest, work: Path) -> Folders:
    """Where each trial was trained so far: a directory is its run's by the hash in it, whatever its name."""
    names = {(entrant.hash, entrant.name) for entrant in contest.entrants}
    found: dict[tuple[str, int], tuple[tuple[bool, bool], Path]] = {}
    for path in sorted(work.glob("*/trial*/status.json")):
        number = path.parent.name.removeprefix("trial")
        status = RunDirectory(path.parent).read_status()
        if status is None or not number.isdecimal():
            continue
        # As the scheduler has it: what is completed goes before what bears the run's own name.
        rank = (status.state == "completed", (status.hash, path.parent.parent.name) in names)
        key = (status.hash, int(number))
        if key not in found or rank > found[key][0]:
            found[key] = (rank, path.parent)
    return {key: folder for key, (_, folder) in found.items()}


def _is_there(status: Status, epoch: int) -> bool:
    """Whether a checkpoint after `epoch` is certain: a training that was killed may have logged it before."""
    ended = status.state in ("completed", "paused")
    return status.epoch > epoch or (ended and status.epoch == epoch)


def _state(directory: RunDirectory, status: Status | None) -> str:
    """What the status says; and a trial that somebody wants to end is cancelled once nobody trains it."""
    state = "planned" if status is None else status.state
    if state == "cancelled" and directory.resume.exists():
        return "interrupted"
    return "cancelled" if directory.cancel.exists() and state != "running" else state


def _score(directory: RunDirectory, metric: str, epoch: int) -> float | None:
    """The number of the evaluation after `epoch`; of several attempts at it the last one's."""
    last, score = 0, None
    for line in _lines(directory.log):
        attempt, value = line.get("attempt"), line.get(metric)
        if line.get("mode") != "val" or line.get("epoch") != epoch or not isinstance(attempt, int):
            continue
        if attempt >= last:
            last = attempt
            is_number = isinstance(value, (int, float)) and math.isfinite(value)
            score = float(value) if is_number and value is not None else None
    return score


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with suppress(FileNotFoundError), path.open("rb") as lines:
        for line in lines:
            if b'"val"' not in line:
                continue
            with suppress(ValueError):  # it was cut off
                value = json.loads(line)
                if isinstance(value, dict):
                    yield value
