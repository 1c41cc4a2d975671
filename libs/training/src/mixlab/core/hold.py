"""Holding a run directory: the one process that may write there, its heartbeat, and how an attempt ends.

A trainer asks for its hold with `hold_or_join` (mixlab.core.supervised_hold) and need not know whether a
supervisor has it:

    with Interruption() as interruption, hold_or_join(directory, run) as hold:
        hold.beat(epoch)                       # after loading a checkpoint and after every epoch
        hold.check()                           # before every checkpoint
        hold.finish("interrupted", ExitCode.INTERRUPTED)
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Literal, Protocol, Self

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import overwrite_json, read_json, remove_leftovers, write_json
from mixlab.core.lock import Holder, HoldLost, Lock
from mixlab.core.migrations import as_newest
from mixlab.core.processes import Process
from mixlab.core.run_directory import STATUS_SCHEMA_VERSION, Run, RunDirectory

HEARTBEAT_SECONDS = 10.0
TAKEOVER_SECONDS = 600.0

_GLANCE_SECONDS = 1.0  # between two looks for a request to cancel
_LONGEST_ERROR = 10_000
_SHORT_ERROR = 1000  # with it, the status fits into the block of a disk that it has already

EndState = Literal["interrupted", "cancelled", "failed", "paused", "completed"]
"""`paused` is trained as far as was asked for, and no further."""


class InterruptedBeforeStart(MixlabError):
    """A signal came while this process waited for its turn; nothing was started."""

    exit_code = ExitCode.INTERRUPTED


class Hold(Protocol):
    """The right to write into a run directory, for one attempt. An error that leaves it is its outcome."""

    token: str
    attempt: int
    """Counts from 1; stands in every line of the log."""

    def check(self) -> None:
        """Raises HoldLost where the run directory is another's by now. Call it before each checkpoint."""

    def beat(self, epoch: int) -> None:
        """Notes how many epochs are finished. Call it after loading a checkpoint and after each epoch."""

    def finish(self, state: EndState, exit_code: int, error: str | None = None) -> None:
        """Notes how this attempt ended; the first call counts. The process then exits with `exit_code`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class OwnHold:
    """A hold of this process itself: it has the lock, and is the only one that writes `status.json`.

    Made by `hold`. Its heartbeat runs in a thread of its own; a lock lost to another host shows in `lost` and
    in the next call.
    """

    def __init__(
        self,
        directory: RunDirectory,
        run: Run,
        lock: Lock,
        token: str,
        interval: float,
        on_cancel: Callable[[], None],
    ) -> None:
        self.directory = directory
        self.token = token
        self.lost = threading.Event()
        """Set once the heartbeat finds the lock in another's hands."""
        self._lock = lock
        self._interval = interval
        self._on_cancel = on_cancel
        self._writing = threading.Lock()
        self._finished = False
        self._complained = False
        self._stop = threading.Event()
        before = directory.read_status()
        self.attempt = directory.last_attempt() + 1
        self._status: dict[str, object] = {
            "schemaVersion": STATUS_SCHEMA_VERSION,
            "state": "running",
            "hash": run.hash,
            "attempt": self.attempt,
            "epoch": 0 if before is None else before.epoch,
            "maxEpochs": run.max_epochs,
            "heartbeat": 0 if before is None else before.heartbeat + 1,
            **Process.current().to_json(),
            "schedulerJob": _scheduler_job(),
            "exitCode": None,
            "error": None,
        }
        # The status goes first: it holds the hash, by which a directory is known as this run's.
        self._write({})
        directory.resume.unlink(missing_ok=True)  # it is answered
        # What an older version wrote, and means the same, stays.
        if as_newest(read_json(directory.config)) != run.config:
            write_json(directory.config, run.config)
        for folder in (directory.path, directory.checkpoints):
            remove_leftovers(folder)
        self._heart = threading.Thread(target=self._beat_regularly, name="heartbeat", daemon=True)
        self._heart.start()

    @property
    def epoch(self) -> int:
        """Epochs finished, as far as this hold has heard."""
        epoch = self._status["epoch"]
        assert isinstance(epoch, int)
        return epoch

    def check(self) -> None:
        """See Hold."""
        if self._lock.holder_token() != self.token:
            self.lost.set()
            raise HoldLost(f"{self.directory.path} is held by another process now; nothing more is written")

    def beat(self, epoch: int) -> None:
        """See Hold; writes at once."""
        self._write_if_possible({"epoch": epoch})

    def finish(self, state: EndState, exit_code: int, error: str | None = None) -> None:
        """See Hold."""
        if self._finished:
            return
        self._stop.set()
        shown = None if error is None else error[:_LONGEST_ERROR]
        changes = {"state": state, "exitCode": int(exit_code), "error": shown}
        try:
            self._write(changes)
        except OSError as full:
            if state != "failed":
                raise
            self._write_over({**changes, "error": shown and shown[:_SHORT_ERROR]}, full)
        self._finished = True

    def _write(self, changes: Mapping[str, object]) -> None:
        with self._writing:
            if self._finished:
                return
            self.check()
            beat = self._status["heartbeat"]
            assert isinstance(beat, int)
            self._status.update(changes, heartbeat=beat + 1)
            write_json(self.directory.status, self._status, self.check)

    def _write_if_possible(self, changes: Mapping[str, object]) -> None:
        """A full disk may have room again later; until then others see the heart stand still."""
        try:
            self._write(changes)
        except OSError as error:
            if not self._complained:
                print(f"mixlab: {self.directory.status}: {error.strerror}", file=sys.stderr)
            self._complained = True

    def _write_over(self, changes: Mapping[str, object], full: OSError) -> None:
        """The disk is full: how the attempt failed goes where the status before it was, if it fits there."""
        try:
            with self._writing:
                overwrite_json(self.directory.status, {**self._status, **changes})
        except OSError:
            print(f"mixlab: {self.directory.status}: {full.strerror}", file=sys.stderr)

    def _beat_regularly(self) -> None:
        beaten = time.monotonic()
        told = False
        while not self._stop.wait(min(self._interval, _GLANCE_SECONDS)):
            if not told and self.directory.cancel.exists():
                told = True
                self._on_cancel()
            if time.monotonic() - beaten < self._interval:
                continue
            beaten = time.monotonic()
            try:
                self._write_if_possible({})
            except HoldLost:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(error, HoldLost):
                return
            if error is not None:
                with suppress(OSError):  # the error itself is what is reported
                    self.finish(*outcome_of(error))
            else:
                self.finish("failed", ExitCode.FAILED, "ended without saying how")
        finally:
            self._stop.set()
            self._heart.join()
            self._lock.release(self.token)


