"""What competes, as a plan says it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.errors import InvalidInput


@dataclass(frozen=True)
class Entrant:
    """A run that competes."""

    name: str
    hash: str
    trials: int


@dataclass(frozen=True)
class Contest:
    """A plan's halving, and the runs that its scripts list."""

    metric: str
    goal: str
    """`max` or `min`."""

    eta: int
    """One run in `eta` goes on from each rung, one at least."""

    rungs: Sequence[int]
    """Epochs; the last ones are those of the whole training."""

    entrants: Sequence[Entrant]
    """In the plan's order."""

    def size(self, rung: int) -> int:
        """How many runs train to rung `rung`, from 0, where enough of them have a result."""
        count = len(self.entrants)
        for _ in range(rung):
            count = max(1, count // self.eta)
        return count


def read_contest(path: Path) -> Contest:
    """Reads a `plan.json`. Raises InvalidInput where it is none, or has no halving."""
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
        halving = plan["halving"]
        return Contest(
            metric=str(halving["metric"]),
            goal=str(halving["goal"]),
            eta=int(halving["eta"]),
            rungs=[int(epoch) for epoch in halving["rungs"]],
            entrants=[
                Entrant(str(run["name"]), str(run["hash"]), int(run["trials"]))
                for run in plan["runs"]
                if run["selected"]
            ],
        )
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path}: is no plan with a halving; generate it again") from error
