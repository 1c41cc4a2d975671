"""A trial run of a few steps, `--max-steps`, and what it tells of the whole training: `--result`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tiny
from conftest import Processes, read_lines
from tiny import STEPS, write


def tried(processes: Processes, config: Path, *options: str) -> tuple[int, str, dict[str, Any]]:
    """Exit code, standard error and result of a trial run on the CPU."""
    result = config.with_name("result.json")
    ran = processes.python(
        *("-m", "mixlab.launch", config, "--gpus", "0", "--result", result, "--quiet", *options),
        OMP_NUM_THREADS="1",
        MIXLAB_WORK_DIR=str(config.parent / "work"),
    )
    return ran.returncode, ran.stderr, json.loads(result.read_text())


def test_times_and_memory_of_a_training_that_works(processes: Processes, tmp_path: Path) -> None:
    code, _, result = tried(processes, write(tiny.tiny(), tmp_path / "run.json"), "--max-steps", "4")
    times = {key: result.pop(key) for key in ("secondsPerStep", "secondsPerEvaluation", "memoryBytes")}
    assert code == 0
    assert result == {
        "schemaVersion": 1,
        "state": "completed",
        "error": None,
        "noRoomFor": None,
        "device": "cpu",
        "ranks": 1,
        "passes": 1,
        "imagesPerPass": tiny.tiny().batch_size,
        "threads": 1,
        "stepsPerEpoch": STEPS,
    }
    assert all(value > 0 for value in times.values())
    assert times["memoryBytes"] > 2**20
    assert not (tmp_path / "work").exists()


def test_several_processes_in_a_training_that_is_shorter_than_the_trial(
    processes: Processes, tmp_path: Path
) -> None:
    config = write(tiny.tiny(maxEpochs=1), tmp_path / "run.json")
    code, _, result = tried(processes, config, "--max-steps", "50", "--nproc", "2")
    assert (code, result["state"], result["ranks"], result["stepsPerEpoch"]) == (0, "completed", 2, STEPS)
    assert result["secondsPerStep"] > 0
    assert result["secondsPerEvaluation"] > 0


def test_a_training_that_does_not_work_says_why(processes: Processes, tmp_path: Path) -> None:
    config = write(tiny.tiny(optimizer={"lr": 1e6}), tmp_path / "run.json")
    code, errors, result = tried(processes, config, "--max-steps", "40")
    assert (code, result["state"], result["secondsPerStep"]) == (1, "failed", None)
    assert "the training diverged" in result["error"]
    assert "the training diverged" in errors


def test_a_result_is_of_a_trial_run(processes: Processes, tmp_path: Path) -> None:
    config = write(tiny.tiny(), tmp_path / "run.json")
    ran = processes.python("-m", "mixlab.launch", config, "--result", tmp_path / "result.json")
    assert (ran.returncode, "--result is for --max-steps" in ran.stderr) == (2, True)
    place = tmp_path / "nowhere" / "result.json"
    ran = processes.python("-m", "mixlab.launch", config, "--max-steps", "2", "--result", place)
    assert (ran.returncode, "there is no folder" in ran.stderr) == (2, True)


def test_the_log_has_the_time_of_each_evaluation(tmp_path: Path) -> None:
    tiny.run(tiny.tiny(), tmp_path)
    lines = read_lines(tmp_path / "log.jsonl")
    assert all(line["time"] > 0 for line in lines if line["mode"] in ("train", "val"))
    assert lines[0]["stepsPerEpoch"] == STEPS
