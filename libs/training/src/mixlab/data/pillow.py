"""One decoded image to the size of an input, with Pillow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mixlab.config import Inputs

from .crops import Crops, random_resized_boxes, whole_image_indices

Pixels = NDArray[np.uint8]


def training_image(image: Image.Image, crop: Crops, inputs: Inputs, size: int) -> Image.Image:
    """Cut, resized and mirrored; `crop` holds the draws of this image alone (n = 1)."""
    if inputs.crop == "random-resized":
        top, left, height, width = random_resized_boxes(crop, inputs, image.height, image.width)[0].tolist()
        image = image.crop((left, top, left + width, top + height))
        image = _resize(image, size, size, inputs)
        # Pillow mirrors ten times as fast as NumPy copies a mirrored view.
        return ImageOps.mirror(image) if bool(crop.mirrored[0]) else image
    pixels = np.asarray(_resize(image, size, size, inputs))
    rows, columns = (side[0].numpy() for side in whole_image_indices(crop, inputs, size))
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
