"""Weights in the layout of OpenMixup's checkpoints, for our names of the same networks.

A `.pth` of OpenMixup (commit 37e1372, mmcv 1.7) holds `meta` and `state_dict`, whose names begin with
`backbone.` and `head.`. Its ResNets and ResNeXts name their layers as timm does, its vision transformers do
not. What a checkpoint has besides is of the training: the other network and heads of AutoMix, whose
`backbone` and `head` are the moving average's, the block that mixes, a teacher, `ema_*`. With `EMAHook`, the
weights in `state_dict` are the averaged ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from torch import Tensor

KNOWN = "OpenMixup's checkpoints are read of ResNets, ResNeXts and DeiT"

_TRANSFORMER = (
    (r"backbone\.(cls_token|pos_embed)", r"\1"),
    (r"backbone\.patch_embed\.projection\.(\w+)", r"patch_embed.proj.\1"),
    (r"backbone\.layers\.(\d+)\.ln([12])\.(\w+)", r"blocks.\1.norm\2.\3"),
    (r"backbone\.layers\.(\d+)\.attn\.(qkv|proj)\.(\w+)", r"blocks.\1.attn.\2.\3"),
    (r"backbone\.layers\.(\d+)\.ffn\.layers\.0\.0\.(\w+)", r"blocks.\1.mlp.fc1.\2"),
    (r"backbone\.layers\.(\d+)\.ffn\.layers\.1\.(\w+)", r"blocks.\1.mlp.fc2.\2"),
    (r"backbone\.ln1\.(\w+)", r"norm.\1"),
    (r"head\.layers\.head\.(\w+)", r"head.\1"),
)
_RESNET = (
    (r"backbone\.((?:conv1|bn1|layer[1-4]\.\d+)\..+)", r"\1"),
    (r"head\.fc\.(\w+)", r"fc.\1"),
)


def is_openmixup(weights: Mapping[str, Any]) -> bool:
    """Whether weights have the names of an OpenMixup checkpoint."""
    return any(name.startswith("backbone.") for name in weights)


def from_openmixup(weights: Mapping[str, Tensor], own: Collection[str]) -> dict[str, Tensor]:
    """The weights of backbone and head by the names of a network, whose weights are called `own`.

    A weight that the network does not have keeps OpenMixup's name.
    """
    rules = _TRANSFORMER if "cls_token" in own else _RESNET
    used = {name: value for name, value in weights.items() if name.startswith(("backbone.", "head."))}
    return {_renamed(name, rules, own): value for name, value in used.items()}


def _renamed(name: str, rules: tuple[tuple[str, str], ...], own: Collection[str]) -> str:
    for pattern, replacement in rules:
        if match := re.fullmatch(pattern, name):
            renamed = match.expand(replacement)
            return renamed if renamed in own else name
    return name