def hold(
    directory: RunDirectory,
    run: Run,
    *,
    resume_cancelled: bool = False,
    heartbeat_seconds: float = HEARTBEAT_SECONDS,
    takeover_seconds: float = TAKEOVER_SECONDS,
    interrupted: Callable[[], bool] = lambda: False,
    on_cancel: Callable[[], None] = lambda: None,
    say: Callable[[str], None] = lambda line: None,
) -> OwnHold:
    """Takes `directory` for one attempt at `run`, and writes its `config.json` and `status.json`.

    A holder that is dead on this machine is followed at once. One that this machine can't see is watched: as
    soon as its heartbeat moves it counts as alive, after `takeover_seconds` of this machine's monotonic clock
    without a beat it is followed. `resume_cancelled` takes back what asked for the run to end; where someone
    asks later, `on_cancel` is called, in another thread. Raises AlreadyCompleted, OtherRun, Cancelled or
    HeldByOther, with nothing changed; InterruptedBeforeStart when `interrupted` says so while it watches;
    OSError when the directory can't be written.
    """
    check_free(directory, run, resume_cancelled)
    directory.path.mkdir(parents=True, exist_ok=True)
    lock = Lock(directory.lock)
    token = lock.acquire(_HolderWatch(directory, takeover_seconds, interrupted, say))
    try:
        # Between the look and the lock another process may have finished or cancelled the run.
        directory.check(run, resume_cancelled)
        if resume_cancelled:
            directory.cancel.unlink(missing_ok=True)
        for folder in (directory.checkpoints, directory.attempts):
            folder.mkdir(exist_ok=True)
        return OwnHold(directory, run, lock, token, heartbeat_seconds, on_cancel)
    except BaseException:
        lock.release(token)
        raise


