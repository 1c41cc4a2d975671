"""The network in a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.models import create_model

from .checkpoints import read_checkpoint


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with the weights of a checkpoint, on the CPU."""

    model: nn.Module
    weights: str
    """Which of the checkpoint's they are: `model`, or `ema` for their moving average."""
    epoch: int
    """Epochs that they were trained for."""
    hash: str
    """Of the run that trained them."""


def trained_network(config: RunConfig, file: Path, *, ema: bool = False) -> TrainedNetwork:
    """The network of a run with the weights of a checkpoint, or with their moving average.

    Raises:
        InvalidInput: the checkpoint is of another network, or has no average.
        TrainingFailed: it is damaged.
    """
    content = read_checkpoint(file)
    weights = "ema" if ema else "model"
    if weights not in content:
        raise InvalidInput(f"{file} has no moving average of the weights (`ema.decay` of its run is 0)")
    model = create_model(config, pretrained=False)
    try:
        model.load_state_dict(content[weights])
    except RuntimeError as error:
        reasons = [line.strip() for line in str(error).splitlines()[1:]]
        raise InvalidInput(
            f"{file} is not of {config.backbone} with {config.dataset.classes} classes: {reasons[0][:200]}"
        ) from error
    return TrainedNetwork(model, weights, content["epoch"], content["hash"])
