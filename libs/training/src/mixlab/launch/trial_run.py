"""What a trial run of a few steps tells of the whole training, for other programs."""

from __future__ import annotations

import json
from pathlib import Path

from mixlab.core.errors import OUT_OF_MEMORY
from mixlab.core.files import write_json
from mixlab.core.run_directory import RunDirectory
from mixlab.core.supervision import Outcome

RESULT_SCHEMA_VERSION = 1

_ENVIRONMENT = ("device", "ranks", "passes", "imagesPerPass", "threads")
_TIMES = ("stepsPerEpoch", "secondsPerStep", "secondsPerEvaluation", "memoryBytes")


def write_result(file: Path, directory: RunDirectory, outcome: Outcome) -> None:
    """Writes how a trial run in `directory` ended, and what it measured; null stands for what it did not.

    Times are seconds on the device that it ran on, of a step after the first quarter of the steps and of a
    whole evaluation. `memoryBytes` is the most that rank 0 took: of a GPU's memory, or of the machine's.
    `noRoomFor` is `step` or `evaluation` where the device has too little memory for its images.
    """
    lines = {str(line.get("mode")): line for line in _lines(directory.log)}
    environment, times = lines.get("env", {}), lines.get("try", {})
    write_json(
        file,
        {
            "schemaVersion": RESULT_SCHEMA_VERSION,
            "state": outcome.state,
            "error": outcome.error,
            "noRoomFor": _no_room_for(outcome.error or ""),
            **{name: environment.get(name) for name in _ENVIRONMENT},
            **{name: times.get(name) for name in _TIMES},
        },
    )


def _no_room_for(error: str) -> str | None:
    _, found, place = error.partition(OUT_OF_MEMORY)
    if not found:
        return None
    return "step" if place.startswith("epoch ") else "evaluation"


def _lines(log: Path) -> list[dict[str, object]]:
    if not log.exists():
        return []  # it failed before its first line
    return [json.loads(line) for line in log.read_text().splitlines()]
