"""ResizeMix: the whole partner image, made small, is pasted at a random place; labels mix by its area.

Paper: Qin et al., 2020, https://arxiv.org/abs/2012.11101
As in the official code: one scale a batch, uniform in 0.1 .. 0.8, nearest neighbours, a place for each
sample, moved to where the small image is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import torch
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from mixlab.core.chunks import chunks
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import ALL, MixPlan, Mixture, Pairing, Roll, as_array, batch_shape, sample_beta
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

    alpha: Positive = 1.0
    """The scale is drawn from Beta(alpha, alpha), and anew and evenly where that is not within `scale`, as
    OpenMixup does it; 1, the paper's way, is even throughout."""

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
        scale = self._draw_scale(size if self.per_sample else 1, generator)
        places = 1 if self.compat == "openmixup" else size
        centres = torch.rand(places, 2, dtype=torch.float64, generator=generator).T
        sides = torch.tensor(((height,), (width,)), dtype=torch.float64)
        first, last, scales = self._spans(sides, scale, centres)
        lam = (1 - (last - first).prod(0) / (height * width)).float().expand(size)
        corners = torch.stack((first, last), 1).reshape(4, -1).T.long().expand(size, 4)
        pasted = Pasted(*(numbers.to(images.device, non_blocking=True) for numbers in (corners, scales.T)))
        return MixPlan(pairing, pasted, lam.to(images.device, non_blocking=True))

    def _draw_scale(self, count: int, generator: torch.Generator) -> Tensor:
        least, greatest = self.scale
        even = least + (greatest - least) * torch.rand(count, dtype=torch.float64, generator=generator)
        if self.alpha == 1:
            return even
        drawn = sample_beta(self.alpha, count, generator)
        return torch.where((drawn >= least) & (drawn <= greatest), drawn, even)

    def _spans(self, sides: Tensor, scale: Tensor, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of rows and of columns: the first, the one after the last, and the scale, [2, n] each.

        Args:
            sides: the image's, [2, 1].
            scale: the small image's, [n].
            places: its centre, 0 .. 1, [2, n].
        """
        lengths, centres = (sides * scale).floor_().clamp_(min=1), (sides * places).floor_()
        halves = (lengths / 2).floor_()
        if self.compat == "openmixup":
            first, last = (centres - halves).clamp_(min=0), torch.minimum(centres + halves, sides)
            return first, last, (last - first).clamp_(min=1) / sides
        first = torch.minimum((centres - halves).clamp_(min=0), sides - lengths)
        return first, first + lengths, scale.expand(2, -1)


class SmallImage(NamedTuple):
    """Rows top .. bottom - 1 and columns left .. right - 1 show every 1 / scale-th pixel of the partner."""

    top: int
    bottom: int
    left: int
    right: int
    row_scale: float
    column_scale: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    def shown(self, width: int) -> Tensor:
        """Numbers of the pixels that it shows, of an image of that width, int64 [rows * columns]."""
        height, own_width = self.shape
        rows, columns = _source(height, self.row_scale), _source(own_width, self.column_scale)
        return (rows[:, None] * width + columns).flatten()


@dataclass(frozen=True)
class Pasted(Mixture):
    """Each partner, made small, at its place in each image."""

    corners: Tensor
    """Top, bottom, left and right of each small image, int64 [B, 4]: rows top .. bottom - 1, columns
    left .. right - 1."""

    scales: Tensor
    """How much smaller its rows and columns are, float64 [B, 2]; [1, 2] if all small images have one size."""

    def places(self) -> list[SmallImage]:
        """One for each image; a GPU is waited for."""
        scales = self.scales.expand(len(self.corners), 2).tolist()
        return [
            SmallImage(*corners, *own) for corners, own in zip(self.corners.tolist(), scales, strict=True)
        ]

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        top, bottom, left, right = self.corners[rows].T.unsqueeze(-1)
        scales = self.scales if len(self.scales) == 1 else self.scales[rows]
        row_scale, column_scale = scales.T.unsqueeze(-1)
        y, in_rows = _source_of_pixels(first.shape[2], top, bottom, row_scale)
        x, in_columns = _source_of_pixels(first.shape[3], left, right, column_scale)
        index = torch.arange(len(first), device=first.device)[:, None, None]
        small = second[index, :, y[:, :, None], x[:, None, :]].movedim(-1, 1)
        inside = (in_rows[:, :, None] & in_columns[:, None, :]).unsqueeze(1)
        return torch.where(inside, small, first)

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        if images.device.type != "cpu":
            super().write(images, pairing, out)
            return
        places = self.places()
        for rows, partners in pairing.segments(len(images)):
            others = images[partners]
            for few in chunks(others):
                own = slice(rows.start + few.start, rows.start + few.stop)
                out[own] = images[own]
                small = self._small(others[few], places[own])
                for image, box, pasted in zip(as_array(out[own]), places[own], small, strict=True):
                    image[:, box.top : box.bottom, box.left : box.right] = pasted

    def _small(self, images: Tensor, places: list[SmallImage]) -> Iterator[NDArray[Any]]:
        """Each image as it is to be pasted, [C, h, w]; those of one size are made together."""
        if len(self.scales) > 1 and len(images) > 1:
            for at, place in enumerate(places):
                yield from self._small(images[at : at + 1], [place])
            return
        size, channels, _, width = images.shape
        shape, shown = places[0].shape, places[0].shown(width)
        if images.is_contiguous():
            found = images.flatten(2).gather(2, shown.expand(size, channels, -1))
            yield from as_array(found.view(size, channels, *shape))
        else:
            # Pixel by pixel, where the channels of each lie together.
            found = images.permute(0, 2, 3, 1).flatten(1, 2).index_select(1, shown)
            yield from as_array(found.view(size, *shape, channels).permute(0, 3, 1, 2))


def _source(length: int, scale: float) -> Tensor:
    """Which row or column of the large image each of the small one shows, int64 [length]."""
    return (torch.arange(length, dtype=torch.float64) / scale).floor_().long()


def _source_of_pixels(side: int, first: Tensor, last: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """For each pixel of a side, the partner's pixel that it shows and whether it shows one: [n, side]."""
    pixel = torch.arange(side, dtype=torch.float64, device=first.device)
    source = ((pixel - first) / scale).floor().clamp(0, side - 1).long()
    return source, (pixel >= first) & (pixel < last)
