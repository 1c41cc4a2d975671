"""Mixlab's own trainer under its supervisor: signals, sudden deaths, alone and through torchrun."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from conftest import Processes, WriteConfig, read_lines, wait_for
from mixlab.core.processes import start_time

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(processes: Processes, write_config: WriteConfig) -> Start:
    """Starts the supervisor of a training in `run` that would take hours."""
    config = write_config(maxEpochs=100_000)

    def start_launch(*options: str) -> subprocess.Popen[str]:
        return processes.start_python(
            "-m", "mixlab.launch", config, "--gpus", "0", "--run-dir", "run", *options
        )

    return start_launch


def wait_for_attempt(run: Path, attempt: int) -> None:
    """Until that attempt has made a step."""
    wait_for(
        lambda: any(
            line["attempt"] == attempt and line["mode"] == "train" for line in read_lines(run / "log.jsonl")
        )
    )


def ranks_of(supervisor: subprocess.Popen[str]) -> list[tuple[int, float]]:
    """Pid and start time of every process that trains."""
    children = psutil.Process(supervisor.pid).children(recursive=True)
    pids = [process.pid for process in children if "mixlab.train" in process.cmdline()]
    ranks = [pid for pid in pids if not any(child.pid in pids for child in psutil.Process(pid).children())]
    return [(pid, began) for pid in ranks if (began := start_time(pid)) is not None]


def check_interrupted(run: Path, supervisor: subprocess.Popen[str]) -> int:
    """That the supervisor ends with 75, and leaves a checkpoint but no process; the checkpoint's steps."""
    ranks = ranks_of(supervisor)
    output, errors = supervisor.communicate(timeout=120)
    assert (supervisor.returncode, errors) == (75, ""), output
    status = json.loads((run / "status.json").read_text())
    assert (status["state"], status["exitCode"], status["error"]) == ("interrupted", 75, None)
    assert not (run / "lock").exists()
    assert [start_time(pid) for pid, _ in ranks] == [None] * len(ranks)
    checkpoint = torch.load(run / "checkpoints" / "last.pt", weights_only=True)
    steps: int = checkpoint["epoch"] * checkpoint["steps"] + checkpoint["step"]
    return steps


def test_a_signal_gives_a_checkpoint_and_75(start: Start, tmp_path: Path) -> None:
    supervisor = start()
    wait_for_attempt(tmp_path / "run", 1)
    supervisor.send_signal(signal.SIGUSR1)
    supervisor.send_signal(signal.SIGTERM)
    assert check_interrupted(tmp_path / "run", supervisor) > 0


def test_signals_through_torchrun(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    first = start("--nproc", "2")
    wait_for_attempt(run, 1)
    assert len(ranks_of(first)) == 2
    first.send_signal(signal.SIGTERM)
    steps = check_interrupted(run, first)
    second = start("--nproc", "2")
    wait_for_attempt(run, 2)
    # As a scheduler may do: to every process, torchrun's agent included.
    for process in [psutil.Process(second.pid), *psutil.Process(second.pid).children(recursive=True)]:
        process.send_signal(signal.SIGUSR1)
    assert check_interrupted(run, second) > steps


def test_kill_9_of_the_supervisor_leaves_no_rank_behind(start: Start, tmp_path: Path) -> None:
    supervisor = start("--nproc", "2")
    wait_for_attempt(tmp_path / "run", 1)
    family = psutil.Process(supervisor.pid).children(recursive=True)
    assert len(ranks_of(supervisor)) == 2
    supervisor.kill()
    assert psutil.wait_procs(family, timeout=30)[1] == []


def test_kill_9_of_a_rank_fails_the_run(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    supervisor = start("--nproc", "2")
    wait_for_attempt(run, 1)
    os.kill(ranks_of(supervisor)[1][0], signal.SIGKILL)
    _, errors = supervisor.communicate(timeout=120)
    assert supervisor.returncode == 137
    assert "of 2 killed by SIGKILL (out of memory?)" in errors
    assert json.loads((run / "status.json").read_text())["state"] == "failed"
