"""Watches over one attempt: starts the processes that train, passes signals on, and says how it ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mixlab.core.exit_codes import ExitCode, code_of_signal, signal_name
from mixlab.core.gpus import Claims
from mixlab.core.hold import OwnHold
from mixlab.core.interruption import Interruption
from mixlab.core.processes import start_time
from mixlab.core.supervised_hold import SOCKET_VARIABLE
from mixlab.core.supervision import Outcome, Rank, Supervision

from .output import OutputFollower, last_lines

_GLANCE_SECONDS = 1.0  # between two looks at what no event tells: a lost lock
_TOUCH_SECONDS = 3600.0
_CONSEQUENCE_SECONDS = 1.0  # within which a rank's error may be due to another's sudden death


@dataclass(frozen=True)
class Training:
    """What is started."""

    command: Sequence[str]
    """What each rank runs."""

    world_size: int
    device_ids: str | None
    """CUDA_VISIBLE_DEVICES of the ranks; None leaves it as it is."""

    own_trainer: bool
    """Whether the command is Mixlab's trainer, which connects and says how it ends."""


class Supervisor:
    """One attempt at one run directory, from the start of its processes to the last one's end."""

    def __init__(
        self,
        hold: OwnHold,
        training: Training,
        claims: Claims,
        interruption: Interruption,
        *,
        say: Callable[[str], None],
        quiet: bool,
    ) -> None:
        self._hold = hold
        self._training = training
        self._claims = claims
        self._interruption = interruption
        self._say = say
        self._quiet = quiet
        self._passed_on = False
        self._log = hold.directory.attempt_log(hold.attempt)

    def run(self) -> Outcome:
        """Trains, and returns how that ended once every process is gone; raises HoldLost then, too."""
        supervision = Supervision(
            self._hold.directory,
            self._hold.token,
            self._hold.attempt,
            self._training.world_size,
            self._claims.descriptors,
            on_rank=self._tell_late_comer,
            on_epoch=self._hold.beat,
        )
        with self._log.open("ab") as log, _wake_up_on_signals(supervision):
            child = subprocess.Popen(
                self._command(supervision),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(supervision),
                pass_fds=self._claims.descriptors,
                start_new_session=True,  # Ctrl-C in a terminal is for the supervisor alone
            )
            follower = None if self._quiet else OutputFollower(self._log)
            try:
                touched = time.monotonic()
                while child.poll() is None:
                    supervision.serve(_GLANCE_SECONDS)
                    if time.monotonic() - touched > _TOUCH_SECONDS:
                        self._claims.keep_fresh()
                        touched = time.monotonic()
                    self._pass_signal_on(child, supervision)
                    if self._hold.lost.is_set():
                        self._hold.check()
                while supervision.serve(0):
                    pass
                return self._outcome(child.returncode, supervision)
            finally:
                _end_all(child, supervision)
                if follower is not None:
                    follower.close()

    def _command(self, supervision: Supervision) -> list[str]:
        if self._training.world_size == 1:
            return list(self._training.command)
        torchrun = [
            "--nnodes=1",
            f"--nproc-per-node={self._training.world_size}",
            "--max-restarts=0",
            "--rdzv-backend=c10d",
            "--rdzv-endpoint=localhost:0",
            f"--rdzv-id={self._hold.token}",
            f"--log-dir={supervision.folder / 'torchrun'}",
            "--no-python",
        ]
        return [sys.executable, "-m", "mixlab.launch.agent", *torchrun, *self._training.command]

    def _environment(self, supervision: Supervision) -> dict[str, str]:
        environment = {**os.environ, SOCKET_VARIABLE: supervision.address, "PYTHONUNBUFFERED": "1"}
        if self._training.device_ids is not None:
            environment["CUDA_VISIBLE_DEVICES"] = self._training.device_ids
        if self._training.world_size > 1 and "OMP_NUM_THREADS" not in environment:
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            environment["OMP_NUM_THREADS"] = str(max(1, cores // self._training.world_size))
        return environment

    def _pass_signal_on(self, child: subprocess.Popen[bytes], supervision: Supervision) -> None:
        """Passes the first signal on to every rank that listens; later ones add nothing."""
        number = self._interruption.signal
        if number is None or self._passed_on:
            return
        self._passed_on = True
        why = "cancelled" if self._interruption.cancelled else signal_name(number)
        self._say(f"{why}: finishing the step and writing a checkpoint")
        if self._training.own_trainer:
            for rank in supervision.ranks:
                _signal(rank, number)
        elif self._training.world_size == 1:
            child.send_signal(number)
        else:
            import psutil

            with suppress(psutil.Error):
                for process in psutil.Process(child.pid).children():
                    process.send_signal(number)

    def _tell_late_comer(self, rank: Rank) -> None:
        """A rank is not interrupted while it still starts, but as soon as it can be."""
        if self._passed_on and self._interruption.signal is not None:
            _signal(rank, self._interruption.signal)

    def _outcome(self, code: int, supervision: Supervision) -> Outcome:
        ranks = sorted(supervision.ranks, key=lambda rank: rank.rank)
        said = [rank.outcome for rank in ranks if rank.outcome is not None]
        completed = [outcome for outcome in said if outcome.state == "completed"]
        if completed and ranks[0].outcome is completed[0]:
            return completed[0]
        failed = [rank for rank in ranks if rank.outcome is None or rank.outcome.state == "failed"]
        if failed:
            first = min(failed, key=_blame)
            if any(rank.outcome is not None and rank.outcome.exit_code == ExitCode.HELD for rank in failed):
                self._hold.check()
            return self._failure(first, code, supervision)
        if said and len(said) == self._training.world_size:
            return said[0]
        if code == 0 and not self._training.own_trainer:
            return Outcome("completed", ExitCode.COMPLETED)  # its exit code is all that it says
        return self._unspoken(code, "")

    def _failure(self, rank: Rank, code: int, supervision: Supervision) -> Outcome:
        who = f"rank {rank.rank} of {self._training.world_size} " if self._training.world_size > 1 else ""
        if rank.outcome is None:
            return self._unspoken(supervision.exits.get(rank.rank, code), who)
        error = rank.outcome.error
        return Outcome(
            "failed", rank.outcome.exit_code, f"{who.strip()}: {error}" if who and error else error
        )

    def _unspoken(self, code: int, who: str) -> Outcome:
        """What an exit code alone tells; a negative one is a signal."""
        if code == ExitCode.INTERRUPTED:
            return Outcome("interrupted", ExitCode.INTERRUPTED)
        if code < 0:
            hint = " (out of memory?)" if -code == signal.SIGKILL else ""
            what, code = f"killed by {signal_name(-code)}{hint}", code_of_signal(-code)
        else:
            what, code = f"ended with exit code {code}", code or int(ExitCode.FAILED)
        return Outcome("failed", code, f"{who}{what}\n{last_lines(self._log)}".strip())


def _blame(rank: Rank) -> float:
    """Least for the rank that failed first; a death without a word goes before the errors that it caused."""
    ended = rank.ended or 0.0
    return ended - _CONSEQUENCE_SECONDS if rank.outcome is None else ended


def _signal(rank: Rank, number: int) -> None:
    if not rank.gone and start_time(rank.pid) == rank.start:
        with suppress(ProcessLookupError):
            os.kill(rank.pid, number)


def _end_all(child: subprocess.Popen[bytes], supervision: Supervision) -> None:
    """Leaves no process behind, and returns when they are gone: the next attempt may start at once."""
    for rank in supervision.ranks:
        _signal(rank, signal.SIGKILL)
    if child.poll() is None:
        child.kill()
    child.wait()
    supervision.close()
    patience = time.monotonic() + 30
    for rank in supervision.ranks:
        while rank.start is not None and start_time(rank.pid) == rank.start and time.monotonic() < patience:
            time.sleep(0.01)


class _wake_up_on_signals:  # noqa: N801 - used like a function
    """Ends `supervision.serve` early when a signal comes or the child ends."""

    def __init__(self, supervision: Supervision) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        supervision.watch(self._reader)

    def __enter__(self) -> None:
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._writer)
        os.close(self._reader)
