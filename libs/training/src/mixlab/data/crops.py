"""How training images are cropped and mirrored: drawn for a whole batch before any image is looked at.

`random-resized` is torchvision's RandomResizedCrop (Szegedy et al., CVPR 2015,
https://arxiv.org/abs/1409.4842).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mixlab.config import Inputs

ATTEMPTS = 10
"""Boxes drawn for an image; the first that lies inside it is taken, else the largest central one."""


@dataclass(frozen=True)
class Crops:
    """The draws for n images: all that is random about their way from a file to an input."""

    area: Tensor
    """[n, ATTEMPTS], share of the image's area."""

    aspect: Tensor
    """[n, ATTEMPTS], width over height."""

    place: Tensor
    """[n, 2] in [0, 1): where between the top and the bottom, between left and right, the crop lies."""

    mirrored: Tensor
    """[n] bool: left and right are exchanged."""

    def __getitem__(self, part: slice | Tensor) -> Crops:
        return Crops(self.area[part], self.aspect[part], self.place[part], self.mirrored[part])


def draw_crops(inputs: Inputs, images: int, generator: torch.Generator) -> Crops:
    """Draws for `images` images, from a CPU generator."""
    least, most = inputs.crop_area
    narrow, wide = (math.log(aspect) for aspect in inputs.crop_aspect)
    uniform = torch.rand(images, 2 * ATTEMPTS + 3, generator=generator)
    return Crops(
        area=least + (most - least) * uniform[:, :ATTEMPTS],
        aspect=torch.exp(narrow + (wide - narrow) * uniform[:, ATTEMPTS : 2 * ATTEMPTS]),
        place=uniform[:, -3:-1],
        mirrored=uniform[:, -1] < inputs.flip,
    )


def random_resized_boxes(crops: Crops, inputs: Inputs, height: int, width: int) -> Tensor:
    """Boxes [n, 4] int64 (top, left, height, width) inside images of `height` x `width` pixels."""
    # NumPy, since most calls are for one image, where a tensor's operation takes ten times as long.
    area, aspect = crops.area.numpy(), crops.aspect.numpy()
    wanted = area * np.float32(height * width)
    box_width = np.rint(np.sqrt(wanted * aspect))
    box_height = np.rint(np.sqrt(wanted / aspect))
    inside = (box_width >= 1) & (box_width <= width) & (box_height >= 1) & (box_height <= height)
    images, first = np.arange(len(inside)), inside.argmax(1)  # of equal values, the first
    sides = np.stack([box_height[images, first], box_width[images, first]], 1)
    found = inside[images, first][:, None]
    sides = np.where(found, sides, _central(inputs, height, width)).astype(np.int64)
    room = np.array([height, width]) - sides
    anywhere = (crops.place.numpy() * (room + 1).astype(np.float32)).astype(np.int64)
    corner = np.where(found, np.minimum(anywhere, room), room // 2)
    return torch.from_numpy(np.concatenate([corner, sides], 1))


def _central(inputs: Inputs, height: int, width: int) -> tuple[int, int]:
    """Height and width of the largest box that has an allowed aspect."""
    narrow, wide = inputs.crop_aspect
    if width / height < narrow:
        return max(1, round(width / narrow)), width
    if width / height > wide:
        return height, max(1, round(height * wide))
    return height, width


def whole_image_indices(crops: Crops, inputs: Inputs, size: int) -> tuple[Tensor, Tensor]:
    """For `pad` and `none`: the row and the column of the image that each row and column of the input shows.

    Returns:
        Two of [n, size] int64, for images of `size` x `size` pixels; -1 is black padding.
    """
    side = torch.arange(size).expand(len(crops.mirrored), 2, size)
    if inputs.crop == "pad":
        side = side + spread(crops.place, torch.tensor(2 * inputs.padding))[:, :, None] - inputs.padding
        if inputs.padding_mode == "reflect":
            period = max(1, 2 * (size - 1))
            side = torch.minimum(side % period, period - side % period)
        else:
            side = torch.where((side >= 0) & (side < size), side, -1)
    rows, columns = side.unbind(1)
    return rows, torch.where(crops.mirrored[:, None], columns.flip(1), columns)


def spread(place: Tensor, room: Tensor) -> Tensor:
    """A uniform whole number in 0 .. room from a uniform number in [0, 1)."""
    return torch.minimum((place * (room + 1)).long(), room)
