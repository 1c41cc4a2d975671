"""SmoothMix against a plain NumPy reference, and what it draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixlab.core.mixing import Mask, MixPlan, Roll, mix_images
from mixlab.methods import Method, method_class


def smoothmix(**settings: object) -> Method:
    return method_class("smoothmix").model_validate(settings)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def spots(plan: MixPlan) -> Tensor:
    assert isinstance(plan.mixture, Mask)
    return plan.mixture.weight


def reference_spot(height: int, width: int, row: int, column: int, sigma: float) -> NDArray[np.float64]:
    spot = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            spot[i, j] = np.exp(-((i - row) ** 2 + (j - column) ** 2) / (2 * sigma**2))
    return spot


def drawn_parameters(spot: NDArray[np.float64]) -> tuple[int, int, float]:
    """Centre and sigma, from the peak and from how fast the spot fades along its longer arm."""
    row, column = (int(index) for index in np.unravel_index(spot.argmax(), spot.shape))
    end = 0 if row >= spot.shape[0] / 2 else spot.shape[0] - 1
    return row, column, float(np.sqrt(-((end - row) ** 2) / (2 * np.log(spot[end, column]))))


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (11, 20)])
def test_images_and_labels_follow_the_formula(height: int, width: int, per_sample: bool) -> None:
    images = torch.randn(5, 3, height, width, generator=generator(1))
    for seed in range(10):
        plan = smoothmix(perSample=per_sample).draw(images, generator(seed))
        mixed = mix_images(plan, images).numpy()
        assert isinstance(plan.pairing, Roll)
        for index in range(5):
            spot = spots(plan)[index if per_sample else 0, 0].double().numpy()
            row, column, sigma = drawn_parameters(spot)
            assert 0.25 * height <= sigma <= 0.5 * height + 1e-4
            expected = reference_spot(height, width, row, column, sigma)
            np.testing.assert_allclose(spot, expected, atol=1e-5)
            own, other = images[index].numpy(), images[index - plan.pairing.shift].numpy()
            np.testing.assert_allclose(mixed[index], expected * own + (1 - expected) * other, atol=1e-4)
            assert plan.lam[index].item() == pytest.approx(expected.mean(), abs=1e-5)


def test_labels_weigh_by_the_mean_of_the_spot() -> None:
    """E[lam] = 0.43, standard deviation 0.13, all in 0.11 .. 0.73 (as measured of OpenMixup's masks).

    10,000 draws: the mean is off by 0.005 with probability 1e-4.
    """
    images, draws = torch.empty(1, 1, 64, 64), generator()
    lam = torch.cat([smoothmix().draw(images, draws).lam for _ in range(10_000)])
    assert lam.mean().item() == pytest.approx(0.43, abs=0.01)
    assert lam.std().item() == pytest.approx(0.13, abs=0.01)
    assert 0.1 < lam.min() < 0.13
    assert 0.71 < lam.max() < 0.75


def test_every_pixel_is_as_often_the_centre() -> None:
    """Chi-squared over 64 pixels; a false alarm has probability 1e-4."""
    from scipy import stats

    images, draws = torch.empty(500, 1, 8, 8), generator()
    peaks = torch.cat(
        [spots(smoothmix(perSample=True).draw(images, draws)).flatten(1).argmax(1) for _ in range(40)]
    )
    assert stats.chisquare(peaks.bincount(minlength=64).numpy()).pvalue > 1e-4


def test_sigma_is_uniform_in_its_range() -> None:
    """Kolmogorov-Smirnov; a false alarm has probability 1e-4."""
    from scipy import stats

    masks = spots(smoothmix(perSample=True).draw(torch.empty(2000, 1, 16, 16), generator()))
    sigmas = [drawn_parameters(mask[0].double().numpy())[2] / 16 for mask in masks]
    assert stats.kstest(sigmas, stats.uniform(0.25, 0.25).cdf).pvalue > 1e-4


def test_openmixup_shows_the_partner_in_the_spot_with_the_same_labels() -> None:
    values = torch.tensor([1.0, 0.0]).reshape(2, 1, 1, 1).expand(2, 3, 32, 32).contiguous()
    for seed in range(20):
        ours = smoothmix().draw(values, generator(seed))
        theirs = smoothmix(compat="openmixup").draw(values, generator(seed))
        assert torch.equal(ours.lam, theirs.lam)
        mixed, swapped = mix_images(ours, values), mix_images(theirs, values)
        assert mixed[0].mean().item() == pytest.approx(ours.lam[0].item(), abs=1e-6)
        assert swapped[0].mean().item() == pytest.approx(1 - ours.lam[0].item(), abs=1e-6)
