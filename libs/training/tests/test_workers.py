"""Processes that decode: they live as long as a training or an evaluation, and no longer."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch

from conftest import Processes
from mixlab.core.exit_codes import ExitCode
from mixlab.data import TrainBatches, Workers, open_data
from mixlab.test import evaluate_checkpoint
from mixlab.train import train
from tiny import folder_run, image_folder, run, signals_restored

CPU = torch.device("cpu")

Children = Callable[[], set[int]]


def double(number: int) -> int:
    return 2 * number


def all_children() -> set[int]:
    return {process.pid for process in psutil.Process().children()}


@pytest.fixture
def children() -> Children:
    """The processes that were started since the test began: earlier tests may have left some that compile."""
    earlier = all_children()
    return lambda: all_children() - earlier


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images of two sizes, which workers decode."""
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=[12, 16])))


@pytest.mark.usefixtures("shapes")
def test_they_serve_all_epochs_and_evaluations_of_a_training(children: Children, tmp_path: Path) -> None:
    config = folder_run(runtime={"workers": 2}, inputs={"crop": "random-resized"}, maxEpochs=3)
    seen: dict[tuple[int, int], set[int]] = {}

    def after_step(epoch: int, step: int) -> None:
        seen[epoch, step] = children()

    with signals_restored():
        assert train(config, tmp_path / "run", device="cpu", after_step=after_step) == ExitCode.COMPLETED
    assert {epoch for epoch, _ in seen} == {1, 2, 3}
    first = seen[1, 1]
    assert len(first) == 2
    assert all(found == first for found in seen.values())
    assert children() == set()
    evaluate_checkpoint(config, tmp_path / "run", device="cpu")
    assert children() == set()


@pytest.mark.usefixtures("shapes")
def test_an_interrupted_training_leaves_none(children: Children, tmp_path: Path) -> None:
    config = folder_run(runtime={"workers": 2})
    assert run(config, tmp_path / "run", stop_at=(1, 2)) == ExitCode.INTERRUPTED
    assert children() == set()


@pytest.mark.usefixtures("shapes")
def test_batches_with_workers_of_their_own_end_them(children: Children) -> None:
    config = folder_run(runtime={"workers": 2})
    batches = TrainBatches(open_data(config).load("train"), config, CPU, 0, 1)
    epoch = batches.epoch(0)
    next(epoch)
    assert len(children()) == 2
    del epoch, batches
    assert children() == set()


@pytest.mark.parametrize("count", [0, 2])
def test_one_load_after_another(count: int) -> None:
    with Workers(count, CPU) as workers:
        load, other = workers.add(double), workers.add(str)
        assert list(load(range(5))) == [0, 2, 4, 6, 8]
        assert list(other(range(3))) == ["0", "1", "2"]
        left = load(range(100))
        assert next(left) == 0
        assert list(other(range(7, 9))) == ["7", "8"]
        with pytest.raises(RuntimeError, match="another load has begun since"):
            next(left)
        assert list(load([21])) == [42]


def test_one_that_is_stuck_does_not_keep_its_parent(children: Children) -> None:
    workers = Workers(1, CPU)
    assert list(workers.add(double)([1])) == [2]
    (pid,) = children()
    psutil.Process(pid).send_signal(signal.SIGSTOP)
    workers.close()
    psutil.wait_procs([each for each in psutil.Process().children() if each.pid == pid], timeout=10)
    assert children() == set()


def test_a_process_that_forgets_to_close_ends(processes: Processes) -> None:
    """Python asks its children to end with a SIGTERM, which workers leave to the process that trains."""
    script = (
        "import torch; from mixlab.data import Workers; workers = Workers(2, torch.device('cpu')); "
        "print(list(workers.add(str)(range(3)))); raise SystemExit(75)"
    )
    ended = processes.python("-c", script, OMP_NUM_THREADS="1")
    assert (ended.returncode, ended.stdout) == (75, "['0', '1', '2']\n")
