"""The moving average of the weights: its formula, what it is evaluated as, how it is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import read_lines
from mixlab.config import Ema
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.models import create_model
from mixlab.test import evaluate_checkpoint
from mixlab.train.weight_average import momentum
from ranks import run_ranks
from tiny import STEPS, assert_same_weights, run, tiny

EMA = {"decay": 0.9, "warmupEpochs": 1, "warmupFactor": 0.5}


def checkpoint(directory: Path, name: str = "last.pt") -> dict[str, Any]:
    content: dict[str, Any] = torch.load(directory / "checkpoints" / name, weights_only=True)
    return content


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ema")
    run(tiny(ema=EMA, maxEpochs=3), folder)
    return folder


def test_momentum_of_openmixups_hook() -> None:
    """mmcv counts iterations from 0 when the hook is called; the warm-up's last value is the decay itself."""
    config = Ema(decay=0.999, warmup_factor=0.9)
    found = [momentum(config, step, 4) for step in range(6)]
    assert found == pytest.approx([0.999 * share for share in (0.9, 0.925, 0.95, 0.975, 1, 1)])
    assert momentum(config, 0, 0) == 0.999


def test_each_step_takes_the_weights_in(tmp_path: Path) -> None:
    """By hand from a checkpoint after each step; statistics of batch norm are the network's own."""
    config = tiny(ema=EMA, maxEpochs=2)
    average = {name: value.detach() for name, value in create_model(config).named_parameters()}
    for step in range(STEPS + 2):
        run(config, tmp_path, stop_at=(step // STEPS + 1, step % STEPS + 1))
        content = checkpoint(tmp_path)
        kept = 0.9 * min(1, 0.5 + 0.5 * step / STEPS)
        for name, value in average.items():
            average[name] = kept * value + (1 - kept) * content["model"][name]
    assert content["ema"].keys() == content["model"].keys()
    for name, value in content["ema"].items():
        if name in average:
            torch.testing.assert_close(value, average[name], atol=1e-6, rtol=1e-5)
        else:
            assert torch.equal(value, content["model"][name])


def test_it_is_evaluated_beside_the_network_and_chooses_the_best(trained: Path) -> None:
    evaluations = [line for line in read_lines(trained / "log.jsonl") if line["mode"] == "val"]
    assert all({"top1", "top1_ema", "top5_ema", "loss_ema"} <= line.keys() for line in evaluations)
    best = checkpoint(trained, "best.pt")
    chosen = max(evaluations, key=lambda line: (line["top1_ema"], -line["epoch"]))
    assert best["epoch"] == chosen["epoch"]
    assert best["best"] == {"top1": chosen["top1_ema"], "epoch": chosen["epoch"]}


def test_mixlab_test_evaluates_it(trained: Path) -> None:
    line = read_lines(trained / "log.jsonl")[-1]
    config = tiny(ema=EMA, maxEpochs=3)
    last = trained / "checkpoints" / "last.pt"
    found = evaluate_checkpoint(config, last, device="cpu", ema=True)
    assert (found.top1, found.top5, found.loss) == (line["top1_ema"], line["top5_ema"], line["loss_ema"])
    assert evaluate_checkpoint(config, last, device="cpu").top1 == line["top1"]
    assert [test["weights"] for test in read_lines(trained / "test.jsonl")] == ["ema", "model"]


def test_a_run_without_it(tmp_path: Path) -> None:
    run(tiny(maxEpochs=1), tmp_path)
    assert "ema" not in checkpoint(tmp_path)
    with pytest.raises(InvalidInput, match=r"best\.pt has no moving average of the weights"):
        evaluate_checkpoint(tiny(maxEpochs=1), tmp_path, device="cpu", ema=True)


def test_resumed_in_an_epoch_to_the_same_bits(trained: Path, tmp_path: Path) -> None:
    config = tiny(ema=EMA, maxEpochs=3)
    for stop in ((1, 2), (2, 5)):
        assert run(config, tmp_path, stop_at=stop) == ExitCode.INTERRUPTED
    run(config, tmp_path)
    assert_same_weights(tmp_path, trained)


def test_it_follows_no_step_twice_with_passes_and_ranks(tmp_path: Path) -> None:
    """A network without batch norm: two ranks with two passes average what one process does."""
    changes: dict[str, Any] = {"backbone": "test_vit", "maxEpochs": 1, "optimizer": {"lr": 0.05}}
    changes |= {"dataset": {"name": "digits", "classes": 10, "size": 32}, "ema": EMA, "batchSize": 480}
    run(tiny(**changes), tmp_path / "one")
    passes = {"workers": 0, "logEvery": 2, "gpuBatchSize": 120}
    assert run_ranks(2, tiny(**changes, runtime=passes), tmp_path / "two") == [0, 0]
    for name, value in checkpoint(tmp_path / "one")["ema"].items():
        torch.testing.assert_close(value, checkpoint(tmp_path / "two")["ema"][name], atol=2e-5, rtol=1e-4)
    ours, theirs = (read_lines(tmp_path / name / "log.jsonl")[-1] for name in ("one", "two"))
    assert ours["loss_ema"] == pytest.approx(theirs["loss_ema"], rel=1e-4)
