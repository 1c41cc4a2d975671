"""A training that was stopped ends with the weights of one that was not: the same bits on the CPU."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from conftest import Processes, read_lines, wait_for
from mixlab.config import RunConfig
from mixlab.core.errors import TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.core.interruption import Interruption
from mixlab.core.run_directory import Cancelled
from mixlab.train import train
from ranks import run_ranks
from tiny import STEPS, TINY, assert_same_weights, folder_run, image_folder, run, tiny, write

METHODS: dict[str, dict[str, Any]] = {
    "vanilla": {"name": "vanilla"},
    "mixup": {"name": "mixup", "alpha": 0.2},
    "cutmix": {"name": "cutmix", "alpha": 1.0},
    "oneOf": {
        "name": "oneOf",
        "choices": [
            {"method": {"name": "mixup", "alpha": 0.8}, "probability": 0.5},
            {"method": {"name": "cutmix", "alpha": 1.0}, "probability": 0.5},
        ],
    },
}


def evaluations(directory: Path) -> list[dict[str, Any]]:
    """What every evaluation found, whenever it was made and however long it took."""
    lines = [line for line in read_lines(directory / "log.jsonl") if line["mode"] == "val"]
    return [{key: value for key, value in line.items() if key not in ("attempt", "time")} for line in lines]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The run directory of a whole training with each method."""
    folders = {}
    for name, method in METHODS.items():
        folders[name] = tmp_path_factory.mktemp(name)
        assert run(tiny(mixMode=method), folders[name]) == ExitCode.COMPLETED
    return folders


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "stops",
    [[(1, 3)], [(1, STEPS)], [(2, STEPS)], [(1, 1), (1, 4), (2, 2)]],
    ids=["in an epoch", "at an epoch's end", "at the very end", "three times"],
)
def test_interrupted_and_resumed(
    tmp_path: Path, uninterrupted: dict[str, Path], method: str, stops: list[tuple[int, int]]
) -> None:
    config = tiny(mixMode=METHODS[method])
    for stop in stops:
        assert run(config, tmp_path, stop_at=stop) == ExitCode.INTERRUPTED
        found = json.loads((tmp_path / "status.json").read_text())
        assert (found["state"], found["exitCode"]) == ("interrupted", 75)
        content = torch.load(tmp_path / "checkpoints" / "last.pt", weights_only=True)
        assert (content["epoch"] + 1, content["step"]) == stop
    assert run(config, tmp_path) == ExitCode.COMPLETED
    assert_same_weights(tmp_path, uninterrupted[method])
    assert evaluations(tmp_path) == evaluations(uninterrupted[method])


def test_paused_and_gone_on_with(tmp_path: Path, uninterrupted: dict[str, Path]) -> None:
    config = tiny(mixMode=METHODS["cutmix"], runtime={**TINY["runtime"], "checkpointEvery": 5})
    for _ in range(2):  # the second time there is nothing to do
        assert run(config, tmp_path, until_epoch=1) == ExitCode.COMPLETED
        found = json.loads((tmp_path / "status.json").read_text())
        assert (found["state"], found["epoch"], found["exitCode"]) == ("paused", 1, 0)
    assert [line["epoch"] for line in evaluations(tmp_path)] == [1]
    assert run(config, tmp_path, until_epoch=2) == ExitCode.COMPLETED
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "completed"
    assert_same_weights(tmp_path, uninterrupted["cutmix"])
    assert evaluations(tmp_path) == evaluations(uninterrupted["cutmix"])


