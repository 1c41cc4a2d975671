"""Putting as many images together as a group has, from blocks of all of them: Co-Mixup's problem.

Kim, Choo, Jeong, Song, ICLR 2021, https://arxiv.org/abs/2102.03065; the objective is that of the authors'
code (snu-mllab/Co-Mixup, `match.py`). Each of P cells of each output takes one input, or half of each of two.
It costs what the input costs in that cell, plus half the squared distance between neighbouring cells' shares,
plus an overlap: with N the number of cells that each input has in the other outputs and A the inputs'
compatibility, an output pays (A N)_k for each cell of input k where that is above a threshold.

Outputs are labelled one after another, all groups at once, given all others. The authors label each by an
alpha-beta swap on the CPU; here checkerboards of cells take their best labels in turn, from two starts: every
cell's own best label, and the best label that all cells can share.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

SOFT_BONUS = 5e-4
"""What a cell saves that shows two inputs, so that ties go to it."""

ABSENT = 1e4
"""Cost of an input that a group lacks, or of a label that an output cannot take."""

CHECKERBOARDS = 2
"""Times that all cells of an output take their best label, given their neighbours'."""


@dataclass(frozen=True)
class GroupEnergy:
    """The cost of G groups of w outputs, each with R x C = P cells, from w inputs."""

    cells: Tensor
    """Cost of each input in each cell of any output, float32 [G, R, C, w]."""

    compatibility: Tensor
    """A: how much inputs overlap, float32 [G, w, w]."""

    present: Tensor
    """Which inputs and outputs there are, bool [G, w]."""

    smoothness: float
    """Of half the squared distance between neighbouring cells' shares."""

    overlap: float
    """Price of the overlap."""

    threshold: float
    """Number of cells from which on an overlap counts."""

    def of(self, shares: Tensor) -> Tensor:
        """The cost [G] of the inputs' shares, float32 [G, w outputs, R, C, w inputs]."""
        own = (self.cells[:, None] * shares).sum((1, 2, 3, 4))
        counts = shares.sum((2, 3))
        others = (counts.sum(1, keepdim=True) - counts) @ self.compatibility.mT
        overlap = torch.where(others > self.threshold, others * counts, 0.0).sum((1, 2))
        return own + self.smoothness * roughness(shares).sum(1) + self.overlap * overlap


def roughness(shares: Tensor) -> Tensor:
    """Half the squared distances between neighbouring cells' shares, [...] from [..., R, C, w]."""
    down, right = shares.diff(dim=-3), shares.diff(dim=-2)
    return (down.square().sum((-3, -2, -1)) + right.square().sum((-3, -2, -1))) / 2


def assign(energy: GroupEnergy, start: Tensor, sweeps: int, resolve: bool = True) -> Tensor:
    """Shares of the inputs in each cell of each output, float32 [G, w outputs, R, C, w inputs].

    From the second sweep on, cells may take halves of two of the (at most three) inputs that their output
    shows most of. Before the last sweep, outputs that show the same inputs are told apart: one pays for one
    of them, the other for another. Each group keeps its best sweep.

    Args:
        energy: what to minimise; a local minimum is found.
        start: an input for each cell of each output, int64 [G, w, R, C].
        sweeps: times that each output is labelled.
        resolve: tell outputs apart that show the same inputs.
    """
    width = energy.cells.shape[3]
    shares = one_hot(start, width).float() * energy.present[:, :, None, None, None]
    counts = shares.sum((2, 3))
    extra = torch.zeros_like(energy.compatibility)
    best, least = shares, energy.cells.new_full((len(shares),), torch.inf)
    for sweep in range(sweeps):
        shares, counts = shares.clone(), counts.clone()
        for output in range(width):
            new = _label(energy, shares[:, output], counts, output, extra[:, output], soft=sweep > 0)
            shares[:, output] = new * energy.present[:, output, None, None, None]
            counts[:, output] = shares[:, output].sum((1, 2))
        alike = _tie_breaks(counts) if resolve else extra
        cost = energy.of(shares) + energy.overlap * (alike * counts).sum((1, 2))
        better = cost < least
        best, least = torch.where(better[:, None, None, None, None], shares, best), torch.minimum(cost, least)
        if resolve and sweep == sweeps - 2:
            extra = alike
    return best


