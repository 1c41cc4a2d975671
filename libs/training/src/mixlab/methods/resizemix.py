"""ResizeMix: the whole partner image, made small, is pasted at a random place; labels mix by its area.

Paper: Qin et al., 2020, https://arxiv.org/abs/2012.11101
As in the official code: one scale a batch, uniform in 0.1 .. 0.8, nearest neighbours, a place for each
sample, moved to where the small image is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mixing import ALL, MixPlan, Mixture, Pairing, Roll, batch_shape
from mixlab.core.rules import Compare

from .base import Method
from .registry import register

Scale = Annotated[float, Field(gt=0, le=1)]


@register(paper="2012.11101")
class ResizeMix(Method):
    """ResizeMix: the whole partner image, made small, covers a part of the image."""

    rules = (
        Compare(
            code="resizemix-scale-order",
            message="the least scale is above the greatest",
            left="scale.0",
            op="<=",
            right="scale.1",
        ),
    )
    formula = "τ ~ U(0.1, 0.8); b scaled by τ is pasted into a, whole, anywhere; λ = 1 − τ² in whole pixels"
    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup cuts the pasted box off at the image's border and squeezes the partner into what is left.",
        "OpenMixup pastes at one place for the whole batch.",
    )

    name: Literal["resizemix"] = "resizemix"

    scale: Annotated[tuple[Scale, ...], Field(min_length=2, max_length=2, strict=False)] = (0.1, 0.8)
    """Least and greatest side of the pasted image over the image's."""

    per_sample: bool = False
    """Draw a scale for each sample instead of one for the batch (the benchmark's way)."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` draws one box for the batch as CutMix does, and squeezes the partner into what of it lies
    inside of the image."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, the scales, then the centre of each box.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        least, greatest = self.scale
        drawn = torch.rand(size if self.per_sample else 1, dtype=torch.float64, generator=generator)
        scales = (least + (greatest - least) * drawn).expand(size).tolist()
        places = 1 if self.compat == "openmixup" else size
        centres = torch.rand(places, 2, dtype=torch.float64, generator=generator).expand(size, 2).tolist()
        boxes = [
            self._box(height, width, scale, *centre) for scale, centre in zip(scales, centres, strict=True)
        ]
        lam = torch.tensor([1 - box.area / (height * width) for box in boxes], dtype=torch.float32)
        return MixPlan(pairing, Pasted.of(boxes, images), lam.to(images.device, non_blocking=True))

    def _box(self, height: int, width: int, scale: float, row: float, column: float) -> SmallImage:
        """Where one small image lies; `row` and `column` are its centre, 0 .. 1."""
        return SmallImage(*self._span(height, scale, row), *self._span(width, scale, column))

    def _span(self, side: int, scale: float, place: float) -> tuple[int, int, float]:
        """First pixel, the one after the last, and the scale, along one side."""
        length, centre = max(int(side * scale), 1), int(side * place)
        if self.compat == "openmixup":
            first, last = max(centre - length // 2, 0), min(centre + length // 2, side)
            return first, last, max(last - first, 1) / side
        first = min(max(centre - length // 2, 0), side - length)
        return first, first + length, scale


@dataclass(frozen=True)
class SmallImage:
    """Rows top .. bottom - 1 and columns left .. right - 1 show every 1 / scale-th pixel of the partner."""

    top: int
    bottom: int
    row_scale: float
    left: int
    right: int
    column_scale: float

    @property
    def area(self) -> int:
        """In pixels."""
        return (self.bottom - self.top) * (self.right - self.left)


@dataclass(frozen=True)
class Pasted(Mixture):
    """Each partner, made small, at its place in each image."""

    places: tuple[SmallImage, ...]
    """One for each image."""

    geometry: Tensor
    """The same numbers in the same order, float64 [B, 6], on the images' device."""

    @staticmethod
    def of(places: list[SmallImage], images: Tensor) -> Pasted:
        """One place for each image."""
        numbers = [
            (box.top, box.bottom, box.row_scale, box.left, box.right, box.column_scale) for box in places
        ]
        geometry = torch.tensor(numbers, dtype=torch.float64).reshape(-1, 6)
        return Pasted(tuple(places), geometry.to(images.device, non_blocking=True))

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        top, bottom, row_scale, left, right, column_scale = self.geometry[rows].T.unsqueeze(-1)
        y, in_rows = _source(first.shape[2], top, bottom, row_scale)
        x, in_columns = _source(first.shape[3], left, right, column_scale)
        index = torch.arange(len(first), device=first.device)[:, None, None]
        small = second[index, :, y[:, :, None], x[:, None, :]].movedim(-1, 1)
        inside = (in_rows[:, :, None] & in_columns[:, None, :]).unsqueeze(1)
        return torch.where(inside, small, first)

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        if not isinstance(pairing, Roll):
            super().write(images, pairing, out)
            return
        out.copy_(images)
        for own, partner in _pairs(len(images), pairing):
            box = self.places[own]
            rows = _indices(box.bottom - box.top, box.row_scale, images.device)
            columns = _indices(box.right - box.left, box.column_scale, images.device)
            small = images[partner].index_select(1, rows).index_select(2, columns)
            out[own, :, box.top : box.bottom, box.left : box.right] = small


def _pairs(size: int, pairing: Roll) -> Iterator[tuple[int, int]]:
    return ((own, (own - pairing.shift) % size) for own in range(size))


def _indices(length: int, scale: float, device: torch.device) -> Tensor:
    """Which row or column of the large image each of the small one shows, int64 [length]."""
    return (torch.arange(length, dtype=torch.float64, device=device) / scale).floor().long()


def _source(side: int, first: Tensor, last: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """For each pixel of a side, the partner's pixel that it shows and whether it shows one: [n, side]."""
    pixel = torch.arange(side, dtype=torch.float64, device=first.device)
    source = ((pixel - first) / scale).floor().clamp(0, side - 1).long()
    return source, (pixel >= first) & (pixel < last)
