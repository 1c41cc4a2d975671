"""A box of the partner's pixels for each image of a batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .mixing import ALL, Box, Mask, Mixture, Pairing, as_array, partners_of


@dataclass(frozen=True)
class Boxes(Mixture):
    """The partner's pixels inside a box of each image."""

    corners: Tensor
    """Top, bottom, left and right of each image's box, int64 [B or 1, 4]: rows top .. bottom - 1, columns
    left .. right - 1."""

    def shares_outside(self, height: int, width: int) -> Tensor:
        """The share of each image's pixels that lies outside of its box, float32 [B or 1]."""
        top, bottom, left, right = self.corners.unbind(1)
        return (1 - (bottom - top) * (right - left) / (height * width)).float()

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        corners = self.corners if len(self.corners) == 1 else self.corners[rows]
        return Mask(_outside(corners, first.shape[2], first.shape[3])).combine(first, second)

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        if images.device.type != "cpu":
            super().write(images, pairing, out)
            return
        if len(self.corners) == 1:
            Box(*self.corners[0].tolist()).write(images, pairing, out)
            return
        out.copy_(images)
        partners = partners_of(pairing, torch.arange(len(images))).tolist()
        boxes = zip(partners, self.corners.tolist(), strict=True)
        source, target = as_array(images), as_array(out)
        for own, (partner, (top, bottom, left, right)) in enumerate(boxes):
            target[own, :, top:bottom, left:right] = source[partner, :, top:bottom, left:right]


def _outside(corners: Tensor, height: int, width: int) -> Tensor:
    """The mask of the pixels outside of each box, bool [B, 1, H, W]."""
    top, bottom, left, right = corners.T[..., None, None, None]
    row = torch.arange(height, device=corners.device)[:, None]
    column = torch.arange(width, device=corners.device)
    mask: Tensor = ((row < top) | (row >= bottom)) | ((column < left) | (column >= right))
    return mask