def test_cancelled_and_taken_up_again(tmp_path: Path, uninterrupted: dict[str, Path]) -> None:
    config = tiny(mixMode=METHODS["cutmix"])
    interruption = Interruption()

    def cancel(epoch: int, step: int) -> None:
        if (epoch, step) == (1, 3):
            (tmp_path / "cancel").touch()
            wait_for(lambda: interruption.cancelled)

    try:
        ended = train(config, tmp_path, device="cpu", interruption=interruption, after_step=cancel)
    finally:
        interruption.restore()
    assert ended == ExitCode.HELD
    found = json.loads((tmp_path / "status.json").read_text())
    assert (found["state"], found["exitCode"]) == ("cancelled", 3)
    with pytest.raises(Cancelled):
        train(config, tmp_path, device="cpu")
    assert train(config, tmp_path, device="cpu", resume_cancelled=True) == ExitCode.COMPLETED
    assert [line["attempt"] for line in read_lines(tmp_path / "log.jsonl") if line["mode"] == "env"] == [1, 2]
    assert_same_weights(tmp_path, uninterrupted["cutmix"])


EVERYTHING: dict[str, dict[str, Any]] = {
    "sgd": {
        "mixMode": {"name": "recursivemix"},
        "optimizer": {"lr": 0.05, "nesterov": True, "clipNorm": 1.0},
        "inputs": {"crop": "pad", "padding": 1, "randAugment": "rand-m5-mstd0.5", "erase": 0.5},
    },
    "adamw": {
        "backbone": "test_vit",
        "dataset": {"name": "digits", "classes": 10, "size": 32},
        "mixMode": {"name": "automix", "switchOff": 0.8},
        "model": {"dropPath": 0.3},
        "optimizer": {"name": "adamw", "lr": 0.001, "decayNormAndBias": False},
    },
    "lamb": {
        "backbone": "resnet10t",
        "mixMode": METHODS["cutmix"],
        "model": {"dropPath": 0.3},
        "optimizer": {"name": "lamb", "lr": 0.001, "clipNorm": 0.5},
    },
}


@pytest.mark.parametrize("optimizer", EVERYTHING)
def test_every_kind_of_state(optimizer: str, tmp_path: Path) -> None:
    """Moments, average, a method's network and memories, what layers draw, passes, augmentation."""
    config = tiny(
        **EVERYTHING[optimizer],
        batchSize=480,
        ema={"decay": 0.9, "warmupEpochs": 1},
        runtime={"workers": 0, "logEvery": 1, "gpuBatchSize": 240},
    )
    run(config, tmp_path / "whole")
    for stop in ((1, 2), (2, 1)):
        assert run(config, tmp_path / "parts", stop_at=stop) == ExitCode.INTERRUPTED
    run(config, tmp_path / "parts")
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    assert evaluations(tmp_path / "parts") == evaluations(tmp_path / "whole")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="fp16 and its scaler are of a GPU")
def test_the_scaler_of_fp16(tmp_path: Path) -> None:
    """Its scale grows or shrinks with the steps, and goes on where it stood."""
    config = tiny(precision="fp16", maxEpochs=1)
    run(config, tmp_path / "whole", device="cuda")
    run(config, tmp_path / "parts", device="cuda", stop_at=(1, 3))
    run(config, tmp_path / "parts", device="cuda")
    ours, theirs = (
        torch.load(tmp_path / name / "checkpoints" / "last.pt", weights_only=True)["precision"]
        for name in ("parts", "whole")
    )
    assert ours == theirs
    assert ours["_growth_tracker"] == STEPS or ours["scale"] < 2.0**16


def test_with_another_number_of_threads(tmp_path: Path, uninterrupted: dict[str, Path]) -> None:
    config = tiny(mixMode=METHODS["mixup"])
    run(config, tmp_path, stop_at=(1, 2))
    try:
        torch.set_num_threads(2)
        run(config, tmp_path)
    finally:
        torch.set_num_threads(1)
    assert_same_weights(tmp_path, uninterrupted["mixup"])


def test_with_files_and_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=[12, 16])))
    inputs = {"crop": "random-resized", "flip": 0.5}
    run(folder_run(inputs=inputs), tmp_path / "whole")
    helped = folder_run(inputs=inputs, runtime={"workers": 2, "logEvery": 1})
    assert run(helped, tmp_path / "parts", stop_at=(1, 2)) == ExitCode.INTERRUPTED
    run(helped, tmp_path / "parts")
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")


