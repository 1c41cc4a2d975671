"""Crops of a batch, each resized to the same square, as two batched matrix products.

The weights are those of Pillow's antialiased resizing of the cropped image: a kernel as wide as the output
pixel, cut off at the crop's border and normalised. Pillow also rounds and clips between the two directions,
which shows where a cubic kernel overshoots. It runs on any device and has no loop over images.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Interpolation = Literal["bilinear", "bicubic"]


def resized_crops(
    images: Tensor, boxes: Tensor, size: int, mirrored: Tensor, interpolation: Interpolation
) -> Tensor:
    """Each image's box, resized to `size` x `size` pixels and mirrored where asked.

    Args:
        images: [n, C, H, W] uint8.
        boxes: [n, 4] (top, left, height, width) in pixels, inside the images.
        size: side of the output.
        mirrored: [n] bool.
        interpolation: the kernel.

    Returns:
        [n, C, size, size] float32, whole numbers in 0 .. 255.
    """
    n, channels, height, width = images.shape
    rows = _weights(boxes[:, 0], boxes[:, 2], height, size, interpolation)
    columns = _weights(boxes[:, 1], boxes[:, 3], width, size, interpolation)
    columns = torch.where(mirrored[:, None, None], columns.flip(1), columns)
    pixels = images.permute(0, 2, 1, 3).reshape(n, height * channels, width).float()
    narrow = torch.bmm(pixels, columns.transpose(1, 2)).view(n, height, channels * size)
    resized = torch.bmm(rows, narrow).view(n, size, channels, size).permute(0, 2, 1, 3)
    return resized.round_().clamp_(0, 255)


def _weights(start: Tensor, length: Tensor, pixels: int, size: int, interpolation: Interpolation) -> Tensor:
    """What each input pixel of one axis adds to each output pixel: [n, size, pixels], rows sum to 1."""
    start, length = start[:, None, None].float(), length[:, None, None].float()
    out = torch.arange(size, device=start.device)[:, None] + 0.5
    position = torch.arange(pixels, device=start.device) + 0.5
    scale = length / size
    distance = (position - (start + out * scale)) / scale.clamp(min=1)
    weights = _KERNELS[interpolation](distance.abs())
    weights = weights * ((position > start) & (position < start + length))
    return weights / weights.sum(2, keepdim=True)


def _triangle(distance: Tensor) -> Tensor:
    return (1 - distance).clamp(min=0)


def _cubic(distance: Tensor) -> Tensor:
    """Keys' cubic convolution with a = -1/2, 1981, as in Pillow."""
    near = (1.5 * distance - 2.5) * distance * distance + 1
    far = ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
    return torch.where(distance < 1, near, torch.where(distance < 2, far, 0.0))


_KERNELS = {"bilinear": _triangle, "bicubic": _cubic}
