"""Images put together from patches of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .mixing import Mixture, Pairing

CHUNK = 1 << 20
"""Pixel values that a CPU averages at a time: what its caches hold."""


@dataclass(frozen=True)
class Patchwork(Mixture):
    """Each patch of an image is one patch of any image of the batch, or an average of two.

    Images are cut into R x C patches, numbered row by row, image by image: (image R + row) C + column.
    """

    first: Tensor
    """Number of each patch's first source, int64 [B, R, C]."""

    second: Tensor
    """Number of each patch's second source, int64 [B, R, C]."""

    weight: Tensor
    """Of the first source, float in 0 .. 1, [B, R, C]; the second has the rest."""

    def compose(self, images: Tensor, others: Tensor) -> Tensor:
        """The patchwork [B, C, H, W] whose first sources are of one batch, the second ones of another."""
        layout = self._layout_of(images)
        first = layout.runs(images)[layout.ordered(self.first)]
        second = layout.runs(others)[layout.ordered(self.second)]
        weight = layout.ordered_alike(self.weight).to(images.dtype)
        return layout.images(torch.lerp(second, first, weight[:, None]))

    def write_differentiably(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        out.copy_(self.compose(images, images))

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        layout = self._layout_of(images)
        if images.device.type != "cpu" or not layout.fits(out):
            self.write_differentiably(images, pairing, out)
            return
        # Most patches are copies; what is averaged is written over them.
        source, target = layout.runs(images), layout.runs(out)
        copied = torch.where(self.weight > 0, self.first, self.second)
        torch.index_select(source, 0, layout.ordered(copied), out=target)
        averaged = ((self.weight > 0) & (self.weight < 1)).flatten().nonzero().squeeze(1)
        for patches in torch.split(averaged, max(1, CHUNK // layout.values_in_a_patch)):
            first, second, weight = (x.flatten()[patches] for x in (self.first, self.second, self.weight))
            mixed = torch.lerp(
                source[layout.numbers(second)],
                source[layout.numbers(first)],
                weight.to(images.dtype).view(-1, 1, 1, 1),
            )
            target[layout.numbers(patches)] = mixed

    def _layout_of(self, images: Tensor) -> _Layout:
        if not images.is_floating_point():
            raise TypeError(f"only floating-point images can be averaged, got {images.dtype}")
        return _Layout.of(images, self.first)


@dataclass(frozen=True)
class _Layout:
    """A batch as runs of pixels, each as long as a patch is wide, in the order they have in memory."""

    size: int
    channels: int
    height: int
    width: int
    rows: int
    columns: int
    channels_last: bool

    @staticmethod
    def of(images: Tensor, patches: Tensor) -> _Layout:
        size, channels, height, width = images.shape
        _, rows, columns = patches.shape
        if len(patches) != size or height % rows or width % columns:
            raise ValueError(
                f"{len(patches)} images of {rows} x {columns} patches do not fit images {tuple(images.shape)}"
            )
        last = not images.is_contiguous() and images.is_contiguous(memory_format=torch.channels_last)
        return _Layout(size, channels, height, width, rows, columns, last)

    @property
    def planes(self) -> int:
        """Runs that show the same pixels, each in its own channel."""
        return 1 if self.channels_last else self.channels

    @property
    def values_in_a_patch(self) -> int:
        return self.channels * (self.height // self.rows) * (self.width // self.columns)

    def fits(self, images: Tensor) -> bool:
        """Whether images lie in memory like this without gaps."""
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        return images.is_contiguous(memory_format=layout)

    def runs(self, images: Tensor) -> Tensor:
        """Images as [runs, values]: a view where they fit."""
        ordered = images.permute(0, 2, 3, 1) if self.channels_last else images
        return ordered.reshape(-1, self.width // self.columns * (self.channels // self.planes))

    def images(self, runs: Tensor) -> Tensor:
        """The reverse."""
        if self.channels_last:
            return runs.view(self.size, self.height, self.width, self.channels).permute(0, 3, 1, 2)
        return runs.view(self.size, self.channels, self.height, self.width)

    def numbers(self, patches: Tensor) -> Tensor:
        """Numbers of the runs that patches [...] consist of, [..., planes, height of a patch]."""
        column, row = patches % self.columns, patches // self.columns
        image, row = row // self.rows, row % self.rows
        high = self.height // self.rows
        start = (image * (self.planes * self.height) + row * high) * self.columns + column
        line = torch.arange(high, device=patches.device) * self.columns
        plane = torch.arange(self.planes, device=patches.device) * (self.height * self.columns)
        return start[..., None, None] + (plane[:, None] + line)

    def ordered(self, patches: Tensor) -> Tensor:
        """Numbers of the runs that a whole batch consists of, [runs], from its patches [B, R, C]."""
        return self.numbers(patches).permute(0, 3, 1, 4, 2).reshape(-1)

    def ordered_alike(self, values: Tensor) -> Tensor:
        """A value of each patch, [B, R, C], for each of its runs, [runs]."""
        repeated = values[..., None, None].expand(*values.shape, self.planes, self.height // self.rows)
        return repeated.permute(0, 3, 1, 4, 2).reshape(-1)
