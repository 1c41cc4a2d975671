"""Real images: each method learns a part of CIFAR-10 in 100 steps; shuffled labels teach nothing.

The images are not part of the project: MIXLAB_DATA_CIFAR10 names a folder with `train/<class>/…`, and
`test` or `val`.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from conftest import read_lines
from mixlab.core.exit_codes import ExitCode
from tiny import run, tiny

TRAIN, TEST = 100, 50
"""Images of each of the ten classes."""

FLOORS = {"vanilla": 29.0, "mixup": 28.0, "cutmix": 23.0}
"""Top-1 in percent that every seed reaches; guessing gives 10."""

NOTHING = 16.0
"""Top-1 that a training on shuffled labels stays below."""

OPTIMIZER = {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weightDecay": 5e-4}


@pytest.fixture(scope="module")
def images() -> dict[str, list[list[Path]]]:
    """Files of the first images of each class, by split."""
    root = Path(os.environ.get("MIXLAB_DATA_CIFAR10", "/nowhere"))
    held_out = next((root / name for name in ("test", "val") if (root / name).is_dir()), None)
    if held_out is None or not (root / "train").is_dir():
        pytest.skip("MIXLAB_DATA_CIFAR10 names no folder with train/<class>/… and test/<class>/…")
    return {"train": _first(root / "train", TRAIN), "val": _first(held_out, TEST)}


def _first(folder: Path, count: int) -> list[list[Path]]:
    return [sorted(one.iterdir())[:count] for one in sorted(folder.iterdir()) if one.is_dir()]


def tree(images: dict[str, list[list[Path]]], root: Path, *, shuffled: bool) -> Path:
    """The same as an ImageFolder tree of links; labels of training images may be anyone's."""
    for split, classes in images.items():
        labels = [label for label, files in enumerate(classes) for _ in files]
        if shuffled and split == "train":
            random.Random(0).shuffle(labels)
        files = [file for files in classes for file in files]
        for index, (file, label) in enumerate(zip(files, labels, strict=True)):
            place = root / split / str(label)
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{index:05}{file.suffix}").symlink_to(file)
    return root


def top1(directory: Path, root: Path, method: str, trial: int, monkeypatch: pytest.MonkeyPatch) -> float:
    """Trains 100 steps, and gives the last evaluation."""
    monkeypatch.setenv("MIXLAB_DATA_SOME_CIFAR", str(root))
    config = tiny(
        dataset={"name": "some_cifar", "layout": "imagefolder", "classes": 10, "size": 32},
        mixMode={"name": method, **({"alpha": 0.2} if method == "mixup" else {})},
        maxEpochs=5,
        batchSize=50,
        testBatchSize=250,
        optimizer=OPTIMIZER,
        schedule={"interval": "step", "warmupEpochs": 1},
        inputs={"crop": "pad", "padding": 4, "flip": 0.5, "testCropRatio": 1},
        runtime={"workers": 0, "logEvery": 20, "evaluateEvery": 5},
    )
    assert run(config, directory, trial=trial) == ExitCode.COMPLETED
    (evaluation,) = (line for line in read_lines(directory / "log.jsonl") if line["mode"] == "val")
    return float(evaluation["top1"])


@pytest.mark.parametrize("method", FLOORS)
def test_it_learns(
    method: str, images: dict[str, list[list[Path]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(images, tmp_path / "cifar", shuffled=False)
    reached = [top1(tmp_path / f"trial{k}", root, method, k, monkeypatch) for k in (1, 2, 3)]
    assert min(reached) >= FLOORS[method], reached


def test_shuffled_labels_teach_nothing(
    images: dict[str, list[list[Path]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tree(images, tmp_path / "cifar", shuffled=True)
    assert top1(tmp_path / "run", root, "vanilla", 1, monkeypatch) < NOTHING
