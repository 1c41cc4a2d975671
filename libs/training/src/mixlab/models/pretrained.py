"""Pretrained weights: timm's by name, or a checkpoint's by path."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mixlab.core.errors import InvalidInput, TrainingFailed

from .openmixup import KNOWN, from_openmixup, is_openmixup

PRETRAINED_TIMM = "timm"
WEIGHTS_FIELD = "model.pretrained"


def fetch_timm_weights(name: str, field: str = WEIGHTS_FIELD, **options: Any) -> nn.Module:
    """A timm network with timm's weights, from its cache or the network.

    Raises:
        TrainingFailed: neither has them.
    """
    from mixlab.core.vision import import_timm

    print(f"loading timm's weights of {name}", flush=True)
    try:
        model: nn.Module = import_timm().create_model(name, pretrained=True, **options)
    except (OSError, RuntimeError) as error:
        raise TrainingFailed(
            f"{field}: timm's weights of {name} are not in the cache and cannot be downloaded "
            f"({type(error).__name__}). On a machine without a connection, download them elsewhere and give "
            f"the file's path as {field}"
        ) from error
    return model


def check_pretrained(value: str | None, field: str = WEIGHTS_FIELD) -> None:
    """Raise `InvalidInput` when `model.pretrained`, or another field, names a file that is not there."""
    if value not in (None, PRETRAINED_TIMM) and not Path(value).expanduser().is_file():
        raise InvalidInput(f"{field}: no such file: {value} (give `timm`, or the path of a checkpoint)")


def load_pretrained(model: nn.Module, path: str) -> None:
    """Copy weights from a checkpoint of ours or OpenMixup, a file of a state dict, or a `.safetensors` file.

    A classifier that is missing or of another size stays as it was drawn, which is said. The rest must fit.

    Raises:
        InvalidInput: no such file, not a checkpoint, or of another architecture.
    """
    weights = read_weights(Path(path).expanduser())
    own = model.state_dict()
    theirs = is_openmixup(weights)
    if theirs:
        weights = from_openmixup(weights, own)
    resized = [name for name in weights if name in own and weights[name].shape != own[name].shape]
    body = [name for name in resized if not is_classifier(name)]
    missing = [name for name in own if name not in weights and not is_classifier(name)]
    unknown = [name for name in weights if name not in own]
    problems = [*(f"no {name}" for name in missing), *(f"unknown {name}" for name in unknown)]
    problems += [f"{name} is {[*weights[name].shape]}, not {[*own[name].shape]}" for name in body]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        known = f" ({KNOWN})" if theirs else ""
        raise InvalidInput(
            f"model.pretrained: {path} is of another network: {'; '.join(problems[:3])}{more}{known}"
        )
    if resized or not any(is_classifier(name) for name in weights):
        print(f"{path}: no classifier of this number of classes in it, so it starts afresh", flush=True)
    model.load_state_dict(
        {name: value for name, value in weights.items() if name not in resized}, strict=False
    )


def is_classifier(name: str) -> bool:
    """Whether a weight of this name belongs to the classifier."""
    return name.split(".")[0] in ("fc", "head", "classifier")


def read_weights(path: Path, field: str = WEIGHTS_FIELD) -> dict[str, Tensor]:
    """The weights in a checkpoint, by their names there, a file of a state dict, or a `.safetensors` file.

    Raises:
        InvalidInput: no such file, or no weights in it; the message names the config's `field`.
    """
    check_pretrained(str(path), field)
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            return load_file(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:100]
        raise InvalidInput(f"{field}: {path} cannot be read as a checkpoint: {reason}") from error
    for key in ("model", "state_dict"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise InvalidInput(f"{field}: {path} holds no weights")
    return content
