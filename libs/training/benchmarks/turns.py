"""Ours and its peers in turns, and what came out of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

OURS = "ours"
"""The name of our side."""


@dataclass(frozen=True)
class Figure:
    """One comparison: medians over `n` rounds; the ratio of times, ours by the other's, is one, too."""

    group: str
    what: str
    """In words."""

    against: str
    ours: float
    """Of what the benchmark measures; `other` likewise."""

    other: float
    ratio: float
    n: int
    bar: float | None

    @property
    def missed(self) -> bool:
        """Whether it is above its bar."""
        return self.bar is not None and self.ratio > self.bar

    def verdict(self) -> str:
        """Cells of a Markdown table: the ratio, in bold where it misses its bar, the bar, and n."""
        ratio = f"**{self.ratio:.3f}**" if self.missed else f"{self.ratio:.3f}"
        bar = "" if self.bar is None else f"{self.bar:.3g}"
        return f"{ratio} | {bar} | {self.n}"


def take_turns(
    names: Sequence[str], turn: Callable[[str], float], rounds: int, warm_up: int
) -> dict[str, list[float]]:
    """Times of each side after `warm_up` rounds that are not counted; who begins a round rotates."""
    times: dict[str, list[float]] = {name: [] for name in names}
    for round_ in range(warm_up + rounds):
        first = round_ % len(names)
        for name in [*names[first:], *names[:first]]:
            seconds = turn(name)
            if round_ >= warm_up:
                times[name].append(seconds)
    return times


def median_ratio(times: Mapping[str, Sequence[float]], other: str) -> float:
    """The median over rounds of our time by another's."""
    return statistics.median(own / its for own, its in zip(times[OURS], times[other], strict=True))
