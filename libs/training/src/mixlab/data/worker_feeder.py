"""Batches of images that go through Pillow one by one, in worker processes.

Those are the images of a split on disk, and those of a split in memory that RandAugment or colour jitter
changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import Any, TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from mixlab.config import Inputs
from mixlab.core.errors import TrainingFailed
from mixlab.core.seeding import kept_global_generators

from .augmentation import Augmentation
from .crops import Crops
from .decoding import open_image
from .order import Share
from .pillow import Pixels, evaluation_pixels, training_image
from .split import Files, Split
from .workers import start_worker

Anything = TypeVar("Anything")


class WorkerFeeder:
    """Opens and augments in worker processes; what is random comes with the work, so they have no state."""

    def __init__(
        self,
        split: Split,
        inputs: Inputs,
        size: int,
        workers: int,
        device: torch.device,
        augmentation: Augmentation | None,
    ) -> None:
        self._split, self._workers, self._device = split, workers, device
        # Paths go to the workers with the work, so that none of them has to hold a long list of names.
        open_one = open_image if isinstance(split, Files) else _DecodedImages(split.images)
        self._decode = _Decode(open_one, inputs, size, augmentation)

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load(
            (self._sources(share.indices), (share.crops, share.seeds), self._split.labels[share.indices])
            for share in shares
        )

    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load((self._sources(share), None, self._split.labels[share]) for share in shares)

    def _sources(self, indices: Tensor) -> list[str] | list[int]:
        if isinstance(self._split, Files):
            return [self._split.path(index) for index in indices.tolist()]
        found: list[int] = indices.tolist()
        return found

    def _load(self, work: Iterator[_Work]) -> Iterator[tuple[Tensor, Tensor]]:
        loader: DataLoader[Any] = DataLoader(
            self._decode,
            sampler=work,  # any iterable does
            batch_size=None,
            collate_fn=_unchanged,
            num_workers=self._workers,
            pin_memory=self._device.type == "cuda",
            worker_init_fn=start_worker,
            generator=torch.Generator(),  # without it, each epoch would draw from the global one
        )
        for decoded in loader:
            if isinstance(decoded, str):
                raise TrainingFailed(decoded)
            pixels, labels = decoded
            yield (
                pixels.to(self._device, non_blocking=True).permute(0, 3, 1, 2),
                labels.to(self._device, non_blocking=True),
            )


_Draws = tuple[Crops, Tensor]
_Work = tuple[list[str] | list[int], _Draws | None, Tensor]


class _DecodedImages:
    """Opens an image [3, H, W] of a split in memory by its index."""

    def __init__(self, images: Tensor) -> None:
        self._images = images

    def __call__(self, index: int) -> Image.Image:
        return Image.fromarray(self._images[index].permute(1, 2, 0).contiguous().numpy())


class _Decode(Dataset[Any]):
    """From sources and draws to pixels [b, S, S, 3] uint8 and labels, or to the message of a bad image."""

    def __init__(
        self,
        open_one: Callable[[Any], Image.Image],
        inputs: Inputs,
        size: int,
        augmentation: Augmentation | None,
    ) -> None:
        self._open, self._inputs, self._size, self._augmentation = open_one, inputs, size, augmentation

    def __getitem__(self, work: _Work) -> tuple[Tensor, Tensor] | str:
        sources, draws, labels = work
        try:
            with kept_global_generators() if self._augmentation else nullcontext():
                pixels = [
                    self._pixels(self._open(source), draws, position)
                    for position, source in enumerate(sources)
                ]
        except TrainingFailed as error:
            return str(error)
        return torch.from_numpy(np.stack(pixels)), labels

    def _pixels(self, image: Image.Image, draws: _Draws | None, position: int) -> Pixels:
        if draws is None:
            return evaluation_pixels(image, self._inputs, self._size)
        crops, seeds = draws
        image = training_image(image, crops[position : position + 1], self._inputs, self._size)
        if self._augmentation is not None:
            image = self._augmentation(image, int(seeds[position]))
        return np.asarray(image)


def _unchanged(work: Anything) -> Anything:
    return work
