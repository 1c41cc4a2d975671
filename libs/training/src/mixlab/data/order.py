"""Which images a step takes: a new order for each epoch, cut into global batches, those into ranks' shares
and, where a GPU cannot take its share at once, into passes.

The order and the crops depend on the seed, the epoch and the step, not on the number of ranks and passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.seeding import derived_generator

from .crops import Crops, draw_crops


@dataclass(frozen=True)
class Share:
    """What one rank trains on in one pass: indices [b] of images, and their crops."""

    indices: Tensor
    crops: Crops


def steps_per_epoch(config: RunConfig, images: int) -> int:
    """Whole batches in an epoch; the images that are left over are other ones in each epoch."""
    return images // config.batch_size


def training_shares(
    config: RunConfig, images: int, epoch: int, start: int, rank: int, world_size: int, passes: int = 1
) -> Iterator[Share]:
    """The shares of `rank` in the steps of an epoch from step `start` (counted from 0) on, pass by pass."""
    order = torch.randperm(images, generator=derived_generator(config.seed, "order", epoch))
    size = config.batch_size // (world_size * passes)
    for step in range(start, steps_per_epoch(config, images)):
        batch = order[step * config.batch_size : (step + 1) * config.batch_size]
        crops = draw_crops(
            config.inputs, config.batch_size, derived_generator(config.seed, "crops", epoch, step)
        )
        for number in range(rank * passes, (rank + 1) * passes):
            mine = slice(number * size, (number + 1) * size)
            yield Share(batch[mine], crops[mine])


def evaluation_shares(images: int, batch_size: int, rank: int, world_size: int) -> Iterator[Tensor]:
    """Indices of the test images of `rank`, batch by batch; every image belongs to exactly one rank."""
    mine = torch.arange(rank, images, world_size)
    return iter(torch.split(mine, max(1, batch_size // world_size)))
