"""One decoded image to the size of an input, with Pillow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mixlab.config import Inputs

from .crops import Crops, random_resized_boxes, whole_image_indices

Pixels = NDArray[np.uint8]


class Cuts:
    """Cuts, resizes and mirrors the images of a batch, one at a time.

    Args:
        crops: the draws for the batch.
        inputs: says how images are cut.
        size: side of a training input.
        image_size: height and width of every image, where they are the same; that takes less time.
    """

    def __init__(
        self, crops: Crops, inputs: Inputs, size: int, image_size: tuple[int, int] | None = None
    ) -> None:
        self._crops, self._inputs, self._size = crops, inputs, size
        self._boxes: list[list[int]] | None = None
        if inputs.crop != "random-resized":
            self._rows, self._columns = (side.numpy() for side in whole_image_indices(crops, inputs, size))
        elif image_size is not None:
            self._boxes = random_resized_boxes(crops, inputs, *image_size).tolist()

    def __call__(self, image: Image.Image, position: int) -> Image.Image:
        """The training input of the image at a position of the batch."""
        resized = self._resized_crop if self._inputs.crop == "random-resized" else self._moved
        return resized(image, position)

    def _resized_crop(self, image: Image.Image, position: int) -> Image.Image:
        if self._boxes is None:
            crop = self._crops[position : position + 1]
            (box,) = random_resized_boxes(crop, self._inputs, image.height, image.width).tolist()
        else:
            box = self._boxes[position]
        top, left, height, width = box
        image = image.crop((left, top, left + width, top + height))
        image = _resize(image, self._size, self._size, self._inputs)
        # Pillow mirrors ten times as fast as NumPy copies a mirrored view.
        return ImageOps.mirror(image) if bool(self._crops.mirrored[position]) else image

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
