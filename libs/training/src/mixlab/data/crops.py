"""How training images are cropped and mirrored: drawn for a whole batch before any image is looked at.

`random-resized` is torchvision's RandomResizedCrop (Szegedy et al., CVPR 2015,
https://arxiv.org/abs/1409.4842).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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


class RandomResizedBoxes:
    """Where each image of a batch is cut; an image's size need not be known before."""

    def __init__(self, crops: Crops, inputs: Inputs) -> None:
        # Python's own numbers: one image at a time, an operation of NumPy's takes ten times as long.
        self._area, self._aspect = crops.area.tolist(), crops.aspect.tolist()
        self._place, self._inputs = crops.place.tolist(), inputs

    def __call__(self, position: int, height: int, width: int) -> tuple[int, int, int, int]:
        """Top, left, height and width of the box of the image at a position, of `height` x `width` pixels."""
        for area, aspect in zip(self._area[position], self._aspect[position], strict=True):
            wanted = area * height * width
            box_width, box_height = round(math.sqrt(wanted * aspect)), round(math.sqrt(wanted / aspect))
            if 1 <= box_width <= width and 1 <= box_height <= height:
                free = height - box_height, width - box_width
                top, left = (
                    min(int(place * (room + 1)), room)
                    for place, room in zip(self._place[position], free, strict=True)
                )
                return top, left, box_height, box_width
        box_height, box_width = _central(self._inputs, height, width)
        return (height - box_height) // 2, (width - box_width) // 2, box_height, box_width


def random_resized_boxes(crops: Crops, inputs: Inputs, height: int, width: int) -> Tensor:
    """Boxes [n, 4] int64 (top, left, height, width) inside images of `height` x `width` pixels."""
    box = RandomResizedBoxes(crops, inputs)
    boxes = [box(position, height, width) for position in range(len(crops.mirrored))]
    return torch.tensor(boxes, dtype=torch.int64).view(-1, 4)  # of no image, too


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
