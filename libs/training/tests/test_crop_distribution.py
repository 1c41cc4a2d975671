"""Crops and flips have one law in memory, in workers and in torchvision, each with seeds of its own.

Each image is a ramp to the right and a ramp downwards, so an input tells from where it was cut. Every pair of
ways is compared by two-sample tests of place, extent and flip, with Bonferroni's correction for all tests of
a crop together: with other seeds, `FALSE_ALARMS` is how often a crop of the same law would fail.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy import stats

import mixlab.core.vision  # noqa: F401  before torchvision
from mixlab.data import TrainBatches
from mixlab.data.split import Decoded, Files
from tiny import folder_run

FALSE_ALARMS = 1e-3
IMAGES = 1500
SIZE = 24

RESIZED = {"crop": "random-resized", "flip": 0.5, "interpolation": "bilinear"}
PADDED = {"crop": "pad", "padding": 3, "flip": 0.5}
Traits = NDArray[np.float64]
"""[n, 4]: where the input lies and how far it reaches, to the right and downwards; [n, 1]: mirrored."""


def ramps(side: tuple[int, int]) -> Image.Image:
    """Red grows to the right, green downwards; side is (width, height)."""
    width, height = side
    red, green = np.meshgrid(np.linspace(10, 245, width), np.linspace(10, 245, height))
    return Image.fromarray(np.stack([red, green, red * 0 + 99], 2).round().astype(np.uint8))


def traits(inputs: torch.Tensor) -> Traits:
    """[n, 5] of [n, 3, S, S] levels: middle and extent of red and of green, and 1 where it is mirrored."""
    red, green = inputs[:, 0].mean(1), inputs[:, 1].mean(2)  # along columns, along rows
    quarter = SIZE // 4
    extents = [line[:, -quarter:].mean(1) - line[:, :quarter].mean(1) for line in (red, green)]
    found = [red.mean(1), extents[0].abs(), green.mean(1), extents[1].abs(), extents[0] < 0]
    return torch.stack([trait.double() for trait in found], 1).numpy()


def ours(way: str, inputs: dict[str, Any], image: Image.Image, folder: Path, seed: int) -> Traits:
    dataset = {"name": "ramps", "classes": 2, "size": SIZE, "mean": [0, 0, 0], "std": [1 / 255] * 3}
    workers = {"runtime": {"workers": 2}}
    config = folder_run(dataset=dataset, inputs=inputs, batchSize=500, seed=seed, **workers)
    labels = torch.zeros(IMAGES, dtype=torch.int64)
    if way == "memory":
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        split: Decoded | Files = Decoded(pixels.expand(IMAGES, -1, -1, -1), labels)
    else:
        image.save(folder / "ramps.png")
        split = Files(folder, ["ramps.png"] * IMAGES, labels)
    batches = TrainBatches(split, config, torch.device("cpu"), 0, 1).epoch(0)
    return traits(torch.cat([images for images, _ in batches]))


def torchvisions(inputs: dict[str, Any], image: Image.Image, seed: int) -> Traits:
    from torchvision.transforms import InterpolationMode, v2

    crop = (
        v2.RandomResizedCrop(SIZE, interpolation=InterpolationMode.BILINEAR)
        if inputs["crop"] == "random-resized"
        else v2.RandomCrop(SIZE, padding=inputs["padding"])
    )
    transform = v2.Compose([crop, v2.RandomHorizontalFlip(), v2.PILToTensor()])
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return traits(torch.stack([transform(image) for _ in range(IMAGES)]).float())


def least_p(one: Traits, other: Traits) -> float:
    """The least p-value of all tests of two samples, of every trait and of what pairs of traits share."""
    found = [stats.ks_2samp(one[:, trait], other[:, trait]).pvalue for trait in range(4)]
    products = [
        stats.ks_2samp(one[:, a] * one[:, b], other[:, a] * other[:, b]).pvalue for a, b in ((0, 1), (1, 3))
    ]
    flips = [int(sample[:, 4].sum()) for sample in (one, other)]
    table = [flips, [len(one) - flips[0], len(other) - flips[1]]]
    return float(min(*found, *products, stats.chi2_contingency(table).pvalue))


TESTS = 7 * 3
"""p-values of a crop: of each pair of three ways."""


@pytest.mark.parametrize(
    ("inputs", "side"), [(RESIZED, (60, 44)), (RESIZED, (30, 90)), (PADDED, (SIZE, SIZE))]
)
def test_memory_workers_and_torchvision_crop_alike(
    tmp_path: Path, inputs: dict[str, Any], side: tuple[int, int]
) -> None:
    image = ramps(side)
    samples = {
        "memory": ours("memory", inputs, image, tmp_path, seed=1),
        "workers": ours("workers", inputs, image, tmp_path, seed=2),
        "torchvision": torchvisions(inputs, image, seed=3),
    }
    for one, other in combinations(samples, 2):
        assert least_p(samples[one], samples[other]) > FALSE_ALARMS / TESTS, (one, other)


@pytest.mark.parametrize(
    ("inputs", "side", "change"),
    [
        (RESIZED, (60, 44), {"cropArea": [0.2, 1]}),
        (RESIZED, (60, 44), {"cropAspect": [1, 1.33]}),
        (RESIZED, (60, 44), {"flip": 0.4}),
        (PADDED, (SIZE, SIZE), {"padding": 4}),
        (PADDED, (SIZE, SIZE), {"paddingMode": "reflect"}),
    ],
)
def test_another_law_would_be_seen(
    tmp_path: Path, inputs: dict[str, Any], side: tuple[int, int], change: dict[str, Any]
) -> None:
    image = ramps(side)
    changed = ours("memory", {**inputs, **change}, image, tmp_path, seed=1)
    assert least_p(changed, torchvisions(inputs, image, seed=3)) < FALSE_ALARMS / TESTS
