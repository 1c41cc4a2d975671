"""The benchmark of methods goes over all of them, and its page says what it found. No times are checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

import tiny  # noqa: F401  one thread
from mixlab.methods import list_methods

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
NAMES = ("methods", "given", "peers", "report", "timing")


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The benchmark, as its script sees it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import methods

    yield methods
    for name in NAMES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", list_methods())
def test_every_method_is_timed(methods: ModuleType, name: str) -> None:
    batch = methods.Batch((4, 3, 64, 64), 10, torch.device("cpu"))
    mixing = list(methods.measure_mixing(name, batch, pairs=1, peers=()))
    assert next(figure.against for figure in mixing if not figure.settings) == methods.FLOOR
    place = methods.Place(torch.device("cpu"), "resnet8", "test_vit", size=4, side=64, classes=10, pairs=1)
    (step,) = methods.measure_step(name, place, {})
    assert (step.method, step.work, step.against) == (name, "step", methods.VANILLA)
    for settings in methods.variants(name):
        methods.create(name, settings)


def test_whatever_is_registered_is_measured(methods: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "SHAPES", (((2, 3, 64, 64), 10),))
    monkeypatch.setattr(methods, "CPU", replace(methods.CPU, size=2, side=32, backbone="resnet8"))
    monkeypatch.setattr(methods, "PEERS", ())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = list(methods.measure(["mixup", "vanilla"], 1))
    timed = {(one.method, one.work) for one in found if isinstance(one, methods.Figure)}
    assert timed == {(name, work) for name in ("mixup", "vanilla") for work in ("mixing", "step")}
    assert [one.what for one in found if isinstance(one, methods.Absent)] == ["everything on a GPU"]


def test_the_page_names_what_misses_its_bar(methods: ModuleType) -> None:
    within = methods.Figure("fmix", {}, "mixing", "cpu", (2, 3, 64, 64), "floor", 2.0, 1.0, 2.0, 30, 3.0)
    above = replace(
        within, method="mixup", settings={"perSample": True}, against="timm", ratio=1.06, bar=1.05
    )
    page = methods.page([within, replace(above, against="floor", bar=None), above], [], {"cores": 2})
    section = page.split("## What misses its bar")[1].split("##")[0]
    assert section.strip() == (
        "- mixup (perSample: true), mixing of 2×3×64×64 on cpu: 1.06 of timm, the bar is 1.05"
    )
    assert "**1.06**" in page
    assert "2.00 (3)" in page


def test_the_page_says_when_nothing_misses_its_bar(methods: ModuleType) -> None:
    figure = methods.Figure("fmix", {}, "mixing", "cpu", (2, 3, 64, 64), "floor", 2.0, 1.0, 2.0, 30, 3.0)
    assert "## What misses its bar\n\nNothing.\n" in methods.page([figure], [], {})


def test_a_library_that_is_not_there_stops_nothing(methods: ModuleType) -> None:
    import peers

    def missing(batch: object) -> None:
        import no_such_library  # noqa: F401

    batch = methods.Batch((2, 3, 64, 64), 10, torch.device("cpu"))
    peer = peers.Peer("no-such-library", "mixup", missing)
    found = methods.measure_mixing("mixup", batch, 1, (peer,))
    (absent,) = (one for one in found if isinstance(one, methods.Absent))
    assert (absent.what, absent.why) == (
        "no-such-library's mixup on cpu, 64 px",
        "no_such_library is not installed",
    )
