"""JPEGs of about ImageNet's sizes, made from the two photographs that scikit-learn ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

SIZES = ((500, 375), (500, 333), (375, 500), (500, 375), (640, 480), (400, 300))
"""(width, height) in pixels, taken in turn; ImageNet's images are 500x375 more than anything else."""

QUALITY = 98
"""Of the JPEGs: it makes files of 107 kB or so; ImageNet's mean is 110 kB."""


def write_photographs(root: Path, images: int) -> float:
    """Write `images` different parts of them to `<root>/train/<photograph>/`.

    Returns:
        The mean size of a file, in kB (1000 bytes).
    """
    from sklearn.datasets import load_sample_images

    photographs = [Image.fromarray(image) for image in load_sample_images().images]
    generator = np.random.default_rng(0)
    written = []
    for index in range(images):
        photograph = photographs[index % len(photographs)]
        share = generator.uniform(0.6, 1)
        width, height = (round(share * side) for side in photograph.size)
        left = int(generator.integers(0, photograph.width - width + 1))
        top = int(generator.integers(0, photograph.height - height + 1))
        part = photograph.crop((left, top, left + width, top + height))
        path = root / "train" / f"photograph{index % len(photographs)}" / f"{index:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        part.resize(SIZES[index % len(SIZES)], Image.Resampling.BICUBIC).save(path, quality=QUALITY)
        written.append(path.stat().st_size)
    return sum(written) / len(written) / 1000
