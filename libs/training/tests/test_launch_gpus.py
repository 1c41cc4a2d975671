"""GPUs that are claimed for the whole machine. A script that answers like nvidia-smi stands for them."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import FIXTURES, Processes, WriteConfig, read_lines, wait_for
from mixlab.core.errors import InvalidInput
from mixlab.core.gpus import Claims, claim_gpus, visible_gpus

UUIDS = ["GPU-a0000000-0", "GPU-a1000000-1", "GPU-b2000000-2"]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: Processes) -> None:
    """A machine with three GPUs."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    # Out of order, as nothing promises one.
    rows = "\\n".join(f"{index}, {uuid}" for index, uuid in reversed(list(enumerate(UUIDS))))
    tool.write_text(f"#!/bin/sh\nprintf '{rows}\\n'\n")
    tool.chmod(0o755)
    for name, value in {
        "PATH": f"{tool.parent}{os.pathsep}{os.environ['PATH']}",
        "MIXLAB_GPU_CLAIMS": str(tmp_path / "claims"),
    }.items():
        monkeypatch.setenv(name, value)
        processes.environment[name] = value
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (None, UUIDS),
        ("", []),
        ("2,0", [UUIDS[2], UUIDS[0]]),
        ("1,1", [UUIDS[1]]),
        ("1,-1,0", [UUIDS[1]]),
        ("GPU-b, 0", [UUIDS[2], UUIDS[0]]),
        ("MIG-c3", ["MIG-c3"]),
    ],
)
def test_visible_gpus(ids: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert visible_gpus(ids) == expected
    if ids is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ids)
        assert visible_gpus() == expected


@pytest.mark.parametrize("ids", ["3", "GPU-a", "cuda:0"])
def test_an_unknown_gpu_is_refused(ids: str) -> None:
    with pytest.raises(InvalidInput, match=f"there is no GPU {ids}; present: 0 .GPU-a0"):
        visible_gpus(ids)


def test_claims_exclude_one_another() -> None:
    first = claim_gpus(UUIDS, 2)
    assert list(first.uuids) == UUIDS[:2]
    second = claim_gpus(UUIDS, 1)
    assert list(second.uuids) == UUIDS[2:]
    first.close()
    third = claim_gpus(UUIDS, 2)
    assert list(third.uuids) == UUIDS[:2]
    for claims in (second, third):
        claims.close()


def test_a_claim_on_several_is_all_or_nothing(tmp_path: Path) -> None:
    held = claim_gpus([UUIDS[1]], 1)
    said: list[str] = []
    seen: list[Claims] = []

    def look() -> bool:
        # The one that waits for all three keeps none of them.
        if not seen:
            seen.append(claim_gpus([UUIDS[0], UUIDS[2]], 2))
            seen[0].close()
            held.close()
        return False

    claims = claim_gpus(UUIDS, 3, interrupted=look, say=said.append)
    assert sorted(claims.uuids) == UUIDS
    assert said == ["waiting for 3 of 3 GPUs to become free"]
    claims.close()


def test_a_claim_in_use_stays_fresh(tmp_path: Path) -> None:
    claims = claim_gpus(UUIDS[:1], 1)
    file = tmp_path / "claims" / f"{UUIDS[0]}.lock"
    os.utime(file, (0, 0))
    claims.keep_fresh()
    assert file.stat().st_mtime > 0
    claims.close()


def test_every_user_of_the_machine_may_claim(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        claim_gpus(UUIDS, 1).close()
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(tmp_path / "claims").st_mode) == 0o1777
    assert stat.S_IMODE(os.stat(tmp_path / "claims" / f"{UUIDS[0]}.lock").st_mode) == 0o666


