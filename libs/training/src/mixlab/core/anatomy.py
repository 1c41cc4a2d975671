"""Where a backbone's parts are: its stages, its last feature map, its head.

Written to what timm's networks have in common: `forward_features`, `forward_head`, `feature_info` and
`output_fmt`. A network of one's own that has the first two works with every method that needs its features;
`feature_info` (dicts with `module` and `reduction`) names its stages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


def stages(backbone: nn.Module) -> list[nn.Module]:
    """The modules that end a backbone's stages, from the first to the last; their outputs are its features.

    A stem that does not reach a quarter of the input's resolution is no stage of its own. Networks that keep
    one resolution throughout (ViTs) are cut into four equal parts.

    Raises:
        TypeError: the network does not say where its stages are.
    """
    info = getattr(backbone, "feature_info", None)
    if not info:
        raise TypeError(f"{type(backbone).__name__} has no feature_info, which would name its stages")
    entries: list[dict[str, Any]] = list(info)
    reductions = [entry["reduction"] for entry in entries]
    if len(set(reductions)) == 1:
        parts = min(4, len(entries))
        entries = [entries[len(entries) * (part + 1) // parts - 1] for part in range(parts)]
    elif reductions[-1] > 4:
        entries = [entry for entry in entries if entry["reduction"] >= 4]
    return [backbone.get_submodule(entry["module"]) for entry in entries]


def forward_features(backbone: Any, images: Tensor) -> Tensor:
    """The output of a backbone before its head, in the network's own form: see `as_map`.

    Raises:
        TypeError: the network is not cut into features and head.
    """
    if not hasattr(backbone, "forward_features"):
        raise TypeError(f"{type(backbone).__name__} has no forward_features")
    features: Tensor = backbone.forward_features(images)
    return features


def forward_head(backbone: Any, features: Tensor) -> Tensor:
    """Logits [B, K] of what `forward_features` gave."""
    logits: Tensor = backbone.forward_head(features)
    return logits


def logits_by_place(backbone: nn.Module, features: Tensor) -> Tensor:
    """What the head says of each place of the features alone: logits [B, h, w, K].

    Args:
        backbone: its head is applied to each place as if there were no other.
        features: what its `forward_features` gave.

    Raises:
        TypeError: the features are neither a map nor tokens of a square grid.
    """
    places = as_map(backbone, features)
    size, channels, height, width = places.shape
    alone = places.permute(0, 2, 3, 1).reshape(-1, channels)
    if features.ndim == 3:
        # A head may look at the class token, or at the mean of the others.
        alone = alone[:, None].expand(-1, prefix_tokens(backbone) + 1, -1)
    else:
        alone = with_map(backbone, features, alone[:, :, None, None])
    return forward_head(backbone, alone).view(size, height, width, -1)


def map_of_stage(backbone: nn.Module, images: Tensor, stage: int) -> Tensor:
    """Run a backbone, head and all, and return what one of its `stages` gave on the way: [B, C, h, w].

    Raises:
        TypeError: the network does not say where its stages are, or has not so many.
    """
    return map_and_logits(backbone, images, stage)[0]


def map_and_logits(backbone: nn.Module, images: Tensor, stage: int) -> tuple[Tensor, Tensor]:
    """The same with the logits [B, K]."""
    found = stages(backbone)
    if not -len(found) <= stage < len(found):
        raise TypeError(f"{type(backbone).__name__} has {len(found)} stages, too few for number {stage}")
    outputs: list[Tensor] = []
    handle = found[stage].register_forward_hook(lambda module, inputs, output: outputs.append(output))
    try:
        logits = backbone(images)
    finally:
        handle.remove()
    return as_map(backbone, outputs[0]), logits


def as_map(backbone: nn.Module, features: Tensor) -> Tensor:
    """Features as a map [B, C, h, w]: tokens without those that stand for no patch, on their square grid.

    Raises:
        TypeError: the features are neither a map nor tokens of a square grid.
    """
    if features.ndim == 4:
        channels_last = getattr(backbone, "output_fmt", "NCHW") == "NHWC"
        return features.permute(0, 3, 1, 2) if channels_last else features
    if features.ndim == 3:
        tokens = features[:, prefix_tokens(backbone) :]
        side = math.isqrt(tokens.shape[1])
        if side * side == tokens.shape[1]:
            return tokens.transpose(1, 2).reshape(len(tokens), -1, side, side)
    raise TypeError(f"{type(backbone).__name__} has features of shape {tuple(features.shape)}, not a map")


def with_map(backbone: nn.Module, features: Tensor, new_map: Tensor) -> Tensor:
    """The same features with another map [B, C, h, w] in place of theirs; the reverse of `as_map`."""
    if features.ndim == 4:
        channels_last = getattr(backbone, "output_fmt", "NCHW") == "NHWC"
        return new_map.permute(0, 2, 3, 1) if channels_last else new_map
    tokens = new_map.flatten(2).transpose(1, 2)
    return torch.cat([features[:, : prefix_tokens(backbone)], tokens], 1)


def prefix_tokens(backbone: nn.Module) -> int:
    """How many tokens before those of the patches stand for none (class token, distillation token)."""
    return int(getattr(backbone, "num_prefix_tokens", 0))


@torch.no_grad()
def last_map_channels(backbone: nn.Module, side: int) -> int:
    """Channels of a backbone's last feature map, for images of side x side pixels.

    Raises:
        TypeError: the network is not cut into features and head, or they are no map.
    """
    parameter = next(backbone.parameters())
    with evaluating(backbone):
        images = parameter.new_zeros(1, 3, side, side)
        return as_map(backbone, forward_features(backbone, images)).shape[1]


@contextmanager
def evaluating(*networks: nn.Module) -> Iterator[None]:
    """Networks in evaluation mode, each of their modules put back as it was afterwards."""
    training = [module for network in networks for module in network.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True
