"""Draws docs/images/mixing.jpg: two photographs that scikit-learn ships, mixed by each method, with their labels.

Run as: .venv/bin/python docs/images/make_mixing.py
"""

from pathlib import Path

import numpy as np
import torch
from mixlab.methods import CutMix, Method, MixUp, Vanilla
from PIL import Image, ImageDraw, ImageFont
from sklearn.datasets import load_sample_images
from torch import Tensor

SIDE, GAP, CAPTION = 280, 16, 34
PANELS: list[tuple[str, Method, int]] = [
    ("vanilla", Vanilla(), 0),
    ("mixup", MixUp(alpha=1.0), 2),
    ("cutmix", CutMix(alpha=1.0), 11),
    ("cutmix", CutMix(alpha=1.0), 3),
]


def photographs() -> Tensor:
    """The two photographs, cropped to squares: float [2, 3, SIDE, SIDE] in 0..1."""
    squares = []
    for pixels in load_sample_images().images:
        image = Image.fromarray(pixels)
        left = (image.width - image.height) // 2
        square = image.crop((left, 0, left + image.height, image.height)).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        squares.append(torch.from_numpy(np.asarray(square).copy()).permute(2, 0, 1) / 255)
    return torch.stack(squares)


def main() -> None:
    images, labels = photographs(), torch.tensor([0, 1])
    width = len(PANELS) * (SIDE + GAP) - GAP
    picture = Image.new("RGB", (width, SIDE + CAPTION), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=17)
    for column, (name, method, seed) in enumerate(PANELS):
        mixed = method.mix(images, labels, num_classes=2, generator=torch.Generator().manual_seed(seed))
        pixels = (mixed.images[0] * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
        left = column * (SIDE + GAP)
        picture.paste(Image.fromarray(pixels), (left, 0))
        temple, flower = mixed.target[0].tolist()
        caption = f"{name}: {temple:.2f} temple" + (f", {flower:.2f} flower" if flower else "")
        draw.text((left, SIDE + 8), caption, fill="black", font=font)
    picture.save(Path(__file__).with_name("mixing.jpg"), quality=85)


if __name__ == "__main__":
    main()
