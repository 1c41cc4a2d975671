"""What the training loops are compared on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Workload:
    """One network, one kind of images, one method."""

    name: str
    on: Literal["cpu", "cuda"]
    backbone: str
    size: int
    """Side of an image, in pixels."""

    classes: int
    batch: int
    images: int
    """In an epoch."""

    peers: tuple[str, ...]
    """Sides (see `sides.py`) that ours is compared with."""

    bar: float | None
    """How many times the seconds of each of them ours may take."""

    stem: str = "imagenet"
    method: str = "cutmix"
    inputs: tuple[tuple[str, Any], ...] = (("crop", "none"), ("flip", 0))
    precision: str = "fp32"
    compile: str = "none"
    steps: int = 1
    """In a turn."""

    def run_config(self) -> dict[str, Any]:
        """The run of `mixlab.train`."""
        return {
            "schemaVersion": 2,
            "dataset": {"name": "made_up", "classes": self.classes, "size": self.size},
            "backbone": self.backbone,
            "model": {"stem": self.stem},
            "mixMode": {"name": self.method},
            "inputs": dict(self.inputs),
            "optimizer": {"name": "sgd", "lr": 0.1, "momentum": 0.9, "weightDecay": 1e-4},
            "maxEpochs": 10**6,
            "batchSize": self.batch,
            "precision": self.precision,
            "runtime": {"compile": self.compile, "evaluateEvery": 10**6, "checkpointEvery": 10**6},
        }

    def write_images(self, folder: Path) -> None:
        """An ImageFolder tree of noise, which fits into memory."""
        generator = np.random.default_rng(0)
        for split, count in (("train", self.images), ("val", self.classes)):
            for index in range(count):
                place = folder / split / f"{index % self.classes:04}"
                place.mkdir(parents=True, exist_ok=True)
                pixels = generator.integers(0, 256, (self.size, self.size, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(place / f"{index}.bmp")


CPU_STEP = Workload(
    name="cpu-step",
    on="cpu",
    backbone="resnet18",
    size=64,
    classes=100,
    batch=64,
    images=2560,
    peers=("timm", "timm, channels last"),
    bar=1.0,
)

GPU_CIFAR = Workload(
    name="gpu-cifar",
    on="cuda",
    backbone="resnet18",
    stem="cifar",
    size=32,
    classes=10,
    batch=128,
    images=51200,
    peers=("bare loop",),
    bar=1 / 0.6,
    inputs=(("crop", "pad"), ("padding", 4)),
    precision="bf16",
    steps=200,
)

GPU_IMAGENET = Workload(
    name="gpu-imagenet",
    on="cuda",
    backbone="resnet50",
    size=224,
    classes=1000,
    batch=256,
    images=2560,
    peers=("timm", "timm, channels last"),
    bar=None,
    precision="bf16",
    compile="default",
    steps=10,
)

WORKLOADS = {workload.name: workload for workload in (CPU_STEP, GPU_CIFAR, GPU_IMAGENET)}