def check_free(directory: RunDirectory, run: Run, resume_cancelled: bool = False) -> None:
    """Raises what `hold` raises, where that can be seen at once and without the lock. Writes nothing."""
    directory.check(run, resume_cancelled)
    lock = Lock(directory.lock)
    holder = lock.holder()
    if holder is not None and holder.process is not None and holder.process.fate() == "alive":
        raise lock.held_by(holder)


class _HolderWatch:
    """Answers whether a holder is gone, watching its heartbeat where nothing else tells."""

    def __init__(
        self,
        directory: RunDirectory,
        takeover_seconds: float,
        interrupted: Callable[[], bool],
        say: Callable[[str], None],
    ) -> None:
        self._directory = directory
        self._takeover_seconds = takeover_seconds
        self._interrupted = interrupted
        self._say = say
        self._gone: set[str] = set()

    def __call__(self, holder: Holder) -> bool:
        process = holder.process or self._process_in_status()
        if process is None or holder.token in self._gone:
            return True
        fate = process.fate()
        if fate == "elsewhere" and self._heart_stands_still(holder, process):
            self._gone.add(holder.token)
            return True
        return fate == "dead"

    def _process_in_status(self) -> Process | None:
        """Who works here according to the status, where the lock itself is damaged."""
        status = self._directory.read_status()
        return (
            Process.from_json(dict(status.fields))
            if status is not None and status.state == "running"
            else None
        )

    def _heart_stands_still(self, holder: Holder, process: Process) -> bool:
        lock = Lock(self._directory.lock)
        first = self._pulse()
        begin = time.monotonic()
        self._say(
            f"{self._directory.path} was taken by process {process.pid} on {process.host}; "
            f"watching its heartbeat (at most {self._takeover_seconds:.0f} s)"
        )
        while time.monotonic() - begin < self._takeover_seconds:
            if self._interrupted():
                raise InterruptedBeforeStart("interrupted while another host's heartbeat was watched")
            time.sleep(min(1.0, self._takeover_seconds / 10))
            if self._pulse() != first:
                return False
            if lock.holder_token() != holder.token:
                return True  # whoever holds it now is judged anew
        return True

    def _pulse(self) -> tuple[int, int]:
        status = self._directory.read_status()
        return (0, 0) if status is None else status.pulse


def exit_code_of(error: BaseException) -> int:
    """The exit code that an exception ends a process with."""
    if isinstance(error, MixlabError):
        return int(error.exit_code)
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 1
    return int(ExitCode.FAILED)


def outcome_of(error: BaseException) -> tuple[EndState, int, str | None]:
    """What `finish` is to hear about an exception that ends a training."""
    code = exit_code_of(error)
    if code == ExitCode.INTERRUPTED:
        return "interrupted", code, None
    return "failed", code, describe(error)


def describe(error: BaseException) -> str:
    """One line that says what went wrong."""
    text = str(error).strip()
    if isinstance(error, MixlabError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _scheduler_job() -> str | None:
    """The Slurm job that this process runs in, an array's task as `<job>_<task>`."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    if array and task:
        return f"{array}_{task}"
    return os.environ.get("SLURM_JOB_ID") or None
