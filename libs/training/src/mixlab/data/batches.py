"""Batches of inputs on the device, for training and for evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from mixlab.config import RunConfig

from .augmentation import create_augmentation
from .erasing import erase
from .memory_feeder import MemoryFeeder
from .order import Share, evaluation_shares, steps_per_epoch, training_shares
from .split import Files, Split
from .worker_feeder import WorkerFeeder
from .workers import Workers

Batch = tuple[Tensor, Tensor]
"""Normalised images [b, 3, S, S] float32 in channels-last memory, labels [b] int64; both on the device."""


class _Feeder(Protocol):
    """Pixels [b, 3, S, S] in 0 .. 255 and labels [b], on the device, for each share of the work."""

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]: ...
    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]: ...


class TrainBatches:
    """The training batches of one rank, one for each pass; an epoch may begin at any step.

    With each step it gives what that step always has. `workers` decode; without them it has its own.
    """

    def __init__(
        self,
        split: Split,
        config: RunConfig,
        device: torch.device,
        rank: int,
        world_size: int,
        passes: int = 1,
        workers: Workers | None = None,
    ) -> None:
        self._feeder = _feeder(split, config, device, workers, training=True)
        self._normalise = _Normalise(config, device)
        self._images, self._config = len(split), config
        self._rank, self._world_size = rank, world_size
        self.passes = passes
        """Batches in a step."""
        self.steps = steps_per_epoch(config, len(split))
        """Steps in an epoch."""

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from step `start` on, `passes` for each step; both count from 0.

        Raises:
            TrainingFailed: an image can't be decoded.
        """
        place = (self._rank, self._world_size, self.passes)
        shares = training_shares(self._config, self._images, epoch, start, *place)
        shares, same_shares = tee(shares)  # the feeder may be some steps ahead
        for (pixels, labels), share in zip(self._feeder.training(shares), same_shares, strict=True):
            images = self._normalise(pixels)
            if share.erasures is not None:
                erase(images, share.erasures, self._config.inputs)
            yield images, labels


class EvaluationBatches:
    """The evaluation batches of one rank; over all ranks, each image comes once. `workers` as above."""

    def __init__(
        self,
        split: Split,
        config: RunConfig,
        device: torch.device,
        rank: int,
        world_size: int,
        workers: Workers | None = None,
    ) -> None:
        self._feeder = _feeder(split, config, device, workers, training=False)
        self._normalise = _Normalise(config, device)
        self.images = len(split)
        """Of all ranks."""
        self._batch_size = config.test_batch_size or config.batch_size
        self._rank, self._world_size = rank, world_size

    def __iter__(self) -> Iterator[Batch]:
        for pixels, labels in self._feeder.test(self.indices()):
            yield self._normalise(pixels), labels

    def indices(self) -> Iterator[Tensor]:
        """Numbers of the images in each batch, int64 [b], within the split."""
        return evaluation_shares(self.images, self._batch_size, self._rank, self._world_size)


class _Normalise:
    """Works on rows of pixels: three numbers at a time take a CPU twice as long.

    On a CPU NumPy does it, some images at a time: it stays in the cache, and in this thread. PyTorch's
    threads would spin for some time after it, on cores that the workers need.
    """

    _CACHED = 1 << 17
    """Numbers that stay in a core's cache."""

    def __init__(self, config: RunConfig, device: torch.device) -> None:
        self._mean = 255 * torch.tensor(config.dataset.mean, device=device)
        self._scale = 1 / (255 * torch.tensor(config.dataset.std, device=device))

    def __call__(self, pixels: Tensor) -> Tensor:
        n, channels, height, width = pixels.shape
        rows = pixels.permute(0, 2, 3, 1).reshape(n, height, width * channels)
        mean, scale = self._mean.repeat(width), self._scale.repeat(width)
        images = torch.empty(rows.shape, device=rows.device)
        if pixels.is_cpu:
            at_once = max(1, self._CACHED // (height * width * channels))
            for some, done in zip(torch.split(rows, at_once), torch.split(images, at_once), strict=True):
                np.subtract(some.numpy(), mean.numpy(), out=done.numpy())
                np.multiply(done.numpy(), scale.numpy(), out=done.numpy())
        else:
            torch.sub(rows, mean, out=images).mul_(scale)
        return images.view(n, height, width, channels).permute(0, 3, 1, 2)


def _feeder(
    split: Split, config: RunConfig, device: torch.device, workers: Workers | None, *, training: bool
) -> _Feeder:
    inputs = config.inputs
    size = (inputs.train_size if training else inputs.test_size) or config.dataset.size
    augmentation = create_augmentation(config, size) if training else None
    if isinstance(split, Files) or augmentation:
        workers = workers or Workers(config.runtime.workers, device)
        return WorkerFeeder(split, inputs, size, workers, device, augmentation)
    return MemoryFeeder(split, inputs, size, device, training)
