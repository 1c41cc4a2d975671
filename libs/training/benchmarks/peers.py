"""What methods are compared with: other libraries' implementations, and times of OpenMixup's."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

import torch
from given import Batch
from timing import Work

import mixlab.core.vision  # noqa: F401  timm and torchvision may need it

NOT_BEHIND = 1.05
"""Bar of the ratio to a peer: what is left above 1 is noise."""


@dataclass(frozen=True)
class Peer:
    """Another library's implementation of a method."""

    library: str
    method: str
    """Ours that it is compared with."""

    make: Callable[[Batch], Work]
    """Its work on a batch, soft targets or their like included; raises where the library is not there."""

    settings: dict[str, Any] = field(default_factory=dict)
    """Ours that do the same work."""


@dataclass(frozen=True)
class Published:
    """Milliseconds of OpenMixup's function on a CPU, for one size of batch."""

    method: str
    side: int
    ms: float
    settings: dict[str, Any] = field(default_factory=dict)
    bar: float = NOT_BEHIND


OPENMIXUP = "OpenMixup"
OPENMIXUP_FLOOR_MS = {224: 19.9, 64: 0.17}
"""One torch.lerp with the batch's flip on that machine, by the side of the images."""

OPENMIXUP_TIMES = (
    Published("mixup", 224, 47.7),
    Published("mixup", 64, 0.78),
    Published("cutmix", 224, 15.6),
    Published("cutmix", 64, 0.44),
    Published("fmix", 224, 47.7),
    Published("fmix", 64, 1.56),
    Published("gridmixup", 224, 44.4),
    Published("gridmixup", 64, 1.00),
    Published("smoothmix", 224, 45.4),
    Published("smoothmix", 64, 1.09),
    # One box a batch.
    Published("resizemix", 224, 29.8, {"compat": "openmixup"}),
    Published("resizemix", 64, 1.07, {"compat": "openmixup"}),
    # One map a batch.
    Published("saliencymix", 224, 24.3, {"compat": "openmixup"}),
    Published("saliencymix", 64, 0.96, {"compat": "openmixup"}),
    # The teacher's map is given.
    Published("attentivemix", 224, 49.9),
    Published("attentivemix", 64, 3.30, {"teacherSize": 64}),
    # The gradient is given.
    Published("puzzlemix", 224, 585, bar=0.2),
    Published("puzzlemix", 224, 325, {"blockCounts": [2]}, bar=0.2),
    Published("puzzlemix", 224, 561, {"blockCounts": [4]}, bar=0.2),
    Published("puzzlemix", 224, 2086, {"blockCounts": [8]}, bar=0.2),
    Published("puzzlemix", 64, 54),
    Published("alignmix", 224, 425, {"alignProbability": 1}, bar=0.2),
    Published("guidedmixup", 224, 317, bar=0.2),
    Published("guidedmixup", 64, 52.7),
    # Attention is given.
    Published("transmix", 224, 13.8),
    Published("transmix", 64, 0.62),
    Published("tokenmix", 224, 48.1),
    Published("tokenmix", 64, 1.05, {"teacherSize": 64}),
    Published("smmix", 224, 102),
    Published("smmix", 64, 4.2),
)
"""OpenMixup at commit 37e1372 on two threads, medians of 5; they are compared as multiples of their floor."""


def timm(mixup_alpha: float, cutmix_alpha: float, batch: Batch) -> Work:
    """timm's overwrites its input, so the batch is copied into a ready one first."""
    from timm.data import Mixup

    mix = Mixup(mixup_alpha, cutmix_alpha, label_smoothing=0.0, num_classes=batch.classes)
    return lambda: mix(batch.ready.copy_(batch.images), batch.labels)


def torchvision(name: str, batch: Batch) -> Work:
    from torchvision.transforms import v2

    mix = getattr(v2, name)(alpha=1.0, num_classes=batch.classes)
    return lambda: mix(batch.images, batch.labels)


def kornia(name: str, batch: Batch, **options: Any) -> Work:
    """kornia draws a weight or box for each image, and gives labels in pairs."""
    from kornia import augmentation

    mix = getattr(augmentation, name)(p=1.0, data_keys=["input", "class"], **options)
    return lambda: mix(batch.images, batch.labels)


def pypi_mixup(name: str, batch: Batch) -> Work:
    """`SaliencyMix` with its own map of each image, `PuzzleMix` with the saliency that it is given."""
    import mixup

    mix = getattr(mixup, name)(alpha=1.0, probability=1.0)
    if name == "PuzzleMix":
        saliency = batch.saliency
        mix._get_saliency_maps = lambda images, labels=None: saliency
    target = batch.one_hot()
    return lambda: mix(batch.images, target)


