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
from torch import Tensor

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
            decode = _Decode(open_image, None, inputs, size, augmentation)
        else:
            height, width = split.images.shape[2:]
            decode = _Decode(_Pixels(split.images), (height, width), inputs, size, augmentation)
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
        image_size: tuple[int, int] | None,
        inputs: Inputs,
        size: int,
        augmentation: Augmentation | None,
    ) -> None:
        self._open, self._image_size = open_one, image_size
        self._inputs, self._size, self._augmentation = inputs, size, augmentation

    def __call__(self, work: _Work) -> tuple[Tensor, Tensor] | str:
        sources, draws, labels = work
        try:
            pixels = self._test(sources) if draws is None else self._training(sources, *draws)
        except TrainingFailed as error:
            return str(error)
        return torch.from_numpy(np.stack(pixels)), labels

    def _test(self, sources: _Sources) -> list[Pixels]:
        return [evaluation_pixels(self._open(source), self._inputs, self._size) for source in sources]

    def _training(self, sources: _Sources, crops: Crops, seeds: Tensor) -> list[Pixels]:
        cut = Cuts(crops, self._inputs, self._size, self._image_size)
        images = (cut(self._open(source), position) for position, source in enumerate(sources))
        if self._augmentation is None:
            return [np.asarray(image) for image in images]
        with kept_global_generators():
            drawn = zip(images, seeds.tolist(), strict=True)
            return [np.asarray(self._augmentation(image, seed)) for image, seed in drawn]
