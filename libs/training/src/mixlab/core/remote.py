"""Lines of JSON between the nodes of a run, over TCP."""

from __future__ import annotations

import json
import socket
import sys
from typing import Any

_SILENCE_SECONDS = 15
_PROBE_SECONDS = 5
_PROBES = 4


def keep_alive(connection: socket.socket) -> None:
    """Has the system notice within a minute that the other machine is gone without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _SILENCE_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _PROBE_SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)


def send(connection: socket.socket, message: dict[str, object]) -> None:
    """Sends one line."""
    connection.sendall(json.dumps(message).encode() + b"\n")


def read_line(connection: socket.socket) -> dict[str, Any]:
    """Reads one line and nothing after it.

    Raises:
        ConnectionError: the other end is gone.
        ValueError: this is no JSON object.
    """
    line = b""
    while not line.endswith(b"\n"):
        data = connection.recv(1)
        if not data:
            raise ConnectionError("closed")
        line += data
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found
