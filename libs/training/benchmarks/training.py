"""How long a step of the training loop takes, beside the loop of timm's `train.py` and a bare one.

    python benchmarks/training.py [WORKLOAD …] [--rounds 40] [--threads 2] [--json FILE] [--page FILE]

Every side trains in a process of its own (`sides.py`) and waits while another one's turn is; sides take turns
in an order that rotates, so that all of them meet the same machine. Ratios are medians over rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from timing import environment
from turns import OURS, Figure, median_ratio, take_turns
from workloads import WORKLOADS, Workload

WARM_UP = 3
"""Rounds that are not counted."""


class Side:
    """A process that trains when it is told to."""

    def __init__(self, name: str, workload: Workload, folder: Path, threads: int) -> None:
        script = Path(__file__).with_name("sides.py")
        command = [sys.executable, str(script), name, json.dumps(asdict(workload)), str(folder), str(threads)]
        self._name, self._steps = name, workload.steps
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - `close` closes it
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self._answer()  # its first step, in which it compiles and chooses

    def turn(self) -> float:
        """Seconds of a step."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self._answer() / self._steps

    def _answer(self) -> float:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"{self._name} ended: {self._errors.read()[-2000:]}")
        return float(line)

    def close(self) -> None:
        """End it, and with it what it left in the temporary folder."""
        self._process.communicate()
        self._errors.close()


@contextmanager
def sides(workload: Workload, threads: int) -> Iterator[dict[str, Side]]:
    """Ours and its peers, started and ready."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlab-bench-")))
        workload.write_images(folder)
        started: dict[str, Side] = {}
        for name in (OURS, *workload.peers):
            started[name] = Side(name, workload, folder, threads)
            stack.callback(started[name].close)
        yield started


def measure(workload: Workload, rounds: int, threads: int) -> Iterator[Figure]:
    """Ours beside each of its peers."""
    with sides(workload, threads) as started:
        times = take_turns(list(started), lambda name: started[name].turn(), rounds, WARM_UP)
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name in workload.peers:
        yield Figure(
            group=workload.name,
            what=describe(workload),
            against=name,
            ours=medians[OURS],
            other=medians[name],
            ratio=median_ratio(times, name),
            n=rounds,
            bar=workload.bar,
        )


PAGE = """\
# Training: how fast its loop steps

Written by `libs/training/benchmarks/training.py` (`npm run bench -- training`); do not edit it.

{machine}. Load: processes that
wanted a core in the minute before. Where it is not near 0, set OMP_WAIT_POLICY=PASSIVE: threads that wait for
others would spin, in timm's loop alone.

Every side trains in a process of its own, in turns with the others; n rounds, medians. Ratio: ours by the
other's, below 1 where ours is faster. timm's is the loop of its `train.py`, with `timm.data.Mixup`,
`SoftTargetCrossEntropy` and its optimiser, over pixels that lie in memory. Ours is `mixlab.train` with its
log, its signals and its seeds. The bar is for the faster of timm's memory formats, so for both.

| what | ours | compared with | | ratio | bar | n |
|---|---|---|---|---|---|---|
{rows}
{absent}"""


def page(figures: Sequence[Figure], absent: Sequence[str], surroundings: dict[str, Any]) -> str:
    """The whole page, as Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in surroundings.items())
    rows = "\n".join(map(_row, figures))
    lines = "".join(f"\nNot measured: {line}.\n" for line in absent)
    return PAGE.format(machine=machine, rows=rows, absent=lines)


def _row(figure: Figure) -> str:
    return (
        f"| {figure.what} | {1e3 * figure.ours:.4g} ms a step | {figure.against} | "
        f"{1e3 * figure.other:.4g} ms | {figure.verdict()} |"
    )


def describe(workload: Workload) -> str:
    """A workload in words."""
    compiled = "" if workload.compile == "none" else ", compiled"
    return (
        f"{workload.backbone}, {workload.batch}×3×{workload.size}×{workload.size}, {workload.method}, "
        f"{workload.precision}{compiled}, {workload.on}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=40, help="turns of each side (default 40)")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (default 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="also write them as a page")
    options = parser.parse_args()
    if unknown := sorted(set(options.workloads) - set(WORKLOADS)):
        parser.error(f"no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    surroundings = environment(options.threads, ("torch", "timm"))
    own = "what a training sets for ours, none for others"
    surroundings["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", own)
    figures: list[Figure] = []
    absent: list[str] = []
    for name in options.workloads or WORKLOADS:
        workload = WORKLOADS[name]
        if workload.on == "cuda" and not torch.cuda.is_available():
            absent.append(f"{describe(workload)}: there is no GPU here")
            continue
        for figure in measure(workload, options.rounds, options.threads):
            figures.append(figure)
            print(f"{figure.what}: {figure.ratio:.3f} of {figure.against}, n {figure.n}", flush=True)
    for line in absent:
        print(f"not measured: {line}")
    if options.json:
        result = {
            "benchmark": "training",
            "environment": surroundings,
            "figures": [{**asdict(figure), "missed": figure.missed} for figure in figures],
            "absent": absent,
        }
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    if options.page:
        options.page.write_text(page(figures, absent, surroundings))


if __name__ == "__main__":
    main()
