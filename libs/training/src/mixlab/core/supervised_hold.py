"""A rank's end of what ties it to its supervisor; `hold_or_join` is a trainer's way into a run directory."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.hold import EndState, Hold, hold, outcome_of
from mixlab.core.lock import HoldLost, Lock
from mixlab.core.processes import end_with_parent
from mixlab.core.remote import keep_alive, send
from mixlab.core.run_directory import Run, RunDirectory
from mixlab.core.supervision import MOST_CLAIMS

SOCKET_VARIABLE = "MIXLAB_SUPERVISOR"
REMOTE = "tcp:"
"""Begins the address of a supervisor on another node: `tcp:HOST:PORT:TOKEN`."""

SPECTATOR = -1
"""Stands for a rank in a connection that is there to end with the supervisor, and to get its claims."""


class NoSupervisor(MixlabError):
    """The supervisor that started this process is gone."""

    exit_code = ExitCode.FAILED


def is_supervised() -> bool:
    """Whether a supervisor started this process; then the supervisor has the lock of the run directory."""
    return bool(os.environ.get(SOCKET_VARIABLE))


def end_with_supervisor_if_any() -> None:
    """Has this process end as soon as its supervisor does. Call it first, before slow imports.

    Raises NoSupervisor where the supervisor is gone already.
    """
    if is_supervised():
        connection, _, _ = connect(os.environ[SOCKET_VARIABLE], SPECTATOR)
        end_with_supervisor(connection, threading.Event())


def hold_or_join(
    directory: RunDirectory,
    run: Run,
    *,
    resume_cancelled: bool = False,
    on_cancel: Callable[[], None] = lambda: None,
) -> Hold:
    """This process's hold of `directory`: its supervisor's where it has one, else one of its own.

    Make an Interruption first: a supervisor passes signals on from here on. Raises what `hold` raises. In a
    process group without a supervisor rank 0 holds the directory, and the others trust it.
    """
    address = os.environ.get(SOCKET_VARIABLE)
    rank = int(os.environ.get("RANK", "0"))
    if address:
        return SupervisedHold(directory, address, rank)
    if rank > 0:
        return TrustingHold()
    return hold(directory, run, resume_cancelled=resume_cancelled, on_cancel=on_cancel)


class SupervisedHold:
    """A rank's part of its supervisor's hold. See mixlab.core.hold.Hold."""

    def __init__(self, directory: RunDirectory, address: str, rank: int) -> None:
        """Connects; raises NoSupervisor where nobody answers."""
        self.directory = directory
        self._sending = threading.Lock()
        self._finished = False
        self._may_exit = threading.Event()
        self._connection, welcome, self._claims = connect(address, rank)
        if not os.path.samefile(welcome["directory"], directory.path):
            raise NoSupervisor(
                f"the supervisor of this process holds {welcome['directory']}, not {directory.path}"
            )
        self.token: str = welcome["token"]
        self.attempt: int = welcome["attempt"]
        end_with_supervisor(self._connection, self._may_exit)

    def check(self) -> None:
        """See Hold."""
        if Lock(self.directory.lock).holder_token() != self.token:
            raise HoldLost(f"{self.directory.path} is held by another process now; nothing more is written")

    def beat(self, epoch: int) -> None:
        """See Hold."""
        self._send({"epoch": epoch})

    def finish(self, state: EndState, exit_code: int, error: str | None = None) -> None:
        """See Hold; an interrupted or completed rank waits here until the others have ended too."""
        if self._finished:
            return
        self._finished = True
        self._send({"state": state, "exitCode": int(exit_code), "error": error})
        if state != "failed":
            self._may_exit.wait()

    def _send(self, message: dict[str, object]) -> None:
        with self._sending:
            self._connection.sendall(json.dumps(message).encode() + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.finish(*outcome_of(error))
        else:
            self.finish("failed", ExitCode.FAILED, "ended without saying how")


class TrustingHold:
    """For a rank whose rank 0 holds the run directory itself. See mixlab.core.hold.Hold."""

    token = ""
    attempt = 0

    def check(self) -> None:
        """See Hold."""

    def beat(self, epoch: int) -> None:
        """See Hold."""

    def finish(self, state: EndState, exit_code: int, error: str | None = None) -> None:
        """See Hold."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


def connect(address: str, rank: int) -> tuple[socket.socket, dict[str, Any], list[int]]:
    """Connects this process to its supervisor; the supervisor hears when it ends.

    Returns the connection, the supervisor's welcome and its GPU claims. Raises NoSupervisor where nobody
    answers.
    """
    hello: dict[str, object] = {"pid": os.getpid(), "rank": rank}
    claims: list[int] = []
    try:
        if address.startswith(REMOTE):
            host, port, token = address.removeprefix(REMOTE).rsplit(":", 2)
            connection = socket.create_connection((host, int(port)), timeout=60)
            connection.settimeout(None)
            keep_alive(connection)
            send(connection, {**hello, "token": token})
            data = connection.recv(65536)
        else:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.connect(address)
            send(connection, hello)
            data, claims, _, _ = socket.recv_fds(connection, 65536, MOST_CLAIMS)
        while not data.endswith(b"\n"):
            more = connection.recv(65536)
            if not more:
                raise ConnectionError("it closed the connection")
            data += more
        welcome = json.loads(data)
    except (OSError, ValueError) as error:
        raise NoSupervisor(f"the supervisor that started this process is gone ({error})") from error
    # A worker that this process forks must not keep the connection open after its death.
    os.register_at_fork(after_in_child=connection.close)
    end_with_parent()
    return connection, welcome, list(claims)


def end_with_supervisor(connection: socket.socket, on_message: threading.Event) -> None:
    """Ends this process as soon as `connection` ends; sets `on_message` when the supervisor speaks."""

    def watch() -> None:
        try:
            while connection.recv(4096):
                on_message.set()
        except OSError:
            pass
        os._exit(128 + signal.SIGKILL)

    threading.Thread(target=watch, name="supervisor-watch", daemon=True).start()
