"""Files in the layout of OpenMixup's checkpoints, made from timm's weights by rules of the test's own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.vision import import_timm
from mixlab.models import create_model
from mixlab.test import evaluate_checkpoint
from mixlab.train.__main__ import main
from tiny import run, tiny, write

TO_TRANSFORMER = (
    ("patch_embed.proj.", "patch_embed.projection."),
    ("blocks.", "layers."),
    (".norm", ".ln"),
    (".mlp.fc1.", ".ffn.layers.0.0."),
    (".mlp.fc2.", ".ffn.layers.1."),
)


def in_openmixups_layout(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """What OpenMixup calls a network's weights."""
    if "cls_token" not in weights:
        return {
            f"head.{name}" if name.startswith("fc.") else f"backbone.{name}": value
            for name, value in weights.items()
        }
    renamed = {}
    for name, value in weights.items():
        new = f"backbone.{re.sub('^norm', 'ln1', name)}"
        for ours, theirs in TO_TRANSFORMER:
            new = new.replace(ours, theirs)
        renamed[new.replace("backbone.head.", "head.layers.head.")] = value
    return renamed


def save(path: Path, weights: dict[str, Tensor], **more: Tensor) -> Path:
    meta = {"epoch": 7, "iter": 700, "mmcv_version": "1.7.2", "config": "model = dict()", "seed": 0}
    content = {"meta": meta, "state_dict": {**in_openmixups_layout(weights), **more}, "optimizer": {}}
    torch.save(content, path)
    return path


def imagenet(backbone: str, **more: Any) -> RunConfig:
    dataset = {"name": "imagenet", "classes": 11, "size": 224}
    return tiny(backbone=backbone, dataset=dataset, model={"stem": "imagenet", **more})


@pytest.mark.parametrize("backbone", ["resnet18", "resnext50_32x4d", "deit_tiny_patch16_224"])
def test_gives_what_timm_gives_with_the_same_weights(backbone: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs = import_timm().create_model(backbone, num_classes=11).eval()
    # What AutoMix and EMAHook leave beside the network is none of its business.
    path = save(
        tmp_path / "epoch_7.pth",
        theirs.state_dict(),
        **{"mix_block.value.weight": torch.ones(1), "ema_x": torch.ones(1)},
    )
    ours = create_model(imagenet(backbone, pretrained=str(path))).eval()
    images = torch.randn(2, 3, 224, 224)
    with torch.no_grad():
        assert torch.equal(ours(images), theirs(images))


def test_a_resnet_with_the_stem_for_small_images(tmp_path: Path) -> None:
    config = tiny(backbone="resnet18", model={"stem": "cifar"}, seed=5)
    weights = create_model(config).state_dict()
    path = save(tmp_path / "latest.pth", weights)
    ours = create_model(
        tiny(backbone="resnet18", model={"stem": "cifar", "pretrained": str(path)})
    ).state_dict()
    assert all(torch.equal(ours[name], weights[name]) for name in weights)


def test_the_head_of_another_dataset_starts_afresh(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    theirs = import_timm().create_model("deit_tiny_patch16_224", num_classes=5)
    path = save(tmp_path / "epoch_7.pth", theirs.state_dict())
    ours = create_model(imagenet("deit_tiny_patch16_224", pretrained=str(path))).state_dict()
    assert torch.equal(ours["blocks.3.mlp.fc1.weight"], theirs.state_dict()["blocks.3.mlp.fc1.weight"])
    assert "no classifier of this number of classes" in capfd.readouterr().out


def test_what_is_unmatched_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wrn.pth"
    torch.save({"meta": {}, "state_dict": {"backbone.block1.layer.0.conv1.weight": torch.ones(1)}}, path)
    with pytest.raises(
        InvalidInput, match=r"unknown backbone\.block1\.layer\.0\.conv1\.weight|no conv1\.weight"
    ) as told:
        create_model(tiny(backbone="resnet18", model={"pretrained": str(path)}))
    assert "are read of ResNets, ResNeXts and DeiT" in str(told.value)
    with pytest.raises(InvalidInput, match="is not of resnet8 with 10 classes: no conv1") as told:
        evaluate_checkpoint(tiny(), path, device="cpu")
    assert "are read of ResNets, ResNeXts and DeiT" in str(told.value)


def test_a_test_and_a_training_take_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tiny(maxEpochs=1)
    run(config, tmp_path / "ours")
    val = json.loads((tmp_path / "ours" / "log.jsonl").read_text().splitlines()[-1])
    trained = torch.load(tmp_path / "ours" / "checkpoints" / "last.pt", weights_only=True)["model"]
    path = save(tmp_path / "latest.pth", trained)

    found = evaluate_checkpoint(config, path, device="cpu")
    assert (found.top1, found.loss) == (val["top1"], val["loss"])
    with pytest.raises(InvalidInput, match="one set of weights"):
        evaluate_checkpoint(config, path, device="cpu", ema=True)

    file = write(config, tmp_path / "config.json")
    arguments = [str(file), "--run-dir", str(tmp_path / "next"), "--device", "cpu", "--init", str(path)]
    assert main(arguments) == 0
    kept = json.loads((tmp_path / "next" / "config.json").read_text())
    assert kept["model"]["pretrained"] == str(path)

    gone = [str(file), "--run-dir", str(tmp_path / "other"), "--device", "cpu", "--init", "gone.pth"]
    assert main(gone) == 2
    assert "no such file: gone.pth" in capfd.readouterr().err
