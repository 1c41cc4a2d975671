"""Labelling the cells of a grid at the least cost, for a whole batch at once and without leaving the device.

The labels 0 .. L - 1 stand for values between 0 and 1, evenly spaced. A cell pays for its label, neighbours
pay for the square of the difference between their values. Where a cell's costs are convex in its label, the
linear programme that lets labels be any number in 0 .. L - 1 and costs run straight between the whole ones is
the dual of a minimum-cost flow: it has a whole optimum, and rounding another one gives a whole one. So the
least cost is found by a first-order method of a few element-wise operations a step, the primal-dual one of
Chambolle and Pock (2011), where PuzzleMix's authors call a graph cut on the CPU for one image after another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softshrink

STEP = 0.35
"""Of both the labels and the edges: the product has to stay below 1/8, a grid's norm squared."""

SCALE = 0.75
"""Size of a cell's mean change of cost between labels that the steps are made for."""


@dataclass(frozen=True)
class GridEnergy:
    """The cost of labelling a grid of R by C cells, for each of B instances."""

    cells: Tensor
    """Cost of each label in each cell, float32 [B, R, C, L], convex in the label."""

    vertical: Tensor
    """Weights, not negative, between a cell and the one below it, float32 [B, R - 1, C]."""

    horizontal: Tensor
    """Weights, not negative, between a cell and the one right of it, float32 [B, R, C - 1]."""

    def of(self, labels: Tensor) -> Tensor:
        """The cost of labels, int64 [B, R, C]: [B], of the type of the costs."""
        values = labels.to(self.cells.dtype) / max(self.cells.shape[3] - 1, 1)
        own = self.cells.gather(3, labels[..., None]).sum((1, 2, 3))
        below = self.vertical * values.diff(dim=1).square()
        right = self.horizontal * values.diff(dim=2).square()
        return own + below.sum((1, 2)) + right.sum((1, 2))


def steps_for(rows: int, columns: int) -> int:
    """Steps after which labels hardly change: what one cell says has to reach all others."""
    return 32 + 4 * max(rows, columns)


def minimise(energy: GridEnergy, steps: int | None = None) -> Tensor:
    """Labels of (nearly) the least cost, int64 [B, R, C].

    The number of steps is fixed, so that nothing is read back from the device.

    Args:
        energy: what to minimise.
        steps: of the primal-dual method; more come closer. `steps_for` the grid if not given.
    """
    size, rows, columns, labels = energy.cells.shape
    slopes, weights = _scaled(energy)
    shapes = (size, rows - 1, columns), (size, rows, columns - 1)
    # The slope of the price of a difference d in whole labels is 1, 3, 5 ... (L - 1)^-2 of the weight.
    first, other = weights / (labels - 1) ** 2, 2 * weights / (labels - 1) ** 2
    least_first, least_other = -first, -other
    # A label is the sum of what it takes, in 0 .. 1, of each way from one whole label to the next.
    whole = torch.arange(labels - 1, dtype=slopes.dtype, device=slopes.device)
    prices = STEP * slopes + whole.view(-1, 1, 1, 1)

    value = energy.cells.argmin(3).to(slopes.dtype)
    ahead = value.clone()
    flow, change = torch.zeros_like(weights), torch.empty_like(weights)
    (flow_down, flow_right), (change_down, change_right) = _split(flow, shapes), _split(change, shapes)
    for _ in range(steps_for(rows, columns) if steps is None else steps):
        torch.sub(ahead[:, 1:], ahead[:, :-1], out=change_down)
        torch.sub(ahead[:, :, 1:], ahead[:, :, :-1], out=change_right)
        torch.add(flow, change, alpha=STEP, out=change)
        torch.clamp(change, least_first, first, out=flow)
        rest, part = change, flow
        for _ in range(labels - 2):
            rest = softshrink(rest - part, STEP)
            part = torch.clamp(rest, least_other, other)
            flow.add_(part)

        target = value.clone()
        target[:, 1:].sub_(flow_down, alpha=STEP)
        target[:, :-1].add_(flow_down, alpha=STEP)
        target[:, :, 1:].sub_(flow_right, alpha=STEP)
        target[:, :, :-1].add_(flow_right, alpha=STEP)
        new = (target - prices).clamp_(0, 1).sum(0)
        torch.lerp(value, new, 2.0, out=ahead)
        value = new
    return value.round_().long()


def _scaled(energy: GridEnergy) -> tuple[Tensor, Tensor]:
    """Changes of cost from label to label [L - 1, B, R, C] and all weights, flat, to the steps' scale."""
    slopes = energy.cells.diff(dim=3).movedim(3, 0)
    scale = SCALE * slopes.abs().mean((0, 2, 3)).clamp_min(torch.finfo(slopes.dtype).tiny).view(-1, 1, 1)
    edges = ((energy.vertical / scale).flatten(), (energy.horizontal / scale).flatten())
    return (slopes / scale).contiguous(), torch.cat(edges)


def _split(edges: Tensor, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[Tensor, Tensor]:
    """Views of the vertical and of the horizontal ones of all edges."""
    count = math.prod(shapes[0])
    return edges[:count].view(shapes[0]), edges[count:].view(shapes[1])
