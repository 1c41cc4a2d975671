"""A run directory: who may train in it, what its files say, and what a hold writes."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import FIXTURES, Processes, folder_state, read_lines, stand_still, wait_for
from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.hold import InterruptedBeforeStart, hold
from mixlab.core.lock import HeldByOther, HoldLost
from mixlab.core.processes import Process
from mixlab.core.run_directory import AlreadyCompleted, Cancelled, OtherRun, Run, RunDirectory

RUN = Run({"maxEpochs": 3, "seed": 1}, "a" * 64, 3)
HOLDER = FIXTURES / "holder.py"


def finished(path: Path, state: str = "interrupted", run: Run = RUN) -> RunDirectory:
    """A run directory that one attempt has left in `state`."""
    directory = RunDirectory(path)
    with hold(directory, run) as held:
        held.beat(2)
        held.finish("completed" if state == "completed" else "interrupted", 0)
    if state == "cancelled":
        directory.cancel.touch()
    return directory


def held_elsewhere(path: Path) -> RunDirectory:
    """A run directory whose holder is on another machine."""
    directory = finished(path)
    record = {**Process.current().to_json(), "host": "elsewhere", "bootId": "another", "token": "b" * 32}
    directory.lock.write_text(json.dumps(record))
    fields = json.loads(directory.status.read_text())
    directory.status.write_text(json.dumps({**fields, **record, "state": "running"}))
    return directory


def test_files_of_a_first_attempt(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "deep" / "trial1")
    with hold(directory, RUN) as held:
        assert held.attempt == 1
        assert json.loads(directory.config.read_text()) == RUN.config
        text = directory.status.read_text()
        assert f'\n  "hash": "{RUN.hash}",\n' in text
        assert '\n  "state": "running",\n' in text
        assert json.loads(text) | {"heartbeat": 0} == {
            "schemaVersion": 1,
            "state": "running",
            "hash": RUN.hash,
            "attempt": 1,
            "epoch": 0,
            "maxEpochs": 3,
            "heartbeat": 0,
            **Process.current().to_json(),
            "schedulerJob": None,
            "exitCode": None,
            "error": None,
        }
        held.beat(2)
        held.finish("interrupted", ExitCode.INTERRUPTED)
    status = directory.read_status()
    assert status is not None
    assert (status.state, status.epoch, status.exit_code) == ("interrupted", 2, 75)
    assert not directory.lock.exists()


def test_attempts_are_counted_and_the_epoch_is_kept(tmp_path: Path) -> None:
    directory = finished(tmp_path)
    with hold(directory, RUN) as held:
        status = directory.read_status()
        assert held.attempt == 2
        assert status is not None
        assert (status.state, status.epoch) == ("running", 2)
        held.finish("completed", 0)


def test_attempts_are_counted_without_a_status(tmp_path: Path) -> None:
    directory = finished(tmp_path)
    directory.status.write_bytes(b'{"state": "runn')
    for name in ("1.log", "7.log", "notes.log"):
        (directory.attempts / name).touch()
    with hold(directory, RUN) as held:
        assert held.attempt == 8
        held.finish("completed", 0)


def test_an_array_task_is_named_as_slurm_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "71")
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "70")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    assert json.loads(finished(tmp_path).status.read_text())["schedulerJob"] == "70_3"


@pytest.mark.parametrize(
    ("state", "error", "code"), [("completed", AlreadyCompleted, 0), ("cancelled", Cancelled, 3)]
)
def test_a_run_that_is_not_to_train_is_left_alone(
    tmp_path: Path, state: str, error: type[MixlabError], code: int
) -> None:
    directory = finished(tmp_path / "trial1", state)
    before = folder_state(tmp_path)
    with pytest.raises(error) as raised:
        hold(directory, RUN)
    assert raised.value.exit_code == code
    assert folder_state(tmp_path) == before


def test_a_cancelled_run_goes_on_when_asked_for(tmp_path: Path) -> None:
    directory = finished(tmp_path, "cancelled")
    with hold(directory, RUN, resume_cancelled=True) as held:
        assert held.attempt == 2
        assert not directory.cancel.exists()
        held.finish("completed", 0)


def test_an_attempt_that_ended_as_cancelled_is_followed_when_somebody_asks(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    with hold(directory, RUN) as held:
        held.finish("cancelled", ExitCode.HELD)
    with pytest.raises(Cancelled):
        hold(directory, RUN)
    directory.resume.touch()
    with hold(directory, RUN) as held:
        assert held.attempt == 2
        assert not directory.resume.exists()
        held.finish("completed", 0)


def test_a_run_is_cancelled_before_it_has_begun(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path / "trial1")
    directory.path.mkdir()
    directory.cancel.write_text('{"hash": "')
    before = folder_state(tmp_path)
    with pytest.raises(Cancelled):
        hold(directory, RUN)
    assert folder_state(tmp_path) == before


def test_a_holder_hears_once_that_its_run_is_cancelled(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    heard: list[str] = []
    with hold(directory, RUN, heartbeat_seconds=0.01, on_cancel=lambda: heard.append("cancel")) as held:
        directory.cancel.touch()
        wait_for(lambda: bool(heard))
        status = directory.read_status()
        assert status is not None
        beats = status.heartbeat
        wait_for(lambda: (now := directory.read_status()) is not None and now.heartbeat > beats + 2)
        held.finish("cancelled", ExitCode.HELD)
    assert heard == ["cancel"]


def write_foreign_config(directory: RunDirectory) -> None:
    directory.status.unlink()
    directory.config.write_text('{"name": "another program"}')


def write_foreign_status(directory: RunDirectory) -> None:
    directory.config.unlink()
    directory.status.write_text('{"status": "green"}')


@pytest.mark.parametrize(
    ("change", "run", "message"),
    [
        (
            lambda directory: None,
            replace(RUN, hash="b" * 64),
            "another run .hash aaaaaaaa, this one is bbbbbbbb",
        ),
        (lambda directory: None, replace(RUN, config={**RUN.config, "seed": 2}), "another trial .seed 1"),
        (write_foreign_config, RUN, "config.json that is not this run's"),
        (write_foreign_status, RUN, "status.json of something that is not a run of Mixlab"),
    ],
)
def test_a_directory_of_something_else_is_refused(
    tmp_path: Path, change: Callable[[RunDirectory], None], run: Run, message: str
) -> None:
    directory = finished(tmp_path / "trial1")
    change(directory)
    before = folder_state(tmp_path)
    with pytest.raises(OtherRun, match=message) as raised:
        hold(directory, run)
    assert raised.value.exit_code == 2
    assert folder_state(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("status", ""),
        ("status", '{"state": "runn'),
        ("status", "\udcff\n"),
        ("log", ""),
        ("config", ""),
        ("provenance", ""),
    ],
)
def test_files_that_were_cut_off_before_anything_was_trained_are_written_anew(
    tmp_path: Path, name: str, text: str
) -> None:
    directory = RunDirectory(tmp_path / "trial1")
    directory.path.mkdir()
    getattr(directory, name).write_text(text, errors="surrogateescape")
    with hold(directory, RUN) as held:
        assert held.attempt == 1
        held.finish("completed", 0)
    status = directory.read_status()
    assert status is not None
    assert (status.state, status.hash) == ("completed", RUN.hash)


def test_a_log_beside_a_status_that_was_cut_off_is_refused_where_nothing_tells_whose_it_is(
    tmp_path: Path,
) -> None:
    directory = RunDirectory(tmp_path / "trial1")
    directory.path.mkdir()
    directory.status.write_text("")
    directory.log.write_text("somebody's\n")
    before = folder_state(tmp_path)
    with pytest.raises(OtherRun, match=r"holds status.json, log.jsonl of something"):
        hold(directory, RUN)
    assert folder_state(tmp_path) == before


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trial1").write_text("notes")
    with pytest.raises(OtherRun, match="not a folder"):
        hold(RunDirectory(tmp_path / "trial1"), RUN)


def test_runtime_options_may_change_between_attempts(tmp_path: Path) -> None:
    directory = finished(tmp_path)
    changed = replace(RUN, config={**RUN.config, "runtime": {"workers": 8}})
    finished(tmp_path, run=changed)
    assert json.loads(directory.config.read_text()) == changed.config


def test_a_second_starter_exits_3_and_changes_nothing(tmp_path: Path, processes: Processes) -> None:
    path = tmp_path / "trial1"
    first = processes.start_python(HOLDER, path, "30")
    assert first.stdout is not None
    assert first.stdout.readline() == "1\n"
    stand_still(first)  # its heart must not change the folder either
    before = folder_state(path)
    second = processes.python(HOLDER, path)
    assert (second.returncode, second.stdout) == (3, "")
    assert re.search(rf"held by process {first.pid} on", second.stderr)
    assert folder_state(path) == before


def number_of_ended(processes: list[subprocess.Popen[str]]) -> int:
    return sum(process.poll() is not None for process in processes)


def test_exactly_one_of_twenty_starters_trains(tmp_path: Path, processes: Processes) -> None:
    path = tmp_path / "trial1"
    for attempt in (1, 2):
        starters = [processes.start_python(HOLDER, path, "30") for _ in range(20)]
        wait_for(lambda: number_of_ended(starters) == 19)  # noqa: B023 - called at once
        [winner] = [starter for starter in starters if starter.returncode is None]
        assert [starter.returncode for starter in starters if starter is not winner] == [3] * 19
        assert winner.stdout is not None
        assert winner.stdout.readline() == f"{attempt}\n"
        # The holder's own heartbeat may be on its way; what is killed on its way, the next holder removes.
        wait_for(lambda: not any(entry.endswith(".tmp") for entry in os.listdir(path)))
        winner.kill()  # the next twenty find a dead holder
        winner.wait()


def test_a_dead_holder_is_followed(tmp_path: Path, processes: Processes) -> None:
    path = tmp_path / "trial1"
    first = processes.start_python(HOLDER, path, "30")
    assert first.stdout is not None
    first.stdout.readline()
    first.kill()  # not waited for: it stays a zombie, as in a container without an init
    wait_for(lambda: hold_result(path) == 2)


def hold_result(path: Path) -> int | None:
    """The attempt that a hold gets; None where the directory is held."""
    try:
        with hold(RunDirectory(path), RUN) as held:
            held.finish("interrupted", 75)
            return held.attempt
    except HeldByOther:
        return None


def test_a_holder_on_another_machine_is_followed_when_its_heart_stands_still(tmp_path: Path) -> None:
    directory = held_elsewhere(tmp_path)
    said: list[str] = []
    with hold(directory, RUN, takeover_seconds=0.3, say=said.append) as held:
        assert held.attempt == 2
        held.finish("completed", 0)
    assert "on elsewhere; watching its heartbeat" in said[0]


def test_a_holder_on_another_machine_is_left_alone_while_its_heart_beats(tmp_path: Path) -> None:
    directory = held_elsewhere(tmp_path)
    ended = threading.Event()

    def beat() -> None:
        fields = json.loads(directory.status.read_text())
        while not ended.wait(0.02):
            fields["heartbeat"] += 1
            directory.status.with_name("new").write_text(json.dumps(fields))
            os.replace(directory.status.with_name("new"), directory.status)

    heart = threading.Thread(target=beat)
    heart.start()
    lock = directory.lock.read_bytes()
    with pytest.raises(HeldByOther, match="on elsewhere"):
        hold(directory, RUN, takeover_seconds=30)
    ended.set()
    heart.join()
    assert directory.lock.read_bytes() == lock


def test_watching_another_machine_ends_with_a_signal(tmp_path: Path) -> None:
    directory = held_elsewhere(tmp_path)
    before = folder_state(tmp_path)
    with pytest.raises(InterruptedBeforeStart) as raised:
        hold(directory, RUN, interrupted=lambda: True)
    assert raised.value.exit_code == 75
    assert folder_state(tmp_path) == before


def test_a_damaged_lock_is_judged_by_the_status(tmp_path: Path, processes: Processes) -> None:
    path = tmp_path / "trial1"
    first = processes.start_python(HOLDER, path, "30")
    assert first.stdout is not None
    first.stdout.readline()
    stand_still(first)
    (path / "lock").write_bytes(b"")
    assert hold_result(path) is None
    first.kill()
    first.wait()
    assert hold_result(path) == 2


def test_a_holder_that_lost_its_lock_writes_nothing_more(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    held = hold(directory, RUN, heartbeat_seconds=60)
    other = {**Process.current().to_json(), "token": "d" * 32}
    directory.lock.write_text(json.dumps(other))
    before = folder_state(tmp_path)
    for write in (held.check, lambda: held.beat(3), lambda: held.finish("completed", 0)):
        with pytest.raises(HoldLost) as raised:
            write()
        assert raised.value.exit_code == 3
    with pytest.raises(HoldLost), held:
        held.check()
    assert folder_state(tmp_path) == before
    assert json.loads(directory.lock.read_text()) == other


def test_a_removed_lock_is_lost_too(tmp_path: Path, processes: Processes) -> None:
    path = tmp_path / "trial1"
    holder = processes.start_python(HOLDER, path, "1")
    assert holder.stdout is not None
    holder.stdout.readline()
    (path / "lock").unlink()
    assert holder.wait(timeout=120) == 3
    assert '"running"' in (path / "status.json").read_text()


def test_the_heart_beats_by_itself(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    with hold(directory, RUN, heartbeat_seconds=0.02) as held:
        first = directory.read_status()
        wait_for(lambda: directory.read_status() != first)
        held.finish("completed", 0)
    last = directory.status.read_bytes()
    time.sleep(0.1)
    assert directory.status.read_bytes() == last


def test_an_error_inside_a_hold_is_its_outcome(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    with pytest.raises(ZeroDivisionError), hold(directory, RUN):
        print(1 / 0)
    status = directory.read_status()
    assert status is not None
    assert (status.state, status.exit_code, status.error) == (
        "failed",
        1,
        "ZeroDivisionError: division by zero",
    )
    assert not directory.lock.exists()


def test_what_a_killed_writer_left_is_removed(tmp_path: Path) -> None:
    directory = finished(tmp_path)
    leftovers = [
        directory.path / ".status.json.0123456789abcdef.tmp",
        directory.checkpoints / ".last.pt.0123456789abcdef.tmp",
    ]
    kept = directory.checkpoints / ".notes.tmp"
    for path in [*leftovers, kept]:
        path.touch()
    finished(tmp_path)
    assert [path.exists() for path in leftovers] == [False, False]
    assert kept.exists()


def test_a_truncated_log_line_does_not_swallow_the_next(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    directory.append_log({"mode": "env", "attempt": 1})
    with directory.log.open("ab") as log:
        log.write(b'{"mode": "train", "epo')
    directory.append_log({"mode": "env", "attempt": 2})
    directory.append_log({"mode": "train", "attempt": 2, "loss": 0.5, "name": "naïve"})
    assert directory.log.read_text().splitlines() == [
        '{"mode": "env", "attempt": 1}',
        '{"mode": "train", "epo',
        '{"mode": "env", "attempt": 2}',
        '{"mode": "train", "attempt": 2, "loss": 0.5, "name": "naïve"}',
    ]


def test_a_loss_that_is_not_finite_is_null_in_the_log(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    directory.append_log({"loss": math.nan, "losses": [1.0, math.inf], "top": {"lr": -math.inf}})
    assert read_lines(directory.log) == [{"loss": None, "losses": [1.0, None], "top": {"lr": None}}]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_a_full_disk_is_named_with_the_file(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    directory.log.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device") as raised:
        directory.append_log({"mode": "env"})
    assert raised.value.filename == str(directory.log)


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"\xff", b'{"state": 3, "hash": "x"}', b'{"state": "running"}']
)
def test_a_damaged_status_is_no_status(tmp_path: Path, content: bytes) -> None:
    directory = RunDirectory(tmp_path)
    directory.status.write_bytes(content)
    assert directory.read_status() is None
