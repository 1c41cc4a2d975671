"""The benchmark of loaders has all groups, and its page says what it found. No times are checked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import tiny  # noqa: F401  one thread
from made_data import cifar

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def loading(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The benchmark, as its script sees it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # which it sets for its process
    monkeypatch.delenv("MIXLAB_DATA_CIFAR10", raising=False)
    monkeypatch.delenv("MIXLAB_DATA_PHOTOGRAPHS", raising=False)
    import loading

    yield loading
    for name in ("loading", "photographs", "timing", "turns"):
        sys.modules.pop(name, None)


def test_all_groups_have_a_bar_at_the_fastest_other(loading: ModuleType) -> None:
    sizes = loading.Sizes(files=4, cifar=8, files_batch=2, cifar_batch=4)
    files, augmented = (
        list(loading.measure(group, sizes, rounds=1, workers=1)) for group in ("files", "augmented")
    )
    memory = list(loading.measure("memory", sizes, rounds=1, workers=1))
    assert {figure.against for figure in files + augmented} == {"timm", "timm without prefetcher"}
    assert [figure.against for figure in memory] == ["torchvision"]
    for figures, bar in ((files, 1.0), (augmented, 1.0), (memory, 1 / 1.5)):
        fastest = max(figures, key=lambda figure: figure.other)
        assert [figure.bar for figure in figures if figure.bar is not None] == [fastest.bar] == [bar]
        assert all(figure.ratio > 0 for figure in figures)
    assert "made up" in memory[0].what


def test_pixels_are_those_of_the_environment(
    loading: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIXLAB_DATA_CIFAR10", str(cifar(tmp_path)))
    (figure,) = loading.measure("memory", loading.Sizes(cifar_batch=10), rounds=1, workers=1)
    assert figure.what == "100 images of 32 pixels (CIFAR-10's), batches of 10"


def test_the_page_marks_what_misses_its_bar(loading: ModuleType) -> None:
    within = loading.Figure("files", "4 JPEGs", "timm", 900.0, 800.0, 0.89, 12, 1.0)
    page = loading.page([within, replace(within, against="slow", ratio=1.2)], {"cores": 2}, 2)
    assert "| JPEGs to 224 pixels: 4 JPEGs | 900 | timm | 800 | 0.890 | 1 | 12 |" in page
    assert "| **1.200** |" in page
