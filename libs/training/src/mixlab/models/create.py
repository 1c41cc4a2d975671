"""From a run config to a network with freshly drawn or pretrained weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.seeding import derive_seed

from .backbones import (
    CIFAR_RESNETS,
    MOGANETS,
    OWN,
    PVTS,
    WIDE_RESNETS,
    check_backbone,
    registered_backbone,
)
from .cifar_resnet import CifarResNet
from .pretrained import PRETRAINED_TIMM, fetch_timm_weights, load_pretrained
from .wide_resnet import WideResNet


def create_model(config: RunConfig, *, pretrained: bool = True) -> nn.Module:
    """The network of a run: [B, 3, S, S] float -> logits [B, classes].

    Its weights depend on the config and the seed alone; the global random state is left as it was.

    Args:
        config: the run.
        pretrained: false builds it without looking for pretrained weights, for a checkpoint to fill.

    Raises:
        InvalidInput: an unknown backbone, or an option that this backbone does not have.
        TrainingFailed: timm's weights can't be fetched.
    """
    check_backbone(config.backbone)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(config.seed, "weights"))
        model = _own(config) or _timm(config, pretrained)
    if pretrained and config.model.pretrained not in (None, PRETRAINED_TIMM):
        load_pretrained(model, config.model.pretrained)
    return model


def _own(config: RunConfig) -> nn.Module | None:
    """A network that is not timm's: another package's, or one of `OWN`.

    Those for small images have the 3x3 stem whatever `model.stem` says.
    """
    name, classes, drop_path = config.backbone, config.dataset.classes, config.model.drop_path
    registered = registered_backbone(name)
    if registered is None and name not in OWN:
        return None
    if drop_path and name not in (*PVTS, *MOGANETS):
        raise InvalidInput(f"model.dropPath: {name} has no stochastic depth; leave it at 0")
    if config.model.pretrained == PRETRAINED_TIMM:
        raise InvalidInput(f"model.pretrained: timm has no weights for {name}, which is not timm's")
    if registered is not None:
        backbone, build = registered
        size = _one_size(config) if backbone.family == "vit" else _train_size(config)
        return build(classes=classes, size=size)
    if name in CIFAR_RESNETS:
        return CifarResNet(CIFAR_RESNETS[name], classes)
    if name in WIDE_RESNETS:
        return WideResNet(*WIDE_RESNETS[name], classes)
    # Both take parts of timm, which not every command has to load.
    if name in PVTS:
        from .pvt import PyramidVisionTransformer

        return PyramidVisionTransformer(name, classes, _train_size(config), drop_path)
    from .moganet import MogaNet

    return MogaNet(name, classes, drop_path)


def _timm(config: RunConfig, pretrained: bool) -> nn.Module:
    from mixlab.core.vision import import_timm

    timm = import_timm()

    options = _timm_options(config)
    if config.model.drop_path:
        options["drop_path_rate"] = config.model.drop_path
    default = timm.get_pretrained_cfg(config.backbone)
    if pretrained and config.model.pretrained == PRETRAINED_TIMM:
        if default is None or not default.has_weights:
            raise InvalidInput(f"model.pretrained: timm has no weights for {config.backbone}")
        build: Callable[..., nn.Module] = fetch_timm_weights
    else:
        build = timm.create_model
    try:
        model: nn.Module = build(config.backbone, **options)
    except (TypeError, AssertionError, ValueError) as error:
        told = ", ".join(f"{name}={value}" for name, value in options.items())
        raise InvalidInput(f"backbone: timm cannot build {config.backbone} with {told}: {error}") from error
    if config.model.stem != "imagenet":
        replace_stem(model, config.backbone, stride=1 if config.model.stem == "cifar" else 2)
    return model


def takes_one_size(name: str) -> bool:
    """Whether a network of timm is built for images of one size, as a ViT is."""
    from mixlab.core.vision import import_timm

    default = import_timm().get_pretrained_cfg(name)
    return default is not None and bool(default.fixed_input_size)


def _timm_options(config: RunConfig) -> dict[str, Any]:
    """What decides on the weights' shapes."""
    options: dict[str, Any] = {"num_classes": config.dataset.classes}
    if takes_one_size(config.backbone):
        options["img_size"] = _one_size(config)
    return options


def timm_call(config: RunConfig) -> str | None:
    """How timm builds a run's network for weights in FILE; None where it has no such network."""
    own = registered_backbone(config.backbone) is not None or config.backbone in OWN
    if own or config.model.stem != "imagenet":
        return None
    told = "".join(f"{name}={value}, " for name, value in _timm_options(config).items())
    return f'timm.create_model("{config.backbone}", {told}checkpoint_path=FILE)'


def _train_size(config: RunConfig) -> int:
    return config.inputs.train_size or config.dataset.size


def _one_size(config: RunConfig) -> int:
    """The input side of a network that takes only one, such as a ViT."""
    train = _train_size(config)
    test = config.inputs.test_size or config.dataset.size
    if train != test:
        raise InvalidInput(
            f"inputs.testSize: {config.backbone} takes images of one size, but trains on {train} pixels "
            f"and is tested on {test}"
        )
    return train


def replace_stem(model: nn.Module, name: str, stride: int) -> None:
    """Give a ResNet of timm the stem for small images: a 3x3 convolution of `stride`, and no pooling.

    Stride 1 is the CIFAR stem; PuzzleMix has stride 2 for Tiny-ImageNet's 64 pixels (`main.py` of
    https://github.com/snu-mllab/PuzzleMix).

    Raises:
        InvalidInput: the network has no 7x7 ResNet stem to replace.
    """
    conv = getattr(model, "conv1", None)
    if not isinstance(conv, nn.Conv2d) or conv.kernel_size != (7, 7) or not hasattr(model, "maxpool"):
        raise InvalidInput(
            f"model.stem: stems for small images are for ResNets with a 7x7 stem, which {name} does not have"
        )
    small = nn.Conv2d(
        conv.in_channels, conv.out_channels, 3, stride=stride, padding=1, bias=conv.bias is not None
    )
    nn.init.kaiming_normal_(small.weight, mode="fan_out", nonlinearity="relu")
    model.conv1 = small
    model.maxpool = nn.Identity()
