"""The lock of a run directory, with real processes that race for it and die holding it."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psutil
import pytest

from mixlab.core.lock import HeldByOther, Holder, Lock
from mixlab.core.processes import Process, boot_id, start_time

fork = multiprocessing.get_context("fork")


def is_dead(holder: Holder) -> bool:
    return holder.process is None or holder.process.fate() == "dead"


def in_a_process(action: Callable[[], None]) -> None:
    """Runs `action` in a process that then dies without tidying up."""

    def act() -> None:
        action()
        os._exit(0)

    process = fork.Process(target=act)
    process.start()
    process.join()
    assert process.exitcode == 0


def leave_nothing(path: Path) -> None:
    pass


def leave_a_dead_holder(path: Path) -> None:
    def acquire() -> None:
        Lock(path).acquire(is_dead)

    in_a_process(acquire)


def leave_a_half_done_takeover(path: Path) -> None:
    """The taker died after its claim to the succession and before it became the lock."""
    leave_a_dead_holder(path)
    first = Lock(path).holder_token()

    def claim() -> None:
        record = {**Process.current().to_json(), "token": "b" * 32}
        path.with_name(f"lock.after.{first}").write_text(json.dumps(record))

    in_a_process(claim)


def leave_a_half_done_release(path: Path) -> None:
    """The holder died between its own succession and the removal of the lock."""

    def release_halfway() -> None:
        token = Lock(path).acquire(is_dead)
        record = {**Process.current().to_json(), "token": "c" * 32}
        path.with_name(f"lock.after.{token}").write_text(json.dumps(record))

    in_a_process(release_halfway)


def leave_an_empty_file(path: Path) -> None:
    path.write_bytes(b"")


def leave_rubbish(path: Path) -> None:
    path.write_bytes(b"\xff\x00[1, 2")


def _race(paths: list[Path], barrier: Barrier, results: SimpleQueue[tuple[int, str | None]]) -> None:
    """Tries for one lock after the other, each time together with all others; dies without a release."""
    for number, path in enumerate(paths):
        barrier.wait()
        try:
            results.put((number, Lock(path).acquire(is_dead)))
        except HeldByOther:
            results.put((number, None))
    barrier.wait()
    os._exit(0)


@pytest.mark.parametrize(
    "leave",
    [
        leave_nothing,
        leave_a_dead_holder,
        leave_a_half_done_takeover,
        leave_a_half_done_release,
        leave_an_empty_file,
        leave_rubbish,
    ],
)
def test_exactly_one_of_twenty_gets_it(tmp_path: Path, leave: Callable[[Path], None]) -> None:
    paths = [tmp_path / str(number) / "lock" for number in range(5)]
    for path in paths:
        path.parent.mkdir()
        leave(path)
    barrier = fork.Barrier(20)
    results: SimpleQueue[tuple[int, str | None]] = fork.SimpleQueue()
    racers = [fork.Process(target=_race, args=(paths, barrier, results)) for _ in range(20)]
    for racer in racers:
        racer.start()
    found = [results.get() for _ in racers for _ in paths]
    for racer in racers:
        racer.join()
    for number, path in enumerate(paths):
        winners = [token for of, token in found if of == number and token is not None]
        assert len(winners) == 1
        assert Lock(path).holder_token() == winners[0]
        assert os.listdir(path.parent) == ["lock"]


def _come_and_go(path: Path, rounds: int, dies: bool) -> None:
    """Enters again and again, with a mark while it is in; goes without a release if it `dies`."""
    inside, journal = path.with_name("inside"), path.with_name("journal")
    entered = 0
    while entered < rounds:
        lock = Lock(path)
        try:
            token = lock.acquire(is_dead)
        except HeldByOther:
            continue
        mark = os.open(inside, os.O_CREAT | os.O_EXCL)  # fails if another is in
        os.close(mark)
        with journal.open("a") as file:
            file.write(f"{token}\n")
        inside.unlink()
        entered += 1
        if dies:
            os._exit(0)
        lock.release(token)
    os._exit(0)


def test_nobody_is_ever_in_together_with_another(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    patient = [fork.Process(target=_come_and_go, args=(path, 40, False)) for _ in range(4)]
    for process in patient:
        process.start()
    for _ in range(40):
        dying = [fork.Process(target=_come_and_go, args=(path, 1, True)) for _ in range(2)]
        for process in dying:
            process.start()
        for process in dying:
            process.join(timeout=120)
            assert process.exitcode == 0
    for process in patient:
        process.join(timeout=120)
        assert process.exitcode == 0
    tokens = (tmp_path / "journal").read_text().split()
    assert len(tokens) == len(set(tokens)) == 4 * 40 + 40 * 2


def test_a_release_leaves_nothing_behind(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.release(lock.acquire(is_dead))
    assert os.listdir(tmp_path) == []


def test_a_living_holder_is_named(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.acquire(is_dead)
    with pytest.raises(HeldByOther, match=f"process {os.getpid()} on {socket.gethostname()}"):
        Lock(tmp_path / "lock").acquire(is_dead)
    assert os.listdir(tmp_path) == ["lock"]


def test_whoever_lost_the_lock_does_not_release_it(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lost = lock.acquire(is_dead)
    token = lock.acquire(lambda holder: True)
    lock.release(lost)
    assert lock.holder_token() == token


def test_a_taker_that_judged_long_ago_changes_nothing(tmp_path: Path) -> None:
    leave_a_dead_holder(tmp_path / "lock")
    lock = Lock(tmp_path / "lock")
    newer: list[str] = []

    def is_gone_by_now(holder: Holder) -> bool:
        # While this one judges, another takes over.
        if not newer:
            newer.append(Lock(tmp_path / "lock").acquire(is_dead))
            return True
        return is_dead(holder)

    with pytest.raises(HeldByOther):
        lock.acquire(is_gone_by_now)
    assert lock.holder_token() == newer[0]
    assert os.listdir(tmp_path) == ["lock"]


def test_a_recycled_pid_is_not_the_holder(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.acquire(is_dead)
    record = json.loads((tmp_path / "lock").read_text())
    (tmp_path / "lock").write_text(json.dumps({**record, "pidStart": record["pidStart"] - 1}))
    assert lock.acquire(is_dead) == lock.holder_token() != record["token"]


def test_fate_of_a_process() -> None:
    me = Process.current()
    assert me.boot_id == boot_id()
    assert me.fate() == "alive"
    assert replace(me, pid_start=me.pid_start + 1).fate() == "dead"
    assert replace(me, boot_id="another").fate() == "dead"
    assert replace(me, boot_id="another", host="elsewhere").fate() == "elsewhere"
    assert replace(me, boot_id="another", machine_id="a namesake").fate() == "elsewhere"
    assert replace(me, pid_namespace="another container").fate() == "elsewhere"
    assert Process.from_json(me.to_json()) == me
    assert Process.from_json({"pid": "7"}) is None


def test_a_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.read()
    while start_time(process.pid) is not None:
        pass
    assert os.path.exists(f"/proc/{process.pid}") or sys.platform != "linux"
    process.wait()


def test_elsewhere_than_on_linux_a_process_began_in_a_whole_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `ps -o lstart=` tells it, by which `mixlab clean` names itself in a lock."""
    began = int(psutil.Process().create_time())
    monkeypatch.setattr(sys, "platform", "darwin")
    assert start_time(os.getpid()) == began