class Launches:
    """Supervisors of short trainings that claim GPUs."""

    def __init__(self, processes: Processes, config: Path) -> None:
        self.processes = processes
        self.config = config
        self.marks = processes.folder / "marks"
        self.marks.mkdir()

    def start(self, run: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        def script(name: str) -> str:
            return shlex.join([sys.executable, str(FIXTURES / name)])

        return self.processes.start_python(
            *("-m", "mixlab.launch", self.config, "--run-dir", run, "--claim"),
            *("--trainer", script("fake_trainer.py"), "--checker", script("fake_checker.py"), *options),
            FAKE_GPU_MARKS=str(self.marks),
            **environment,
        )

    def devices(self, run: str) -> list[str]:
        """The GPUs that the run's attempts trained on."""
        return [
            line["devices"]
            for line in read_lines(self.processes.folder / run / "log.jsonl")
            if line["mode"] == "env"
        ]


@pytest.fixture
def launches(processes: Processes, write_config: WriteConfig) -> Launches:
    return Launches(processes, write_config())


def test_runs_share_a_machine_and_never_a_gpu(launches: Launches) -> None:
    started = [launches.start(f"run{number}", "--gpus", "1", FAKE_STEP_SECONDS="0.1") for number in range(7)]
    assert [process.wait(timeout=120) for process in started] == [0] * 7
    used = [launches.devices(f"run{number}") for number in range(7)]
    assert {uuid for [uuid] in used} == set(UUIDS)


def test_a_run_on_two_gpus_gets_both_and_its_ranks_hold_the_claims(launches: Launches) -> None:
    one = launches.start("one", "--gpus", "1", "--gpu-ids", "1", FAKE_STEP_SECONDS="0.5")
    wait_for(lambda: launches.devices("one"))
    two = launches.start("two", "--gpus", "2", FAKE_STEPS="1000")
    wait_for(lambda: launches.devices("two"))
    assert launches.devices("two") == [f"{UUIDS[0]},{UUIDS[2]}"]
    assert one.wait(timeout=120) == 0
    if sys.platform == "linux":
        pid_file = launches.processes.folder / "two" / "rank1.pid"
        rank1 = wait_for(lambda: pid_file.exists() and pid_file.read_text())
        files = [os.readlink(entry) for entry in Path(f"/proc/{rank1}/fd").iterdir() if entry.is_symlink()]
        claims = [os.path.basename(file) for file in files if "/claims/" in file]
        assert sorted(claims) == [f"{UUIDS[0]}.lock", f"{UUIDS[2]}.lock"]
    two.send_signal(signal.SIGTERM)
    assert two.wait(timeout=120) == 75


def test_a_killed_run_frees_its_gpu(launches: Launches) -> None:
    first = launches.start("first", "--gpu-ids", "0", FAKE_STEPS="100000")
    wait_for(lambda: launches.devices("first"))
    first.kill()
    (launches.marks / UUIDS[0]).unlink()
    assert launches.start("second", "--gpu-ids", "0").wait(timeout=120) == 0
    assert launches.devices("second") == [UUIDS[0]]


def test_waiting_for_a_gpu_ends_with_a_signal(launches: Launches) -> None:
    claims = claim_gpus(UUIDS, 3)
    waiting = launches.start("run")
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "mixlab: waiting for 1 of 3 GPUs to become free\n"
    waiting.send_signal(signal.SIGUSR1)
    assert waiting.wait(timeout=120) == 75
    assert not (launches.processes.folder / "run").exists()
    claims.close()


def test_nobody_waits_for_a_gpu_to_hear_that_a_run_is_completed(launches: Launches) -> None:
    assert launches.start("run").wait(timeout=120) == 0
    claims = claim_gpus(UUIDS, 3)
    assert launches.start("run").wait(timeout=120) == 0
    claims.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gpus", "4"], "GPUs: 4 asked for, 3 visible"),
        (["--gpus", "2", "--gpu-ids", "0"], "GPUs: 2 asked for, 1 visible"),
        (["--gpu-ids", "7"], "there is no GPU 7"),
        (["--gpu-ids", ""], "GPUs: 1 asked for, 0 visible"),
    ],
)
def test_gpus_that_are_not_there(launches: Launches, options: list[str], message: str) -> None:
    refused = launches.start("run", *options)
    output, errors = refused.communicate(timeout=120)
    assert (refused.returncode, output) == (2, "")
    assert message in errors
    assert not (launches.processes.folder / "run").exists()


def test_list_gpus(processes: Processes) -> None:
    listed = processes.python("-m", "mixlab.launch", "--list-gpus")
    assert (listed.returncode, listed.stdout.split()) == (0, UUIDS)
    restricted = processes.python("-m", "mixlab.launch", "--list-gpus", CUDA_VISIBLE_DEVICES="2")
    assert restricted.stdout == f"{UUIDS[2]}\n"
    assert (
        processes.python("-m", "mixlab.launch", "--list-gpus", "--gpu-ids", "1,0").stdout.split()
        == UUIDS[1::-1]
    )
    assert processes.python("-m", "mixlab.launch", "--list-gpus", CUDA_VISIBLE_DEVICES="").stdout == ""
