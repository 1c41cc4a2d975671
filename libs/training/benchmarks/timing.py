"""Two pieces of work timed in turns, and what their times depend on."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

Work = Callable[[], Any]

LONG, VERY_LONG = 0.1, 0.5
"""Seconds from which on fewer pairs are timed."""


@dataclass(frozen=True)
class Pairs:
    """Medians over `n` pairs: seconds of either, and of the pairs' ratios."""

    ours: float
    other: float
    ratio: float
    n: int


def compare(ours: Work, other: Work, pairs: int, device: torch.device | None = None) -> Pairs:
    """Time both in turns, `pairs` times: a third of that where one takes longer than `LONG`, a tenth where
    longer than `VERY_LONG`, but never less than three times. Every second pair starts with the other one.

    What takes less than 10 ms runs several times in a row for one time.
    """
    clock = _Clock(device or torch.device("cpu"))
    firsts = [min(clock.seconds(work, 1) for _ in range(2)) for work in (ours, other)]
    repeats = [max(1, round(0.01 / max(first, 1e-6))) for first in firsts]
    longest = max(firsts)
    n = min(pairs, 3 + (pairs - 3) // (1 if longest < LONG else 3 if longest < VERY_LONG else 10))
    times: tuple[list[float], list[float]] = ([], [])
    for pair in range(n):
        for which in (0, 1) if pair % 2 else (1, 0):
            times[which].append(clock.seconds((ours, other)[which], min(repeats[which], 100)))
    ratio = statistics.median(own / its for own, its in zip(*times, strict=True))
    return Pairs(statistics.median(times[0]), statistics.median(times[1]), ratio, n)


@dataclass(frozen=True)
class _Clock:
    device: torch.device

    def seconds(self, work: Work, repeats: int) -> float:
        """Of one run, the mean of several; a GPU has finished what it was given."""
        self._wait()
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        self._wait()
        return (time.perf_counter() - start) / repeats

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def environment(threads: int, packages: tuple[str, ...]) -> dict[str, Any]:
    """What the figures depend on; a package that is not installed has no version."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "threads": threads,
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
        "python": platform.python_version(),
        **{package: _version(package) for package in packages},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
