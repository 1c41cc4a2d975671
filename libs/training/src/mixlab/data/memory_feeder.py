"""Batches of a split that is decoded in memory: augmented as a whole on the device, without workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

from mixlab.config import Inputs

from .crops import Crops, random_resized_boxes, whole_image_indices
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
        self._black_edge = training and inputs.crop == "pad" and inputs.padding_mode == "zeros"
        self._images = _rows_of_pixels(images, self._black_edge).to(device)
        self._labels = split.labels.to(device)
        self._inputs, self._size, self._device = inputs, size, device

    def test(self, shares: Iterable[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
        for share in shares:
            indices = self._sent(share)
            yield self._images[indices].permute(0, 3, 1, 2), self._labels[indices]

    def training(self, shares: Iterable[Share]) -> Iterator[tuple[Tensor, Tensor]]:
        for share in shares:
            indices = self._sent(share.indices)
            if self._inputs.crop == "random-resized":
                pixels = self._resized(indices, share.crops)
            elif self._inputs.crop == "pad":
                pixels = self._moved(indices, share.crops)
            else:
                pixels = self._whole(indices, share.crops)
            yield pixels, self._labels[indices]

    def _sent(self, drawn: Tensor) -> Tensor:
        """A few numbers on the device, without waiting for what it is busy with."""
        return drawn.to(self._device, non_blocking=True)

    def _resized(self, indices: Tensor, crops: Crops) -> Tensor:
        images = self._images[indices].permute(0, 3, 1, 2)
        boxes = random_resized_boxes(crops, self._inputs, images.shape[2], images.shape[3])
        mirrored = self._sent(crops.mirrored)
        return resized_crops(images, self._sent(boxes), self._size, mirrored, self._inputs.interpolation)

    def _whole(self, indices: Tensor, crops: Crops) -> Tensor:
        images = self._images[indices]
        if self._inputs.flip > 0:
            mirrored = self._sent(crops.mirrored)[:, None, None, None]
            images = torch.where(mirrored, images.flip(2), images)
        return images.permute(0, 3, 1, 2)

    def _moved(self, indices: Tensor, crops: Crops) -> Tensor:
        rows, columns = whole_image_indices(crops, self._inputs, self._size)
        rows, columns = self._sent(rows[:, :, None]), self._sent(columns[:, None, :])
        return self._images[indices[:, None, None], rows, columns].permute(0, 3, 1, 2)


def _rows_of_pixels(images: Tensor, black_edge: bool) -> Tensor:
    """From [N, 3, H, W] to [N, H, W, 3], where a pixel is read at once.

    A black edge below and on the right is what the row or column -1 shows.
    """
    pixels = images.permute(0, 2, 3, 1)
    return pad(pixels, (0, 0, 0, 1, 0, 1)) if black_edge else pixels.contiguous()


def _each(images: Tensor, transform: Callable[[Image.Image], Pixels], size: int) -> Tensor:
    """Applies a transform of Pillow images to [N, 3, H, W] uint8, once, before the training."""
    done = torch.empty(len(images), 3, size, size, dtype=torch.uint8)
    for index, image in enumerate(images.permute(0, 2, 3, 1).contiguous().numpy()):
        done[index] = torch.from_numpy(transform(Image.fromarray(image)).copy()).permute(2, 0, 1)
    return done
