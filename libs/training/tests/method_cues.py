"""Small networks with random weights for tests of methods, and what a method is told of a batch by them."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.vision import import_timm
from mixlab.methods import Method, Step
from mixlab.methods.mixer import Mixer
from mixlab.models.cifar_resnet import CifarResNet

timm = import_timm()

VIT_SIDE = 16
"""Pixels of the images that the small transformer takes."""


@cache
def small_cnn(classes: int = 10) -> nn.Module:
    """A ResNet-8, in training mode; takes images of any size."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return CifarResNet(8, classes)


@cache
def small_vit(classes: int = 10, height: int = VIT_SIDE, width: int = VIT_SIDE) -> nn.Module:
    """A transformer of two blocks with 4x4 patches."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return timm.models.vision_transformer.VisionTransformer(
            img_size=(height, width),
            patch_size=(height // 4, width // 4),
            embed_dim=24,
            depth=2,
            num_heads=2,
            num_classes=classes,
        )


def backbone_for(method: Method, images: Tensor, classes: int) -> nn.Module:
    """A backbone that the method works with."""
    return small_vit(classes, *images.shape[2:]) if "attention" in method.demands() else small_cnn(classes)


def step_for(method: Method, images: Tensor, labels: Tensor, seed: int = 0, **changes: Any) -> Step:
    """A step of a training of that method with a small backbone and, for a teacher, a small network."""
    classes = changes.pop("num_classes", max(len(labels), 2))
    settings: dict[str, Any] = {
        "backbone": backbone_for(method, images, classes),
        "images": images,
        "labels": labels,
        "num_classes": classes,
        "criterion": nn.functional.cross_entropy,
        "generator": torch.Generator().manual_seed(seed),
        "teachers": {teacher: small_cnn(classes).eval() for teacher in method.teachers()},
    }
    return Step(**{**settings, **changes})


def cues_for(method: Method, images: Tensor, labels: Tensor) -> Cues:
    """What the training would tell the method of this batch; computed in float32, given in its own type."""
    if not method.demands() or len(images) == 0:
        return NO_CUES
    return Mixer(method).cues(step_for(method, images.detach().float().contiguous(), labels))


def assert_same_gradients(ours: nn.Module, theirs: nn.Module) -> None:
    """Every parameter of one network has a gradient, and it is that of the other's."""
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert own.grad is not None
        torch.testing.assert_close(own.grad, other.grad, atol=1e-6, rtol=1e-4)
