"""tools/dist_train.sh and tools/dist_test.sh, in real bash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import CHECKOUT, Processes, WriteConfig

TRAIN = CHECKOUT / "tools" / "dist_train.sh"
TEST = CHECKOUT / "tools" / "dist_test.sh"


@pytest.fixture
def echo_python(tmp_path: Path, processes: Processes) -> None:
    """A Python that prints its arguments, one a line, each in brackets."""
    python = tmp_path / "bin of ones own" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\nprintf "[%s]\\n" "$@"\n')
    python.chmod(0o755)
    processes.environment["MIXLAB_PYTHON"] = str(python)


def test_train_and_test_two_processes_on_the_cpu(
    processes: Processes, write_config: WriteConfig, tmp_path: Path
) -> None:
    config = write_config("my config.json", maxEpochs=1)
    processes.environment["MIXLAB_PYTHON"] = sys.executable
    trained = processes.run("bash", TRAIN, config, "0", "--nproc", "2")
    assert trained.returncode == 0, trained.stderr
    run = tmp_path / "work_dirs" / "my config" / "trial1"
    assert json.loads((run / "status.json").read_text())["state"] == "completed"
    tested = processes.run("bash", TEST, config, "0", run / "checkpoints" / "last.pt")
    assert tested.returncode == 0, tested.stderr
    assert "top-1" in tested.stdout


@pytest.mark.parametrize(
    ("config", "checkpoint", "said"),
    [
        ("none.json", "last.pt", "none.json: cannot be read: No such file or directory"),
        ("config.json", "none.pt", "no such checkpoint: none.pt"),
        ("config.json", "last.pt", "GPUs: 99 asked for, "),
    ],
)
def test_what_torchrun_would_bury_is_one_line_and_exit_2(
    processes: Processes, write_config: WriteConfig, config: str, checkpoint: str, said: str
) -> None:
    write_config("config.json")
    (processes.folder / "last.pt").touch()
    processes.environment["MIXLAB_PYTHON"] = sys.executable
    refused = processes.run("bash", TEST, config, "99", checkpoint)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"python -m mixlab.test: {said}")
    assert refused.stderr.count("\n") == 1


@pytest.mark.usefixtures("echo_python")
@pytest.mark.parametrize(
    "value", ["a b", "$(touch oops)", "`touch oops`", "it's", 'say "so"', "*", "", "two\nlines", "\\"]
)
def test_arguments_arrive_as_they_are(processes: Processes, value: str) -> None:
    trained = processes.run("bash", TRAIN, f"c{value}", "2", "--run-dir", value)
    assert trained.stdout == f"[-m]\n[mixlab.launch]\n[c{value}]\n[--gpus]\n[2]\n[--run-dir]\n[{value}]\n"
    tested = processes.run("bash", TEST, f"c{value}", "0", f"k{value}", value)
    assert tested.stdout == f"[-m]\n[mixlab.test]\n[c{value}]\n[k{value}]\n[--gpus]\n[0]\n[{value}]\n"
    assert not (processes.folder / "oops").exists()


@pytest.mark.usefixtures("echo_python")
def test_a_config_may_begin_with_a_dash(processes: Processes) -> None:
    assert "[./-c.json]" in processes.run("bash", TRAIN, "-c.json", "0").stdout


@pytest.mark.usefixtures("echo_python")
@pytest.mark.parametrize(
    ("script", "arguments"),
    [
        (TRAIN, []),
        (TRAIN, ["config.json"]),
        (TRAIN, ["config.json", "two"]),
        (TRAIN, ["config.json", ""]),
        (TRAIN, ["config.json", "--claim"]),
        (TEST, ["config.json", "0"]),
        (TEST, ["config.json", "last.pt", "0"]),
    ],
)
def test_missing_arguments_exit_2_with_a_usage_line(
    processes: Processes, script: Path, arguments: list[str]
) -> None:
    refused = processes.run("bash", script, *arguments)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"usage: {script.name} CONFIG GPUS ")
    assert refused.stderr.count("\n") == 1


def test_python_of_the_home_counts_before_the_checkout(processes: Processes, tmp_path: Path) -> None:
    python = tmp_path / "home" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "of the home"\n')
    python.chmod(0o755)
    trained = processes.run("bash", TRAIN, "c.json", "0", MIXLAB_HOME=str(tmp_path / "home"))
    assert trained.stdout == "of the home\n"


def test_the_scripts_are_shellcheck_clean() -> None:
    checker = Path(sys.executable).with_name("shellcheck")
    command = [checker, "--external-sources", "--source-path=SCRIPTDIR", TRAIN, TEST]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_scripts_can_be_run() -> None:
    assert os.access(TRAIN, os.X_OK)
    assert os.access(TEST, os.X_OK)
