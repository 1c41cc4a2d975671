"""`python -m mixlab.export`: trained networks in files that timm loads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from torch import Tensor, nn

from mixlab.core.errors import InvalidInput
from mixlab.core.vision import import_timm
from mixlab.export import export, main
from mixlab.models import create_model, load_exported
from tiny import run, tiny

timm = import_timm()

SETTINGS: dict[str, dict[str, Any]] = {
    "resnet": {"backbone": "resnet18"},
    "vit": {"backbone": "test_vit", "dataset": {"name": "digits", "classes": 10, "size": 32}},
    "stem": {"backbone": "resnet18", "model": {"stem": "tiny-imagenet"}},
    "own": {"backbone": "resnet8", "ema": {"decay": 0.5}},
}


@pytest.fixture(scope="module", params=SETTINGS)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Kind of the network, and the run directory of one step with it."""
    folder = tmp_path_factory.mktemp(request.param)
    run(tiny(maxEpochs=1, batchSize=1400, **SETTINGS[request.param]), folder)
    return request.param, folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    run(tiny(maxEpochs=1, batchSize=1400, **SETTINGS["own"]), folder)
    return folder


def logits(model: nn.Module, side: int) -> Tensor:
    images = torch.randn(3, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        found: Tensor = model.eval()(images)
    return found


def of_checkpoint(kind: str, directory: Path, weights: str = "model") -> Tensor:
    config = tiny(maxEpochs=1, batchSize=1400, **SETTINGS[kind])
    model = create_model(config)
    content = torch.load(directory / "checkpoints" / "best.pt", weights_only=True)
    model.load_state_dict(content[weights])
    return logits(model, config.dataset.size)


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        told: dict[str, str] = file.metadata()
    return told


def test_timm_and_mixlab_load_what_was_trained(trained: tuple[str, Path], tmp_path: Path) -> None:
    kind, directory = trained
    out = tmp_path / "out.safetensors"
    export(directory, out)
    side = SETTINGS[kind].get("dataset", {"size": 8})["size"]
    expected = of_checkpoint(kind, directory)
    assert torch.equal(logits(load_exported(out), side), expected)
    told = metadata(out)
    status = json.loads((directory / "status.json").read_text())
    assert (told["hash"], told["epoch"], told["weights"]) == (status["hash"], "1", "model")
    assert (told["backbone"], told["num_classes"]) == (SETTINGS[kind]["backbone"], "10")
    assert json.loads(told["input_size"]) == [3, side, side]
    assert json.loads(told["mean"]) == [0.485, 0.456, 0.406]
    if kind in ("stem", "own"):
        assert "mixlab.models.load_exported" in told["note"]
        assert "create" not in told
        return
    also = {"img_size": side} if kind == "vit" else {}
    model = timm.create_model(SETTINGS[kind]["backbone"], num_classes=10, checkpoint_path=out, **also)
    assert torch.equal(logits(model, side), expected)
    as_told = eval(told["create"], {"timm": timm, "FILE": str(out)})
    assert torch.equal(logits(as_told, side), expected)


def test_the_moving_average(own: Path, tmp_path: Path) -> None:
    assert export(own, tmp_path / "ema.safetensors", ema=True)["weights"] == "ema"
    found = logits(load_exported(tmp_path / "ema.safetensors"), 8)
    assert torch.equal(found, of_checkpoint("own", own, "ema"))
    assert not torch.equal(found, of_checkpoint("own", own))


def test_exported_weights_are_where_a_training_begins(own: Path, tmp_path: Path) -> None:
    export(own, tmp_path / "out.safetensors")
    config = tiny(backbone="resnet8", model={"pretrained": str(tmp_path / "out.safetensors")})
    assert torch.equal(logits(create_model(config), 8), of_checkpoint("own", own))


def test_a_checkpoint_that_lies_elsewhere_needs_its_config(own: Path, tmp_path: Path) -> None:
    checkpoint = tmp_path / "there" / "epoch1.pt"
    checkpoint.parent.mkdir()
    shutil.copy(own / "checkpoints" / "last.pt", checkpoint)
    with pytest.raises(InvalidInput, match=r"no run config at .*config\.json: give it with --config"):
        export(checkpoint, tmp_path / "out.safetensors")
    export(checkpoint, tmp_path / "out.safetensors", config=own / "config.json")
    other = tmp_path / "other.json"
    other.write_text((own / "config.json").read_text().replace('"maxEpochs": 1', '"maxEpochs": 7'))
    with pytest.raises(InvalidInput, match=r"other\.json is not the config of .*epoch1\.pt: its hash is"):
        export(checkpoint, tmp_path / "second.safetensors", config=other)
    assert not (tmp_path / "second.safetensors").exists()


def test_a_file_that_is_there_stays(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.safetensors"
    out.write_text("somebody's")
    assert main([str(own), str(out)]) == 2
    assert capsys.readouterr().err.endswith("out.safetensors is there already; --force replaces it\n")
    assert out.read_text() == "somebody's"
    assert main([str(own), str(out), "--force"]) == 0
    assert capsys.readouterr().out.endswith("resnet8 of epoch 1; mixlab.models.load_exported(FILE)\n")
    assert load_exported(out) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["out.safetensors"]


@pytest.mark.parametrize(
    ("out", "options", "message"),
    [
        ("out.pt", (), "expected a file ending with .safetensors, got "),
        ("none/out.safetensors", (), "there is no folder "),
    ],
)
def test_what_cannot_be_is_refused(
    own: Path,
    tmp_path: Path,
    out: str,
    options: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(own), str(tmp_path / out), *options]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_files_that_were_not_exported(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    with pytest.raises(InvalidInput, match="no such file"):
        load_exported(tmp_path / "none.safetensors")
    (tmp_path / "text.safetensors").write_text("text")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_exported(tmp_path / "text.safetensors")
    save_file({"weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(InvalidInput, match=r"is not of mixlab\.export: its metadata have no config"):
        load_exported(tmp_path / "other.safetensors")
