"""A training that is stopped (SIGSTOP) while another host, for which namespaces stand, takes its run over."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from conftest import Processes, WriteConfig, folder_state, read_lines, wait_for

ELSEWHERE = ("unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child")

pytestmark = pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run([*ELSEWHERE, "true"], capture_output=True).returncode != 0,
    reason="only root can make namespaces, which stand for another host",
)


def start(processes: Processes, config: Path, *elsewhere: str) -> subprocess.Popen[str]:
    """The supervisor of a training in `run`, with Mixlab's own trainer."""
    launch = (sys.executable, "-m", "mixlab.launch", config, "--gpus", "0", "--run-dir", "run")
    patience = ("--heartbeat", "0.2", "--takeover-after", "2")
    return processes.start(*elsewhere, *launch, *patience, OMP_NUM_THREADS="1")


def files_of(run: Path) -> dict[str, tuple[int, str]]:
    """Every file, but for the first attempt's own: what it printed, drew, and was writing at its end."""
    own = re.compile(r"attempts/1\.log$|tfevents\.000001\.|\.tmp$")
    state = folder_state(run)
    return {name: state[name] for name in state if (run / name).is_file() and not own.search(name)}


@pytest.mark.parametrize("wakes_first", ["supervisor", "trainer"])
def test_a_stopped_training_notices_that_it_was_taken_over(
    processes: Processes, write_config: WriteConfig, tmp_path: Path, wakes_first: str
) -> None:
    run = tmp_path / "run"
    config = write_config(maxEpochs=40)

    def epochs_of(attempt: int) -> list[int]:
        lines = read_lines(run / "log.jsonl")
        return [line["epoch"] for line in lines if line["mode"] == "val" and line["attempt"] == attempt]

    first = start(processes, config)
    wait_for(lambda: epochs_of(1))
    family = [psutil.Process(first.pid), *psutil.Process(first.pid).children(recursive=True)]
    for process in random.sample(family, len(family)):
        process.send_signal(signal.SIGSTOP)
    reached = max(epochs_of(1))

    second = start(processes, config, *ELSEWHERE)
    output, errors = second.communicate(timeout=120)
    assert (second.returncode, errors) == (0, ""), output
    assert "watching its heartbeat" in output
    assert sorted(epochs_of(2)) == list(range(min(epochs_of(2)), 41))
    assert min(epochs_of(2)) <= reached + 1
    status = json.loads((run / "status.json").read_text())
    assert (status["state"], status["attempt"]) == ("completed", 2)

    before = files_of(run)
    for process in sorted(
        family, key=lambda process: (process.pid == first.pid) != (wakes_first == "supervisor")
    ):
        process.send_signal(signal.SIGCONT)
    assert first.wait(timeout=120) == 3
    assert psutil.wait_procs(family, timeout=30)[1] == []
    assert files_of(run) == before
