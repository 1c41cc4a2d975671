"""Curves for TensorBoard, read back as TensorBoard reads them."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from conftest import Processes, read_lines, wait_for
from mixlab.core.exit_codes import ExitCode
from mixlab.train import train
from tiny import STEPS, run, signals_restored, tiny, write

Curve = dict[int, float]
"""Numbers by the step of the optimiser."""


def curves(directory: Path) -> dict[str, list[tuple[int, float]]]:
    """Points by tag, as a reader of all attempts' files gets them."""
    reader = EventAccumulator(str(directory / "tensorboard"), size_guidance={"scalars": 0})
    reader.Reload()
    tags: Iterable[str] = reader.Tags()["scalars"]
    return {tag: [(event.step, event.value) for event in reader.Scalars(tag)] for tag in tags}


def logged(directory: Path) -> dict[str, list[tuple[int, float]]]:
    """The same from the log: of lines for one step, that of the highest attempt counts."""
    found: dict[str, Curve] = {}
    lines: list[dict[str, Any]] = [
        line for line in read_lines(directory / "log.jsonl") if line["mode"] in ("train", "val")
    ]
    for line in sorted(lines, key=lambda line: line["attempt"]):
        step = (line["epoch"] - 1) * STEPS + line["step"]
        numbers = {
            key: value for key, value in line.items() if key not in ("mode", "attempt", "epoch", "step")
        }
        for key, value in {**numbers, "epoch": step / STEPS}.items():
            found.setdefault(f"{line['mode']}/{key}", {})[step] = float(np.float32(value))
    return {tag: sorted(curve.items()) for tag, curve in found.items()}


def test_curves_are_the_log(tmp_path: Path) -> None:
    assert run(tiny(), tmp_path) == ExitCode.COMPLETED
    found = curves(tmp_path)
    assert sorted(found) == [
        *("train/epoch", "train/loss", "train/lr", "train/time"),
        *("val/epoch", "val/loss", "val/time", "val/top1", "val/top5"),
    ]
    assert [step for step, _ in found["train/loss"]] == [2, 4, 6, 8, 10, 12]
    assert found["val/epoch"] == [(6, 1.0), (12, 2.0)]
    assert found == logged(tmp_path)


def test_a_methods_further_networks_have_curves(tmp_path: Path) -> None:
    settings = {"dataset": {"name": "digits", "classes": 10, "size": 16}, "mixMode": {"name": "automix"}}
    run(tiny(**settings, maxEpochs=1), tmp_path)
    assert {"val/top1_k", "val/top5_k"} <= curves(tmp_path).keys()
    assert curves(tmp_path) == logged(tmp_path)


def test_a_resumed_training_goes_on_with_its_curves(tmp_path: Path) -> None:
    config = tiny(runtime={"workers": 0, "logEvery": 1})
    assert run(config, tmp_path, stop_at=(1, 3)) == ExitCode.INTERRUPTED
    assert run(config, tmp_path, stop_at=(2, 2)) == ExitCode.INTERRUPTED
    assert run(config, tmp_path) == ExitCode.COMPLETED
    assert [step for step, _ in curves(tmp_path)["train/loss"]] == list(range(1, 13))
    assert curves(tmp_path) == logged(tmp_path)
    assert len(list((tmp_path / "tensorboard").iterdir())) == 3


def test_points_after_the_checkpoint_are_not_doubled_after_a_kill(
    tmp_path: Path, processes: Processes
) -> None:
    """The killed attempt logs more steps than its checkpoint has; they are trained and drawn again."""
    config = tiny(maxEpochs=40, runtime={"workers": 0, "logEvery": 1, "checkpointEvery": 3})
    file, directory = write(config, tmp_path / "run.json"), tmp_path / "run"
    process = processes.start_module("mixlab.train", file, "--run-dir", directory, "--device", "cpu")
    wait_for(lambda: (directory / "checkpoints" / "last.pt").exists())
    known = len(read_lines(directory / "log.jsonl"))
    wait_for(lambda: len(read_lines(directory / "log.jsonl")) > known + 2)
    process.kill()
    process.wait()
    killed = {tag: dict(curve) for tag, curve in curves(directory).items()}
    last = max(killed["train/loss"])
    assert run(config, directory, stop_at=((last + 2 * STEPS) // STEPS, 1)) == ExitCode.INTERRUPTED
    found = curves(directory)
    steps = [step for step, _ in found["train/loss"]]
    assert steps == list(range(1, steps[-1] + 1))
    assert steps[-1] > last
    assert found == logged(directory)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which is always full")
def test_a_full_disk_ends_the_curves_and_not_the_training(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tensorboard").mkdir()
    name = f"events.out.tfevents.000001.{socket.gethostname()}.{os.getpid()}"
    (tmp_path / "tensorboard" / name).symlink_to("/dev/full")
    assert run(tiny(), tmp_path) == ExitCode.COMPLETED
    warnings = [line for line in capfd.readouterr().out.splitlines() if line.startswith("warning")]
    assert warnings == ["warning: nothing goes to TensorBoard any more: [Errno 28] No space left on device"]
    assert len(read_lines(tmp_path / "log.jsonl")) == 9


def test_curves_go_on_in_a_new_file_where_someone_removes_the_old_one(tmp_path: Path) -> None:
    def after_step(epoch: int, step: int) -> None:
        if (epoch, step) == (1, 5):
            shutil.rmtree(tmp_path / "tensorboard")

    with signals_restored():
        assert train(tiny(), tmp_path, device="cpu", after_step=after_step) == ExitCode.COMPLETED
    assert [step for step, _ in curves(tmp_path)["train/loss"]] == [6, 8, 10, 12]


def test_a_training_begins_without_tensorboard(processes: Processes, tmp_path: Path) -> None:
    """Importing it takes time that no one has to wait for before the first step."""
    script = """
import sys
from pathlib import Path
from tiny import run, tiny

def after_step(epoch, step):
    print("tensorboard" in sys.modules)

from mixlab.train import train
train(tiny(maxEpochs=1), Path("run"), device="cpu", after_step=after_step)
print("tensorflow" in sys.modules)
"""
    ran = processes.python("-c", script, OMP_NUM_THREADS="1", PYTHONPATH=str(Path(__file__).parent))
    words = [line for line in ran.stdout.splitlines() if line in ("True", "False")]
    assert words == ["False", "False", "True", "True", "True", "True", "False"], ran.stderr
