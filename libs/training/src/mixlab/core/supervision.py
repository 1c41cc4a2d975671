"""The supervisor's end of what ties it to the ranks that train for it: a Unix socket, a JSON object a line.

Ranks of other nodes come over TCP instead, and say the lock's token; each such node has a
connection of its own.

A rank connects as soon as it can be interrupted, learns the attempt and the lock's token, and receives the
supervisor's GPU claims (open files that stay locked as long as anyone has them). It tells its epochs and how
it ended. Because the connection ends with the supervisor, however that dies, the rank ends then too.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.hold import EndState
from mixlab.core.processes import start_time
from mixlab.core.remote import keep_alive, read_line
from mixlab.core.run_directory import RunDirectory

MOST_CLAIMS = 253
"""Descriptors that Linux passes in one message."""

_LONGEST_ADDRESS = 100  # a Unix socket's path has 104 bytes on macOS, 108 on Linux


@dataclass(frozen=True)
class Outcome:
    """How a training ended."""

    state: EndState
    exit_code: int
    error: str | None = None


@dataclass
class Rank:
    """A process that trains; rank -1 is only there to end with the supervisor."""

    rank: int
    pid: int
    start: float | None
    connection: socket.socket
    buffer: bytes = b""
    outcome: Outcome | None = None
    """What it said; None for one that has not ended, or that died without a word."""

    ended: float | None = None
    """When, by the monotonic clock, it said so or was gone."""

    gone: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether it is another node's: this one does not know its process."""
        return self.pid == 0


@dataclass
class Node:
    """Another node of the run."""

    rank: int
    host: str
    connection: socket.socket
    buffer: bytes = b""
    exit_code: int | None = None
    """Of what started its ranks; None before it has ended."""

    log: str = ""
    """The last lines of what they printed."""

    lost: float | None = None
    """When, by the monotonic clock, the connection ended."""

    def __str__(self) -> str:
        return f"node {self.rank} ({self.host})"


class Supervision:
    """Listens to the ranks of one attempt; all of it happens within `serve`, in the caller's thread."""

    def __init__(
        self,
        directory: RunDirectory,
        token: str,
        attempt: int,
        world_size: int,
        claims: Sequence[int],
        on_rank: Callable[[Rank], None],
        on_epoch: Callable[[int], None],
        nodes: Sequence[Node] = (),
        listener: socket.socket | None = None,
    ) -> None:
        """`claims` are the descriptors that every rank gets; `on_epoch` hears what rank 0 tells.

        Ranks of other `nodes` come to `listener`.
        """
        self.ranks: list[Rank] = []
        self.exits: dict[int, int] = {}
        """Exit code by rank, a signal's as a negative number, of failed ranks that torchrun started."""
        self._welcome = {"directory": str(directory.path.absolute()), "token": token, "attempt": attempt}
        self._world_size = world_size
        self._claims = list(claims)[:MOST_CLAIMS]
        self._on_rank = on_rank
        self._on_epoch = on_epoch
        self.folder = _short_folder()
        self.address = str(self.folder / "supervisor")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.address)
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._token = token
        self._remote = listener
        if listener is not None:
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ)
        for node in nodes:
            node.connection.setblocking(False)
            self._selector.register(node.connection, selectors.EVENT_READ, node)

    def watch(self, descriptor: int) -> None:
        """Has `serve` return, too, when `descriptor` (not blocking) can be read; what it holds is dropped."""
        self._selector.register(descriptor, selectors.EVENT_READ)

    def serve(self, timeout: float) -> bool:
        """Waits up to `timeout` seconds for something to happen and handles it; false where nothing did."""
        events = self._selector.select(timeout)
        for key, _ in events:
            if key.fileobj is self._listener:
                self._accept(self._listener)
            elif self._remote is not None and key.fileobj is self._remote:
                self._accept(self._remote)
            elif isinstance(key.data, Node):
                self._hear(key.data)
            elif isinstance(key.data, Rank):
                self._receive(key.data)
            else:
                with suppress(BlockingIOError):
                    os.read(key.fd, 4096)
        return bool(events)

    def close(self) -> None:
        """Ends every connection, and with it every rank that is still there."""
        for key in list(self._selector.get_map().values()):
            if isinstance(key.data, Rank):
                key.data.connection.close()
        self._selector.close()
        self._listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:
            return
        try:
            connection.settimeout(10)
            hello = read_line(connection)
            welcome = json.dumps(self._welcome).encode() + b"\n"
            if listener is self._remote:
                if hello["token"] != self._token:
                    raise ValueError("another run's rank")
                keep_alive(connection)
                rank = Rank(int(hello["rank"]), 0, None, connection)
                connection.sendall(welcome)
            else:
                rank = Rank(int(hello["rank"]), int(hello["pid"]), start_time(int(hello["pid"])), connection)
                socket.send_fds(connection, [welcome], self._claims)
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return
        connection.setblocking(False)
        self._selector.register(connection, selectors.EVENT_READ, rank)
        if rank.rank >= 0:
            self.ranks.append(rank)
            self._on_rank(rank)

    def _hear(self, node: Node) -> None:
        try:
            data = node.connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(node.connection)
            node.lost = time.monotonic()
            return
        *lines, node.buffer = (node.buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            node.exit_code, node.log = int(message["ended"]), str(message["log"])

    def _receive(self, rank: Rank) -> None:
        try:
            data = rank.connection.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            *lines, rank.buffer = (rank.buffer + data).split(b"\n")
            for line in lines:
                self._understand(rank, json.loads(line))
        else:
            self._selector.unregister(rank.connection)
            rank.connection.close()
            rank.gone = True
            rank.ended = rank.ended or time.monotonic()
        self._let_go()

    def _understand(self, rank: Rank, message: dict[str, object]) -> None:
        match message:
            case {"epoch": int(epoch)} if rank.rank == 0:
                self._on_epoch(epoch)
            case {
                "state": "interrupted" | "failed" | "paused" | "completed" as state,
                "exitCode": int(code),
                "error": error,
            }:
                rank.outcome = Outcome(state, code, None if error is None else str(error))
                rank.ended = time.monotonic()
            case {"exits": dict(exits)}:
                self.exits |= {int(number): int(code) for number, code in exits.items()}

    def _let_go(self) -> None:
        """Lets the ranks exit once all have ended: torchrun ends the others within 30 s of the first exit."""
        ended = sum(rank.ended is not None for rank in self.ranks)
        died = any(rank.gone and rank.outcome is None for rank in self.ranks)
        if ended >= self._world_size or died:
            for rank in self.ranks:
                if rank.outcome is not None and not rank.gone:
                    with suppress(OSError):
                        rank.connection.send(b"{}\n")


def _short_folder() -> Path:
    """A folder of one's own for a socket, on this machine's own disk."""
    parent = tempfile.gettempdir()
    if len(parent) > _LONGEST_ADDRESS - len("/mixlab-supervisor-12345678/supervisor"):
        parent = "/tmp"
    _remove_abandoned(Path(parent))
    return Path(tempfile.mkdtemp(prefix="mixlab-supervisor-", dir=parent))


def _remove_abandoned(parent: Path) -> None:
    """Removes what killed supervisors left: sockets that nobody answers on."""
    for address in parent.glob("mixlab-supervisor-*/supervisor"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.setblocking(False)
            try:
                connection.connect(str(address))
            except ConnectionRefusedError:
                shutil.rmtree(address.parent, ignore_errors=True)
            except OSError:
                pass  # another user's, or one that is just being made
