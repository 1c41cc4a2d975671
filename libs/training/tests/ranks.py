"""Trainings over several ranks: real processes over gloo.

They are forked, so that none has to import PyTorch, but where PyTorch sees a GPU: its threads of backward
passes, which it then has, do not outlive a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
from pathlib import Path
from typing import Any

import torch

from mixlab.config import RunConfig
from tiny import run


def run_ranks(ranks: int, config: RunConfig, directory: Path, *, nodes: int = 1, **options: Any) -> list[int]:
    """Trains like `tiny.run`, over `ranks` processes on as many nodes as told; gives their exit codes."""
    port = free_port()
    context = multiprocessing.get_context("spawn" if torch.cuda.is_available() else "fork")
    local = ranks // nodes
    started = []
    for rank in range(ranks):
        environment = {
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
            "WORLD_SIZE": str(ranks),
            "RANK": str(rank),
            "LOCAL_WORLD_SIZE": str(local),
            "LOCAL_RANK": str(rank % local),
            "GROUP_RANK": str(rank // local),
            "TORCHELASTIC_RUN_ID": "test",
        }
        process = context.Process(target=_run, args=(environment, config, directory, options))
        process.start()
        started.append(process)
    for process in started:
        process.join(120)
        process.kill()
    return [process.exitcode if process.exitcode is not None else -1 for process in started]


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _run(environment: dict[str, str], config: RunConfig, directory: Path, options: dict[str, Any]) -> None:
    os.environ.update(environment)
    raise SystemExit(int(run(config, directory, **options)))
