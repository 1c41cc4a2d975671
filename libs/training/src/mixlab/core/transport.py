"""Moving an image's salient blocks to where they will be seen, for a whole batch at once.

PuzzleMix, https://arxiv.org/abs/2009.06962, section 3.3 and algorithm 1. A block that goes from cell i to
cell j costs `price` times their squared distance, less the block's saliency if j is seen. Each block claims
the cell that costs it least; a cell takes the claim that costs least; who loses claims its next best cell in
the next round.
"""

from __future__ import annotations

import torch
from torch import Tensor


def transport(shares: Tensor, seen: Tensor, price: float, *, compact: bool | None = None) -> Tensor:
    """Which block of its image each cell shows: int64 [B, R, C], of the blocks numbered row by row.

    Only claims that gain something matter: one of a cell that is not seen never does, and a cell that nobody
    claims shows its own block. There are as many rounds as the grid has cells along its longer side.

    Args:
        shares: saliency of each block as a share of its image's, float32 [B, R, C].
        seen: which cells of the image the mask shows, bool [B, R, C].
        price: of moving a block along the grid's longer side, in shares; more than 0.
        compact: look at those blocks alone that lost their claim, and end with the last of them. Where asking
            for their number makes the host wait, all are looked at; the plan is the same. By default so on a
            CPU.
    """
    size, rows, columns = shares.shape
    cells, device = rows * columns, shares.device
    compact = device.type == "cpu" if compact is None else compact
    order, longest = _nearest_first(rows, columns, device), max(rows - 1, columns - 1, 1) ** 2
    seen, gain = seen.reshape(size, cells), shares.reshape(-1)
    rejected = (~seen)[:, None].expand(size, cells, cells).reshape(size * cells, cells)
    block = torch.arange(size * cells, device=device)
    image, home = block // cells, block % cells

    def some(blocks: Tensor) -> Tensor:
        """The blocks, bool [B * N], that are to claim; all where that is cheaper to know."""
        return blocks.nonzero().squeeze(1) if compact else block

    def claims(blocks: Tensor) -> tuple[Tensor, Tensor]:
        """The cell that costs each of these blocks least, and the cost, if that is below 0; else no cell."""
        best = torch.where(rejected[blocks], torch.iinfo(order.dtype).max, order[home[blocks]]).amin(1)
        squared = best // cells
        cost = squared / longest * price - gain[blocks]
        return torch.where(cost < 0, best % cells, cells).long(), cost.clamp_max(0)

    claimed = torch.where(seen.view(-1), home, cells)
    cost = torch.where(seen.view(-1), -gain, 0.0)
    claiming = some(~seen.view(-1) & (gain > price / longest))
    claimed[claiming], cost[claiming] = claims(claiming)
    for last in [False] * (max(rows, columns) - 1) + [True]:
        cell = image * (cells + 1) + claimed
        least = cost.new_zeros(size * (cells + 1)).scatter_reduce_(0, cell, cost, "amin")
        # Of equal claims the first block's wins.
        entrant = torch.where((cost == least[cell]) & (claimed < cells), block, len(block))
        winner = entrant.new_full((len(least),), len(block)).scatter_reduce_(0, cell, entrant, "amin")
        lost = (winner[cell] != block) & (claimed < cells)
        losers = some(lost)
        if last or len(losers) == 0:
            break
        rejected[losers, claimed[losers].clamp_max(cells - 1)] |= lost[losers]
        claimed[losers], cost[losers] = claims(losers)
    winner = winner.view(size, cells + 1)[:, :cells]
    return torch.where(winner < len(block), winner % cells, home.view(size, cells)).view(size, rows, columns)


def _nearest_first(rows: int, columns: int, device: torch.device) -> Tensor:
    """For cells i and j, int32 [N, N]: N times their squared distance, plus j: no two in a row are equal."""
    row = torch.arange(rows, device=device).repeat_interleave(columns)
    column = torch.arange(columns, device=device).repeat(rows)
    squared = (row[:, None] - row).square() + (column[:, None] - column).square()
    return (squared * (rows * columns) + torch.arange(rows * columns, device=device)).int()
