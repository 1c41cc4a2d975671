"""Runs and image folders that are small enough to train in a test."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from mixlab.config import RunConfig
from mixlab.core.exit_codes import ExitCode
from mixlab.train import train
from mixlab.train.commands import Device

torch.set_num_threads(1)  # tests run beside one another

TINY: dict[str, Any] = {
    "schemaVersion": 2,
    "dataset": {"name": "digits", "layout": "digits", "classes": 10, "size": 8},
    "backbone": "resnet8",
    "mixMode": {"name": "vanilla"},
    "maxEpochs": 2,
    "batchSize": 240,
    "inputs": {"crop": "pad", "padding": 1, "flip": 0, "testCropRatio": 1},
    "optimizer": {"lr": 0.1},
    "runtime": {"workers": 0, "logEvery": 2},
}
"""ResNet-8 on digits of 8 pixels: six steps an epoch."""

STEPS = 6


def tiny(**changes: Any) -> RunConfig:
    """The tiny run with other top-level fields."""
    return RunConfig.model_validate({**TINY, **changes}, by_alias=True, by_name=False)


def write(config: RunConfig, path: Path) -> Path:
    """The config as a file."""
    path.write_text(json.dumps(config.model_dump(mode="json", by_alias=True)))
    return path


def image_folder(
    root: Path, *, train: int = 6, val: int = 3, classes: int = 3, sizes: list[int] | None = None
) -> Path:
    """A tree of PNGs, `train` and `val` images a class; sizes are taken in turn, the first is 12 pixels."""
    generator = np.random.default_rng(0)
    sizes = sizes or [12]
    for split, count in (("train", train), ("val", val)):
        for label in range(classes):
            folder = root / split / f"class{label}"
            folder.mkdir(parents=True)
            for index in range(count):
                size = sizes[index % len(sizes)]
                coarse = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
                image = Image.fromarray(coarse).resize((size, size + 4), Image.Resampling.BILINEAR)
                image.save(folder / f"{index:03}.png")
    return root


def folder_run(**changes: Any) -> RunConfig:
    """A run on the images of `image_folder`; the root is for the environment to say."""
    dataset = {"name": "shapes", "classes": 3, "size": 12}
    return tiny(**{"dataset": dataset, "batchSize": 4, **changes})


def weights(run_directory: Path, checkpoint: str = "last.pt") -> dict[str, torch.Tensor]:
    """All tensors of a checkpoint: weights, statistics, averages, the method's networks, moments."""
    content = torch.load(run_directory / "checkpoints" / checkpoint, weights_only=True)
    moments = {
        f"{index}.{name}": value
        for index, state in content["optimizer"]["state"].items()
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }
    mixer = {f"mixer.{name}": value for name, value in content["mixer"].items()}
    average = {f"ema.{name}": value for name, value in content.get("ema", {}).items()}
    return {**content["model"], **average, **mixer, **moments}


def assert_same_weights(one: Path, other: Path) -> None:
    """Both run directories ended with the same bits in every tensor."""
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    differing = [name for name in ours if not torch.equal(ours[name], theirs[name])]
    assert not differing


@contextmanager
def signals_restored() -> Iterator[None]:
    """`train` leaves signals ignored when it ends, as fits a process that ends with it; a test goes on."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def run(
    config: RunConfig,
    directory: Path | None,
    *,
    stop_at: tuple[int, int] | None = None,
    device: Device = "cpu",
    **options: Any,
) -> ExitCode:
    """Trains, on the CPU if not told; `stop_at` is the epoch and step, from 1, in which a SIGTERM comes."""

    def after_step(epoch: int, step: int) -> None:
        if (epoch, step) == stop_at:
            os.kill(os.getpid(), signal.SIGTERM)

    with signals_restored():
        return train(config, directory, device=device, after_step=after_step, **options)
