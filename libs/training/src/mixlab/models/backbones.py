"""Which backbones there are: a short list with families for the catalog, and every name that timm knows."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal

from mixlab.core.errors import InvalidInput

from .cifar_resnet import DEPTHS

Family = Literal["cnn", "vit", "hierarchical-vit"]


@dataclass(frozen=True)
class Backbone:
    """A network that the catalog names; any other timm name works as well."""

    name: str
    family: Family
    source: Literal["timm", "mixlab"]


CIFAR_RESNETS = {f"resnet{depth}": depth for depth in DEPTHS}

_TIMM: dict[Family, tuple[str, ...]] = {
    "cnn": (
        "convnext_tiny",
        "efficientnet_b0",
        "mobilenetv2_100",
        "resnet101",
        "resnet18",
        "resnet34",
        "resnet50",
        "resnext101_32x4d",
        "resnext50_32x4d",
        "wide_resnet50_2",
    ),
    "hierarchical-vit": ("swin_tiny_patch4_window7_224",),
    "vit": ("deit_base_patch16_224", "deit_small_patch16_224", "deit_tiny_patch16_224"),
}


def list_backbones() -> list[Backbone]:
    """The backbones that the catalog names, sorted by family and name. Needs neither timm nor torchvision."""
    own = [Backbone(name, "cnn", "mixlab") for name in CIFAR_RESNETS]
    timm = [Backbone(name, family, "timm") for family, names in _TIMM.items() for name in names]
    return sorted(own + timm, key=lambda backbone: (backbone.family, backbone.name))


def check_backbone(name: str) -> None:
    """Raise `InvalidInput`, with the nearest names, for a backbone that neither Mixlab nor timm has."""
    if any(name == backbone.name for backbone in list_backbones()):
        return
    from mixlab.core.vision import import_timm

    timm = import_timm()

    if timm.is_model(name):
        return
    known = [*CIFAR_RESNETS, *timm.list_models()]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InvalidInput(
        f"backbone: no network is called {name!r}, neither in timm {timm.__version__} nor here{hint}"
    )
