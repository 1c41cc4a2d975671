"""The supervisor's end of what ties it to the ranks that train for it: a Unix socket, a JSON object a line.

A rank connects as soon as it can be interrupted, learns the attempt and the lock's token, and receives the
supervisor's GPU claims (open files that stay locked as long as anyone has them). It tells its epochs and how it
ended. Because the connection ends with the supervisor, however that dies, the rank ends then too.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from mixlab.core.hold import EndState
from mixlab.core.run_directory import RunDirectory

MOST_CLAIMS = 253  # descriptors that Linux passes in one message


@dataclass
class Outcome:
    """How a rank says its training ended."""

    state: EndState
    exit_code: int
    error: str | None


@dataclass
class Rank:
    """A process that trains, as the supervisor knows it."""

    pid: int
    rank: int
    connection: socket.socket
    buffer: bytes = b""
    outcome: Outcome | None = None
    gone: bool = False


@dataclass
class Supervision:
    """The supervisor's end. `serve` handles whatever came; everything runs in the caller's thread."""

    directory: RunDirectory
    token: str
    attempt: int
    world_size: int
    claims: list[int]
    """Open descriptors of the GPU claims."""

    on_rank: Callable[[Rank], None]
    on_epoch: Callable[[int], None]
    ranks: list[Rank] = field(default_factory=list)
    outcomes: list[tuple[int, Outcome]] = field(default_factory=list)
    """Rank and outcome, in the order in which they came."""

    def __post_init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="mixlab-")
        self.address = os.path.join(self._folder, "supervisor")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.address)
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)

    def watch(self, descriptor: int) -> None:
        """Makes `serve` return when `descriptor` can be read, too."""
        self._selector.register(descriptor, selectors.EVENT_READ)

    def serve(self, timeout: float) -> None:
        """Waits up to `timeout` seconds for something to happen and handles it."""
        for key, _ in self._selector.select(timeout):
            if key.fileobj is self._listener:
                self._accept()
            elif isinstance(key.data, Rank):
                self._receive(key.data)
            else:
                with suppress(BlockingIOError):
                    os.read(key.fd, 4096)

    def close(self) -> None:
        """Ends every connection, and with it every rank that is still there."""
        for rank in self.ranks:
            rank.connection.close()
        self._listener.close()
        self._selector.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(10)
        try:
            hello = json.loads(_read_line(connection))
            rank = Rank(int(hello["pid"]), int(hello["rank"]), connection)
            welcome = {"directory": str(self.directory.path), "token": self.token, "attempt": self.attempt}
            data = json.dumps(welcome).encode() + b"\n"
            socket.send_fds(connection, [data], self.claims[:MOST_CLAIMS])
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, rank)
        if rank.rank >= 0:
            self.ranks.append(rank)
            self.on_rank(rank)

    def _receive(self, rank: Rank) -> None:
        try:
            data = rank.connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(rank.connection)
            rank.connection.close()
            rank.gone = True
        rank.buffer += data
        *lines, rank.buffer = rank.buffer.split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "epoch" in message:
                self.on_epoch(int(message["epoch"]))
            if "outcome" in message and rank.outcome is None:
                rank.outcome = Outcome(**message["outcome"])
                self.outcomes.append((rank.rank, rank.outcome))
        self._let_go()

    def _let_go(self) -> None:
        """Lets ranks exit once all have ended: torchrun kills the others 30 s after the first one's exit."""
        everyone = len(self.ranks) >= self.world_size
        if any(rank.gone and rank.outcome is None for rank in self.ranks) or (
            everyone and all(rank.outcome is not None for rank in self.ranks)
        ):
            for rank in self.ranks:
                if rank.outcome is not None and not rank.gone:
                    with suppress(OSError):
                        rank.connection.send(b"{}\n")


def _read_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        data = connection.recv(1)
        if not data:
            raise ConnectionError("closed")
        line += data
    return line
