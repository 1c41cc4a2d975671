"""A node of a run other than its first: trains what that one says, and ends as it does."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from mixlab.core.errors import MixlabError, TrainingFailed
from mixlab.core.interruption import Interruption
from mixlab.core.remote import keep_alive, read_line, send
from mixlab.core.run_directory import RunDirectory
from mixlab.core.supervised_hold import REMOTE, SOCKET_VARIABLE

from .nodes import JOIN_SECONDS
from .options import Options
from .output import OutputFollower, last_lines
from .place import Place
from .preparation import check_run, find_devices, trainer_command
from .torchrun import Ranks, ranks_command, ranks_environment

_PAUSE_SECONDS = 0.5


def follow(options: Options, place: Place, interruption: Interruption, say: Callable[[str], None]) -> int:
    """Returns the first node's exit code.

    Signals are the first node's business: it has every rank write a checkpoint. Raises what a check raises,
    and TrainingFailed where the first node does not answer, or is gone.
    """
    with _connect(place) as connection:
        send(connection, {"node": place.node_rank, "host": socket.gethostname()})
        try:
            devices = find_devices(options)
            run = check_run(options, devices, interruption)
        except MixlabError as error:
            reason = str(error) or "the check of the run failed there"
            send(connection, {"refused": int(error.exit_code), "error": reason})
            raise
        send(connection, {"hash": run.hash, "trial": options.trial})
        welcome = _hear(connection)
        if "end" in welcome:
            return int(welcome["end"])
        directory = RunDirectory(welcome["directory"])
        ranks = Ranks(devices.processes, place.nodes, place.node_rank, welcome["meeting"])
        device_ids = "" if devices.gpus == 0 else None
        if options.gpu_ids is not None:
            device_ids = ",".join(devices.visible[: devices.gpus])
        log = directory.attempts / f"{welcome['attempt']}.node{place.node_rank}.log"
        address = f"{REMOTE}{place.host}:{place.port}:{welcome['token']}"
        say(f"{directory.path}: node {place.node_rank} of {place.nodes}")
        with tempfile.TemporaryDirectory(prefix="mixlab-node-") as folder, log.open("ab") as output:
            child = subprocess.Popen(
                ranks_command(
                    ranks, trainer_command(options, directory, devices), welcome["token"], Path(folder)
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **ranks_environment(ranks, device_ids), SOCKET_VARIABLE: address},
                start_new_session=True,
            )
            shown = None if options.quiet else OutputFollower(log)
            try:
                return _accompany(child, connection, log)
            finally:
                # Its ranks end with it.
                child.kill()
                child.wait()
                if shown is not None:
                    shown.close()


def _connect(place: Place) -> socket.socket:
    end = time.monotonic() + JOIN_SECONDS
    while True:
        try:
            connection = socket.create_connection((place.host, place.port), timeout=10)
        except OSError as error:
            if time.monotonic() > end:
                raise TrainingFailed(f"no node answers at {place.host}:{place.port}: {error}") from error
            time.sleep(_PAUSE_SECONDS)
        else:
            connection.settimeout(None)
            keep_alive(connection)
            return connection


def _accompany(child: subprocess.Popen[bytes], connection: socket.socket, log: Path) -> int:
    """Waits for the first node's word, and tells it how the ranks here ended."""
    told = False
    while True:
        if not told and child.poll() is not None:
            told = True
            code = child.returncode if child.returncode >= 0 else 128 - child.returncode
            with suppress(OSError):
                send(connection, {"ended": code, "log": last_lines(log)})
        if select.select([connection], [], [], _PAUSE_SECONDS)[0]:
            return int(_hear(connection)["end"])


def _hear(connection: socket.socket) -> dict[str, Any]:
    try:
        return read_line(connection)
    except (OSError, ValueError) as error:
        raise TrainingFailed("the first node is gone") from error
