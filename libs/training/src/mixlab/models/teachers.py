"""The teachers that a run's method asks: trained networks that do not learn."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from torch import Tensor, nn

from mixlab.config import Model, RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.teacher import Teacher

from .backbones import CIFAR_RESNETS, OWN, check_backbone
from .create import create_model
from .pretrained import PRETRAINED_TIMM, check_pretrained, fetch_timm_weights, is_classifier, read_weights

WEIGHTS_FIELD = "mixMode.teacher.weights"


def check_teachers(config: RunConfig) -> None:
    """Raise `InvalidInput` where a teacher's network or its file of weights is not there."""
    for teacher in config.mix_mode.teachers():
        check_teacher(teacher)


def check_teacher(teacher: Teacher) -> None:
    """Raise `InvalidInput` where a teacher's network or its file of weights is not there."""
    check_backbone(teacher.backbone)
    check_pretrained(teacher.weights, WEIGHTS_FIELD)
    if teacher.weights == PRETRAINED_TIMM and teacher.backbone in OWN:
        raise InvalidInput(
            f"{WEIGHTS_FIELD}: timm has no weights for {teacher.backbone}, which is Mixlab's own; "
            "give the path of a checkpoint"
        )


def load_teachers(config: RunConfig) -> dict[Teacher, nn.Module]:
    """The teachers of a run, frozen, in evaluation mode.

    Raises:
        InvalidInput: no such network or file, or weights of another network.
        TrainingFailed: timm's weights can't be fetched.
    """
    return {teacher: _load(teacher, config) for teacher in set(config.mix_mode.teachers())}


def _load(teacher: Teacher, config: RunConfig) -> nn.Module:
    check_teacher(teacher)
    if teacher.weights == PRETRAINED_TIMM:
        network = fetch_timm_weights(teacher.backbone, WEIGHTS_FIELD)
    else:
        network = _from_checkpoint(teacher, config)
    return network.eval().requires_grad_(False)


def _from_checkpoint(teacher: Teacher, config: RunConfig) -> nn.Module:
    weights = read_weights(Path(teacher.weights).expanduser(), WEIGHTS_FIELD)
    its = {
        "backbone": teacher.backbone,
        "model": Model(stem=_stem(teacher.backbone, weights)),
        "dataset": config.dataset.model_copy(update={"classes": _classes(teacher, weights)}),
    }
    network = create_model(config.model_copy(update=its), pretrained=False)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        reasons = [line.strip() for line in str(error).splitlines()[1:]]
        raise InvalidInput(
            f"{WEIGHTS_FIELD}: {teacher.weights} is not of {teacher.backbone}: {reasons[0][:200]}"
        ) from error
    return network


def _stem(backbone: str, weights: dict[str, Tensor]) -> Literal["imagenet", "cifar"]:
    """What `model.stem` was when these weights were trained."""
    first = weights.get("conv1.weight")
    small = first is not None and first.shape[-1] == 3 and "layer4.0.conv1.weight" in weights
    return "cifar" if small and backbone not in CIFAR_RESNETS else "imagenet"


def _classes(teacher: Teacher, weights: dict[str, Tensor]) -> int:
    rows = [len(value) for name, value in weights.items() if is_classifier(name) and value.ndim == 2]
    if not rows:
        raise InvalidInput(f"{WEIGHTS_FIELD}: {teacher.weights} has no classifier")
    return rows[-1]
