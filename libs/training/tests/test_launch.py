"""The supervisor, with a trainer that needs no PyTorch: outcomes, signals, what is printed and written."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from conftest import FIXTURES, Processes, WriteConfig, folder_state, read_lines, stand_still, wait_for
from mixlab.core.processes import start_time

TRAINER = shlex.join([sys.executable, str(FIXTURES / "fake_trainer.py")])
CHECKER = shlex.join([sys.executable, str(FIXTURES / "fake_checker.py")])

Launch = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(processes: Processes, write_config: WriteConfig) -> Start:
    """Starts the supervisor of a short training in `run`."""
    config = write_config()

    def start_launch(*options: str, **environment: str) -> subprocess.Popen[str]:
        return processes.start_python(
            *("-m", "mixlab.launch", config, "--gpus", "0", "--run-dir", "run"),
            *("--trainer", TRAINER, "--checker", CHECKER, *options),
            **environment,
        )

    return start_launch


@pytest.fixture
def launch(start: Start) -> Launch:
    """Runs the supervisor to its end."""

    def run_launch(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = start(*options, **environment)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    return run_launch


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A temporary folder whose path leaves room for a Unix socket's name."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


def status(run: Path) -> dict[str, object]:
    fields: dict[str, object] = json.loads((run / "status.json").read_text())
    return fields


def outcome(run: Path) -> tuple[object, object]:
    fields = status(run)
    return fields["state"], fields["exitCode"]


def ranks_of(run: Path, count: int) -> list[tuple[int, float]]:
    """Pid and start time of each rank, once all of them train."""

    def running() -> bool:
        pids = [run / f"rank{rank}.pid" for rank in range(count)]
        return all(pid.exists() and pid.read_text() for pid in pids) and bool(read_lines(run / "log.jsonl"))

    wait_for(running)
    pids = [int((run / f"rank{rank}.pid").read_text()) for rank in range(count)]
    return [(pid, start) for pid in pids if (start := start_time(pid)) is not None]


def test_a_completed_run(launch: Launch, tmp_path: Path) -> None:
    run = tmp_path / "run"
    first = launch("--trial", "3")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "mixlab: run: attempt 1 on the CPU",
        "rank 0 starts at step 0",
        "mixlab: run: completed after epoch 5",
    ]
    assert outcome(run) == ("completed", 0)
    assert (run / "attempts" / "1.log").read_text() == "rank 0 starts at step 0\n"
    assert json.loads((run / "config.json").read_text())["seed"] == 2
    assert not (run / "lock").exists()
    provenance = json.loads((run / "provenance.json").read_text())
    assert provenance["hash"] == status(run)["hash"]
    assert re.fullmatch("[0-9a-f]{64}", provenance["hash"])
    assert provenance["command"][1:3] == ["-m", "mixlab.launch"]
    assert provenance["gpus"] == 0
    assert provenance["packages"]["torch"]

    before = folder_state(run)
    again = launch("--trial", "3")
    assert (again.returncode, again.stdout) == (0, "mixlab: run is completed (5 epochs)\n")
    assert folder_state(run) == before
    other_trial = launch("--trial", "1")
    assert other_trial.returncode == 2
    assert "another trial (seed 2, this one has 0)" in other_trial.stderr
    assert folder_state(run) == before


@pytest.mark.parametrize(
    ("fault", "code", "error"),
    [
        ("raise", 1, "the loss is not finite at step 2"),
        ("exit-5", 5, "ended with exit code 5\nrank 0 starts at step 0\nabout to leave"),
        ("kill", 137, "killed by SIGKILL (out of memory?)\nrank 0 starts at step 0"),
        ("segfault", 139, "killed by SIGSEGV\nrank 0 starts at step 0"),
        ("silent", 1, "ended with exit code 0\nrank 0 starts at step 0"),
    ],
)
def test_a_failed_run(launch: Launch, tmp_path: Path, fault: str, code: int, error: str) -> None:
    failed = launch("--quiet", FAKE_FAULT=fault, PYTHONFAULTHANDLER="")
    assert (failed.returncode, failed.stdout) == (code, "")
    assert f"mixlab: run: failed: {error}\n" in failed.stderr
    assert outcome(tmp_path / "run") == ("failed", code)
    assert status(tmp_path / "run")["error"] == error
    assert not (tmp_path / "run" / "lock").exists()


def test_one_rank_of_two_dies(launch: Launch, tmp_path: Path) -> None:
    failed = launch("--nproc", "2", FAKE_FAULT="kill", FAKE_FAULT_RANK="1", FAKE_STEPS="1000")
    assert failed.returncode == 137
    assert str(status(tmp_path / "run")["error"]).startswith(
        "rank 1 of 2 killed by SIGKILL (out of memory?)\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_a_signal_gives_a_checkpoint_and_75(
    start: Start, launch: Launch, tmp_path: Path, number: signal.Signals
) -> None:
    run = tmp_path / "run"
    first = start(FAKE_STEPS="400", FAKE_CHECKPOINT_SECONDS="0.5")
    ranks_of(run, 1)
    first.send_signal(number)
    wait_for(lambda: f"{number.name}: finishing" in (first.stdout.readline() if first.stdout else ""))
    while first.poll() is None:  # more signals break nothing
        first.send_signal(number)
        time.sleep(0.02)
    assert first.returncode == 75
    assert outcome(run) == ("interrupted", 75)
    step = json.loads((run / "checkpoints" / "last.json").read_text())["step"]
    assert 0 < step < 400
    second = launch(FAKE_STEPS=str(step + 2))
    assert second.returncode == 0
    assert f"rank 0 starts at step {step}\n" in second.stdout
    assert [line["attempt"] for line in read_lines(run / "log.jsonl") if line["mode"] == "env"] == [1, 2]


def test_a_signal_that_was_ignored_on_entry(processes: Processes, start: Start, tmp_path: Path) -> None:
    """Background jobs of a script start with SIGINT ignored."""
    process = start(FAKE_STEPS="1000")
    command = " ".join(shlex.quote(str(part)) for part in process.args)  # type: ignore[union-attr]
    process.kill()
    script = f"trap '' INT TERM USR1; {command} --quiet & echo $!; wait $!; echo code $?"
    shell = processes.start("bash", "-c", script, FAKE_STEPS="1000")
    assert shell.stdout is not None
    pid = int(shell.stdout.readline())
    ranks_of(tmp_path / "run", 1)
    os.kill(pid, signal.SIGINT)
    assert shell.stdout.readline() == "code 75\n"


def test_a_signal_before_the_training_starts(start: Start, tmp_path: Path) -> None:
    process = start(FAKE_CHECK_SECONDS="1000")
    wait_for(psutil.Process(process.pid).children)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 75
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("count", [1, 2])
def test_kill_9_leaves_no_rank_behind(start: Start, tmp_path: Path, short_folder: Path, count: int) -> None:
    run = tmp_path / "run"
    supervisor = start("--nproc", str(count), FAKE_STEPS="10000", TMPDIR=str(short_folder))
    ranks = ranks_of(run, count)
    assert len(ranks) == count
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: all(start_time(pid) != began for pid, began in ranks), seconds=30)
    wait_for(lambda: not processes_with("mixlab.launch.agent", str(tmp_path)), seconds=30)
    assert outcome(run) == ("running", None)
    [left] = short_folder.glob("mixlab-supervisor-*")
    second = start("--nproc", "1", FAKE_STEPS="1", TMPDIR=str(short_folder))
    assert second.wait(timeout=120) == 0
    assert not left.exists()


def processes_with(*parts: str) -> list[int]:
    """Pids of processes with all of `parts` in their command lines."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if all(part in line for part in parts):
            found.append(process.pid)
    return found


