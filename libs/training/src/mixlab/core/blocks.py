"""Images as grids of blocks."""

from __future__ import annotations

import torch
from torch import Tensor


def block_shares(saliency: Tensor, rows: int, columns: int) -> Tensor:
    """Each block's share of its image's saliency, [B, rows, columns]; zero where there is none.

    Args:
        saliency: [B, H, W]; H is a multiple of `rows`, W of `columns`.
        rows: of blocks.
        columns: of blocks.
    """
    size, height, width = saliency.shape
    bands = saliency.reshape(size, rows, height // rows, width).sum(2)
    blocks = bands.reshape(size, rows, columns, width // columns).sum(3)
    total = blocks.sum((1, 2), keepdim=True).clamp_min(torch.finfo(blocks.dtype).tiny)
    # A gradient that overflowed says nothing.
    return (blocks / total).nan_to_num_(0)


def enlarged(blocks: Tensor, rows: int, columns: int) -> Tensor:
    """Each block repeated: [B, R, C] as [B, rows, columns], which are multiples of R and C."""
    size, own_rows, own_columns = blocks.shape
    high, wide = rows // own_rows, columns // own_columns
    repeated = blocks[:, :, None, :, None].expand(size, own_rows, high, own_columns, wide)
    return repeated.reshape(size, rows, columns)
