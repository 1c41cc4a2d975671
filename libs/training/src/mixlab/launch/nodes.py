"""The other nodes of a run, as the first one sees them: one TCP connection each, a JSON object a line.

Every other node runs `mixlab.launch.follower`. It connects, checks the run, and says so; learns what to
train; and hears in the end with which code it is to exit. Its ranks connect to the first node's supervisor as
the ranks there do, over the same port.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

from mixlab.core.errors import InvalidInput, MixlabError, TrainingFailed
from mixlab.core.hold import InterruptedBeforeStart, OwnHold, exit_code_of
from mixlab.core.remote import keep_alive, read_line, send
from mixlab.core.run_directory import RunDirectory
from mixlab.core.supervision import Node

from .place import Place
from .supervisor import Training

JOIN_SECONDS = 600.0
"""Nodes of one job start within seconds of one another, but a check may read a large dataset's folders."""

_FAREWELL_SECONDS = 60.0


class Nodes:
    """The first node's connections to the others; as a context, it ends them with `exit_code`."""

    exit_code: int | None = None
    """This node's own; None while an exception has it."""

    def __init__(self, place: Place) -> None:
        """Listens; raises InvalidInput where the port is taken."""
        self._place = place
        self._links: list[Node] = []
        self._is_joined = False
        try:
            self._listener = socket.create_server(("", place.port), backlog=128)
        except OSError as error:
            raise InvalidInput(
                f"--rendezvous: cannot listen on port {place.port}: {error.strerror}"
            ) from error

    def gather(self, run_hash: str, trial: int, interrupted: Callable[[], bool]) -> None:
        """Waits until every node has checked this trial of this run.

        Raises the error of a node's check, TrainingFailed where one does not come or is lost, and
        InterruptedBeforeStart when `interrupted` says so.
        """
        self._wait(JOIN_SECONDS, interrupted)
        for link in self._links:
            found = _answer(link, interrupted)
            if "refused" in found:
                raise Refused(f"{link}: {found['error']}", int(str(found["refused"])))
            if (found.get("hash"), found.get("trial")) != (run_hash, trial):
                raise InvalidInput(f"{link} was started with another run")

    def join(self, training: Training, directory: RunDirectory, held: OwnHold) -> Training:
        """Tells every node what to train; gives the training that includes them."""
        meeting = f"{self._place.host}:{_free_port()}"
        welcome = {
            "directory": str(directory.path.absolute()),
            "token": held.token,
            "attempt": held.attempt,
            "meeting": meeting,
        }
        self._is_joined = True
        for link in self._links:
            with suppress(OSError):  # a lost node shows when it is listened to
                send(link.connection, welcome)
        ranks = replace(training.ranks, meeting=meeting)
        return replace(training, ranks=ranks, nodes=self._links, listener=self._listener)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.exit_code = exit_code_of(error)
        if not self._is_joined:
            # Those that have not come yet would wait for this one.
            with suppress(MixlabError):
                self._wait(_FAREWELL_SECONDS, lambda: False)
        for link in self._links:
            with suppress(OSError):
                send(link.connection, {"end": self.exit_code})
            link.connection.close()
        self._listener.close()

    def _wait(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        end = time.monotonic() + seconds
        self._listener.settimeout(0.5)
        while len(self._links) < self._place.nodes - 1:
            if interrupted():
                raise InterruptedBeforeStart("interrupted before the training started")
            if time.monotonic() > end:
                here = f"{len(self._links) + 1} of {self._place.nodes} nodes"
                raise TrainingFailed(f"{here} came together within {seconds:.0f} s")
            with suppress(TimeoutError):
                connection, _ = self._listener.accept()
                try:
                    keep_alive(connection)
                    connection.settimeout(10)
                    hello = read_line(connection)
                    self._links.append(Node(int(hello["node"]), str(hello["host"]), connection))
                except (OSError, ValueError, KeyError, TypeError):
                    connection.close()
        self._links.sort(key=lambda link: link.rank)


class Refused(MixlabError):
    """Another node's check says that the run cannot be trained there."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def _answer(link: Node, interrupted: Callable[[], bool]) -> dict[str, object]:
    """What a node says after its check."""
    with selectors.DefaultSelector() as selector:
        selector.register(link.connection, selectors.EVENT_READ)
        end = time.monotonic() + JOIN_SECONDS
        while not selector.select(0.5):
            if interrupted():
                raise InterruptedBeforeStart("interrupted before the training started")
            if time.monotonic() > end:
                raise TrainingFailed(f"{link} has not checked the run within {JOIN_SECONDS:.0f} s")
    try:
        return read_line(link.connection)
    except (OSError, ValueError) as error:
        raise TrainingFailed(f"{link} is gone") from error


def _free_port() -> int:
    with socket.create_server(("", 0)) as free:
        port: int = free.getsockname()[1]
    return port
