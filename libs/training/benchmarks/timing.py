"""Two pieces of work timed in turns, and what their times depend on."""

from __future__ import annotations

import ctypes
import math
import os
import platform
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

Work = Callable[[], Any]

SHARES = ((0.1, 1.0), (0.5, 1 / 3), (5.0, 1 / 5), (math.inf, 1 / 30))
"""What share of the pairs is timed, by the seconds that the longer of the two stays below."""


@dataclass(frozen=True)
class Pairs:
    """Medians over `n` pairs: seconds of either, and of the pairs' ratios."""

    ours: float
    other: float
    ratio: float
    n: int


def compare(ours: Work, other: Work, pairs: int, device: torch.device | None = None) -> Pairs:
    """Time both in turns, `pairs` times or fewer, by `SHARES`; every second pair starts with the other one.

    What takes less than 10 ms runs several times in a row for one time, after a run that is not timed.
    """
    clock = _Clock(device or torch.device("cpu"))
    firsts = [clock.first_seconds(work) for work in (ours, other)]
    repeats = [min(max(1, round(0.01 / max(first, 1e-6))), 100) for first in firsts]
    share = next(share for limit, share in SHARES if max(firsts) < limit)
    n = max(1, round(pairs * share))
    times: tuple[list[float], list[float]] = ([], [])
    for pair in range(n):
        for which in (0, 1) if pair % 2 else (1, 0):
            times[which].append(clock.seconds((ours, other)[which], repeats[which]))
    ratio = statistics.median(own / its for own, its in zip(*times, strict=True))
    return Pairs(statistics.median(times[0]), statistics.median(times[1]), ratio, n)


@dataclass(frozen=True)
class _Clock:
    device: torch.device

    def first_seconds(self, work: Work) -> float:
        """Of one run before the pairs, with fresh memory; the very first is taken where it is a long one."""
        first = self._timed(work, 1)
        if first > 1:
            return first
        _give_memory_back()
        return self._timed(work, 1)

    def seconds(self, work: Work, repeats: int) -> float:
        """Of one run, the mean of several."""
        _give_memory_back()
        if repeats > 1:
            work()
        return self._timed(work, repeats)

    def _timed(self, work: Work, repeats: int) -> float:
        """A GPU has finished what it was given."""
        self._wait()
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        self._wait()
        return (time.perf_counter() - start) / repeats

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def _give_memory_back() -> None:
    """Hand freed memory back to the system, so that what comes next begins as in a new process.

    Else it is by chance whether glibc serves a whole batch from pages that are there or from fresh ones: with
    224 px the floor takes 14 ms with fresh ones, 4 with others, whatever was timed before.
    """
    with suppress(AttributeError, OSError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def environment(threads: int, packages: tuple[str, ...]) -> dict[str, Any]:
    """What the figures depend on. The load is that of the last minute, all processes'; a package that is not
    installed has no version."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
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
