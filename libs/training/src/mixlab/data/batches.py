"""Batches of inputs on the device: of a decoded split without workers, of files through a DataLoader."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from mixlab.config import Inputs, RunConfig
from mixlab.core.errors import TrainingFailed
from mixlab.core.processes import end_with_parent

from .crops import random_resized_boxes, whole_image_indices
from .image_folder import open_image
from .order import Share, evaluation_shares, steps_per_epoch, training_shares
from .pillow import Pixels, evaluation_pixels, training_pixels
from .resample import resized_crops
from .split import Decoded, Files, Split

Batch = tuple[Tensor, Tensor]
"""Normalised images [b, 3, S, S] float32 in channels-last memory, labels [b] int64; both on the device."""

Work = TypeVar("Work")


class _Feeder(Protocol):
    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]: ...
    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]: ...


class TrainBatches:
    """The training batches of one rank; an epoch may begin at any step, with what that step always has."""

    def __init__(
        self, split: Split, config: RunConfig, device: torch.device, rank: int, world_size: int
    ) -> None:
        self._feeder = _feeder(split, config, device, training=True)
        self._normalise = _Normalise(config, device)
        self._images, self._config = len(split), config
        self._rank, self._world_size = rank, world_size
        self.steps = steps_per_epoch(config, len(split))
        """Steps in an epoch."""

    def epoch(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from step `start` on; both count from 0.

        Raises:
            TrainingFailed: an image can't be decoded.
        """
        shares = training_shares(self._config, self._images, epoch, start, self._rank, self._world_size)
        for pixels, labels in self._feeder.training(shares):
            yield self._normalise(pixels), labels


class EvaluationBatches:
    """The evaluation batches of one rank; over all ranks, each image comes once."""

    def __init__(
        self, split: Split, config: RunConfig, device: torch.device, rank: int, world_size: int
    ) -> None:
        self._feeder = _feeder(split, config, device, training=False)
        self._normalise = _Normalise(config, device)
        self._images, self._batch_size = len(split), config.test_batch_size or config.batch_size
        self._rank, self._world_size = rank, world_size

    def __iter__(self) -> Iterator[Batch]:
        shares = evaluation_shares(self._images, self._batch_size, self._rank, self._world_size)
        for pixels, labels in self._feeder.test(shares):
            yield self._normalise(pixels), labels


class _Normalise:
    def __init__(self, config: RunConfig, device: torch.device) -> None:
        self._mean = (255 * torch.tensor(config.dataset.mean, device=device)).view(1, 3, 1, 1)
        self._scale = (1 / (255 * torch.tensor(config.dataset.std, device=device))).view(1, 3, 1, 1)

    def __call__(self, pixels: Tensor) -> Tensor:
        images = pixels.to(torch.float32, memory_format=torch.channels_last)
        return (images - self._mean).mul_(self._scale)


def _feeder(split: Split, config: RunConfig, device: torch.device, *, training: bool) -> _Feeder:
    inputs = config.inputs
    size = (inputs.train_size if training else inputs.test_size) or config.dataset.size
    if isinstance(split, Files):
        return _FileFeeder(split, inputs, size, config.runtime.workers, device)
    return _MemoryFeeder(split, inputs, size, device, training)


