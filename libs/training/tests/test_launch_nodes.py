"""A run over several nodes, here on one machine, with a trainer that needs no PyTorch."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from conftest import FIXTURES, Processes, WriteConfig, read_lines, wait_for
from ranks import free_port

TRAINER = shlex.join([sys.executable, str(FIXTURES / "fake_trainer.py")])
CHECKER = shlex.join([sys.executable, str(FIXTURES / "fake_checker.py")])

Start = Callable[..., list[subprocess.Popen[str]]]


@pytest.fixture
def start(processes: Processes, write_config: WriteConfig) -> Start:
    """Starts both nodes of a short training in `run`, the first one last."""
    config, port = write_config(), free_port()

    def node(rank: int, *options: str, **environment: str) -> subprocess.Popen[str]:
        return processes.start_python(
            *("-m", "mixlab.launch", config, "--gpus", "0", "--run-dir", "run"),
            *("--nodes", "2", "--node-rank", str(rank), "--rendezvous", f"localhost:{port}"),
            *("--trainer", TRAINER, "--checker", CHECKER, *options),
            **environment,
        )

    def both(*options: str, **environment: str) -> list[subprocess.Popen[str]]:
        second = node(1, *options, **environment)
        return [node(0, *options, **environment), second]

    return both


def end(nodes: list[subprocess.Popen[str]]) -> tuple[list[int], list[str]]:
    """Exit codes and errors of the nodes."""
    errors = [node.communicate(timeout=120)[1] for node in nodes]
    return [node.returncode for node in nodes], errors


def status(run: Path) -> dict[str, object]:
    fields: dict[str, object] = json.loads((run / "status.json").read_text())
    return fields


def until_trained(run: Path) -> None:
    wait_for(lambda: bool(read_lines(run / "log.jsonl")) and (run / "rank1.pid").exists())


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_nodes_train_one_run_and_end_alike(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert end(start()) == ([0, 0], ["", ""])
    assert status(run)["state"] == "completed"
    assert [path.name for path in sorted((run / "attempts").iterdir())] == ["1.log", "1.node1.log"]
    # PyTorch may warn that the first node, which kept the store, has ended before.
    assert (run / "attempts" / "1.node1.log").read_text().startswith("rank 1 starts at step 0\n")
    # A second time the first node ends before the other has come.
    assert end(start()) == ([0, 0], ["", ""])
    assert status(run)["attempt"] == 1


def test_a_rank_that_fails_on_another_node_is_the_reason(start: Start, tmp_path: Path) -> None:
    fault = {"FAKE_FAULT": "raise", "FAKE_FAULT_RANK": "1", "FAKE_STEPS": "10000"}
    codes, errors = end(start(**fault, FAKE_LINGERS="1"))
    assert codes == [1, 1]
    assert "rank 1 of 2: the loss is not finite at step 2" in errors[0]
    assert status(tmp_path / "run")["error"] == "rank 1 of 2: the loss is not finite at step 2"


def test_a_lost_node_ends_the_others(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    nodes = start(FAKE_STEPS="10000", FAKE_LINGERS="1")
    until_trained(run)
    ranks = [int((run / f"rank{rank}.pid").read_text()) for rank in range(2)]
    nodes[1].send_signal(signal.SIGKILL)
    codes, _ = end(nodes)
    assert codes == [1, -signal.SIGKILL]
    assert str(status(run)["error"]).startswith("node 1 (")
    assert str(status(run)["error"]).endswith(") is gone")
    wait_for(lambda: not any(map(is_running, ranks)))


def test_nothing_outlives_the_first_node(start: Start, tmp_path: Path) -> None:
    run = tmp_path / "run"
    nodes = start(FAKE_STEPS="10000")
    until_trained(run)
    ranks = [int((run / f"rank{rank}.pid").read_text()) for rank in range(2)]
    nodes[0].send_signal(signal.SIGKILL)
    codes, errors = end(nodes)
    assert codes == [-signal.SIGKILL, 1]
    assert errors[1] == "mixlab: the first node is gone\n"
    wait_for(lambda: not any(map(is_running, ranks)))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--nodes", "2"], "--nodes 2 needs --rendezvous HOST:PORT and --node-rank below 2"),
        (["--nodes", "2", "--node-rank", "2", "--rendezvous", "a:1"], "--node-rank below 2"),
        (["--nodes", "2", "--node-rank", "0", "--rendezvous", "a"], "expected HOST:PORT, got 'a'"),
        (["--node-rank", "0"], "--rendezvous and --node-rank are for --nodes 2 and more"),
    ],
)
def test_wrong_options(processes: Processes, options: list[str], problem: str) -> None:
    process = processes.start_python("-m", "mixlab.launch", "c.json", *options)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert problem in errors
