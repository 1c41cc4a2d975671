"""Batches of images that go through Pillow one by one, in worker processes.

Those are the images of a split on disk, and those of a split in memory that RandAugment or colour jitter
changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, UntypedStorage
from torch.utils.data import get_worker_info

from mixlab.config import Inputs
from mixlab.core.errors import TrainingFailed
from mixlab.core.seeding import kept_global_generators

from .augmentation import Augmentation
from .crops import Crops
from .decoding import open_image
from .order import Share
from .pillow import Cuts, Pixels, evaluation_pixels
from .split import Files, Split
from .workers import Workers


class WorkerFeeder:
    """Opens and augments in worker processes; what is random comes with the work, so they have no state."""

    def __init__(
        self,
        split: Split,
        inputs: Inputs,
        size: int,
        workers: Workers,
        device: torch.device,
        augmentation: Augmentation | None,
    ) -> None:
        self._labels, self._device = split.labels, device
        # Paths go to the workers with the work, so that none of them has to hold a long list of names.
        self._path = split.path if isinstance(split, Files) else None
        if isinstance(split, Files):
            decode = _Decode(open_image, inputs, size, augmentation)
        else:
            decode = _Decode(_Pixels(split.images), inputs, size, augmentation)
        self._decoded = workers.add(decode)

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load(
            (self._sources(share.indices), (share.crops, share.seeds), self._labels[share.indices])
            for share in shares
        )

    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        return self._load((self._sources(share), None, self._labels[share]) for share in shares)

    def _sources(self, indices: Tensor) -> _Sources:
        found: list[int] = indices.tolist()
        return found if self._path is None else [self._path(index) for index in found]

    def _load(self, work: Iterator[_Work]) -> Iterator[tuple[Tensor, Tensor]]:
        for decoded in self._decoded(work):
            if isinstance(decoded, str):
                raise TrainingFailed(decoded)
            pixels, labels = decoded
            yield (
                pixels.to(self._device, non_blocking=True).permute(0, 3, 1, 2),
                labels.to(self._device, non_blocking=True),
            )


_Draws = tuple[Crops, Tensor]
_Sources = list[str] | list[int]
_Work = tuple[_Sources, _Draws | None, Tensor]


class _Pixels:
    """Opens an image of a split in memory, [N, 3, H, W], by its index."""

    def __init__(self, images: Tensor) -> None:
        self._images = images.permute(0, 2, 3, 1).contiguous()

    def __call__(self, index: int) -> Image.Image:
        return Image.fromarray(self._images[index].numpy())


class _Decode:
    """From sources and draws to pixels [b, S, S, 3] uint8 and labels, or to the message of a bad image."""

    def __init__(
        self,
        open_one: Callable[[Any], Image.Image],
        inputs: Inputs,
        size: int,
        augmentation: Augmentation | None,
    ) -> None:
        self._open, self._augmentation = open_one, augmentation
        self._inputs, self._size = inputs, size

    def __call__(self, work: _Work) -> tuple[Tensor, Tensor] | str:
        sources, draws, labels = work
        try:
            decoded = self._test(sources) if draws is None else self._training(sources, *draws)
            return _stacked(decoded, len(sources), self._size), labels
        except TrainingFailed as error:
            return str(error)

    def _test(self, sources: _Sources) -> Iterator[Pixels]:
        for source in sources:
            yield evaluation_pixels(self._open(source), self._inputs, self._size)

    def _training(self, sources: _Sources, crops: Crops, seeds: Tensor) -> Iterator[Pixels]:
        cut = Cuts(crops, self._inputs, self._size)
        with kept_global_generators():
            for position, (source, seed) in enumerate(zip(sources, seeds.tolist(), strict=True)):
                image = cut(self._open(source), position)
                yield np.asarray(self._augmentation(image, seed) if self._augmentation else image)


def _stacked(images: Iterator[Pixels], count: int, size: int) -> Tensor:
    """[b, S, S, 3]; of a worker in memory that it shares, to where they would be copied else."""
    pixels = torch.empty(0, dtype=torch.uint8)
    if get_worker_info() is not None:
        pixels.set_(UntypedStorage._new_shared(count * size * size * 3))  # type: ignore[no-untyped-call]
    pixels = pixels.resize_(count, size, size, 3)
    for image, its_place in zip(images, pixels.numpy(), strict=True):
        its_place[:] = image
    return pixels