class _MemoryFeeder:
    """Keeps the pixels on the device and augments whole batches there."""

    def __init__(
        self, split: Decoded, inputs: Inputs, size: int, device: torch.device, training: bool
    ) -> None:
        images = split.images
        if not training:
            images = _each(images, lambda image: evaluation_pixels(image, inputs, size), size)
        elif inputs.crop != "random-resized" and images.shape[2:] != (size, size):
            kernel = Image.Resampling[inputs.interpolation.upper()]
            images = _each(images, lambda image: np.asarray(image.resize((size, size), kernel)), size)
        self._images, self._labels = images.to(device), split.labels.to(device)
        self._inputs, self._size, self._device = inputs, size, device

    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        for share in shares:
            indices = share.to(self._device)
            yield self._images[indices], self._labels[indices]

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]:
        for share in shares:
            indices = share.indices.to(self._device)
            yield self._augmented(self._images[indices], share), self._labels[indices]

    def _augmented(self, images: Tensor, share: Share) -> Tensor:
        if self._inputs.crop == "random-resized":
            boxes = random_resized_boxes(share.crops, self._inputs, images.shape[2], images.shape[3])
            mirrored = share.crops.mirrored.to(self._device)
            return resized_crops(
                images, boxes.to(self._device), self._size, mirrored, self._inputs.interpolation
            )
        rows, columns = (
            side.to(self._device) for side in whole_image_indices(share.crops, self._inputs, self._size)
        )
        batch = torch.arange(len(images), device=self._device)[:, None, None]
        pixels = images[batch, :, rows[:, :, None], columns[:, None, :]]
        black = (rows < 0)[:, :, None] | (columns < 0)[:, None, :]
        return pixels.masked_fill_(black[:, :, :, None], 0).permute(0, 3, 1, 2)


def _each(images: Tensor, transform: Any, size: int) -> Tensor:
    """Applies a transform of Pillow images to [N, 3, H, W] uint8, once, before the training."""
    done = torch.empty(len(images), 3, size, size, dtype=torch.uint8)
    for index, image in enumerate(images.permute(0, 2, 3, 1).contiguous().numpy()):
        done[index] = torch.from_numpy(transform(Image.fromarray(image)).copy()).permute(2, 0, 1)
    return done


class _FileFeeder:
    """Decodes and augments in worker processes; what is random comes with the work, so they have no state."""

    def __init__(self, split: Files, inputs: Inputs, size: int, workers: int, device: torch.device) -> None:
        self._split, self._workers, self._device = split, workers, device
        self._decode = _Decode(inputs, size)

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load(
            (self._paths(share.indices), share, self._split.labels[share.indices]) for share in shares
        )

    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load((self._paths(share), None, self._split.labels[share]) for share in shares)

    def _paths(self, indices: Tensor) -> list[str]:
        return [self._split.path(index) for index in indices.tolist()]

    def _load(self, work: Iterator[_Work]) -> Iterator[tuple[Tensor, Tensor]]:
        loader: DataLoader[Any] = DataLoader(
            self._decode,
            sampler=work,  # any iterable does
            batch_size=None,
            collate_fn=_unchanged,
            num_workers=self._workers,
            pin_memory=self._device.type == "cuda",
            worker_init_fn=_start_worker,
        )
        try:
            for decoded in loader:
                if isinstance(decoded, str):
                    raise TrainingFailed(decoded)
                pixels, labels = decoded
                yield (
                    pixels.to(self._device, non_blocking=True).permute(0, 3, 1, 2),
                    labels.to(self._device, non_blocking=True),
                )
        except RuntimeError as error:
            if "DataLoader worker" not in str(error):
                raise
            raise TrainingFailed(f"a process that decodes images ended: {error} (out of memory?)") from error


_Work = tuple[list[str], Share | None, Tensor]


class _Decode(Dataset[Any]):
    """From paths and crops to pixels [b, S, S, 3] uint8 and labels, or to the message of a bad image."""

    def __init__(self, inputs: Inputs, size: int) -> None:
        self._inputs, self._size = inputs, size

    def __getitem__(self, work: _Work) -> tuple[Tensor, Tensor] | str:
        paths, share, labels = work
        pixels: list[Pixels] = []
        try:
            for position, path in enumerate(paths):
                image = open_image(path)
                if share is None:
                    pixels.append(evaluation_pixels(image, self._inputs, self._size))
                else:
                    crop = share.crops[position : position + 1]
                    pixels.append(training_pixels(image, crop, self._inputs, self._size))
        except TrainingFailed as error:
            return str(error)
        return torch.from_numpy(np.stack(pixels)), labels


def _unchanged(work: Work) -> Work:
    return work


def _start_worker(worker: int) -> None:
    """A signal to the whole process group is for the process that trains; the workers end with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent(worker)
