from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import folder_state, read_lines
from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput, TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.core.run_directory import RunDirectory
from mixlab.identity import run_hash
from mixlab.models import create_model
from mixlab.train import train
from tiny import STEPS, folder_run, image_folder, run, signals_restored, tiny, weights

MIXUP = {"name": "mixup", "alpha": 0.2}
CUTMIX = {"name": "cutmix", "alpha": 1.0}
ONE_OF = {
    "name": "oneOf",
    "choices": [{"method": MIXUP, "probability": 0.4}, {"method": CUTMIX, "probability": 0.6}],
}


def status(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "status.json").read_text())
    return found


def test_a_run_from_start_to_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tiny(maxEpochs=3)
    assert run(config, tmp_path / "run") == ExitCode.COMPLETED

    found = status(tmp_path / "run")
    assert (found["state"], found["epoch"], found["exitCode"]) == ("completed", 3, 0)
    assert found["hash"] == run_hash(config)
    assert json.loads((tmp_path / "run" / "config.json").read_text()) == config.model_dump(
        mode="json", by_alias=True
    )
    assert json.loads((tmp_path / "run" / "provenance.json").read_text())["hash"] == run_hash(config)
    assert not (tmp_path / "run" / "lock").exists()

    environment, *lines = read_lines(tmp_path / "run" / "log.jsonl")
    assert environment["mode"] == "env"
    assert {"device", "threads", "torch", "attempt"} <= environment.keys()
    expected = [
        (mode, epoch, step)
        for epoch in (1, 2, 3)
        for mode, step in (("train", 2), ("train", 4), ("train", 6), ("val", 6))
    ]
    assert [(line["mode"], line["epoch"], line["step"]) for line in lines] == expected
    assert all(line["attempt"] == 1 for line in lines)
    assert all({"loss", "lr", "time"} <= line.keys() for line in lines if line["mode"] == "train")
    val = [line for line in lines if line["mode"] == "val"]
    assert all(0 <= line["top1"] <= line["top5"] <= 100 for line in val)
    assert val[-1]["loss"] < val[0]["loss"]
    assert val[-1]["top1"] > 30

    printed = capfd.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in printed if "top-1" in line] == [
        "epoch 1/3",
        "epoch 2/3",
        "epoch 3/3",
    ]


@pytest.mark.parametrize(
    ("mix_mode", "loss"),
    [
        (MIXUP, {"name": "ce", "labelSmoothing": 0.1}),
        (CUTMIX, {"name": "bce"}),
        (ONE_OF, {"name": "ce"}),
        ({"name": "deit"}, {"name": "ce", "labelSmoothing": 0.1}),
        ({"name": "rsb"}, {"name": "bce"}),
    ],
)
def test_methods_and_losses_train(tmp_path: Path, mix_mode: dict[str, Any], loss: dict[str, Any]) -> None:
    optimizer = {"name": "adamw", "lr": 0.01, "decayNormAndBias": False}
    config = tiny(mixMode=mix_mode, loss=loss, optimizer=optimizer)
    assert run(config, tmp_path) == ExitCode.COMPLETED
    first, *_, last = [line["loss"] for line in read_lines(tmp_path / "log.jsonl") if line["mode"] == "train"]
    assert last < first


def test_clipped_gradients_move_weights_no_further_than_their_norm(tmp_path: Path) -> None:
    """One epoch of SGD without momentum and decay: each of its steps is at most lr times the norm long."""
    optimizer = {"name": "sgd", "lr": 0.1, "momentum": 0, "weightDecay": 0, "clipNorm": 1e-3}
    config = tiny(maxEpochs=1, optimizer=optimizer, schedule={"name": "constant"})
    before = {name: own.detach() for name, own in create_model(config).named_parameters()}
    run(config, tmp_path)
    after = weights(tmp_path)
    moved = sum(float((after[name] - own).square().sum()) for name, own in before.items()) ** 0.5
    assert 0 < moved <= 0.1 * 1e-3 * STEPS * 1.001


def test_the_same_config_gives_the_same_weights(tmp_path: Path) -> None:
    for name in ("one", "other"):
        run(tiny(mixMode=ONE_OF, maxEpochs=1), tmp_path / name)
    one, other = weights(tmp_path / "one"), weights(tmp_path / "other")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_trials_differ_in_their_seed(tmp_path: Path) -> None:
    config = tiny(maxEpochs=1, seed=5)
    for trial in (1, 2):
        run(config, tmp_path / f"trial{trial}", trial=trial)
    one, two = (json.loads((tmp_path / f"trial{trial}" / "config.json").read_text()) for trial in (1, 2))
    assert (one["seed"], two["seed"]) == (5, 6)
    assert status(tmp_path / "trial1")["hash"] == status(tmp_path / "trial2")["hash"]
    assert not torch.equal(
        weights(tmp_path / "trial1")["fc.weight"], weights(tmp_path / "trial2")["fc.weight"]
    )


def test_a_completed_run_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = tiny(maxEpochs=1)
    run(config, tmp_path / "run")
    before = folder_state(tmp_path / "run")
    assert run(config, tmp_path / "run") == ExitCode.COMPLETED
    assert folder_state(tmp_path / "run") == before
    assert "is completed" in capfd.readouterr().out


