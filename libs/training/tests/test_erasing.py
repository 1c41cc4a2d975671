"""Random Erasing, beside timm's. The statistical tests have fixed seeds; another seed fails one in 10,000."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from scipy.stats import binomtest, ks_1samp, ks_2samp, norm

from mixlab.core.vision import import_timm
from mixlab.data import TrainBatches, open_data
from mixlab.data.split import Decoded, Files
from tiny import folder_run, image_folder, tiny

CPU = torch.device("cpu")
FALSE_ALARMS = 1e-4
SIZE = 32


def erased(images: int, **inputs: Any) -> torch.Tensor:
    """White images with what the training erases in them, [n, 3, S, S]."""
    config = tiny(
        dataset={"name": "digits", "classes": 10, "size": SIZE, "mean": [0.5] * 3, "std": [0.5] * 3},
        batchSize=images,
        inputs={"crop": "none", "flip": 0, **inputs},
    )
    white = torch.full((1, 3, SIZE, SIZE), 255, dtype=torch.uint8).expand(images, -1, -1, -1)
    return next(TrainBatches(Decoded(white, torch.zeros(images)), config, CPU, 0, 1).epoch(0))[0]


def erased_by_timm(images: int, probability: float, area: tuple[float, float], count: int) -> torch.Tensor:
    import_timm()
    from timm.data.random_erasing import RandomErasing

    transform = RandomErasing(
        probability, min_area=area[0], max_area=area[1], mode="const", max_count=count, device="cpu"
    )
    state = random.getstate()
    random.seed(0)
    white = transform(torch.ones(images, 3, SIZE, SIZE))
    random.setstate(state)
    return white


def boxes(images: torch.Tensor) -> torch.Tensor:
    """[n, 5]: area, top, left, height and width of the zeros of each image that has any."""
    hole = images[:, 0] == 0
    hole = hole[hole.any(2).any(1)]
    rows, columns = hole.any(2).int(), hole.any(1).int()
    top, left = rows.argmax(1), columns.argmax(1)
    height, width = (SIZE - side.flip(1).argmax(1) for side in (rows, columns))
    return torch.stack([hole.sum((1, 2)), top, left, height - top, width - left], 1)


@pytest.mark.parametrize(
    ("probability", "area", "count"),
    [(0.25, (0.02, 1 / 3), 1), (1.0, (0.2, 0.2), 1), (1.0, (0.02, 1 / 3), 3), (1.0, (0.3, 0.9), 1)],
    ids=["as usual", "one area", "three rectangles", "so large that attempts fail"],
)
def test_the_law_is_that_of_timm(probability: float, area: tuple[float, float], count: int) -> None:
    n = 6000
    inputs = {"erase": probability, "eraseArea": area, "eraseCount": count, "eraseMode": "const"}
    ours, theirs = boxes(erased(n, **inputs)), boxes(erased_by_timm(n, probability, area, count))
    assert binomtest(len(ours), n, min(len(theirs) / n, 0.9999)).pvalue > FALSE_ALARMS
    for column in range(5):
        assert ks_2samp(ours[:, column], theirs[:, column]).pvalue > FALSE_ALARMS / 5


def test_the_number_of_rectangles_is_uniform() -> None:
    images = erased(1000, erase=1, eraseCount=2, eraseMode="rand", eraseArea=[0.05, 0.1])
    colours = torch.tensor([len(image[0].unique()) - 1 for image in images])
    two = int((colours == 2).sum())  # a few of them lie over one another
    assert len(colours) == two + int((colours == 1).sum())
    assert 0.42 < two / len(colours) < 0.56


def test_zeros() -> None:
    images = erased(200, erase=1, eraseMode="const")
    assert images.unique().tolist() == [0, 1]


def test_a_colour_for_each_rectangle() -> None:
    images = erased(1500, erase=1, eraseMode="rand")
    hole = (images != 1).all(1).flatten(1)
    pixels = images.flatten(2)
    drawn = pixels[torch.arange(len(images)), :, hole.int().argmax(1)]  # [n, 3]
    assert torch.equal(pixels, torch.where(hole[:, None], drawn[:, :, None], 1))
    assert bool(hole.any(1).all())
    assert ks_1samp(drawn.flatten(), norm.cdf).pvalue > FALSE_ALARMS


def test_noise_for_each_pixel() -> None:
    images = erased(300, erase=1, eraseMode="pixel")
    noise = images.permute(1, 0, 2, 3).flatten(1)
    noise = noise[:, (noise != 1).all(0)]  # [3, pixels], row by row of each rectangle
    assert noise.shape[1] > 20_000
    for channel in noise:
        assert ks_1samp(channel, norm.cdf).pvalue > FALSE_ALARMS / 3
    neighbours = torch.stack([noise[0, :-1], noise[0, 1:], noise[1, 1:], noise[2, 1:]])
    correlations = torch.corrcoef(neighbours).triu(1).abs()
    assert float(correlations.max()) < 4.7 / noise.shape[1] ** 0.5
    assert len(noise[0].unique()) > 0.95 * noise.shape[1]  # 2 million levels; no image has another's noise


@pytest.mark.parametrize("mode", ["pixel", "rand", "const"])
@pytest.mark.parametrize("sizes", [[12], [12, 20]], ids=["in memory", "from files"])
def test_the_rest_of_an_image_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int], mode: str
) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=sizes)))
    plain = folder_run()
    split = open_data(plain).load("train")
    erasing = folder_run(inputs={**plain.inputs.model_dump(by_alias=True), "erase": 0.7, "eraseMode": mode})
    changed = 0
    for (images, _), (whole, _) in zip(
        TrainBatches(split, erasing, CPU, 0, 1).epoch(0),
        TrainBatches(split, plain, CPU, 0, 1).epoch(0),
        strict=True,
    ):
        for image, before in zip(images, whole, strict=True):
            differing = (image != before).any(0).nonzero()
            if len(differing):
                (top, left), (bottom, right) = differing.amin(0).tolist(), differing.amax(0).tolist()
                assert len(differing) == (bottom - top + 1) * (right - left + 1)
                changed += 1
    assert 5 < changed < 16  # of 16


def test_memory_and_files_erase_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes")))
    config = folder_run(inputs={"crop": "pad", "erase": 0.5, "eraseCount": 2})
    data = open_data(config)
    files, decoded = data.sources["train"], data.load("train")
    assert isinstance(files, Files)
    assert isinstance(decoded, Decoded)
    ours, theirs = (list(TrainBatches(split, config, CPU, 0, 1).epoch(0)) for split in (files, decoded))
    for (images, _), (others, _) in zip(ours, theirs, strict=True):
        assert torch.equal(images, others)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@pytest.mark.parametrize("mode", ["pixel", "rand", "const"])
def test_a_gpu_erases_as_a_cpu_does(mode: str) -> None:
    config = tiny(inputs={"crop": "pad", "erase": 0.5, "eraseMode": mode, "eraseCount": 3})
    split = open_data(config).load("train")
    cpu, gpu = (next(TrainBatches(split, config, torch.device(d), 0, 1).epoch(0))[0] for d in ("cpu", "cuda"))
    torch.testing.assert_close(gpu.cpu(), cpu, rtol=0, atol=1e-5)
