"""One decoded image to the size of an input, with Pillow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mixlab.config import Inputs

from .crops import Crops, RandomResizedBoxes, whole_image_indices

Pixels = NDArray[np.uint8]


class Cuts:
    """Cuts, resizes and mirrors the images of a batch, one at a time.

    Args:
        crops: the draws for the batch.
        inputs: says how images are cut.
        size: side of a training input.
    """

    def __init__(self, crops: Crops, inputs: Inputs, size: int) -> None:
        self._inputs, self._size = inputs, size
        if inputs.crop == "random-resized":
            self._box, self._mirrored = RandomResizedBoxes(crops, inputs), crops.mirrored.tolist()
        else:
            self._rows, self._columns = (side.numpy() for side in whole_image_indices(crops, inputs, size))

    def __call__(self, image: Image.Image, position: int) -> Image.Image:
        """The training input of the image at a position of the batch."""
        resized = self._resized_crop if self._inputs.crop == "random-resized" else self._moved
        return resized(image, position)

    def _resized_crop(self, image: Image.Image, position: int) -> Image.Image:
        top, left, height, width = self._box(position, image.height, image.width)
        image = image.crop((left, top, left + width, top + height))
        image = _resize(image, self._size, self._size, self._inputs)
        # Pillow mirrors ten times as fast as NumPy copies a mirrored view.
        return ImageOps.mirror(image) if self._mirrored[position] else image

    def _moved(self, image: Image.Image, position: int) -> Image.Image:
        pixels = np.asarray(_resize(image, self._size, self._size, self._inputs))
        rows, columns = self._rows[position], self._columns[position]
        black = (rows < 0)[:, None] | (columns < 0)
        return Image.fromarray(np.where(black[:, :, None], np.uint8(0), pixels[rows][:, columns]))


def evaluation_pixels(image: Image.Image, inputs: Inputs, size: int) -> Pixels:
    """A test input [S, S, 3]: the shorter side made `size` / `testCropRatio`, rounded; the central square."""
    shorter = round(size / inputs.test_crop_ratio)
    width, height = image.size
    if width <= height:
        width, height = shorter, int(shorter * height / width)
    else:
        width, height = int(shorter * width / height), shorter
    top, left = round((height - size) / 2), round((width - size) / 2)
    return np.asarray(_resize(image, width, height, inputs))[top : top + size, left : left + size]


def _resize(image: Image.Image, width: int, height: int, inputs: Inputs) -> Image.Image:
    kernel = Image.Resampling.BICUBIC if inputs.interpolation == "bicubic" else Image.Resampling.BILINEAR
    return image if image.size == (width, height) else image.resize((width, height), kernel)
