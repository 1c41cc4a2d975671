"""How visible the seams between blocks of two images would be."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Sides(NamedTuple):
    """Squares of pixels along the seams between blocks, each averaged: float32 [B, C, seams, squares]."""

    before: Tensor
    """Those above a seam, or left of it."""

    after: Tensor
    """Those below, or right."""


def square_side(height: int, width: int, most: int) -> int:
    """Side of the largest squares, at most `most`, that blocks of height x width pixels consist of."""
    return max(side for side in range(1, most + 1) if height % side == 0 and width % side == 0)


def horizontal_sides(images: Tensor, rows: int, square: int) -> Sides:
    """The squares above and below the seams between `rows` rows of blocks.

    Args:
        images: [B, C, H, W].
        rows: of blocks; H is a multiple.
        square: side in pixels; H / rows and W are multiples.
    """
    size, channels, height, width = images.shape
    blocks = images.reshape(size, channels, rows, height // rows, width)
    above, below = blocks[:, :, :-1, -square:], blocks[:, :, 1:, :square]
    return Sides(_squares(above, square), _squares(below, square))


def vertical_sides(images: Tensor, columns: int, square: int) -> Sides:
    """The squares left and right of the seams between `columns` columns of blocks, as `horizontal_sides`."""
    return horizontal_sides(images.transpose(2, 3), columns, square)


def distances(one: Tensor, other: Tensor, blocks: int, scale: Tensor) -> Tensor:
    """Mean absolute difference of squares along each block's border, float32 [B, seams, blocks].

    Args:
        one: squares on one side of the seams, [B, C, seams, squares].
        other: those on the other side.
        blocks: along a seam.
        scale: of each channel's differences, float32 [C].
    """
    size, _, seams, squares = one.shape
    apart = ((one - other).abs_() * scale.view(-1, 1, 1)).mean(1)
    return apart.view(size, seams, blocks, squares // blocks).mean(3)


def _squares(strips: Tensor, square: int) -> Tensor:
    """Strips [B, C, seams, square, W] as averages of squares, [B, C, seams, W / square]."""
    size, channels, seams, _, width = strips.shape
    lines = strips[..., 0, :].float()
    for line in range(1, square):
        lines = lines + strips[..., line, :]
    return lines.reshape(size, channels, seams, width // square, square).mean(4).div_(square)
