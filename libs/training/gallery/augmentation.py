"""A picture of each augmentation: what a training gets of two photographs."""

from __future__ import annotations

from typing import Any

import torch
from photographs import photographs
from PIL import Image, ImageDraw, ImageFont

from mixlab.config import RunConfig
from mixlab.data import TrainBatches
from mixlab.data.split import Decoded

SIDE, GAP, CAPTION, DRAWS = 112, 6, 22, 6

PLAIN = {"crop": "none", "flip": 0}
ROWS: list[dict[str, Any]] = [
    {"crop": "random-resized", "flip": 0.5},
    {"crop": "pad", "padding": 16, "flip": 0.5},
    {**PLAIN, "randAugment": "rand-m9-mstd0.5-inc1"},
    {**PLAIN, "colorJitter": 0.4},
    {**PLAIN, "erase": 1},
    {**PLAIN, "erase": 1, "eraseMode": "rand", "eraseCount": 3},
    {**PLAIN, "erase": 1, "eraseMode": "const"},
    {"randAugment": "rand-m9-mstd0.5-inc1", "colorJitter": 0.4, "erase": 0.25},
]


def augmentations() -> Image.Image:
    """A row for each of `ROWS`, captioned by its fields; half of the draws are of each photograph."""
    width, height = DRAWS * (SIDE + GAP) - GAP, len(ROWS) * (SIDE + CAPTION)
    sheet = Image.new("RGB", (width, height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    for row, inputs in enumerate(ROWS):
        top = row * (SIDE + CAPTION)
        shown = dict(inputs.items() - PLAIN.items())
        caption = ", ".join(f"{name}: {value}" for name, value in inputs.items() if name in shown)
        draw.text((0, top + 3), caption, "black", font)
        for column, pixels in enumerate(_draws(inputs)):
            image = Image.fromarray(pixels.permute(1, 2, 0).numpy())
            sheet.paste(image, (column * (SIDE + GAP), top + CAPTION))
    return sheet


def _draws(inputs: dict[str, Any]) -> torch.Tensor:
    """[DRAWS, 3, SIDE, SIDE] uint8, sorted by photograph."""
    config = RunConfig.model_validate(
        {
            "schemaVersion": 2,
            "dataset": {"name": "photographs", "classes": 2, "size": SIDE},
            "backbone": "resnet18",
            "maxEpochs": 1,
            "batchSize": DRAWS,
            "inputs": inputs,
            "runtime": {"workers": 0},
        },
        by_alias=True,
        by_name=False,
    )
    labels = torch.arange(2).repeat_interleave(DRAWS // 2)
    images = (photographs()[labels] * 255).round().byte()
    batch = next(TrainBatches(Decoded(images, labels), config, torch.device("cpu"), 0, 1).epoch(0))
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (config.dataset.mean, config.dataset.std))
    pixels = ((batch[0] * std + mean) * 255).round().clamp(0, 255).byte()
    return pixels[torch.argsort(batch[1], stable=True)]