def test_a_second_starter_exits_3_and_changes_nothing(start: Start, launch: Launch, tmp_path: Path) -> None:
    run = tmp_path / "run"
    first = start(FAKE_STEPS="10000", FAKE_STEP_SECONDS="1000")
    ranks_of(run, 1)
    stand_still(first)  # its heart would change the folder
    before = folder_state(run)
    second = launch()
    assert second.returncode == 3
    assert f"run is held by process {first.pid} on" in second.stderr
    assert folder_state(run) == before


def test_a_supervisor_that_lost_its_lock_ends_the_training_and_exits_3(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    first = start("--heartbeat", "0.1", FAKE_STEPS="10000")
    ranks = ranks_of(run, 1)
    record = json.loads((run / "lock").read_text())
    (run / "lock").write_text(json.dumps({**record, "token": "e" * 32}))
    assert first.wait(timeout=120) == 3
    assert [start_time(pid) for pid, _ in ranks] == [None]
    assert outcome(run) == ("running", None)
    assert json.loads((run / "lock").read_text())["token"] == "e" * 32


def test_a_cancelled_run_stays_cancelled(start: Start, launch: Launch, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert launch().returncode == 0
    (run / "status.json").write_text(json.dumps({**status(run), "state": "interrupted"}))
    (run / "cancel").touch()
    before = folder_state(run)
    refused = launch()
    assert refused.returncode == 3
    assert "--resume-cancelled" in refused.stderr
    assert folder_state(run) == before
    assert launch("--resume-cancelled").returncode == 0
    assert outcome(run) == ("completed", 0)


@pytest.mark.parametrize("count", [1, 2])
def test_cancelling_a_running_training_gives_a_checkpoint_and_3(
    start: Start, launch: Launch, tmp_path: Path, count: int
) -> None:
    run = tmp_path / "run"
    process = start("--nproc", str(count), FAKE_STEPS="10000")
    ranks = ranks_of(run, count)
    (run / "cancel").touch()
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 3
    assert "mixlab: cancelled: finishing the step and writing a checkpoint\n" in output
    assert re.search(r"^mixlab: run: cancelled after epoch \d+$", output, re.MULTILINE)
    assert outcome(run) == ("cancelled", 3)
    assert [start_time(pid) for pid, _ in ranks] == [None] * count
    assert not (run / "lock").exists()
    assert launch().returncode == 3
    step = json.loads((run / "checkpoints" / "last.json").read_text())["step"]
    again = launch("--resume-cancelled", "--nproc", str(count), FAKE_STEPS=str(step + 2))
    assert again.returncode == 0
    assert f"rank 0 starts at step {step}\n" in again.stdout
    assert outcome(run) == ("completed", 0)


def test_a_try_leaves_the_run_directory_alone(launch: Launch, tmp_path: Path) -> None:
    tried = launch("--max-steps", "2")
    assert tried.returncode == 0
    assert not (tmp_path / "run").exists()


def test_nobody_reads_the_output(start: Start, tmp_path: Path) -> None:
    process = start()
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(timeout=120) == 0
    assert (tmp_path / "run" / "attempts" / "1.log").read_text() == "rank 0 starts at step 0\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"backbone": "resnet1800"}, "resnet1800"),
        ({"dataset": {"name": "birds", "classes": 10, "size": 8}}, "MIXLAB_DATA_BIRDS"),
    ],
)
def test_a_bad_config_exits_2_and_writes_nothing(
    processes: Processes, write_config: WriteConfig, tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    config = write_config("bad.json", **changes)
    before = folder_state(tmp_path)
    refused = processes.python("-m", "mixlab.launch", config, "--gpus", "0")
    assert refused.returncode == 2
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr
    assert folder_state(tmp_path) == before


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["no.json", "--gpus", "-1"],
        ["no.json", "--trial", "0"],
        ["no.json", "--gpus", "1"],
        ["no.json", "--typo"],
    ],
)
def test_bad_arguments_exit_2(processes: Processes, tmp_path: Path, arguments: list[str]) -> None:
    refused = processes.python("-m", "mixlab.launch", *arguments, PATH="/nowhere")
    assert refused.returncode == 2
    assert refused.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("place", ["tiny.json/run", "/proc/1/run"])
def test_a_place_that_cannot_be_written_is_one_line(launch: Launch, place: str) -> None:
    failed = launch("--run-dir", place)
    assert failed.returncode == 1
    assert re.fullmatch(rf"mixlab: {place}: .+\n", failed.stderr)


def test_a_full_disk_is_one_line(launch: Launch, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))  # every write to a file fails, as on a full disk
    try:
        failed = launch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert failed.returncode == 1
    assert re.fullmatch(r"mixlab: .*run/lock: .+\n", failed.stderr)
    assert os.listdir(tmp_path / "run") == []
