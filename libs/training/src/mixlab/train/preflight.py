"""What can be known to be wrong with a run before anything is written."""

from __future__ import annotations

import os

import torch

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.data import Data, check_augmentation, open_data
from mixlab.models import check_backbone, check_pretrained, check_teachers

from .commands import Device
from .compilation import check_compiler
from .wandb_run import check_wandb


def trial_of(config: RunConfig, trial: int) -> RunConfig:
    """The config of one trial, counted from 1: its seed is the run's plus `trial` - 1."""
    return config.model_copy(update={"seed": config.seed + trial - 1})


def world_size() -> int:
    """Number of ranks of this training: what torchrun says, else 1.

    Raises:
        InvalidInput: nodes have different numbers of them.
    """
    ranks, local = (int(os.environ.get(name, "1")) for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    if ranks % local:
        raise InvalidInput(f"{ranks} processes, {local} of them on this node: every node takes as many")
    return ranks


def check_device(device: Device) -> None:
    """Raise `InvalidInput` where a GPU is asked for and there is none."""
    if device == "cuda" and not torch.cuda.is_available():
        raise InvalidInput("--device cuda: PyTorch sees no GPU here")


def preflight(config: RunConfig) -> Data:
    """Check a run's networks, weights, augmentation, compiler and dataset on this machine; give the dataset.

    Raises:
        InvalidInput: one of them is not there, or does not fit the config.
    """
    check_backbone(config.backbone)
    check_pretrained(config.model.pretrained)
    check_teachers(config)
    check_augmentation(config)
    check_compiler(config.runtime.compile)
    check_wandb(config)
    return open_data(config)