def test_a_signal_before_the_first_step(tmp_path: Path, processes: Processes) -> None:
    """It comes while PyTorch is still imported."""
    config = write(tiny(), tmp_path / "run.json")
    command = ("-m", "mixlab.train", config, "--run-dir", tmp_path / "run", "--device", "cpu")
    process = processes.start_python(*command, OMP_NUM_THREADS="1")
    wait_for(lambda: b"libtorch" in Path(f"/proc/{process.pid}/maps").read_bytes())
    process.send_signal(signal.SIGUSR1)
    process.communicate(timeout=60)
    assert process.returncode == 75
    assert not (tmp_path / "run").exists()


def test_killed_and_resumed(tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 in the second epoch or so: what came after the checkpoint is done again, to the same bits."""
    shapes = image_folder(tmp_path / "shapes", train=20, sizes=[12, 16])
    config = folder_run(mixMode=METHODS["cutmix"], maxEpochs=4, runtime={"workers": 1, "logEvery": 1})
    file = write(config, tmp_path / "run.json")
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(shapes))
    run(config, tmp_path / "whole")
    command = ("-m", "mixlab.train", file, "--run-dir", tmp_path / "run", "--device", "cpu")
    environment = {"OMP_NUM_THREADS": "1", "MIXLAB_DATA_SHAPES": str(shapes)}
    log = tmp_path / "run" / "log.jsonl"
    process = processes.start_python(*command, **environment)
    wait_for(lambda: any(line["mode"] == "train" and line["epoch"] == 2 for line in read_lines(log)))
    workers = psutil.Process(process.pid).children()
    process.kill()
    process.wait()
    assert len(workers) == 1
    assert psutil.wait_procs(workers, timeout=30)[1] == []
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "running"
    assert processes.python(*command, **environment).returncode == 0
    assert_same_weights(tmp_path / "run", tmp_path / "whole")


def test_two_ranks(tmp_path: Path, processes: Processes) -> None:
    """Two processes over gloo, interrupted by a signal to their supervisor, then resumed without one."""
    config = tiny(mixMode=METHODS["oneOf"], runtime={"workers": 0, "logEvery": 1}, maxEpochs=3)
    assert run_ranks(2, config, tmp_path / "whole") == [0, 0]
    command = ("-m", "mixlab.launch", write(config, tmp_path / "run.json"), "--run-dir", tmp_path / "parts")
    process = processes.start_python(*command, "--gpus", "0", "--nproc", "2", OMP_NUM_THREADS="1")
    wait_for(lambda: any(line["mode"] == "train" for line in read_lines(tmp_path / "parts" / "log.jsonl")))
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 75
    assert run_ranks(2, config, tmp_path / "parts") == [0, 0]
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    assert evaluations(tmp_path / "parts") == evaluations(tmp_path / "whole")


class TestDamagedCheckpoints:
    """`last.pt` can't be read: the one before it is used, and nothing is lost."""

    config = tiny(mixMode=METHODS["mixup"])

    @pytest.fixture
    def stopped(self, tmp_path: Path) -> Path:
        """Interrupted in the second epoch, so that there is a checkpoint before the last."""
        assert run(self.config, tmp_path, stop_at=(2, 3)) == ExitCode.INTERRUPTED
        return tmp_path

    @pytest.mark.parametrize("kept", [0, 100, -1, -1000], ids=["empty", "its head", "a byte short", "half"])
    def test_truncated(
        self, stopped: Path, uninterrupted: dict[str, Path], capfd: pytest.CaptureFixture[str], kept: int
    ) -> None:
        last = stopped / "checkpoints" / "last.pt"
        whole = last.read_bytes()
        damaged = whole[: len(whole) // 2] if kept == -1000 else whole[:kept]
        last.write_bytes(damaged)
        assert run(self.config, stopped) == ExitCode.COMPLETED
        printed = capfd.readouterr().out
        assert f"warning: {last} cannot be read" in printed
        assert "going on from last.prev.pt" in printed
        assert (stopped / "checkpoints" / "last.unreadable.pt").read_bytes() == damaged
        assert_same_weights(stopped, uninterrupted["mixup"])

    def test_a_flipped_bit(self, stopped: Path, uninterrupted: dict[str, Path]) -> None:
        last = stopped / "checkpoints" / "last.pt"
        content = bytearray(last.read_bytes())
        content[len(content) // 2] ^= 16
        last.write_bytes(bytes(content))
        assert run(self.config, stopped) == ExitCode.COMPLETED
        assert_same_weights(stopped, uninterrupted["mixup"])

    def test_missing(self, stopped: Path, uninterrupted: dict[str, Path]) -> None:
        (stopped / "checkpoints" / "last.pt").unlink()
        assert run(self.config, stopped) == ExitCode.COMPLETED
        assert_same_weights(stopped, uninterrupted["mixup"])

    def test_the_best_is_the_last_resort(self, stopped: Path, uninterrupted: dict[str, Path]) -> None:
        for name in ("last.pt", "last.prev.pt"):
            (stopped / "checkpoints" / name).write_bytes(b"PK")
        assert run(self.config, stopped) == ExitCode.COMPLETED
        assert_same_weights(stopped, uninterrupted["mixup"])

    def test_none_can_be_read(self, stopped: Path) -> None:
        """Starting afresh would be silent loss: that is for a person to decide."""
        names = ("last.pt", "last.prev.pt", "best.pt")
        for name in names:
            (stopped / "checkpoints" / name).write_bytes(b"PK")
        with pytest.raises(TrainingFailed, match=r"no checkpoint can be read: .*Move .*checkpoints away"):
            run(self.config, stopped)
        assert all((stopped / "checkpoints" / name).read_bytes() == b"PK" for name in names)

    def test_a_checkpoint_of_another_run_is_refused(self, stopped: Path, tmp_path_factory: Any) -> None:
        other = tmp_path_factory.mktemp("other")
        run(tiny(mixMode=METHODS["cutmix"]), other, stop_at=(1, 2))
        shutil.copy(other / "checkpoints" / "last.pt", stopped / "checkpoints" / "last.pt")
        with pytest.raises(TrainingFailed, match=r"last\.pt is of another run: its hash is"):
            run(self.config, stopped)

    def test_code_in_a_checkpoint_is_not_run(self, stopped: Path, uninterrupted: dict[str, Path]) -> None:
        class Payload:
            def __reduce__(self) -> tuple[Any, ...]:
                return (os.mkdir, (str(stopped / "executed"),))

        torch.save({"model": Payload()}, stopped / "checkpoints" / "last.pt")
        assert run(self.config, stopped) == ExitCode.COMPLETED
        assert not (stopped / "executed").exists()
        assert_same_weights(stopped, uninterrupted["mixup"])


def test_another_number_of_images_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positions within an epoch mean nothing any more."""
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes")))
    config: RunConfig = folder_run()
    run(config, tmp_path / "run", stop_at=(1, 2))
    for image in (tmp_path / "shapes" / "train").glob("*/00[45].png"):
        image.unlink()
    with pytest.raises(TrainingFailed, match="an epoch had 4 steps; now it has 3: the dataset has changed"):
        run(config, tmp_path / "run")


def test_best_is_repaired_after_a_kill_between_the_two_files(tmp_path: Path) -> None:
    config = tiny(maxEpochs=1)
    run(config, tmp_path)
    (tmp_path / "checkpoints" / "best.pt").unlink()
    found = json.loads((tmp_path / "status.json").read_text())
    (tmp_path / "status.json").write_text(json.dumps({**found, "state": "interrupted"}, indent=2))
    assert run(config, tmp_path) == ExitCode.COMPLETED
    best, last = (tmp_path / "checkpoints" / name for name in ("best.pt", "last.pt"))
    assert best.read_bytes() == last.read_bytes()
