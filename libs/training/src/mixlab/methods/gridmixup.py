"""GridMixup: the partner shows through a grid of square holes in a random crop; labels mix by their area.

Not the method of the GridMix paper (Baek et al., Pattern Recognition 2021), which also predicts the label of
each patch, but what OpenMixup calls `gridmix`: https://github.com/IlyaDobrynin/GridMixup. Formula, order of
roundings and limits of the holes were checked against that repository, the ranges against OpenMixup.
Differs from both: a crop's sides stay inside of the image, where theirs stick out in every second draw from
these ranges and holes are lost; a crop too narrow for the number of holes has fewer, where theirs stop.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, sample_beta
from mixlab.core.rules import Compare

from .base import Method
from .registry import register

Share = Annotated[float, Field(gt=0, le=1)]
TwoCounts = Annotated[tuple[Count, ...], Field(min_length=2, max_length=2, strict=False)]
TwoShares = Annotated[tuple[Share, ...], Field(min_length=2, max_length=2, strict=False)]
TwoRatios = Annotated[tuple[Positive, ...], Field(min_length=2, max_length=2, strict=False)]


def _in_order(field: str, words: str) -> Compare:
    return Compare(
        code=f"gridmixup-{words.replace(' ', '-')}-order",
        message=f"the least {words} is above the greatest",
        left=f"{field}.0",
        op="<=",
        right=f"{field}.1",
    )


@register(paper="https://github.com/IlyaDobrynin/GridMixup")
class GridMixup(Method):
    """GridMixup: the partner shows through a grid of holes in a crop; labels mix by their area."""

    rules = (
        _in_order("holes", "number of holes"),
        _in_order("cropArea", "crop area"),
        _in_order("cropAspect", "crop aspect"),
    )
    formula = (
        "λ₀ ~ Beta(α, α); x = b in holes of √(1 − λ₀) of the sides of n × m square cells of a crop, else a; "
        "λ = 1 − area of the holes / HW"
    )
    differences = (
        "OpenMixup calls it gridmix, after a paper that describes another method.",
        "OpenMixup's crop may be larger than the image, and then holes are lost or lie at the other end; "
        "compat: 'openmixup' does the same.",
    )

    name: Literal["gridmixup"] = "gridmixup"

    alpha: Positive = 0.2
    """lam ~ Beta(alpha, alpha), the kept share of each cell's area, before its hole is rounded to pixels."""

    holes: TwoCounts = (2, 6)
    """Least and greatest number of holes side by side; any number in between is as likely."""

    crop_area: TwoShares = (0.5, 1.0)
    """Range of the crop's share of the image."""

    crop_aspect: TwoRatios = (0.5, 2.0)
    """Range of the crop's height over its width."""

    per_sample: bool = False
    """Draw a grid for each sample instead of one for the batch (the benchmark's way)."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` lets the crop be larger than the image: it then starts at a negative pixel, which Python
    counts from the other end, and holes are lost or misplaced."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, lam, then the crop's area, aspect and place and the number of holes.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        grids = self.draw_grids(size if self.per_sample else 1, height, width, generator)
        marked = [(grid.rows.marked(), grid.columns.marked()) for grid in grids]
        shares = [1 - sum(rows) * sum(columns) / (height * width) for rows, columns in marked]
        lam = torch.tensor(shares, dtype=torch.float32).expand(size)
        rows = torch.tensor([rows for rows, _ in marked]).view(-1, 1, height, 1)
        columns = torch.tensor([columns for _, columns in marked]).view(-1, 1, 1, width)
        kept = (1 - rows * columns).to(images.device, non_blocking=True)
        return MixPlan(pairing, Mask(kept), lam.to(images.device, non_blocking=True))

    def draw_grids(self, count: int, height: int, width: int, generator: torch.Generator) -> list[Grid]:
        """Grids for images of H x W pixels."""
        lams = sample_beta(self.alpha, count, generator).tolist()
        draws = torch.rand(count, 5, dtype=torch.float64, generator=generator).tolist()
        return [self._grid(height, width, lam, draw) for lam, draw in zip(lams, draws, strict=True)]

    def _grid(self, height: int, width: int, lam: float, draws: list[float]) -> Grid:
        """One grid, from five numbers in 0 .. 1."""
        area, aspect, count, row, column = draws
        ratio = _between(self.crop_aspect, aspect)
        crop_width = int(math.sqrt(int(height * width * _between(self.crop_area, area)) / ratio))
        crop_height = int(crop_width * ratio)
        if self.compat == "none":
            crop_height, crop_width = min(crop_height, height), min(crop_width, width)
        least, greatest = self.holes
        across = max(min(least + int((greatest + 1 - least) * count), crop_width // 2), 1)
        cell = math.ceil(crop_width / across)
        hole = min(max(int(cell * math.sqrt(1 - lam)), 1), cell - 1)
        top, left = int((height - crop_height) * row), int((width - crop_width) * column)
        return Grid(
            Stripes(height, top, crop_height, cell, hole), Stripes(width, left, crop_width, cell, hole)
        )


@dataclass(frozen=True)
class Stripes:
    """Every `period` pixels from `first` on, `thickness` pixels, within `length` pixels of a side."""

    side: int
    first: int
    length: int
    period: int
    thickness: int

    def spans(self) -> Iterator[slice]:
        """Where the stripes lie; a negative start or end counts from the other end."""
        for start in range(0, self.length, max(self.period, 1)):
            end = min(start + self.thickness, self.length)
            yield slice(self.first + start, self.first + end)

    def marked(self) -> list[float]:
        """1 in a stripe, else 0, for each pixel of the side."""
        marks = [0.0] * self.side
        for span in self.spans():
            for pixel in range(*span.indices(self.side)):
                marks[pixel] = 1.0
        return marks


@dataclass(frozen=True)
class Grid:
    """Holes where the stripes of the rows and those of the columns cross."""

    rows: Stripes
    columns: Stripes

    def holes(self) -> Tensor:
        """1 in a hole, else 0: float32 [H, W]."""
        return torch.outer(torch.tensor(self.rows.marked()), torch.tensor(self.columns.marked()))


def _between(bounds: tuple[float, ...], draw: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * draw
