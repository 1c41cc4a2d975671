"""Batches of a split on disk, decoded and augmented by worker processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from mixlab.config import Inputs
from mixlab.core.errors import TrainingFailed

from .decoding import open_image
from .order import Share
from .pillow import Pixels, evaluation_pixels, training_pixels
from .split import Files
from .workers import start_worker

Anything = TypeVar("Anything")


class FileFeeder:
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
            worker_init_fn=start_worker,
        )
        for decoded in loader:
            if isinstance(decoded, str):
                raise TrainingFailed(decoded)
            pixels, labels = decoded
            yield (
                pixels.to(self._device, non_blocking=True).permute(0, 3, 1, 2),
                labels.to(self._device, non_blocking=True),
            )


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


def _unchanged(work: Anything) -> Anything:
    return work
