"""Which backbones there are: a short list with families for the catalog, and every name that timm knows."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from torch import nn

from mixlab.core.errors import InvalidInput
from mixlab.core.packages import check_owner, package_of

Family = Literal["cnn", "vit", "hierarchical-vit"]


@dataclass(frozen=True)
class Backbone:
    """A network that the catalog names; any other timm name works as well."""

    name: str
    family: Family
    source: Literal["timm", "mixlab", "package"]


CIFAR_RESNETS = {f"resnet{depth}": depth for depth in (8, 14, 20, 32, 44, 56, 110)}
"""Depths."""

WIDE_RESNETS = {f"wrn28_{width}": (28, width) for width in (8, 10)}
"""Depths and widths."""

PVTS = ("pvt_small", "pvt_tiny")
MOGANETS = ("moganet_small", "moganet_tiny", "moganet_xtiny")

OWN: dict[str, Family] = {
    **dict.fromkeys((*CIFAR_RESNETS, *WIDE_RESNETS, *MOGANETS), "cnn"),
    **dict.fromkeys(PVTS, "hierarchical-vit"),
}
"""Networks that timm does not have, or has another way."""

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


class Build(Protocol):
    """Makes a network of freshly drawn weights: [B, 3, size, size] float -> logits [B, classes]."""

    def __call__(self, *, classes: int, size: int) -> nn.Module: ...


B = TypeVar("B", bound=Build)

_registered: dict[str, tuple[Backbone, Build]] = {}


def register_backbone(name: str, *, family: Family) -> Callable[[B], B]:
    """Enter a network of another package: a module class or a function, called with `classes` and `size`.

    Args:
        name: `my_pkg:TinyNet`, as it stands in run configs.
        family: what kind of network it is.

    Raises:
        ValueError: the name is taken already, or is not one for the package that the network is in.
    """

    def enter(build: B) -> B:
        check_owner(name, build.__module__)
        if name in _registered:
            raise ValueError(f"backbone {name!r} is registered already")
        _registered[name] = (Backbone(name, family, "package"), build)
        return build

    return enter


def registered_backbone(name: str) -> tuple[Backbone, Build] | None:
    """A network of another package, and what makes it; None for any other name."""
    return _registered.get(name)


def list_backbones() -> list[Backbone]:
    """The backbones that the catalog names and those that other packages registered, by family and name.

    Needs neither timm nor torchvision.
    """
    others = [backbone for backbone, _ in _registered.values()]
    own = [Backbone(name, family, "mixlab") for name, family in OWN.items()]
    timm = [Backbone(name, family, "timm") for family, names in _TIMM.items() for name in names]
    return sorted(own + timm + others, key=lambda backbone: (backbone.family, backbone.name))


def check_backbone(name: str) -> None:
    """Raise `InvalidInput`, with the nearest names, for a backbone that nobody has."""
    if any(name == backbone.name for backbone in list_backbones()):
        return
    if package := package_of(name):
        found = [other for other in _registered if package_of(other) == package]
        raise InvalidInput(
            f"backbone: {package} registers no network {name!r}; it has {', '.join(found) or 'none'}"
        )
    from mixlab.core.vision import import_timm

    timm = import_timm()

    if timm.is_model(name):
        return
    known = [*OWN, *timm.list_models()]
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise InvalidInput(
        f"backbone: no network is called {name!r}, neither in timm {timm.__version__} nor here{hint}"
    )
