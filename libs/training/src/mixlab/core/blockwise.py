"""Masks of a grid that are put together of rectangles, as BEiT masks its patches.

Bao et al., ICLR 2022, https://arxiv.org/abs/2106.08254. Rectangles are added until so many cells are covered:
each has an area between one cell and what is left to cover, and sides in a ratio of 0.3 to 1 / 0.3. One that
does not fit, covers nothing new or too much is drawn again, at most ten times in a row.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

TRIES = 10
"""Rectangles that may fail in a row before a mask stays as it is."""

LEAST_ASPECT = 0.3


def blockwise_masks(side: int, counts: Tensor, generator: torch.Generator) -> Tensor:
    """Masks of about so many cells each: never more, less for those whose rectangles fail too often.

    All masks grow side by side, on the CPU.

    Args:
        side: of the grid.
        counts: cells to be covered, int64 [N], at most side^2 each.
        generator: a CPU generator, the only source of random numbers.

    Returns:
        True where a cell is covered, bool [N, side, side].
    """
    covered = torch.zeros(len(counts), side, side, dtype=torch.bool)
    left, failures = counts.clone(), torch.zeros_like(counts)
    while (growing := (left > 0) & (failures < TRIES)).any():
        area, aspect, row, column = torch.rand(4, len(counts), dtype=torch.float64, generator=generator)
        area = 1 + area * (left - 1).clamp_(min=0)
        aspect = (math.log(1 / LEAST_ASPECT) * (2 * aspect - 1)).exp()
        height, width = ((area * aspect).sqrt().round().long(), (area / aspect).sqrt().round().long())
        growing &= (height < side) & (width < side)
        rows, columns = _span(row, height, side), _span(column, width, side)
        new = rows[:, :, None] & columns[:, None, :] & ~covered
        count = new.sum((1, 2))
        growing &= (count > 0) & (count <= left)
        covered |= new & growing[:, None, None]
        left -= count * growing
        failures = torch.where(growing, 0, failures + 1)
    return covered


def _span(start: Tensor, length: Tensor, side: int) -> Tensor:
    """Which of `side` cells a span of each length takes, bool [N, side]; `start` is 0 .. 1 of its room."""
    first = (start * (side - length + 1)).long()[:, None]
    cell = torch.arange(side)
    return (cell >= first) & (cell < first + length[:, None])
