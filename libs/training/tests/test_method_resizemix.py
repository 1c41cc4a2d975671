"""ResizeMix against a plain reference, pixel by pixel, and what it draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy import stats

from mixlab.core.mixing import MixPlan, Permutation, Roll, mix_images
from mixlab.methods import Method, method_class
from mixlab.methods.resizemix import Pasted, SmallImage


def resizemix(**settings: object) -> Method:
    return method_class("resizemix").model_validate(settings)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def boxes(plan: MixPlan) -> list[SmallImage]:
    assert isinstance(plan.mixture, Pasted)
    return plan.mixture.places()


@pytest.mark.parametrize("settings", [{}, {"perSample": True}, {"compat": "openmixup"}])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (11, 20)])
def test_every_pixel_is_what_the_formula_says(settings: dict[str, object], height: int, width: int) -> None:
    images = torch.randn(5, 3, height, width, generator=generator(1))
    for seed in range(10):
        plan = resizemix(**settings).draw(images, generator(seed))
        assert isinstance(plan.pairing, Roll)
        assert plan.mixture is not None
        mixed = mix_images(plan, images)
        shuffled = Permutation(torch.arange(5).roll(plan.pairing.shift))
        assert torch.equal(mix_images(MixPlan(shuffled, plan.mixture, plan.lam), images), mixed)
        for index, box in enumerate(boxes(plan)):
            own, other = images[index], images[(index - plan.pairing.shift) % 5]
            for row in range(height):
                for column in range(width):
                    pixel = own[:, row, column]
                    if box.top <= row < box.bottom and box.left <= column < box.right:
                        source = math.floor((row - box.top) / box.row_scale)
                        pixel = other[:, source, math.floor((column - box.left) / box.column_scale)]
                    assert torch.equal(mixed[index, :, row, column], pixel)
            assert plan.lam[index].item() == pytest.approx(
                1 - math.prod(box.shape) / (height * width), abs=1e-6
            )


def test_the_small_image_is_whole_and_inside() -> None:
    images = torch.empty(64, 3, 32, 40)
    for seed in range(50):
        places = boxes(resizemix().draw(images, generator(seed)))
        sides = {(box.bottom - box.top, box.right - box.left) for box in places}
        scale = places[0].row_scale
        assert sides == {(int(32 * scale), int(40 * scale))}
        assert all(box.top >= 0 and box.bottom <= 32 and box.left >= 0 and box.right <= 40 for box in places)
        assert len({(box.top, box.left) for box in places}) > 10


def test_shares_have_the_papers_mean() -> None:
    """E[lam] = 0.757 at 224 pixels; OpenMixup's law 0.827. 6,000 draws: off by 0.012 below 1e-5."""
    images = torch.empty(1, 1, 224, 224)
    for compat, expected in (("none", 0.757), ("openmixup", 0.827)):
        draws, method = generator(), resizemix(compat=compat)
        lam = torch.cat([method.draw(images, draws).lam for _ in range(6000)])
        assert lam.mean().item() == pytest.approx(expected, abs=0.012)


def test_openmixup_pastes_at_one_place() -> None:
    images = torch.empty(8, 3, 32, 32)
    cut = 0
    for seed in range(40):
        places = boxes(resizemix(compat="openmixup").draw(images, generator(seed)))
        assert len(set(places)) == 1
        cut += places[0].top == 0 or places[0].bottom == 32
    assert cut > 5


def test_scales_that_are_not_in_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="the least scale is above the greatest"):
        resizemix(scale=[0.8, 0.1])


def test_an_alpha_draws_scales_by_beta_and_evenly_where_that_leaves_the_range() -> None:
    """A false alarm of the Kolmogorov-Smirnov test has a chance of 1e-6."""
    images, alpha, (least, most) = torch.empty(20_000, 1, 4, 4), 0.2, (0.1, 0.8)
    plan = resizemix(alpha=alpha, perSample=True).draw(images, generator(3))
    assert isinstance(plan.mixture, Pasted)
    scales = np.sort([box.row_scale for box in boxes(plan)])
    law = stats.beta(alpha, alpha)
    inside = law.cdf(most) - law.cdf(least)

    def share_below(scale: float) -> float:
        return float(law.cdf(scale) - law.cdf(least) + (1 - inside) * (scale - least) / (most - least))

    assert stats.kstest(scales, np.vectorize(share_below)).pvalue > 1e-6
