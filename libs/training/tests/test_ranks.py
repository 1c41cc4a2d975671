"""A training over several ranks, or in several passes, learns what one process does from the same batches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import Processes, read_lines
from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.test import evaluate_checkpoint
from mixlab.train.division import Division, divide
from ranks import free_port, run_ranks
from tiny import assert_same_weights, folder_run, image_folder, run, tiny, weights, write

SGD = {"lr": 0.05, "weightDecay": 0.01}


def vit(**changes: Any) -> RunConfig:
    """A network without batch norm; six steps."""
    settings: dict[str, Any] = {
        "dataset": {"name": "digits", "layout": "digits", "classes": 10, "size": 32},
        "backbone": "test_vit",
        "maxEpochs": 1,
        "inputs": {"crop": "random-resized", "flip": 0.5},
        "optimizer": SGD,
    }
    return tiny(**{**settings, **changes})


def passes_of(images: int) -> dict[str, Any]:
    return {"workers": 0, "logEvery": 2, "gpuBatchSize": images}


def assert_close(one: Path, other: Path) -> None:
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        torch.testing.assert_close(
            value, theirs[name], atol=2e-5, rtol=1e-4, msg=lambda m, n=name: f"{n}: {m}"
        )


def losses(directory: Path) -> list[float]:
    return [line["loss"] for line in read_lines(directory / "log.jsonl") if line["mode"] in ("train", "val")]


ONE_OF = {
    "name": "oneOf",
    "choices": [
        {"method": {"name": "recursivemix"}, "probability": 0.5},
        {"method": {"name": "adautomix", "adversarialInterval": 2}, "probability": 0.5},
    ],
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alone")
    run(vit(), folder)
    return folder


@pytest.mark.parametrize(("ranks", "most"), [(2, None), (4, None), (1, 60), (2, 60), (1, 70)])
def test_vanilla_is_the_same_however_a_step_is_divided(
    ranks: int, most: int | None, alone: Path, tmp_path: Path
) -> None:
    config = vit(runtime=passes_of(most) if most else {"workers": 0, "logEvery": 2})
    if ranks == 1:
        run(config, tmp_path)
    else:
        assert run_ranks(ranks, config, tmp_path) == [0] * ranks
    assert_close(tmp_path, alone)
    assert losses(tmp_path) == pytest.approx(losses(alone), rel=1e-4)
    evaluations = [read_lines(folder / "log.jsonl")[-1] for folder in (tmp_path, alone)]
    assert evaluations[0]["top1"] == evaluations[1]["top1"]  # of 355 images, which no number of ranks divides


def test_two_nodes_of_two_ranks(alone: Path, tmp_path: Path) -> None:
    assert run_ranks(4, vit(), tmp_path, nodes=2) == [0] * 4
    assert_close(tmp_path, alone)


def test_torchrun_on_two_nodes(alone: Path, tmp_path: Path, processes: Processes) -> None:
    """Started from outside, an agent for each node; rank 0 alone holds the run directory."""
    config = write(vit(), tmp_path / "run.json")
    torchrun = ("-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1", "--master-addr=127.0.0.1")
    port = f"--master-port={free_port()}"
    training = ("-m", "mixlab.train", config, "--run-dir", tmp_path / "run", "--device", "cpu")
    nodes = [
        processes.start_python(*torchrun, port, f"--node-rank={node}", *training, OMP_NUM_THREADS="1")
        for node in (0, 1)
    ]
    outputs = [node.communicate(timeout=120) for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], outputs
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "completed"
    assert_close(tmp_path / "run", alone)


def test_more_ranks_than_test_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rank without images made the loss of the evaluation not a number."""
    root = image_folder(tmp_path / "shapes", val=1)
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
    assert run_ranks(4, folder_run(maxEpochs=1), tmp_path / "run") == [0] * 4
    content = torch.load(tmp_path / "run" / "checkpoints" / "last.pt", weights_only=True)
    found = evaluate_checkpoint(folder_run(maxEpochs=1), tmp_path / "run", device="cpu")
    assert (found.images, found.top1) == (3, pytest.approx(content["best"]["top1"]))


def test_ranks_that_read_batch_statistics_resume_to_the_same_bits(tmp_path: Path) -> None:
    """A saliency is of the network in evaluation mode; checkpoints hold rank 0's statistics alone."""
    config = tiny(mixMode={"name": "guidedmixup"}, maxEpochs=1)
    assert run_ranks(2, config, tmp_path / "whole") == [0, 0]
    assert run_ranks(2, config, tmp_path / "parts", stop_at=(1, 3)) == [ExitCode.INTERRUPTED] * 2
    assert run_ranks(2, config, tmp_path / "parts") == [0, 0]
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")


def test_augmentations_are_the_same_on_two_ranks(tmp_path: Path) -> None:
    inputs = {"randAugment": "rand-m9-mstd0.5-inc1", "colorJitter": 0.4, "erase": 0.5, "repeats": 2}
    config = vit(inputs=inputs, batchSize=480)
    run(config, tmp_path / "alone")
    assert run_ranks(2, config, tmp_path / "together") == [0, 0]
    assert_close(tmp_path / "together", tmp_path / "alone")


