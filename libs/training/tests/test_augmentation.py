"""RandAugment, colour jitter and repeated augmentation, through the batches that a training gets."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.seeding import derived_generator, kept_global_generators, seed_global_generators
from mixlab.core.vision import import_timm
from mixlab.data import TrainBatches, open_data
from mixlab.data.split import Decoded, Files
from tiny import assert_same_weights, folder_run, image_folder, run, tiny

CPU = torch.device("cpu")
RAND = "rand-m9-mstd0.5-inc1"
ALL = {
    "crop": "random-resized",
    "trainSize": 10,
    "randAugment": RAND,
    "colorJitter": 0.4,
    "erase": 0.5,
    "eraseCount": 2,
    "repeats": 3,
}
Batches = list[tuple[torch.Tensor, torch.Tensor]]

SETTINGS: dict[str, dict[str, Any]] = {
    "RandAugment": {"crop": "pad", "padding": 2, "randAugment": RAND},
    "jitter": {"crop": "none", "colorJitter": 0.4},
    "erasing": {"crop": "pad", "erase": 0.5, "eraseMode": "rand"},
    "repeats": {"crop": "random-resized", "repeats": 2},
    "all": ALL,
}


@pytest.fixture(params=[[12], [12, 20]], ids=["in memory", "from files"])
def split(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Decoded | Files:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=request.param)))
    return open_data(folder_run()).load("train")


def epoch(
    config: RunConfig, split: Decoded | Files, start: int = 0, rank: int = 0, world_size: int = 1
) -> Batches:
    return list(TrainBatches(split, config, CPU, rank, world_size).epoch(0, start))


def pixels(config: RunConfig, images: torch.Tensor) -> torch.Tensor:
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (config.dataset.mean, config.dataset.std))
    return ((images * std + mean) * 255).round().byte()


def assert_equal(ours: Batches, theirs: Batches, tolerance: float = 0) -> None:
    assert len(ours) == len(theirs) > 0
    for (images, labels), (others, other_labels) in zip(ours, theirs, strict=True):
        torch.testing.assert_close(images, others, rtol=0, atol=tolerance)
        assert torch.equal(labels, other_labels)


@pytest.mark.parametrize("inputs", SETTINGS.values(), ids=SETTINGS)
class TestDraws:
    def test_they_follow_from_the_place_in_the_training(
        self, split: Decoded | Files, inputs: dict[str, Any]
    ) -> None:
        config, helped = folder_run(inputs=inputs), folder_run(inputs=inputs, runtime={"workers": 2})
        whole = epoch(config, split)
        assert_equal(epoch(helped, split), whole)
        assert_equal(epoch(config, split, start=2), whole[2:])
        ranks = [epoch(config, split, rank=rank, world_size=2) for rank in (0, 1)]
        together = [tuple(map(torch.cat, zip(*shares, strict=True))) for shares in zip(*ranks, strict=True)]
        assert_equal(together, whole, tolerance=1e-6)  # type: ignore[arg-type]

    def test_they_differ_from_batch_to_batch_and_seed_to_seed(
        self, split: Decoded | Files, inputs: dict[str, Any]
    ) -> None:
        config = folder_run(inputs=inputs)
        whole = epoch(config, split)
        assert not torch.equal(whole[0][0], whole[1][0])
        assert not torch.equal(whole[0][0], epoch(folder_run(inputs=inputs, seed=1), split)[0][0])

    def test_global_generators_stay_as_they_were(
        self, split: Decoded | Files, inputs: dict[str, Any]
    ) -> None:
        before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state()
        epoch(folder_run(inputs=inputs), split)
        assert random.getstate() == before[0]
        assert np.random.get_state()[1].tolist() == before[1]
        assert torch.equal(torch.get_rng_state(), before[2])


@pytest.mark.parametrize(
    ("notation", "jitter"),
    [(RAND, 0.0), ("rand-m6-n3-p0.9-mmax8", 0.0), ("rand-m7-mstd0.5-tweights", 0.3), (None, 0.4)],
)
@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_images_are_those_of_timm(notation: str | None, jitter: float, interpolation: str) -> None:
    """With timm's own transforms from the same seeds: fill colour, interpolation and order are the same."""
    inputs = {"crop": "none", "flip": 0, "interpolation": interpolation}
    changes: dict[str, Any] = {"dataset": {"name": "digits", "classes": 10, "size": 24}, "batchSize": 60}
    plain = tiny(**changes, inputs=inputs)
    config = tiny(**changes, inputs={**inputs, "randAugment": notation, "colorJitter": jitter})
    data = open_data(plain).load("train")
    (before, _), (after, _) = epoch(plain, data)[0], epoch(config, data)[0]
    import_timm()
    from timm.data.transforms_factory import transforms_imagenet_train

    _, augment, _ = transforms_imagenet_train(
        24,
        color_jitter=jitter or None,
        force_color_jitter=True,
        auto_augment=notation,
        interpolation=interpolation,
        mean=config.dataset.mean,
        separate=True,
    )
    seeds = torch.randint(2**63 - 1, (60,), generator=derived_generator(config.seed, "augmentation", 0, 0))
    compared = 0
    with kept_global_generators():
        for image, seed, found in zip(pixels(plain, before), seeds, pixels(config, after), strict=True):
            seed_global_generators(int(seed))
            with suppress(ValueError):  # at 0 bits of Posterize, see below
                expected = np.asarray(augment(Image.fromarray(image.permute(1, 2, 0).numpy())))
                assert np.array_equal(found.permute(1, 2, 0).numpy(), expected)
                compared += 1
    assert compared > 55
    assert not torch.equal(before, after)


