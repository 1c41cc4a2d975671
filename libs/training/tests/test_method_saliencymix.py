"""SaliencyMix: saliency as OpenCV computes it, boxes around its peak, and what `compat` does instead."""

from __future__ import annotations

import hashlib
import math
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_sample_images
from torch import Tensor

from mixlab.core.boxes import Boxes
from mixlab.core.cues import IMAGENET, Cues, Normalisation
from mixlab.core.fine_grained import RADII, fine_grained_saliency, saliency_of_bytes
from mixlab.core.mixing import MixPlan, Roll, mix_images, sample_beta
from mixlab.methods.saliencymix import SaliencyMix

PLAIN = Normalisation((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
CIFAR = Normalisation((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def normalised(pixels: NDArray[np.uint8], by: Normalisation) -> Tensor:
    """Pictures [B, H, W, 3] as the training gives them to a method, [B, 3, H, W]."""
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255
    return (images - torch.tensor(by.mean).view(3, 1, 1)) / torch.tensor(by.std).view(3, 1, 1)


@cache
def photographs() -> list[NDArray[np.uint8]]:
    found: list[NDArray[np.uint8]] = load_sample_images().images
    return found


def photograph(index: int, size: int, top: int, left: int) -> NDArray[np.uint8]:
    """A part of one of scikit-learn's two photographs, [1, H, W, 3]."""
    return photographs()[index][None, top : top + size, left : left + size].copy()


# SHA-256, first 16 digits, of the maps that opencv-contrib-python-headless 5.0.0.93 makes of these pictures:
# round(255 StaticSaliencyFineGrained.computeSaliency(picture)), row by row.
@pytest.mark.parametrize(
    ("picture", "digest"),
    [
        ((0, 224, 100, 200), "ec9b86518af256d6"),
        ((0, 64, 200, 300), "886fbe7a09685df4"),
        ((0, 37, 10, 20), "18db993581f6a90f"),
        ((1, 224, 100, 200), "320ae359227a165e"),
        ((1, 64, 200, 300), "49e9645e7a3e95ce"),
        ((1, 37, 10, 20), "4d2b1a082034de99"),
    ],
)
@pytest.mark.parametrize("by", [PLAIN, IMAGENET, CIFAR])
def test_maps_are_opencvs_to_the_bit(
    picture: tuple[int, int, int, int], digest: str, by: Normalisation
) -> None:
    maps = fine_grained_saliency(normalised(photograph(*picture), by), by)
    assert hashlib.sha256(maps.numpy().tobytes()).hexdigest()[:16] == digest


@pytest.mark.parametrize(
    ("picture", "digest"),
    [
        ((0, 224, 100, 200), "c0a33bc1c30b5e4f"),
        ((0, 64, 200, 300), "3d7498a6e4f95b6e"),
        ((0, 37, 10, 20), "0d21532f941c5868"),
        ((1, 224, 100, 200), "27c429f42e7787f2"),
        ((1, 64, 200, 300), "5d0f1824cb7c6ef5"),
        ((1, 37, 10, 20), "2f9b3821234ad538"),
    ],
)
def test_maps_of_bytes_are_opencvs(picture: tuple[int, int, int, int], digest: str) -> None:
    """The same program's maps of the normalised floats."""
    pixels = photograph(*picture) / 255
    images = torch.from_numpy(((pixels - IMAGENET.mean) / IMAGENET.std).astype(np.float32))
    maps = saliency_of_bytes(images.permute(0, 3, 1, 2))
    assert hashlib.sha256(maps.numpy().tobytes()).hexdigest()[:16] == digest


def reference(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The map of one picture [H, W, 3], pixel by pixel."""
    height, width, _ = picture.shape
    weights = np.array([3735, 19235, 9798])
    gray = (picture.astype(np.int64) @ weights + (1 << 14)) >> 15
    for _ in range(2):
        near = np.pad(gray, 1, mode="reflect")
        rows = near[:-2] + 2 * near[1:-1] + near[2:]
        gray = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:] + 8) >> 4
    on, off = np.zeros((2, height, width), dtype=np.int64)
    for radius in RADII:
        for y in range(height):
            for x in range(width):
                window = gray[
                    max(y - radius + 1, 0) : y + radius + 1, max(x - radius + 1, 0) : x + radius + 1
                ]
                centre = gray[y, x]
                contrast = float(centre) - float(window.sum() - centre) / (window.size - 1)
                on[y, x] += math.floor(max(contrast, 0))
                off[y, x] += math.floor(max(-contrast, 0))
    parts = []
    for values in (on, off):
        shares = values.astype(np.float32) / np.float32(max(values.max(), 1))
        parts.append(np.floor(255 * shares.astype(np.float64)).astype(np.int64))
    return (parts[0] + parts[1]) % 256


@pytest.mark.parametrize(("height", "width"), [(16, 16), (9, 21), (30, 14)])
def test_maps_are_the_references(height: int, width: int) -> None:
    draws = np.random.default_rng(0)
    pictures = draws.integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    pictures[1, 3:6, 4:9] //= 8
    maps = fine_grained_saliency(normalised(pictures, IMAGENET), IMAGENET)
    for own, picture in zip(maps, pictures, strict=True):
        np.testing.assert_array_equal(own.numpy(), reference(picture))


def test_a_batch_of_many_chunks_has_the_maps_of_its_images() -> None:
    images = torch.rand(19, 3, 224, 224, generator=generator(1))
    together = fine_grained_saliency(images, PLAIN)
    for index in (0, 7, 8, 16, 18):
        assert torch.equal(together[index], fine_grained_saliency(images[index : index + 1], PLAIN)[0])


def test_threads_do_not_disturb_each_other() -> None:
    batches = [torch.rand(6, 3, 48, 48, generator=generator(seed)) for seed in range(4)]
    alone = [fine_grained_saliency(batch, PLAIN) for batch in batches]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda batch: fine_grained_saliency(batch, PLAIN), batches * 5))
    for index, found in enumerate(together):
        assert torch.equal(found, alone[index % 4])


def test_flat_images_have_flat_maps() -> None:
    images = torch.ones(2, 3, 16, 16) * torch.tensor([0.0, 0.7]).view(2, 1, 1, 1)
    assert not fine_grained_saliency(images, PLAIN).any()
    plan = SaliencyMix().draw(images, generator())
    assert ((plan.lam >= 0) & (plan.lam <= 1)).all()


def test_images_of_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="1 or 3 channels, got 2"):
        SaliencyMix().draw(torch.rand(2, 2, 8, 8), generator())


def box_of(centre: tuple[int, int], lam: float, height: int, width: int) -> tuple[int, int, int, int]:
    """Top, bottom, left and right."""
    half_high = int(height * math.sqrt(1 - lam)) // 2
    half_wide = int(width * math.sqrt(1 - lam)) // 2
    row, column = centre
    return (
        max(row - half_high, 0),
        min(row + half_high, height),
        max(column - half_wide, 0),
        min(column + half_wide, width),
    )


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("by", [IMAGENET, CIFAR])
def test_every_box_lies_around_its_partners_peak(per_sample: bool, by: Normalisation) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (5, 20, 28, 3), dtype=np.uint8)
    images = normalised(pictures, by)
    peaks = [np.unravel_index(reference(picture).argmax(), (20, 28)) for picture in pictures]
    for seed in range(10):
        plan = SaliencyMix(per_sample=per_sample).draw(images, generator(seed), Cues(normalisation=by))
        draws = generator(seed)
        shift = int(torch.randint(1, 5, (), generator=draws))
        lams = sample_beta(1.0, 5 if per_sample else 1, draws).expand(5).tolist()
        mixed = mix_images(plan, images)
        for index, lam in enumerate(lams):
            row, column = peaks[(index - shift) % 5]
            top, bottom, left, right = box_of((int(row), int(column)), lam, 20, 28)
            expected = images[index].clone()
            expected[:, top:bottom, left:right] = images[(index - shift) % 5, :, top:bottom, left:right]
            assert torch.equal(mixed[index], expected)
            area = (bottom - top) * (right - left) / (20 * 28)
            assert plan.lam[index].item() == pytest.approx(1 - area, abs=1e-6)


class TestCompat:
    def test_one_box_for_the_batch(self) -> None:
        images = torch.randn(6, 3, 16, 16, generator=generator(1))
        for seed in range(10):
            plan = SaliencyMix(compat="openmixup", per_sample=False).draw(images, generator(seed))
            assert isinstance(plan.mixture, Boxes)
            assert len(plan.mixture.corners) == 1
            assert plan.lam.unique().numel() == 1
            assert isinstance(plan.pairing, Roll)
            peak = int(saliency_of_bytes(images[-plan.pairing.shift :][:1]).argmax())
            draws = generator(seed)
            torch.randint(1, 6, (), generator=draws)
            lam = float(sample_beta(1.0, 1, draws))
            assert plan.mixture.corners[0].tolist() == list(box_of(divmod(peak, 16), lam, 16, 16))


def test_replayed_with_other_partners_on_any_device_path() -> None:
    """Writing copies boxes, combining uses masks: both are one mix."""
    images = torch.randn(5, 3, 12, 10, generator=generator(1))
    plan = SaliencyMix(per_sample=True).draw(images, generator(2))
    assert isinstance(plan.mixture, Boxes)
    for shift in range(5):
        shifted = MixPlan(Roll(shift), plan.mixture, plan.lam)
        out = torch.empty_like(images)
        plan.mixture.write_differentiably(images, Roll(shift), out)
        assert torch.equal(mix_images(shifted, images), out)