def _label(
    energy: GroupEnergy, shares: Tensor, counts: Tensor, output: int, extra: Tensor, *, soft: bool
) -> Tensor:
    """New shares [G, R, C, w] of one output that cost it no more than its present ones, given the others'."""
    others = ((counts.sum(1) - counts[:, output])[:, None] @ energy.compatibility.mT)[:, 0]
    # Twice: for what this output pays, and for what the others pay because of it.
    overlap = 2 * torch.where(others > energy.threshold, others, 0.0)
    cells = energy.cells + (energy.overlap * (overlap + extra))[:, None, None]
    meanings, bonus = _labels(counts[:, output], soft)
    costs = cells @ meanings[:, None].mT + bonus[:, None, None]
    between = energy.smoothness / 2 * (meanings[:, :, None] - meanings[:, None]).square().sum(3)

    every = costs.argmin(3)
    same = costs.sum((1, 2)).argmin(1)[:, None, None].expand_as(every)
    starts = torch.cat((every, same))
    found = _checkerboards(costs.repeat(2, 1, 1, 1), between.repeat(2, 1, 1), starts)
    # As shares; with the present ones, three candidates for each group.
    new = torch.stack([*(_shares(part, meanings) for part in found.chunk(2)), shares])
    softness = 2 * (new.sum((2, 3, 4)) - new.square().sum((2, 3, 4)))
    cost = (cells * new).sum((2, 3, 4)) + energy.smoothness * roughness(new) - SOFT_BONUS * softness
    chosen = cost.argmin(0)
    return new.gather(0, chosen.view(1, -1, 1, 1, 1).expand(1, *shares.shape))[0]


def _shares(labels: Tensor, meanings: Tensor) -> Tensor:
    """What labels [G, R, C] show, [G, R, C, w]."""
    width = meanings.shape[2]
    index = labels.flatten(1)[..., None].expand(-1, -1, width)
    return meanings.gather(1, index).view(*labels.shape, width)


def _labels(counts: Tensor, soft: bool) -> tuple[Tensor, Tensor]:
    """What each label shows, [G, L, w], and what it costs by itself, [G, L]: inputs, then halves of two."""
    size, width = counts.shape
    whole = torch.eye(width, device=counts.device).expand(size, width, width)
    if not soft:
        return whole, counts.new_zeros(size, width)
    most = _by_value(counts)[:, :3]
    shown = counts.gather(1, most) > 0
    one, other = most[:, [0, 0, 1]], most[:, [1, 2, 2]]
    halves = (one_hot(one, width) + one_hot(other, width)) / 2
    cost = torch.where(shown[:, [0, 0, 1]] & shown[:, [1, 2, 2]], -SOFT_BONUS, ABSENT)
    return torch.cat((whole, halves), 1), torch.cat((counts.new_zeros(size, width), cost), 1)


def _checkerboards(costs: Tensor, between: Tensor, labels: Tensor) -> Tensor:
    """Labels [G, R, C] after each cell took its best, the black ones and the white ones of a board in turn.

    Args:
        costs: of each label in each cell, [G, R, C, L].
        between: cost of two labels side by side, [G, L, L].
        labels: to begin with.
    """
    size, rows, columns, count = costs.shape
    row = torch.arange(rows, device=costs.device)[:, None]
    black = (row + torch.arange(columns, device=costs.device)) % 2 == 0
    rows_of = between.reshape(size * count, count)
    first = torch.arange(size, device=costs.device).view(-1, 1, 1) * count
    for board in (black, ~black) * CHECKERBOARDS:
        beside = rows_of[first + labels]
        total = costs.clone()
        total[:, 1:] += beside[:, :-1]
        total[:, :-1] += beside[:, 1:]
        total[:, :, 1:] += beside[:, :, :-1]
        total[:, :, :-1] += beside[:, :, 1:]
        labels = torch.where(board, total.argmin(3), labels)
    return labels


def _tie_breaks(counts: Tensor) -> Tensor:
    """1 for the inputs that outputs should drop, so that no two show the same ones: [G, w outputs, w inputs].

    Of two outputs with the same inputs, if those are more than one, the earlier should drop the first of them
    and the later the second.
    """
    shown = counts > 0
    alike = (shown[:, :, None] == shown[:, None]).all(3) & (shown.sum(2) > 1)[:, :, None]
    later = alike.triu(1)
    order = shown.int().cumsum(2) * shown
    drop = (order == 1) & later.any(2)[..., None] | (order == 2) & later.any(1)[..., None]
    return drop.to(counts.dtype)


def _by_value(values: Tensor) -> Tensor:
    """Indices from the greatest value to the least, [..., w]; of equal ones the first comes first."""
    return values.sort(dim=-1, descending=True, stable=True).indices
