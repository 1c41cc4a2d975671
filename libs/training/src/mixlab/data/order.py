"""Which images a step takes: a new order for each epoch, cut into global batches, those into ranks' shares
and, where a GPU cannot take its share at once, into passes.

The order and all draws depend on the seed, the epoch and the step, not on the number of ranks and passes.

Repeated augmentation (Hoffer et al., CVPR 2020, https://arxiv.org/abs/1901.09335): the order holds each image
`repeats` times in a row, and an epoch ends after as many samples as before, as with DeiT's and timm's
RepeatAugSampler. A batch holds the first copies of its images, then the second ones, and so on, so that the
copies of an image are on different ranks where there are as many. Differs from timm: there, ranks take turns
in the row of copies, and an epoch's samples are a multiple of 256.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.seeding import derived_generator

from .crops import Crops, draw_crops
from .erasing import Erasures, draw_erasures


@dataclass(frozen=True)
class Share:
    """What one rank trains on in one pass: indices [b] of images, and all draws for them."""

    indices: Tensor
    crops: Crops
    seeds: Tensor
    """[b] int64: of what RandAugment and colour jitter draw."""

    erasures: Erasures | None
    """None where nothing is erased in any image of the training."""

    def __getitem__(self, part: slice) -> Share:
        erasures = None if self.erasures is None else self.erasures[part]
        return Share(self.indices[part], self.crops[part], self.seeds[part], erasures)


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
        batch = _global_batch(config, order, epoch, step)
        for number in range(rank * passes, (rank + 1) * passes):
            yield batch[number * size : (number + 1) * size]


def _global_batch(config: RunConfig, order: Tensor, epoch: int, step: int) -> Share:
    inputs, images = config.inputs, config.batch_size

    def generator(draws: str) -> torch.Generator:
        return derived_generator(config.seed, draws, epoch, step)

    samples = torch.arange(step * images, (step + 1) * images)  # of the row of copies
    samples = samples[torch.argsort(samples % inputs.repeats, stable=True)]
    size = inputs.train_size or config.dataset.size
    return Share(
        indices=order[samples // inputs.repeats],
        crops=draw_crops(inputs, images, generator("crops")),
        seeds=torch.randint(2**63 - 1, (images,), generator=generator("augmentation")),
        erasures=draw_erasures(inputs, images, size, generator("erasures")) if inputs.erase > 0 else None,
    )


def evaluation_shares(images: int, batch_size: int, rank: int, world_size: int) -> Iterator[Tensor]:
    """Indices of the test images of `rank`, batch by batch; every image belongs to exactly one rank."""
    mine = torch.arange(rank, images, world_size)
    return (share for share in torch.split(mine, max(1, batch_size // world_size)) if len(share))
