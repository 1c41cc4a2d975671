"""What goes wrong in the middle of a training: one clear line, exit code 1, a checkpoint to go on from."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch

from conftest import FIXTURES, Processes, read_lines, wait_for
from mixlab.config import RunConfig
from mixlab.core.errors import TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.train import train
from tiny import STEPS, assert_same_weights, folder_run, image_folder, run, signals_restored, tiny, write


def status(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "status.json").read_text())
    return found


def fails_once(config: RunConfig, directory: Path, at: tuple[int, int], fault: Callable[[], None]) -> str:
    """Trains on the CPU with a fault after a step, expects it to fail, and gives the error in its status."""

    def after_step(epoch: int, step: int) -> None:
        if (epoch, step) == at:
            fault()

    with signals_restored(), pytest.raises(TrainingFailed) as failure:
        train(config, directory, device="cpu", after_step=after_step)
    found = status(directory)
    assert (found["state"], found["exitCode"]) == ("failed", 1)
    assert found["error"] == str(failure.value)
    assert "\n" not in found["error"]
    return str(failure.value)


class TestLossesThatAreNotFinite:
    """The training stops within `logEvery` steps, and no checkpoint is of weights that are lost."""

    def diverging(self, log_every: int) -> RunConfig:
        """Steps so long that weights overflow within the first few."""
        optimizer = {"lr": 1e30, "momentum": 0, "weightDecay": 0}
        return tiny(
            optimizer=optimizer, schedule={"name": "constant"}, runtime={"workers": 0, "logEvery": log_every}
        )

    def test_it_is_noticed_at_the_next_line_of_the_log(self, tmp_path: Path) -> None:
        with pytest.raises(
            TrainingFailed, match=r"the loss is (nan|inf) at epoch 1, step [24]: the training"
        ):
            run(self.diverging(log_every=2), tmp_path)
        assert (status(tmp_path)["state"], status(tmp_path)["exitCode"]) == ("failed", 1)
        assert list((tmp_path / "checkpoints").iterdir()) == []

    @pytest.mark.parametrize("step", [1, 2, 3])
    def test_an_interruption_in_between_saves_nothing(self, tmp_path: Path, step: int) -> None:
        """Whether the loss tells it already, or the weights alone."""
        with pytest.raises(TrainingFailed, match=r"the weights are not finite|the loss is (nan|inf)"):
            run(self.diverging(log_every=50), tmp_path, stop_at=(1, step))
        assert status(tmp_path)["state"] == "failed"
        assert list((tmp_path / "checkpoints").iterdir()) == []

    def test_weights_that_the_last_step_of_an_epoch_spoils_are_not_saved(self, tmp_path: Path) -> None:
        """Without an evaluation nothing else would have looked at them."""
        config = tiny(runtime={"evaluateEvery": 2}, maxEpochs=2)
        run(config, tmp_path, stop_at=(1, STEPS - 1))
        last = tmp_path / "checkpoints" / "last.pt"
        content = torch.load(last, weights_only=True)
        moments = content["optimizer"]["state"]
        moments[0]["momentum_buffer"].fill_(float("inf"))  # the next step adds it to the weights
        torch.save(content, last)
        before = last.read_bytes()
        with pytest.raises(TrainingFailed, match="the weights are not finite after epoch 2, step 0"):
            run(config, tmp_path)
        assert last.read_bytes() == before

    def test_an_evaluation_that_is_not_finite(self, tmp_path: Path) -> None:
        """Statistics of batch norm are read in evaluations alone."""
        run(tiny(), tmp_path, stop_at=(1, STEPS))
        last = tmp_path / "checkpoints" / "last.pt"
        content = torch.load(last, weights_only=True)
        name = next(name for name in content["model"] if name.endswith("running_var"))
        content["model"][name].fill_(float("inf"))
        content["model"][name.replace("running_var", "running_mean")].fill_(float("inf"))
        torch.save(content, last)
        before = last.read_bytes()
        with pytest.raises(TrainingFailed, match="the loss of the evaluation is nan"):
            run(tiny(), tmp_path)
        assert "the loss of the evaluation is nan" in status(tmp_path)["error"]
        assert last.read_bytes() == before


class TestDataThatGoesAway:
    """Images of two sizes, so that workers decode them as they are needed."""

    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        root = image_folder(tmp_path / "shapes", train=40, sizes=[12, 16])
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
        return root

    config = folder_run(runtime={"workers": 1, "logEvery": 1}, inputs={"crop": "random-resized"})

    @pytest.fixture
    def whole(self, tmp_path: Path, root: Path) -> Path:
        """The same training without a fault."""
        assert run(self.config, tmp_path / "whole") == ExitCode.COMPLETED
        return tmp_path / "whole"

    def test_a_killed_worker(self, tmp_path: Path, whole: Path) -> None:
        def kill_worker() -> None:
            workers = psutil.Process().children()
            assert len(workers) == 1
            workers[0].send_signal(signal.SIGKILL)
            workers[0].wait(10)

        error = fails_once(self.config, tmp_path / "run", (2, 3), kill_worker)
        assert error.startswith("a process that decodes images ended: DataLoader worker (pid")
        assert "killed by signal: Killed" in error
        assert psutil.Process().children() == []
        assert run(self.config, tmp_path / "run") == ExitCode.COMPLETED
        assert_same_weights(tmp_path / "run", whole)

    def test_an_image_that_becomes_unreadable(self, tmp_path: Path, root: Path, whole: Path) -> None:
        images = {path: path.read_bytes() for path in (root / "train" / "class1").iterdir()}

        def damage() -> None:
            for path, content in images.items():
                path.write_bytes(content[:50])

        error = fails_once(self.config, tmp_path / "run", (2, 1), damage)
        assert error.startswith(f"unreadable image: {root / 'train' / 'class1'}/")
        for path, content in images.items():
            path.write_bytes(content)
        assert run(self.config, tmp_path / "run") == ExitCode.COMPLETED
        assert_same_weights(tmp_path / "run", whole)

    def test_a_dataset_that_vanishes(self, tmp_path: Path, root: Path, whole: Path) -> None:
        away = root.with_name("away")
        error = fails_once(self.config, tmp_path / "run", (2, 1), lambda: root.rename(away))
        assert error.startswith(f"unreadable image: {root}/train/")
        assert "No such file or directory" in error
        with pytest.raises(Exception, match=f"{root}"):  # before anything is trained
            run(self.config, tmp_path / "run")
        away.rename(root)
        assert run(self.config, tmp_path / "run") == ExitCode.COMPLETED
        assert_same_weights(tmp_path / "run", whole)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
class TestTooLittleMemory:
    """A process that may take 300 MiB more than an idle one."""

    def train(
        self, processes: Processes, config: RunConfig, folder: Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        write(config, folder / "run.json")
        command = (FIXTURES / "little_memory.py", "300", folder / "run.json", "--run-dir", folder / "run")
        return processes.python(*command, "--device", "cpu", OMP_NUM_THREADS="1", **environment)

    def test_a_batch_that_does_not_fit(self, tmp_path: Path, processes: Processes) -> None:
        dataset = {"name": "digits", "layout": "digits", "classes": 10, "size": 48}
        config = tiny(dataset=dataset, batchSize=1400, testBatchSize=16, maxEpochs=1)
        failed = self.train(processes, config, tmp_path)
        assert failed.returncode == 1
        error = status(tmp_path / "run")["error"]
        assert error.startswith(
            "out of memory in epoch 1, step 1: a pass of 1400 images of 3×48×48 does not fit"
        )
        assert error.endswith("set runtime.gpuBatchSize to 700")
        assert failed.stderr == f"python -m mixlab.train: {error}\n"

    def test_an_evaluation_that_does_not_fit(
        self, tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = image_folder(tmp_path / "shapes", train=4, val=120, sizes=[96])
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
        dataset = {"name": "shapes", "classes": 3, "size": 96}
        config = folder_run(dataset=dataset, testBatchSize=360, maxEpochs=1)
        run(config, tmp_path / "run", stop_at=(1, 3))
        failed = self.train(processes, config, tmp_path, MIXLAB_DATA_SHAPES=str(root))
        assert failed.returncode == 1
        error = status(tmp_path / "run")["error"]
        assert error.startswith(
            "out of memory in an evaluation: a pass of 360 images of 3×96×96 does not fit"
        )
        assert error.endswith("set testBatchSize to less")
        again = config.model_copy(update={"test_batch_size": 16})
        assert run(again, tmp_path / "run") == ExitCode.COMPLETED


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_batch_that_a_gpu_has_no_room_for(tmp_path: Path) -> None:
    dataset = {"name": "digits", "layout": "digits", "classes": 10, "size": 48}
    config = tiny(dataset=dataset, batchSize=1400, testBatchSize=16, maxEpochs=1)
    room = 300 * 2**20 / torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(room)
    message = r"out of memory in epoch 1, step 1: a pass of 1400 images .* set runtime\.gpuBatchSize to 700"
    try:
        with signals_restored(), pytest.raises(TrainingFailed, match=message):
            train(config, tmp_path, device="cuda")
        smaller = config.model_copy(
            update={"runtime": config.runtime.model_copy(update={"gpu_batch_size": 20})}
        )
        with signals_restored():
            assert train(smaller, tmp_path, device="cuda") == ExitCode.COMPLETED
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


class TestAFullDisk:
    """A real one: a file system in memory with room for a few checkpoints."""

    @pytest.fixture
    def disk(self, tmp_path: Path) -> Iterator[Path]:
        place = tmp_path / "disk"
        place.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
        if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
            pytest.skip("only root can mount a small disk")
        yield place
        subprocess.run(["umount", "-l", str(place)], check=True)

    def fill(self, disk: Path) -> None:
        with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def test_at_a_line_of_the_log(self, disk: Path) -> None:
        config, log = tiny(maxEpochs=3), disk / "run" / "log.jsonl"

        def fill_the_last_page_too() -> None:
            self.fill(disk)
            with log.open("ab") as file:
                file.write(b"\n" * (-log.stat().st_size % 4096))

        error = fails_once(config, disk / "run", (2, 1), fill_the_last_page_too)
        assert error == f"cannot write {log}: No space left on device"
        assert torch.load(disk / "run" / "checkpoints" / "last.pt", weights_only=True)["epoch"] == 1

    def test_at_a_checkpoint(self, disk: Path) -> None:
        """There is room for lines, not for weights."""
        config = tiny(maxEpochs=3)

        def leave_little() -> None:
            self.fill(disk)
            os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - 64 * 1024)

        error = fails_once(config, disk / "run", (2, 1), leave_little)
        assert error == f"cannot write {disk / 'run' / 'checkpoints' / 'last.pt'}: No space left on device"
        assert torch.load(disk / "run" / "checkpoints" / "last.pt", weights_only=True)["epoch"] == 1
        (disk / "ballast").unlink()
        assert run(config, disk / "run") == ExitCode.COMPLETED

    def test_supervised(self, tmp_path: Path, disk: Path, processes: Processes) -> None:
        """The log of the attempt is on the same disk; the status and the terminal tell what went wrong."""
        config = write(tiny(maxEpochs=15, runtime={"logEvery": 1}), tmp_path / "run.json")
        command = ("-m", "mixlab.launch", config, "--run-dir", disk / "run", "--gpus", "0")
        process = processes.start_python(*command, OMP_NUM_THREADS="1")
        wait_for((disk / "run" / "checkpoints" / "last.pt").exists)
        self.fill(disk)
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 1
        *before, line = errors.splitlines()
        # The disk may fill up just when an epoch's number goes into the status.
        assert all(each == f"mixlab: {disk / 'run'}/status.json: No space left on device" for each in before)
        assert line.startswith(f"mixlab: {disk / 'run'}: failed: cannot write {disk / 'run'}/")
        found = status(disk / "run")
        assert (found["state"], found["exitCode"]) == ("failed", 1)
        assert line.endswith(found["error"])
        (disk / "ballast").unlink()
        resumed = processes.python(*command, OMP_NUM_THREADS="1")
        assert resumed.returncode == 0, resumed.stderr
        lines = read_lines(disk / "run" / "log.jsonl")
        assert [line["epoch"] for line in lines if line["mode"] == "val"][-1] == 15
