"""model.syncBatchNorm: what becomes of a network, and what is said where it cannot be synchronised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from conftest import Processes, read_lines
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.models import create_model
from mixlab.train.batch_norm import batch_norm_images, synchronise
from mixlab.train.division import Division
from ranks import run_ranks
from tiny import run, tiny, write

SYNCHRONISED = {"syncBatchNorm": True}
FOUR = Division(ranks=4, passes=2, images=30)


def converted(backbone: str, said: list[str]) -> tuple[nn.Module, nn.Module]:
    config = tiny(
        backbone=backbone, model=SYNCHRONISED, dataset={"name": "digits", "classes": 10, "size": 32}
    )
    network = create_model(config)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    found = synchronise(network, config, FOUR, torch.device("cuda"), said.append)
    original = create_model(config)
    original.load_state_dict(before)
    return original, found


@pytest.mark.parametrize("backbone", ["resnet8", "efficientnet_b0"])
def test_every_layer_is_synchronised_and_weights_fit_either_way(backbone: str) -> None:
    """timm's batch norm holds an activation, which PyTorch's own conversion would lose."""
    said: list[str] = []
    original, network = converted(backbone, said)
    assert batch_norm_images(original, FOUR) == 30
    assert batch_norm_images(network, FOUR) == 120
    assert said == [
        "warning: model.syncBatchNorm: the passes of a step cannot be synchronised; "
        "the statistics of batch norm are of 120 images, not of 240"
    ]
    images = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(original.eval()(images), network.eval()(images))
    original.load_state_dict(network.state_dict())
    network.load_state_dict(original.state_dict())


def test_a_network_without_batch_norm_has_nothing_to_say() -> None:
    said: list[str] = []
    _, network = converted("test_vit", said)
    assert said == []
    assert batch_norm_images(network, FOUR) is None


def test_processes_on_a_cpu_keep_their_own_statistics_and_say_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tiny(model=SYNCHRONISED, maxEpochs=1)
    assert run_ranks(2, config, tmp_path, stop_at=(1, 1)) == [ExitCode.INTERRUPTED] * 2
    said = "warning: model.syncBatchNorm: processes on a CPU cannot be synchronised"
    assert capfd.readouterr().out.count(said) == 1
    (environment,) = [line for line in read_lines(tmp_path / "log.jsonl") if line["mode"] == "env"]
    assert environment["batchNormImages"] == 120


@pytest.mark.parametrize(
    "mix_mode",
    [
        {"name": "adautomix", "randomSamples": True},
        {
            "name": "oneOf",
            "choices": [
                {"method": {"name": "automix"}, "probability": 0.5},
                {"method": {"name": "cutmix"}, "probability": 0.5},
            ],
        },
    ],
    ids=["adautomix", "oneOf"],
)
def test_ranks_that_would_wait_for_each_other_are_refused(
    mix_mode: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    config = tiny(mixMode=mix_mode, model=SYNCHRONISED)
    with pytest.raises(
        InvalidInput, match=f"each process draws how often {mix_mode['name']} runs the network"
    ):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="SyncBN is of GPUs, and takes two of them")
def test_two_gpus_learn_what_one_does(tmp_path: Path, processes: Processes) -> None:
    config = write(tiny(model=SYNCHRONISED, maxEpochs=1, optimizer={"lr": 0.01}), tmp_path / "run.json")
    for gpus in ("1", "2"):
        command = ("-m", "mixlab.launch", config, "--run-dir", tmp_path / gpus, "--gpus", gpus)
        assert processes.python(*command).returncode == 0
    one, two = (read_lines(tmp_path / gpus / "log.jsonl") for gpus in ("1", "2"))
    assert (one[0]["batchNormImages"], two[0]["batchNormImages"]) == (240, 240)
    assert two[-1]["loss"] == pytest.approx(one[-1]["loss"], rel=1e-2)