def test_how_often_it_evaluates_and_saves(tmp_path: Path) -> None:
    """Every second epoch and the last; a better top-1 is always saved."""
    config = tiny(maxEpochs=5, runtime={"evaluateEvery": 2, "checkpointEvery": 3, "logEvery": 100})
    saved: dict[tuple[int, int], Any] = {}

    def look(epoch: int, step: int) -> None:
        last = tmp_path / "checkpoints" / "last.pt"
        saved[epoch, step] = torch.load(last, weights_only=True)["epoch"] if last.exists() else None

    with signals_restored():
        train(config, tmp_path, device="cpu", after_step=look)
    lines = read_lines(tmp_path / "log.jsonl")
    evaluated = {line["epoch"]: line["top1"] for line in lines if line["mode"] == "val"}
    assert list(evaluated) == [2, 4, 5]
    assert [line["step"] for line in lines if line["mode"] == "train"] == [STEPS] * 5
    best_by_4 = evaluated[4] > evaluated[2]
    assert [saved[epoch, 1] for epoch in (1, 2, 3, 4, 5)] == [None, None, 2, 3, 4 if best_by_4 else 3]
    best = torch.load(tmp_path / "checkpoints" / "best.pt", weights_only=True)
    assert best["epoch"] == max(evaluated, key=lambda epoch: (evaluated[epoch], -epoch))
    assert best["best"]["top1"] == max(evaluated.values())


def test_a_trial_run_leaves_nothing_behind(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tiny(), tmp_path / "run", max_steps=2) == ExitCode.COMPLETED
    assert list(tmp_path.iterdir()) == []
    assert "2 steps work" in capfd.readouterr().out


def test_a_trial_run_does_not_touch_a_run(tmp_path: Path) -> None:
    run(tiny(), tmp_path / "run", stop_at=(1, 3))
    before = folder_state(tmp_path / "run")
    assert run(tiny(), tmp_path / "run", max_steps=2) == ExitCode.COMPLETED
    assert folder_state(tmp_path / "run") == before


def test_a_diverged_training_fails_and_keeps_its_last_checkpoint(tmp_path: Path) -> None:
    run(tiny(), tmp_path, stop_at=(1, 3))
    last = tmp_path / "checkpoints" / "last.pt"
    content = torch.load(last, weights_only=True)
    content["model"]["fc.bias"][0] = float("inf")
    torch.save(content, last)
    before = last.read_bytes()
    with pytest.raises(
        TrainingFailed, match=r"the loss is (nan|inf) at epoch 1, step 4: the training diverged"
    ):
        run(tiny(), tmp_path)
    found = status(tmp_path)
    assert (found["state"], found["exitCode"]) == ("failed", 1)
    assert "diverged" in found["error"]
    assert last.read_bytes() == before


def test_a_missing_dataset_is_found_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(tmp_path / "gone"))
    with pytest.raises(InvalidInput, match="does not exist"):
        run(folder_run(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_unreadable_image_fails_the_run_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = image_folder(tmp_path / "shapes", sizes=[12, 16])
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
    damaged = root / "val" / "class1" / "001.png"
    damaged.write_bytes(damaged.read_bytes()[:50])
    config = folder_run(backbone="resnet8")
    with pytest.raises(TrainingFailed, match=str(damaged)):
        run(config, tmp_path / "run")
    assert str(damaged) in status(tmp_path / "run")["error"]


def test_an_image_folder_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=[12, 16])))
    config = folder_run(inputs={"crop": "random-resized"}, runtime={"workers": 1}, mixMode=CUTMIX)
    assert run(config, tmp_path / "run") == ExitCode.COMPLETED
    assert status(tmp_path / "run")["state"] == "completed"


@pytest.mark.parametrize("mine", [tiny(maxEpochs=3), tiny(seed=9)])
def test_another_run_or_trial_is_not_overwritten(tmp_path: Path, mine: RunConfig) -> None:
    run(tiny(), tmp_path / "run", stop_at=(1, 2))
    before = folder_state(tmp_path / "run")
    with pytest.raises(InvalidInput, match="holds another"):
        run(mine, tmp_path / "run")
    assert folder_state(tmp_path / "run") == before


def test_a_batch_that_the_ranks_cannot_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "7")
    said = (
        "batchSize: 240 images cannot be shared evenly by 7 processes; 6 or 8 can, or 7 can share 238 or 245"
    )
    with pytest.raises(InvalidInput, match=said):
        run(tiny(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_nodes_with_different_numbers_of_ranks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    with pytest.raises(InvalidInput, match="3 processes, 2 of them on this node: every node takes as many"):
        run(tiny(), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_gpu_that_is_not_there(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    with signals_restored(), pytest.raises(InvalidInput, match="PyTorch sees no GPU here"):
        train(tiny(), tmp_path / "run", device="cuda")
    assert not (tmp_path / "run").exists()


def test_a_full_disk_fails_the_run_and_keeps_the_last_checkpoint(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: a checkpoint no longer fits, a status does."""
    run(tiny(), tmp_path, stop_at=(1, 3))
    before = (tmp_path / "checkpoints" / "last.pt").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(TrainingFailed, match=r"cannot write .*last\.pt: File too large"):
            run(tiny(), tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "checkpoints" / "last.pt").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "checkpoints").iterdir()) == [
        "last.pt",
        "last.prev.pt",
    ] or [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["last.pt"]
    assert status(tmp_path)["state"] == "failed"
    assert run(tiny(), tmp_path) == ExitCode.COMPLETED


def test_a_truncated_last_log_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    run(tiny(), tmp_path, stop_at=(1, 3))
    log = RunDirectory(tmp_path).log
    log.write_bytes(log.read_bytes() + b'{"mode": "train", "ep')
    run(tiny(), tmp_path)
    lines = log.read_text().splitlines()
    broken = [line for line in lines if not line.endswith("}")]
    assert broken == ['{"mode": "train", "ep']
    assert json.loads(lines[-1])["mode"] == "val"
