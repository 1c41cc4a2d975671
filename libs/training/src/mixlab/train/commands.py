"""What the commands `mixlab.train` and `mixlab.test` share: arguments, and errors as messages."""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode

Device = Literal["auto", "cpu", "cuda"]


def share_cores() -> None:
    """Has threads that wait sleep instead of spin, unless cores are free; call it before PyTorch is imported.

    Two trainings on one CPU, each with as many threads as cores, would otherwise take ten times as long.
    Where a core is free for every thread, the OpenMP library waits as it does by itself, which is to spin for
    some milliseconds: sleep costs a step on a CPU up to a tenth of its time.
    """
    if "OMP_WAIT_POLICY" not in os.environ and not _cores_are_free():
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"


def _cores_are_free() -> bool:
    """Whether each thread of this process will have a core, as far as Linux tells now."""
    others = []
    try:
        own_cores = len(os.sched_getaffinity(0))
        for _ in range(5):
            # "0.20 0.18 0.12 1/80 11206": the fourth is threads that run now, of all.
            running = int(Path("/proc/loadavg").read_text().split()[3].partition("/")[0])
            own = [stat.read_text().rpartition(") ")[2][0] for stat in Path("/proc/self/task").glob("*/stat")]
            others.append(running - own.count("R"))
            time.sleep(0.01)
    except (AttributeError, OSError, ValueError, IndexError):
        return False
    threads = os.environ.get("OMP_NUM_THREADS", "")
    wanted = int(threads) if threads.isascii() and threads.isdigit() else own_cores
    free = (os.cpu_count() or 1) - statistics.median(others)
    return wanted <= min(own_cores, free) and wanted <= _quota()


def _quota() -> float:
    """How many cores' time a container may take."""
    try:
        most, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()  # "200000 100000", "max 100000"
        return math.inf if most == "max" else int(most) / int(period)
    except (OSError, ValueError):
        return math.inf


def add_device_argument(parser: argparse.ArgumentParser) -> None:
    """Adds `--device`."""
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default="auto",
        help="auto takes a GPU if there is one (default: auto)",
    )


def exit_code_of(command: str, run: Callable[[], int]) -> int:
    """What `run` returns; an error with a message is printed without a traceback and gives its code."""
    try:
        return int(run())
    except MixlabError as error:
        message, code = str(error), int(error.exit_code)
    except OSError as error:
        message, code = (
            f"{error.filename or ''}: {error.strerror or error}".lstrip(": "),
            int(ExitCode.FAILED),
        )
    with suppress(OSError):  # it is a file on a disk that is full
        print(f"{command}: {message}", file=sys.stderr, flush=True)
    return code
