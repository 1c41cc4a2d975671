"""Watches over one attempt: starts the processes that train, passes signals on, and says how it ended."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
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
from mixlab.core.supervision import Node, Outcome, Rank, Supervision

from .output import OutputFollower, last_lines
from .torchrun import Ranks, ranks_command, ranks_environment

_GLANCE_SECONDS = 1.0  # between two looks at what no event tells: a lost lock
_TOUCH_SECONDS = 3600.0
_NOTICE_SECONDS = 5.0  # for ranks to notice by themselves that those of another node have ended
_END_SECONDS = 60.0  # for another node's processes to exit after the last word of its ranks
_CONSEQUENCE_SECONDS = 1.0  # within which a rank's error may be due to another's sudden death


@dataclass(frozen=True)
class Training:
    """What is started."""

    command: Sequence[str]
    """What each rank runs."""

    ranks: Ranks
    device_ids: str | None
    """CUDA_VISIBLE_DEVICES of the ranks; None leaves it as it is."""

    own_trainer: bool
    """Whether the command is Mixlab's trainer, which connects and says how it ends."""

    nodes: Sequence[Node] = ()
    """The other nodes."""

    listener: socket.socket | None = None
    """Where their ranks come."""


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
        self._over_since: float | None = None
        self._log = hold.directory.attempt_log(hold.attempt)

    def run(self) -> Outcome:
        """Trains, and returns how that ended once every process is gone; raises HoldLost then, too."""
        supervision = Supervision(
            self._hold.directory,
            self._hold.token,
            self._hold.attempt,
            self._training.ranks.world_size,
            self._claims.descriptors,
            on_rank=self._tell_late_comer,
            on_epoch=self._hold.beat,
            nodes=self._training.nodes,
            listener=self._training.listener,
        )
        ranks = self._training.ranks
        with self._log.open("ab") as log, _wake_up_on_signals(supervision):
            child = subprocess.Popen(
                ranks_command(ranks, self._training.command, self._hold.token, supervision.folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    **ranks_environment(ranks, self._training.device_ids),
                    SOCKET_VARIABLE: supervision.address,
                },
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
                    if self._is_over_elsewhere(supervision):
                        child.kill()
                self._wait_for_nodes(supervision, child.returncode)
                while supervision.serve(0):
                    pass
                return self._outcome(child.returncode, supervision)
            finally:
                _end_all(child, supervision)
                if follower is not None:
                    follower.close()

    def _is_over_elsewhere(self, supervision: Supervision) -> bool:
        """Whether another node failed so long ago that the ranks here would have ended, if they noticed."""
        failed = [node.lost for node in self._training.nodes if node.lost is not None]
        failed += [rank.ended for rank in supervision.ranks if rank.ended is not None and _is_failed(rank)]
        if any(node.exit_code for node in self._training.nodes):
            self._over_since = self._over_since or time.monotonic()
            failed.append(self._over_since)
        return bool(self._training.nodes and failed) and time.monotonic() - min(failed) > _NOTICE_SECONDS

    def _wait_for_nodes(self, supervision: Supervision, code: int) -> None:
        """Lets the ranks of other nodes end by themselves, where those here have."""
        patience = time.monotonic() + _END_SECONDS
        while code == 0 and time.monotonic() < patience:
            if all(node.exit_code is not None or node.lost for node in self._training.nodes):
                return
            supervision.serve(_GLANCE_SECONDS)

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
        elif self._training.ranks.world_size == 1:
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
        done = [outcome for outcome in said if outcome.state in ("completed", "paused")]
        if done and ranks[0].outcome is done[0]:
            return done[0]
        failed = [rank for rank in ranks if _is_failed(rank)]
        first_failure = min(map(_blame, failed), default=math.inf)
        for node in self._training.nodes:
            if node.lost is not None and node.lost - 2 * _CONSEQUENCE_SECONDS <= first_failure:
                return Outcome("failed", ExitCode.FAILED, f"{node} is gone")
        if failed:
            first = min(failed, key=_blame)
            if any(rank.outcome is not None and rank.outcome.exit_code == ExitCode.HELD for rank in failed):
                self._hold.check()
            return self._failure(first, code, supervision)
        if said and len(said) == self._training.ranks.world_size:
            return said[0]
        for node in self._training.nodes:
            if node.exit_code:
                said_last = f"{node} ended with exit code {node.exit_code}\n{node.log}"
                return Outcome("failed", node.exit_code, said_last.strip())
        if code == 0 and not self._training.own_trainer:
            return Outcome("completed", ExitCode.COMPLETED)  # its exit code is all that it says
        return self._unspoken(code, "")

    def _failure(self, rank: Rank, code: int, supervision: Supervision) -> Outcome:
        who = (
            f"rank {rank.rank} of {self._training.ranks.world_size} "
            if self._training.ranks.world_size > 1
            else ""
        )
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


def _is_failed(rank: Rank) -> bool:
    if rank.outcome is not None:
        return rank.outcome.state == "failed"
    return rank.gone or not rank.is_remote


def _blame(rank: Rank) -> float:
    """Least for the rank that failed first; a death without a word goes before the errors that it caused.

    A rank that is not yet gone where all is over dies of that, so it comes last.
    """
    ended = math.inf if rank.ended is None else rank.ended
    return ended - _CONSEQUENCE_SECONDS if rank.outcome is None else ended


def _signal(rank: Rank, number: int) -> None:
    if not rank.gone and not rank.is_remote and start_time(rank.pid) == rank.start:
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
