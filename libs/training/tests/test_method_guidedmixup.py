"""GuidedMixup against a plain reference: blur, spectral residual, pairs, masks and labels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixlab.core.blur import gaussian_blur
from mixlab.core.cues import Cues
from mixlab.core.cycle import greedy_cycle, squared_distances
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, MixPlan, Permutation, Roll, mix_images
from mixlab.core.spectral_residual import spectral_residual
from mixlab.methods.guidedmixup import GuidedMixup
from tiny import run, tiny


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(size: int = 6, height: int = 12, width: int = 10, seed: int = 1) -> tuple[Tensor, Cues]:
    """Images, and gradients that are large in one place of each."""
    draws = generator(seed)
    images, gradient = torch.randn(2, size, 3, height, width, generator=draws)
    for index in range(size):
        row, column = torch.randint(0, 8, (2,), generator=draws).tolist()
        gradient[index, :, row : row + 4, column : column + 2] *= 20
    return images, Cues(gradient=gradient)


def blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pixel by pixel."""
    height, width = values.shape
    kernel = np.array([math.exp(-(k**2) / 18) for k in range(-3, 4)])
    kernel /= kernel.sum()
    near = np.pad(values, 3, mode="reflect")
    out = np.empty_like(values)
    for y in range(height):
        for x in range(width):
            out[y, x] = kernel @ near[y : y + 7, x : x + 7] @ kernel
    return out


def shares_of(gradient: Tensor) -> NDArray[np.float64]:
    maps = [blurred(np.sqrt((own.astype(np.float64) ** 2).mean(0))) for own in gradient.numpy()]
    return np.stack([own / own.sum() for own in maps])


def cycle_of(shares: NDArray[np.float64]) -> list[int]:
    """The pairs, one image after another."""
    size = len(shares)
    distance = np.array([[np.linalg.norm(one - other) for other in shares] for one in shares])
    np.fill_diagonal(distance, -np.inf)
    first, column = divmod(int(distance.argmax()), size)
    partner, row = [0] * size, first
    for _ in range(size - 1):
        partner[row] = column
        distance[:, row] = -np.inf
        row, column = column, int(distance[column].argmax())
    partner[row] = first
    return partner


def test_blur_is_the_references() -> None:
    maps = torch.rand(19, 30, 22, generator=generator())
    for own, result in zip(maps, gaussian_blur(maps), strict=True):
        np.testing.assert_allclose(result.numpy(), blurred(own.numpy().astype(np.float64)), atol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"pairs": "random"}, {"compat": "openmixup"}])
def test_images_and_labels_are_the_references(settings: dict[str, Any]) -> None:
    for seed in range(5):
        images, cues = batch(seed=seed)
        plan = GuidedMixup.model_validate(settings).draw(images, generator(seed), cues)
        shares = shares_of(cues.gradient)
        if settings:
            shift = int(torch.randint(1, 6, (), generator=generator(seed)))
            partner = [(index - shift) % 6 for index in range(6)]
        else:
            partner = cycle_of(shares)
        mixed = mix_images(plan, images)
        lam = []
        for index, other in enumerate(partner):
            mask = shares[index] / (shares[index] + shares[other])
            expected = mask * images[index].numpy() + (1 - mask) * images[other].numpy()
            np.testing.assert_allclose(mixed[index].numpy(), expected, atol=1e-4)
            lam.append(mask.mean())
        if "compat" in settings:
            lam = [float(np.mean(lam))] * 6
        np.testing.assert_allclose(plan.lam.numpy(), lam, atol=1e-5)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40])
def test_pairs_are_one_cycle(size: int) -> None:
    points = torch.randn(size, 5, generator=generator(size))
    partner = greedy_cycle(squared_distances(points)).tolist()
    seen, index = [], 0
    for _ in range(size):
        seen.append(index)
        index = partner[index]
    assert index == 0
    assert sorted(seen) == list(range(size))
    assert partner == cycle_of(points.double().numpy())


