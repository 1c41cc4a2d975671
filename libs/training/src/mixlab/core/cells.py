"""A grid of cells over images whose sides it need not divide."""

from __future__ import annotations

import torch
from torch import Tensor


def cells_as_pixels(cells: Tensor, height: int, width: int) -> Tensor:
    """Each pixel's cell: [B, R, C] as [B, 1, height, width]. Cells differ in size where they have to."""
    _, rows, columns = cells.shape
    row = torch.arange(height, device=cells.device) * rows // height
    column = torch.arange(width, device=cells.device) * columns // width
    return cells[:, row[:, None], column].unsqueeze(1)