def test_zero_bits_of_posterize_stopped_the_training() -> None:
    """timm draws them at magnitude 10, at which Pillow 13 raises; RandAugment at 9 +- 0.5 comes there."""
    config = tiny(inputs={"crop": "none", "flip": 0, "randAugment": "rand-m10-n1-p1-inc1"})
    images = pixels(config, epoch(config, open_data(config).load("train"))[0][0])
    black = int((images == 0).flatten(1).all(1).sum())  # one operation of fifteen does it
    assert 0 < black < 50


def test_an_image_is_the_same_in_memory_and_from_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes")))
    config = folder_run(inputs=ALL)
    data = open_data(config)
    files, decoded = data.sources["train"], data.load("train")
    assert isinstance(files, Files)
    assert isinstance(decoded, Decoded)
    assert_equal(epoch(config, decoded), epoch(config, files))


@pytest.mark.parametrize(
    "notation",
    [
        "rand-m9.5",  # timm: a ValueError of int()
        "rand-m9-mstd",  # timm leaves out what has no number
        "rand-inc",
        "rand-m9-m7",
        "rand-w0",
        "rand-x3",
        "rand_m9",
        "augmix-m3",
        "v0",
        "",
    ],
)
def test_a_notation_that_timm_refuses_or_misreads(notation: str) -> None:
    with pytest.raises(ValueError, match=r"not timm's notation of RandAugment.*such as rand-m9"):
        tiny(inputs={"randAugment": notation})


def test_more_operations_than_there_are_weights_for(tmp_path: Path) -> None:
    config = tiny(inputs={"crop": "none", "randAugment": "rand-n20-tweights"})
    with pytest.raises(InvalidInput, match=r"^inputs\.randAugment: timm cannot do 'rand-n20-tweights': "):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


class TestRepeats:
    """Digits, each recognised by its pixels before anything else is done to it."""

    @staticmethod
    def indices(repeats: int, batch: int, rank: int = 0, world_size: int = 1) -> list[list[int]]:
        images = torch.arange(100).view(100, 1, 1, 1).expand(-1, 3, 8, 8).byte()
        inputs = {"crop": "none", "flip": 0, "repeats": repeats}
        config = tiny(inputs=inputs, batchSize=batch)
        batches = epoch(config, Decoded(images, torch.arange(100)), rank=rank, world_size=world_size)
        return [labels.tolist() for _, labels in batches]

    @pytest.mark.parametrize(("repeats", "batch"), [(1, 12), (2, 12), (3, 12), (3, 16), (3, 50), (5, 4)])
    def test_a_row_of_copies_is_cut_into_batches(self, repeats: int, batch: int) -> None:
        steps = self.indices(repeats, batch)
        assert len(steps) == 100 // batch
        samples = len(steps) * batch
        counts = torch.bincount(torch.tensor(steps).flatten(), minlength=100).sort(descending=True).values
        whole, rest = divmod(samples, repeats)
        assert counts.tolist() == [repeats] * whole + [rest] * (rest > 0) + [0] * (100 - whole - (rest > 0))
        for step in steps:  # at most the first and the last image of a step go on in another one
            assert sum(step.count(image) < repeats for image in set(step)) <= 2

    @pytest.mark.parametrize(
        ("repeats", "batch", "world_size"), [(3, 12, 3), (3, 16, 4), (2, 12, 4), (3, 32, 8)]
    )
    def test_copies_are_on_different_ranks(self, repeats: int, batch: int, world_size: int) -> None:
        ranks = [self.indices(repeats, batch, rank, world_size) for rank in range(world_size)]
        for shares in zip(*ranks, strict=True):
            assert all(len(set(share)) == len(share) for share in shares)
            assert len(set().union(*shares)) < batch

    def test_copies_are_cropped_differently(self, split: Decoded | Files) -> None:
        images, labels = epoch(folder_run(inputs={"crop": "random-resized", "repeats": 2}), split)[0]
        assert torch.equal(labels[:2], labels[2:])
        assert not torch.equal(images[:2], images[2:])


@pytest.mark.parametrize("sizes", [[12], [12, 16]], ids=["in memory", "from files"])
def test_a_training_with_everything_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=sizes)))
    mix = {"name": "cutmix", "alpha": 1.0}
    assert run(folder_run(inputs=ALL, mixMode=mix), tmp_path / "whole") == ExitCode.COMPLETED
    helped = folder_run(inputs=ALL, mixMode=mix, runtime={"workers": 2, "logEvery": 1})
    assert run(helped, tmp_path / "parts", stop_at=(1, 2)) == ExitCode.INTERRUPTED
    assert run(helped, tmp_path / "parts", stop_at=(2, 3)) == ExitCode.INTERRUPTED
    assert run(helped, tmp_path / "parts") == ExitCode.COMPLETED
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")


def test_two_steps_of_everything(tmp_path: Path) -> None:
    assert run(tiny(inputs=ALL), None, max_steps=2) == ExitCode.COMPLETED
