"""Every registered method trains: with a CNN and a hierarchical transformer where it can, and with a ViT.

The hierarchical ones have an eighth of their channels, so that weights take no time; all else is theirs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from methods_settings import SETTINGS
from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.vision import import_timm
from mixlab.methods import list_methods, method_class
from mixlab.models import create_model, pvt, register_backbone
from tiny import assert_same_weights, run, tiny


@register_backbone(f"{__name__}:narrow_swin", family="hierarchical-vit")
def narrow_swin(*, classes: int, size: int) -> nn.Module:
    """Swin-T but for its channels."""
    network: nn.Module = import_timm().create_model(
        "swin_tiny_patch4_window7_224", num_classes=classes, img_size=size, embed_dim=12
    )
    return network


@register_backbone(f"{__name__}:narrow_pvt", family="hierarchical-vit")
def narrow_pvt(*, classes: int, size: int) -> nn.Module:
    """PVT-Tiny but for its channels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pvt, "CHANNELS", tuple(channels // 8 for channels in pvt.CHANNELS))
        return pvt.PyramidVisionTransformer("pvt_tiny", classes, size)


BACKBONES = {
    "cnn": ("resnet8", 16),
    "vit": ("test_vit", 64),
    "hierarchical": (f"{__name__}:narrow_swin", 64),
    "pyramid": (f"{__name__}:narrow_pvt", 64),
    "swin": ("swin_tiny_patch4_window7_224", 64),
    "pvt": ("pvt_tiny", 64),
}

METHODS = {
    f"{name}-{index}": {"name": name, **settings}
    for name, rows in SETTINGS.items()
    for index, settings in enumerate(rows)
}


def families(mix_mode: dict[str, Any]) -> list[str]:
    method = method_class(mix_mode["name"]).model_validate(mix_mode)
    without = ["vit", "hierarchical", "pyramid"]
    return without if "attention" in method.demands() else ["cnn", *without]


def config_of(mix_mode: dict[str, Any], family: str, folder: Path, **changes: Any) -> RunConfig:
    """A run of that method on digits; a teacher is a small network with random weights."""
    backbone, side = BACKBONES[family]
    method = method_class(mix_mode["name"])
    if "teacher" in method.needs:
        teacher = {"backbone": "resnet8", "weights": str(folder / "teacher.pt")}
        mix_mode = {**mix_mode, "teacher": teacher}
    settings: dict[str, Any] = {
        "dataset": {"name": "digits", "layout": "digits", "classes": 10, "size": side},
        "backbone": backbone,
        "mixMode": mix_mode,
        "batchSize": 12,
        "optimizer": {"lr": 0.01},
    }
    config = tiny(**{**settings, **changes})
    if "teacher" in method.needs:
        torch.save(create_model(tiny()).state_dict(), folder / "teacher.pt")
    return config


@pytest.mark.parametrize(
    ("mix_mode", "family"),
    [
        pytest.param(settings, family, id=f"{key}-{family}")
        for key, settings in METHODS.items()
        for family in families(settings)
        # Other families with the first row of settings, and large ones where a method looks into a backbone.
        if family == families(settings)[0]
        or (key.endswith("-0") and (family == "vit" or method_class(settings["name"]).needs))
    ]
    + [pytest.param(METHODS["transmix-0"], family, id=f"transmix-0-{family}") for family in ("swin", "pvt")],
)
def test_two_steps(mix_mode: dict[str, Any], family: str, tmp_path: Path) -> None:
    config = config_of(mix_mode, family, tmp_path)
    assert run(config, None, max_steps=2) == ExitCode.COMPLETED


@pytest.mark.parametrize(
    "name",
    [name for name in list_methods() if {"memory", "network"} & method_class(name).needs] or ["vanilla"],
)
def test_a_resumed_training_has_the_state_of_its_method(name: str, tmp_path: Path) -> None:
    mix_mode = {"name": name, **SETTINGS[name][0]}
    family = families(mix_mode)[0]
    small = {"name": "digits", "layout": "digits", "classes": 10, "size": {"cnn": 8, "vit": 32}[family]}
    config = config_of(mix_mode, family, tmp_path, maxEpochs=2, batchSize=240, dataset=small)
    assert run(config, tmp_path / "whole") == ExitCode.COMPLETED
    assert run(config, tmp_path / "cut", stop_at=(1, 3)) == ExitCode.INTERRUPTED
    assert run(config, tmp_path / "cut", stop_at=(2, 2)) == ExitCode.INTERRUPTED
    assert run(config, tmp_path / "cut") == ExitCode.COMPLETED
    assert_same_weights(tmp_path / "whole", tmp_path / "cut")


@pytest.mark.parametrize(
    ("mix_mode", "side", "message"),
    [
        ({"name": "puzzlemix"}, 15, "blockCounts: images of 15 x 15 pixels cannot be cut"),
        ({"name": "comixup"}, 15, "blockCount: images of 15 x 15 pixels cannot be cut into 4"),
        ({"name": "attentivemix", "topK": 50}, 16, "topK: 50 are more than the 49 cells of gridSize 7"),
        ({"name": "tokenmix", "gridSize": 4}, 16, "minimumCells: 14 and lam: 0.5 leave none of the 16 cells"),
        ({"name": "tokenmix", "gridSize": 3, "alpha": 1}, 16, "minimumCells: 14 leave none of the 9 cells"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_before_training(
    mix_mode: dict[str, Any], side: int, message: str, tmp_path: Path
) -> None:
    dataset = {"name": "digits", "layout": "digits", "classes": 10, "size": side}
    config = config_of(mix_mode, "cnn", tmp_path, dataset=dataset)
    with pytest.raises(InvalidInput, match=f"mixMode: {mix_mode['name']}: {message}"):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
