"""Batches of a split that is decoded in memory: augmented as a whole on the device, without workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from mixlab.config import Inputs

from .crops import random_resized_boxes, whole_image_indices
from .order import Share
from .pillow import Pixels, evaluation_pixels
from .resample import resized_crops
from .split import Decoded


class MemoryFeeder:
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


def _each(images: Tensor, transform: Callable[[Image.Image], Pixels], size: int) -> Tensor:
    """Applies a transform of Pillow images to [N, 3, H, W] uint8, once, before the training."""
    done = torch.empty(len(images), 3, size, size, dtype=torch.uint8)
    for index, image in enumerate(images.permute(0, 2, 3, 1).contiguous().numpy()):
        done[index] = torch.from_numpy(transform(Image.fromarray(image)).copy()).permute(2, 0, 1)
    return done
