"""The network in a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.models import create_model
from mixlab.models.openmixup import KNOWN, from_openmixup, is_openmixup

from .checkpoints import Content, read_checkpoint, read_content


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with the weights of a checkpoint, on the CPU."""

    model: nn.Module
    weights: str
    """Which of the checkpoint's they are: `model`, or `ema` for their moving average."""
    epoch: int
    """Epochs that they were trained for."""
    hash: str
    """Of the run that trained them; empty for a checkpoint of OpenMixup."""


def trained_network(config: RunConfig, file: Path, *, ema: bool = False) -> TrainedNetwork:
    """The network of a run with the weights of a checkpoint, also of OpenMixup, or with their moving average.

    Raises:
        InvalidInput: the checkpoint is of another network, or has no average.
        TrainingFailed: it is damaged.
    """
    content = read_content(file)
    state_dict = content.get("state_dict")
    if isinstance(state_dict, dict) and is_openmixup(state_dict):
        if ema:
            raise InvalidInput(f"{file} has one set of weights: OpenMixup's, averaged where it averages")
        return _of_openmixup(config, content, file)
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


def _of_openmixup(config: RunConfig, content: Content, file: Path) -> TrainedNetwork:
    model = create_model(config, pretrained=False)
    own = model.state_dict()
    theirs = from_openmixup(content["state_dict"], own)
    problems = [
        *(f"no {name}" for name in own if name not in theirs),
        *(f"unknown {name}" for name in theirs if name not in own),
        *(
            f"{name} is {[*value.shape]}, not {[*own[name].shape]}"
            for name, value in theirs.items()
            if name in own and value.shape != own[name].shape
        ),
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise InvalidInput(
            f"{file} is not of {config.backbone} with {config.dataset.classes} classes: "
            f"{'; '.join(problems[:3])}{more} ({KNOWN})"
        )
    model.load_state_dict(theirs)
    return TrainedNetwork(model, "model", int(content.get("meta", {}).get("epoch", 0)), "")
