"""GridMixup against plain references, and what it draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydantic import ValidationError

from mixlab.core.mixing import Mask, Roll, mix_images
from mixlab.methods import method_class
from mixlab.methods.gridmixup import Grid, GridMixup


def gridmixup(**settings: object) -> GridMixup:
    method = method_class("gridmixup").model_validate(settings)
    assert isinstance(method, GridMixup)
    return method


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def reference_holes(grid: Grid) -> NDArray[np.float64]:
    """Pixel by pixel: in a hole if its place in its cell is, and its cell is in the crop."""
    holes = np.zeros((grid.rows.side, grid.columns.side))
    for y in range(grid.rows.side):
        for x in range(grid.columns.side):
            inside = True
            for place, stripes in ((y - grid.rows.first, grid.rows), (x - grid.columns.first, grid.columns)):
                inside &= 0 <= place < stripes.length and place % stripes.period < stripes.thickness
            holes[y, x] = inside
    return holes


def openmixup_holes(grid: Grid) -> NDArray[np.float64]:
    """Hole by hole, written into an array whose slices take negative bounds from the other end."""
    holes = np.zeros((grid.rows.side, grid.columns.side))
    rows, columns = grid.rows, grid.columns
    for y in range(0, rows.length, max(rows.period, 1)):
        for x in range(0, columns.length, max(columns.period, 1)):
            y_end, x_end = min(y + rows.thickness, rows.length), min(x + columns.thickness, columns.length)
            holes[rows.first + y : rows.first + y_end, columns.first + x : columns.first + x_end] = 1
    return holes


def reference_lam(
    random: np.random.Generator, side: int, alpha: float, *, holes: tuple[int, int], clamped: bool
) -> float:
    """The label's weight of one draw of the law, with the default ranges of the crop."""
    lam, area, ratio = random.beta(alpha, alpha), random.uniform(0.5, 1), random.uniform(0.5, 2)
    width = int(math.sqrt(int(side * side * area) / ratio))
    height = int(width * ratio)
    if clamped:
        width, height = min(width, side), min(height, side)
    cell = math.ceil(width / random.integers(holes[0], holes[1] + 1))
    hole = min(max(int(cell * math.sqrt(1 - lam)), 1), cell - 1)
    image = np.zeros((side, side))
    top, left = int((side - height) * random.random()), int((side - width) * random.random())
    for y in range(0, height, cell):
        for x in range(0, width, cell):
            bottom, right = top + min(y + hole, height), left + min(x + hole, width)
            image[top + y : bottom, left + x : right] = 1
    return float(1 - image.mean())


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("compat", ["none", "openmixup"])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (11, 20), (40, 32), (1, 1)])
def test_every_pixel_is_what_the_formula_says(height: int, width: int, compat: str, per_sample: bool) -> None:
    images = torch.randn(5, 3, height, width, generator=generator(1))
    method = gridmixup(compat=compat, perSample=per_sample)
    reference = reference_holes if compat == "none" else openmixup_holes
    for seed in range(10):
        plan = method.draw(images, generator(seed))
        assert isinstance(plan.pairing, Roll)
        draws = generator(seed)
        Roll.draw(5, draws)
        grids = method.draw_grids(5 if per_sample else 1, height, width, draws)
        mixed = mix_images(plan, images).numpy()
        for index in range(5):
            holes = reference(grids[index if per_sample else 0])
            own, other = images[index].numpy(), images[index - plan.pairing.shift].numpy()
            np.testing.assert_array_equal(mixed[index], np.where(holes == 1, other, own))
            assert plan.lam[index].item() == pytest.approx(1 - holes.mean(), abs=1e-6)


def test_holes_lie_in_a_crop_inside_of_the_image_and_repeat() -> None:
    draws = generator()
    for grid in gridmixup().draw_grids(500, 40, 32, draws):
        for stripes in (grid.rows, grid.columns):
            assert 0 <= stripes.first <= stripes.first + stripes.length <= stripes.side
            assert 1 <= stripes.thickness < stripes.period
        assert grid.rows.period == grid.columns.period  # square cells
        assert 2 <= math.ceil(grid.columns.length / grid.columns.period) <= 6


@pytest.mark.parametrize("compat", ["none", "openmixup"])
@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_labels_follow_the_law(alpha: float, compat: str) -> None:
    """Two samples of 4,000 at 224 pixels, by Kolmogorov-Smirnov; a false alarm has probability 1e-4.

    OpenMixup's mean at alpha = 0.2 is 0.69; 0.02 is five standard errors of the mean.
    """
    from scipy import stats

    images, draws = torch.empty(100, 1, 224, 224), generator()
    method = gridmixup(alpha=alpha, compat=compat, perSample=True)
    lam = torch.cat([method.draw(images, draws).lam for _ in range(40)]).numpy()
    random = np.random.default_rng(0)
    law = [reference_lam(random, 224, alpha, holes=(2, 6), clamped=compat == "none") for _ in range(4000)]
    assert stats.ks_2samp(lam, law).pvalue > 1e-4
    if alpha == 0.2 and compat == "openmixup":
        assert lam.mean() == pytest.approx(0.69, abs=0.02)


def test_openmixup_loses_holes_where_its_crop_is_larger_than_the_image() -> None:
    larger = lost = 0
    ours, theirs = (
        gridmixup(compat=compat).draw_grids(2000, 224, 224, generator()) for compat in ("none", "openmixup")
    )
    for own, other in zip(ours, theirs, strict=True):
        if min(other.rows.first, other.columns.first) < 0:
            larger += 1
            lost += bool(other.holes().sum() < own.holes().sum())
        elif max(other.rows.length, other.columns.length) <= 224:
            assert torch.equal(own.holes(), other.holes())
    assert larger > 900
    assert lost > 0.6 * larger


def test_masks_are_binary_and_do_not_depend_on_the_images() -> None:
    first, second = torch.zeros(3, 3, 24, 24), torch.randn(3, 3, 24, 24)
    masks = [gridmixup(perSample=True).draw(images, generator(3)).mixture for images in (first, second)]
    assert all(isinstance(mask, Mask) for mask in masks)
    weights = [mask.weight for mask in masks if isinstance(mask, Mask)]
    assert torch.equal(*weights)
    assert set(weights[0].unique().tolist()) == {0.0, 1.0}


def test_a_range_in_the_wrong_order() -> None:
    with pytest.raises(ValidationError, match="the least number of holes is above the greatest"):
        gridmixup(holes=[6, 2])
