"""FMix against a plain NumPy reference, and what it draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mixlab.core.mixing import Mask, mix_images
from mixlab.methods import Method, method_class
from mixlab.methods.fmix import highest_pixels, low_frequency_noise, noise_of_two_rows


def fmix(**settings: object) -> Method:
    return method_class("fmix").model_validate(settings)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (11, 20), (20, 11)])
def test_noise_is_the_inverse_transform_of_a_falling_spectrum(height: int, width: int) -> None:
    noise = low_frequency_noise(2, height, width, 3.0, generator()).double().numpy()
    draws = torch.randn(2, 2, height, width // 2 + 1, generator=generator()).double().numpy()
    for index in range(2):
        spectrum = np.zeros((height, width // 2 + 1), dtype=complex)
        for row in range(height):
            for column in range(width // 2 + 1):
                fy = (row if row < (height + 1) // 2 else row - height) / height
                f = max(np.hypot(fy, column / width), 1 / max(height, width))
                draw = complex(draws[0, index, row, column], draws[1, index, row, column])
                spectrum[row, column] = draw / (f * max(height, width)) ** 3
        expected = np.fft.irfft2(spectrum, s=(height, width))
        np.testing.assert_allclose(noise[index], expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize(("height", "width"), [(16, 16), (11, 20), (20, 11)])
def test_the_official_noise_has_rows_for_real_and_imaginary_parts(height: int, width: int) -> None:
    noise = noise_of_two_rows(2, height, width, 3.0, generator()).double().numpy()
    frequencies = np.fft.fftfreq(width)[: width // 2 + 1 + width % 2]
    draws = torch.randn(2, 2, len(frequencies), 2, generator=generator()).double().numpy()
    for index in range(2):
        spectrum = np.zeros((len(frequencies), 2), dtype=complex)
        for part, unit in enumerate((1, 1j)):
            for k, across in enumerate(frequencies):
                f = max(np.hypot(part / height, across), 1 / max(height, width))
                spectrum[k] += unit * draws[part, index, k] / (f * max(height, width)) ** 3
        expected = np.fft.irfft2(spectrum, s=(height, width))
        np.testing.assert_allclose(noise[index], expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize(("compat", "none_left"), [("none", False), ("openmixup", True)])
def test_only_official_noise_is_without_higher_frequencies_across(compat: str, none_left: bool) -> None:
    draw_noise = low_frequency_noise if compat == "none" else noise_of_two_rows
    power = torch.fft.rfft2(draw_noise(50, 32, 32, 3.0, generator())).abs().square()
    share = float(power[:, :, 2:].sum() / power.sum())
    assert (share < 1e-6) == none_left
    images = torch.rand(4, 3, 32, 32, generator=generator())
    one, other = (fmix(compat=way).draw(images, generator(1)).mixture for way in ("none", compat))
    assert isinstance(one, Mask)
    assert isinstance(other, Mask)
    assert torch.equal(one.weight, other.weight) != none_left


@pytest.mark.parametrize("soft", [0.0, 0.1, 0.5])
def test_the_highest_pixels_are_kept(soft: float) -> None:
    noise = torch.randn(6, 8, 9, generator=generator(1))
    lam = torch.tensor([0.0, 0.013, 0.3, 0.5, 0.77, 1.0], dtype=torch.float64)
    up = torch.tensor([True, False, True, False, True, False])
    masks = highest_pixels(noise, lam, up, soft)
    assert masks.shape == (6, 1, 8, 9)
    for index in range(6):
        order = np.argsort(-noise[index].numpy().ravel())
        share = float(lam[index]) * 72
        number = int(np.ceil(share) if up[index] else np.floor(share))
        half = int(72 * min(soft, float(lam[index]), 1 - float(lam[index])))
        expected = np.zeros(72)
        expected[order[: number - half]] = 1
        expected[order[number - half : number + half]] = np.linspace(1, 0, 2 * half)
        np.testing.assert_allclose(masks[index].double().numpy().ravel(), expected, atol=1e-6)


@pytest.mark.parametrize("per_sample", [False, True])
def test_share_and_label_differ_by_less_than_a_pixel(per_sample: bool) -> None:
    images = torch.randn(5, 3, 12, 10, generator=generator(1))
    for seed in range(30):
        plan = fmix(perSample=per_sample).draw(images, generator(seed))
        assert isinstance(plan.mixture, Mask)
        share = plan.mixture.weight.float().mean((1, 2, 3)).expand(5)
        assert ((share - plan.lam).abs() <= 1 / 120 + 1e-6).all()
        assert set(plan.mixture.weight.unique().tolist()) <= {False, True}
        assert len(plan.mixture.weight) == (5 if per_sample else 1)


def test_the_rounding_has_no_side() -> None:
    """2,000 draws of whether to round up: a share off by 0.05 has probability below 1e-5."""
    images, draws = torch.empty(1, 1, 5, 5), generator()
    ups = []
    for _ in range(2000):
        plan = fmix().draw(images, draws)
        assert isinstance(plan.mixture, Mask)
        ups.append(plan.mixture.weight.float().mean() > plan.lam[0])
    assert float(np.mean(ups)) == pytest.approx(0.5, abs=0.05)


def test_the_spectrum_falls_with_the_third_power() -> None:
    """Slope of log amplitude over log frequency of 400 maps of 64 pixels; its error is below 0.05."""
    noise = low_frequency_noise(400, 64, 64, 3.0, generator())
    amplitude = torch.fft.rfft2(noise).abs().square().mean(0).sqrt()
    along_rows, along_columns = amplitude[2:20, 0].log(), amplitude[0, 2:20].log()
    frequency = (torch.arange(2, 20) / 64).log()
    for values in (along_rows, along_columns):
        slope = np.polyfit(frequency.numpy(), values.numpy(), 1)[0]
        assert slope == pytest.approx(-3, abs=0.1)


def test_soft_edges_mix_softly() -> None:
    images: Tensor = torch.randn(4, 3, 16, 16, generator=generator(1))
    plan = fmix(maxSoft=0.3).draw(images, generator(2))
    assert isinstance(plan.mixture, Mask)
    weight = plan.mixture.weight
    assert len(weight.unique()) > 3
    assert mix_images(plan, images).isfinite().all()


@pytest.mark.parametrize("decay", [3, 20, 1000])
def test_no_decay_lets_the_noise_overflow(decay: float) -> None:
    images = torch.ones(2, 3, 224, 224)
    for seed in range(4):
        plan = fmix(decay=decay).draw(images, generator(seed))
        assert isinstance(plan.mixture, Mask)
        torch.testing.assert_close(plan.mixture.weight.float().mean(), plan.lam[0], atol=0.01, rtol=0)