@pytest.mark.parametrize(
    ("ranks", "mix_mode"),
    [
        (4, {"name": "mixup", "alpha": 0.5}),
        (4, {"name": "recursivemix"}),
        (2, {"name": "automix", "switchOff": 0.8}),
        (2, {"name": "adautomix", "adversarialInterval": 2}),
        (2, ONE_OF),
    ],
    ids=["mixup", "recursivemix", "automix", "adautomix", "oneOf"],
)
def test_a_pass_is_to_a_method_what_a_rank_is(ranks: int, mix_mode: dict[str, Any], tmp_path: Path) -> None:
    """Partners, draws and memories are a pass's own, whichever rank takes it; moving averages a step's.

    A network of the method need not take part in each pass, nor on each rank.
    """
    config = vit(mixMode=mix_mode, batchSize=64, model={"dropPath": 0.2}, runtime=passes_of(16))
    run(config, tmp_path / "one", stop_at=(1, 4))
    stopped = run_ranks(ranks, config, tmp_path / "several", stop_at=(1, 4))
    assert stopped == [ExitCode.INTERRUPTED] * ranks
    assert_close(tmp_path / "one", tmp_path / "several")
    assert losses(tmp_path / "one") == pytest.approx(losses(tmp_path / "several"), rel=1e-4)


@pytest.mark.parametrize(("ranks", "passes", "forgets"), [(1, 4, False), (2, 1, True)])
def test_resumed_on_another_number_of_ranks(
    ranks: int, passes: int, forgets: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """RecursiveMix's memories go along where a step has as many parts as before."""
    changes: dict[str, Any] = {"mixMode": {"name": "recursivemix"}, "batchSize": 240}
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run_ranks(4, vit(**changes), whole) == [0] * 4
    assert run_ranks(4, vit(**changes), parts, stop_at=(1, 3)) == [ExitCode.INTERRUPTED] * 4
    capfd.readouterr()
    images = 240 // ranks // passes
    config = vit(**changes, runtime=passes_of(images))
    if ranks == 1:
        run(config, parts)
    else:
        assert run_ranks(ranks, config, parts) == [0] * ranks
    said = capfd.readouterr().out
    before = "a step was 4 processes, one pass of 60 images each; from here on it is "
    assert before + str(Division(ranks, passes, images)) in said
    assert ("recursivemix forgets" in said) == forgets
    assert "batch norm" not in said
    environments = [line for line in read_lines(parts / "log.jsonl") if line["mode"] == "env"]
    cut = [(line["ranks"], line["passes"], line["imagesPerPass"]) for line in environments]
    assert cut == [(4, 1, 60), (ranks, passes, images)]
    if not forgets:
        assert_close(parts, whole)


def test_the_log_says_how_a_step_is_cut_and_what_batch_norm_sees(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(tiny(maxEpochs=1, runtime=passes_of(100)), tmp_path, stop_at=(1, 2))
    assert (
        "gradients are accumulated: a step is 1 process, 3 passes of 80 images each" in capfd.readouterr().out
    )
    run(tiny(maxEpochs=1, runtime=passes_of(120)), tmp_path)
    assert "batch norm are of 120 images from here on" in capfd.readouterr().out
    environments = [line for line in read_lines(tmp_path / "log.jsonl") if line["mode"] == "env"]
    assert [line["batchNormImages"] for line in environments] == [80, 120]


@pytest.mark.parametrize(
    ("batch", "ranks", "most", "division"),
    [
        (256, 4, 64, Division(4, 1, 64)),
        (256, 1, 64, Division(1, 4, 64)),
        (256, 2, 100, Division(2, 2, 64)),
        (250, 1, 64, Division(1, 5, 50)),
        (254, 2, 127, Division(2, 1, 127)),
        (4, 1, 1, Division(1, 4, 1)),
        (8, 8, 64, Division(8, 1, 1)),
    ],
)
def test_the_fewest_equal_passes(batch: int, ranks: int, most: int, division: Division) -> None:
    assert divide(tiny(batchSize=batch, runtime={"gpuBatchSize": most}), ranks) == division


@pytest.mark.parametrize(
    ("batch", "ranks", "message"),
    [
        (250, 4, "by 4 processes; 2 or 5 can, or 4 can share 248 or 252"),
        (4, 8, "by 8 processes; 4 can, or 8 can share 8"),
    ],
)
def test_ranks_that_cannot_share_a_batch_hear_what_would_do(batch: int, ranks: int, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        divide(tiny(batchSize=batch), ranks)


def test_passes_of_one_image_have_no_partners() -> None:
    message = "runtime.gpuBatchSize: the 127 images of a process cannot be cut into equal passes of 2 to 64"
    with pytest.raises(InvalidInput, match=message):
        divide(tiny(batchSize=254, runtime={"gpuBatchSize": 64}), 2)