def test_equal_images_are_paired_all_the_same() -> None:
    images, _ = batch(4)
    plan = GuidedMixup().draw(images, generator(), Cues(gradient=torch.ones_like(images)))
    assert isinstance(plan.pairing, Permutation)
    assert sorted(plan.pairing.index.tolist()) == [0, 1, 2, 3]
    torch.testing.assert_close(plan.lam, torch.full((4,), 0.5))


def test_no_saliency_at_all_counts_both_alike() -> None:
    images, _ = batch(4)
    plan = GuidedMixup().draw(images, generator(), Cues(gradient=torch.zeros_like(images)))
    assert isinstance(plan.mixture, Mask)
    assert (plan.mixture.weight == 0.5).all()


def test_both_weights_of_a_pair_are_the_whole() -> None:
    images, cues = batch(2)
    plan = GuidedMixup().draw(images, generator(), cues)
    assert isinstance(plan.mixture, Mask)
    torch.testing.assert_close(plan.mixture.weight.sum(0), torch.ones(1, 12, 10))


def residual_of(image: NDArray[np.float64]) -> NDArray[np.float64]:
    """The spectral residual of an image [3, H, W] that is small enough as it is."""
    gray = 0.2989 * image[0] + 0.587 * image[1] + 0.114 * image[2]
    spectrum = np.fft.fft2(gray)
    amplitude = np.sqrt(np.abs(spectrum) ** 2 + 1e-10)
    near = np.pad(np.log(amplitude), 1, mode="edge")
    height, width = gray.shape
    around = np.array([[near[y : y + 3, x : x + 3].mean() for x in range(width)] for y in range(height)])
    found = np.abs(np.fft.ifft2(spectrum / amplitude * np.exp(np.log(amplitude) - around)))
    return blurred(found)


def test_the_spectral_residual_is_the_references() -> None:
    images, _ = batch(3, 20, 24)
    for own, image in zip(spectral_residual(images), images, strict=True):
        expected = residual_of(image.numpy().astype(np.float64))
        np.testing.assert_allclose(own.numpy(), expected, rtol=1e-3, atol=1e-6)


def test_what_stands_out_has_spectral_saliency() -> None:
    images = torch.randn(2, 1, 200, 180, generator=generator()).mul_(0.05).expand(-1, 3, -1, -1).clone()
    images[0, :, 40:60, 100:120] += 2
    images[1, :, 150:170, 20:40] += 2
    for own, (row, column) in zip(spectral_residual(images), ((50, 110), (160, 30)), strict=True):
        top, left = divmod(int(own.argmax()), 180)
        assert own.shape == (200, 180)
        assert abs(top - row) < 20
        assert abs(left - column) < 20


def test_spectral_saliency_takes_no_gradient() -> None:
    """The pass for it would need a backbone that can be run once more: this one counts."""
    calls = 0

    class Counting(torch.nn.Linear):
        def forward(self, images: Tensor) -> Tensor:
            nonlocal calls
            calls += 1
            return super().forward(images.mean((2, 3)))

    from method_cues import step_for
    from mixlab.methods import Setting

    images, _ = batch()
    for saliency, expected in (("spectral", 1), ("gradient", 2)):
        calls = 0
        method = GuidedMixup.model_validate({"saliency": saliency})
        backbone = Counting(3, 6)
        mixer = method.mixer(Setting(backbone=backbone, num_classes=6, image_size=12))
        mixer(step_for(method, images, torch.arange(6), backbone=backbone))
        assert calls == expected


def test_it_trains_without_a_network_for_saliency() -> None:
    config = tiny(mixMode={"name": "guidedmixup", "saliency": "spectral"})
    assert run(config, None, max_steps=2) == ExitCode.COMPLETED


def test_a_plan_with_other_partners_mixes_those() -> None:
    images, cues = batch()
    plan = GuidedMixup().draw(images, generator(), cues)
    other = MixPlan(Roll(2), plan.mixture, plan.lam)
    assert not torch.equal(mix_images(other, images), mix_images(plan, images))
