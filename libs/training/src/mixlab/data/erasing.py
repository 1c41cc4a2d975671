"""Random Erasing: rectangles of normalised training images become noise, a colour or zero.

Paper: Zhong et al., AAAI 2020, https://arxiv.org/abs/1708.04896
The law is that of `timm.data.random_erasing.RandomErasing`: the area is divided among an image's rectangles,
an aspect's logarithm is uniform, and the first of ten attempts that fits is taken.
Differs from timm's code: drawn for a whole batch before any image is looked at, applied without a loop over
images, and the noise follows from where in the training it is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mixlab.config import Inputs

from .crops import ATTEMPTS, spread
from .noise import normal_colours

LEAST_ASPECT = 0.3
"""Height over width lies between it and its inverse."""


@dataclass(frozen=True)
class Erasures:
    """The draws for n images, of up to `eraseCount` rectangles each."""

    boxes: Tensor
    """[n, eraseCount, 4] int64 (top, left, height, width); no height and width where nothing is erased."""

    seeds: Tensor
    """[n, eraseCount] int64: what the noise of each rectangle follows from."""

    def __getitem__(self, part: slice | Tensor) -> Erasures:
        return Erasures(self.boxes[part], self.seeds[part])


def draw_erasures(inputs: Inputs, images: int, size: int, generator: torch.Generator) -> Erasures:
    """Draws for `images` images of `size` x `size` pixels, from a CPU generator."""
    most = inputs.erase_count
    uniform = torch.rand(images, 2 + most * (2 * ATTEMPTS + 2), generator=generator)
    count = 1 + spread(uniform[:, 1:2], torch.tensor(most - 1))
    drawn = (uniform[:, :1] < inputs.erase) & (torch.arange(most) < count)
    uniform = uniform[:, 2:].view(images, most, -1)
    least_area, most_area = inputs.erase_area
    area = (least_area + (most_area - least_area) * uniform[..., :ATTEMPTS]) * size**2 / count[:, :, None]
    aspect = torch.exp(math.log(LEAST_ASPECT) * (1 - 2 * uniform[..., ATTEMPTS : 2 * ATTEMPTS]))
    heights, widths = (area * aspect).sqrt().round(), (area / aspect).sqrt().round()
    inside = (heights < size) & (widths < size)
    first = inside.int().argmax(2, keepdim=True)  # of equal values, the first
    sides = torch.stack([heights.gather(2, first), widths.gather(2, first)], 3).squeeze(2).long()
    sides = sides * (drawn & inside.any(2))[:, :, None]
    corners = spread(uniform[..., 2 * ATTEMPTS :], size - sides)
    seeds = torch.randint(2**63 - 1, (images, most), generator=generator)
    return Erasures(torch.cat([corners, sides], 2), seeds)


def erase(images: Tensor, erasures: Erasures, inputs: Inputs) -> None:
    """Fill the rectangles, in place.

    Args:
        images: [n, C, S, S] float32 in channels-last memory, normalised.
        erasures: of these images, on the CPU, so that no device has to be waited for.
        inputs: says what rectangles are filled with.
    """
    for boxes, seeds in zip(erasures.boxes.unbind(1), erasures.seeds.unbind(1), strict=True):
        _erase_one_each(images, boxes, seeds, inputs)


def _erase_one_each(images: Tensor, boxes: Tensor, seeds: Tensor, inputs: Inputs) -> None:
    size = images.shape[3]
    erased = boxes[:, 2].nonzero()
    rows, pixels = int(boxes[:, 2].sum()), int((boxes[:, 2] * boxes[:, 3]).sum())
    if pixels == 0:
        return
    facts = torch.cat([erased, boxes[erased[:, 0]], seeds[erased]], 1).to(images.device, non_blocking=True)
    image, top, left, height, width, seeds = facts.unbind(1)
    box = torch.repeat_interleave(height, output_size=rows)  # of each row
    row = torch.arange(rows, device=images.device) - (height.cumsum(0) - height)[box] + top[box]
    begin = width[box].cumsum(0) - width[box]  # of each row among all erased pixels
    place = torch.repeat_interleave(row * size + left[box] - begin, width[box], output_size=pixels)
    place += torch.arange(pixels, device=images.device)  # of each pixel in its image
    box = torch.repeat_interleave(box, width[box], output_size=pixels)  # of each pixel
    if inputs.erase_mode == "pixel":
        colours = normal_colours(seeds[box], place)
    elif inputs.erase_mode == "rand":
        colours = normal_colours(seeds, 0)[box]
    else:
        colours = images.new_zeros(pixels, 3)
    images.permute(0, 2, 3, 1).view(-1, 3).index_copy_(0, place + (image * size**2)[box], colours)
