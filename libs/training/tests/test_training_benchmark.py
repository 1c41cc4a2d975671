"""The benchmark of the training loop: real sides step in turns, and its page says what they took."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The benchmark, as its script sees it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import training

    yield training
    for name in ("training", "workloads", "timing", "turns"):
        sys.modules.pop(name, None)


def test_every_side_steps_in_turns(training: ModuleType) -> None:
    workload = replace(
        training.WORKLOADS["cpu-step"],
        backbone="resnet10t",
        size=32,
        classes=4,
        batch=4,
        images=12,
        peers=("timm, channels last", "bare loop"),
    )
    found = list(training.measure(workload, rounds=3, threads=1))
    assert [figure.against for figure in found] == list(workload.peers)
    assert all(figure.n == 3 and figure.ours > 0 and figure.other > 0 for figure in found)
    assert all(figure.bar == 1.0 for figure in found)


def test_a_side_that_ends_is_named_with_its_error(training: ModuleType, tmp_path: Path) -> None:
    workload = replace(training.WORKLOADS["cpu-step"], backbone="resnet5o")
    with pytest.raises(RuntimeError, match=r"(?s)timm ended: .*Unknown model \(resnet5o\)"):
        training.Side("timm", workload, tmp_path, 1)


def test_the_page_marks_what_misses_its_bar(training: ModuleType) -> None:
    within = training.Figure("cpu-step", "resnet18 on cpu", "timm", 0.2, 0.25, 0.8, 40, 1.0)
    above = replace(within, against="timm, channels last", ratio=1.01)
    page = training.page([within, above], ["a GPU: there is none"], {"cores": 2})
    assert "| resnet18 on cpu | 200 ms a step | timm | 250 ms | 0.800 | 1 | 40 |" in page
    assert "**1.010**" in page
    assert "Not measured: a GPU: there is none." in page