def mlxops_module(name: str) -> Any:
    """mlxops-aug prints while it is imported."""
    from importlib import import_module

    with contextlib.redirect_stdout(io.StringIO()):
        return import_module(f"mlxops_aug.{name}")


def mlxops(module: str, name: str, batch: Batch, **config: Any) -> Work:
    """Some overwrite their input, so the batch is copied into a ready one first for all."""
    mix = getattr(mlxops_module(module), name)(num_classes=batch.classes, config={"prob": 1.0, **config})
    return lambda: mix(batch.ready.copy_(batch.images), batch.labels)


def mlxops_puzzlemix(batch: Batch) -> Work:
    """With the gradient's saliency given, 4 x 4 blocks and three labels."""
    puzzlemix, saliency = mlxops_module("puzzlemix"), batch.saliency
    base = puzzlemix.AugmentBase(num_classes=batch.classes, config={})

    def mix() -> Any:
        images, (own, partner, lam) = puzzlemix.puzzlemix(
            batch.images, batch.labels, batch.classes, features=saliency, block_num=(2, 3), n_labels=3
        )
        return images, base.get_mixed_y_from_ablam(own, partner, lam)

    return mix


def mlxops_comixup(batch: Batch) -> Work:
    """With the gradient's saliency given, and its defaults."""
    comixup, saliency = mlxops_module("co_mixup"), batch.saliency
    with contextlib.redirect_stdout(io.StringIO()):
        args = comixup.CoMixup(num_classes=batch.classes, config={}).args
    target, device = batch.one_hot(), batch.images.device
    return lambda: comixup.mixup_process(batch.images, target, device, args=args, sc=saliency)


def mlxops_guidedmixup(batch: Batch) -> Work:
    """With the gradient's saliency given and pairs at random: its greedy pairs need a module it lacks."""
    guided, saliency = mlxops_module("guidedmixup"), batch.saliency
    args, target = SimpleNamespace(condition="random"), batch.one_hot()
    return lambda: guided.mixup_process(batch.images, target, grad=saliency, args=args)


PER_SAMPLE = {"perSample": True}

ONE_BOX = {"compat": "openmixup"}
"""One box for the batch, where ours has one for each image."""

PEERS = (
    Peer("timm", "mixup", partial(timm, 1.0, 0.0)),
    Peer("timm", "cutmix", partial(timm, 0.0, 1.0)),
    Peer("timm", "deit", partial(timm, 0.8, 1.0)),
    Peer("timm", "rsb", partial(timm, 0.1, 1.0)),
    Peer("torchvision", "mixup", partial(torchvision, "MixUp")),
    Peer("torchvision", "cutmix", partial(torchvision, "CutMix")),
    Peer("kornia", "mixup", partial(kornia, "RandomMixUpV2"), PER_SAMPLE),
    Peer("kornia", "cutmix", partial(kornia, "RandomCutMixV2", use_correct_lambda=True), PER_SAMPLE),
    Peer("mixup", "mixup", partial(pypi_mixup, "VanillaMixUp")),
    Peer("mixup", "cutmix", partial(pypi_mixup, "CutMix")),
    Peer("mixup", "resizemix", partial(pypi_mixup, "ResizeMix"), ONE_BOX),
    Peer("mixup", "fmix", partial(pypi_mixup, "FMix")),
    Peer("mixup", "saliencymix", partial(pypi_mixup, "SaliencyMix")),
    Peer("mixup", "puzzlemix", partial(pypi_mixup, "PuzzleMix")),
    Peer("mlxops-aug", "mixup", partial(mlxops, "cutmixup", "CutMixUp", use_cutmix=False)),
    Peer("mlxops-aug", "cutmix", partial(mlxops, "cutmixup", "CutMixUp", use_mixup=False)),
    Peer("mlxops-aug", "resizemix", partial(mlxops, "resizemix", "ResizeMix"), ONE_BOX),
    Peer("mlxops-aug", "saliencymix", partial(mlxops, "saliencymix", "SaliencyMix"), ONE_BOX),
    Peer("mlxops-aug", "puzzlemix", mlxops_puzzlemix, {"blockCounts": [4]}),
    Peer("mlxops-aug", "comixup", mlxops_comixup),
    Peer("mlxops-aug", "guidedmixup", mlxops_guidedmixup, {"pairs": "random"}),
)
LIBRARIES = tuple(dict.fromkeys(peer.library for peer in PEERS))


def why_not(error: Exception) -> str:
    """Why a peer was not timed, in a line."""
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed"
    text = str(error).strip().splitlines()
    return f"stops with {type(error).__name__}: {text[-1] if text else ''}".rstrip(": ")


def work_of(peer: Peer, batch: Batch) -> Work | str:
    """The peer's work, tried once; or why there is none."""
    try:
        work = peer.make(batch)
        with torch.no_grad():
            work()
    except Exception as error:  # whatever another library raises
        return why_not(error)
    return work
