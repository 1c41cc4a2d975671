"""From image files to pixels."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
import torch
from PIL import Image

from mixlab.core.errors import TrainingFailed

from .split import Decoded, Files, Split

MEMORY_LIMIT = 2 * 1024**3
"""Bytes of decoded pixels up to which a split whose images have one size is kept in memory."""


def open_image(path: str) -> Image.Image:
    """A decoded RGB image.

    Raises:
        TrainingFailed: the file can't be read or decoded.
    """
    try:
        with Image.open(path) as image:
            image.load()
            return as_rgb(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TrainingFailed(f"unreadable image: {path}: {error}") from error


def as_rgb(image: Image.Image) -> Image.Image:
    """The image in eight bits of red, green and blue; of sixteen bits the upper eight.

    Pillow's own conversion cuts larger values off, which makes such an image white.

    Raises:
        ValueError: its pixels are floats or 32 bits, which say nothing of their range.
    """
    if image.mode in ("I", "F"):
        raise ValueError(f"pixels of Pillow's mode {image.mode} have no known range: save it with 8 bits")
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image if image.mode == "RGB" else image.convert("RGB")  # which copies even then


def decode_if_small(files: Files) -> Split:
    """The split decoded, if its images have one size and take `MEMORY_LIMIT` bytes or less; else as it was.

    Which of the two follows from the files alone, so it is the same on every machine and in every attempt.

    Raises:
        TrainingFailed: an image can't be decoded.
    """
    first = open_image(files.path(0))
    width, height = first.size
    if len(files) * 3 * width * height > MEMORY_LIMIT:
        return files
    images = torch.empty(len(files), 3, height, width, dtype=torch.uint8)

    def decode(index: int) -> bool:
        image = open_image(files.path(index))
        if image.size != (width, height):
            return False
        images[index] = torch.from_numpy(np.array(image)).permute(2, 0, 1)
        return True

    # Pillow lets other threads run while it decodes.
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as threads:
        indices = iter(range(len(files)))
        while chunk := list(islice(indices, 1024)):
            if not all(threads.map(decode, chunk)):
                return files
    return Decoded(images, files.labels)
