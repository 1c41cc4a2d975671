"""Pairing a batch by what its images are far from."""

from __future__ import annotations

import torch
from torch import Tensor


def squared_distances(points: Tensor) -> Tensor:
    """Of each of the points [B, D] from each, float32 [B, B]; symmetric to the bit on every CPU."""
    products = points @ points.T
    squares = products.diagonal()
    return squares[:, None] + squares - (products + products.T)


def greedy_cycle(distances: Tensor) -> Tensor:
    """The partner of each image, int64 [B]: one cycle through the whole batch.

    The longest distance is the first step; then each image's partner is the farthest that has not had its
    turn, and the last one's is the first. Of equal distances the first counts. GuidedMixup,
    https://arxiv.org/abs/2306.16612, algorithm 1, as in its authors' `pairing.pyx`.

    Args:
        distances: [B, B], or anything that grows with them.
    """
    size = len(distances)
    left = distances.clone().fill_diagonal_(-torch.inf)
    partner = torch.zeros(size, dtype=torch.int64, device=distances.device)
    step = left.argmax().view(1)
    first, row, column = step // size, step // size, step % size
    for _ in range(size - 1):
        partner.scatter_(0, row, column)
        left.index_fill_(1, row, -torch.inf)
        row = column
        column = left.index_select(0, row).argmax(1)
    return partner.scatter_(0, row, first)
