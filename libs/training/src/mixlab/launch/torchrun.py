"""The command that starts the ranks of one node."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ranks:
    """The ranks that one node starts."""

    processes: int
    """On this node; every node has as many."""

    nodes: int = 1
    node_rank: int = 0
    meeting: str = ""
    """HOST:PORT where the ranks of several nodes meet."""

    @property
    def world_size(self) -> int:
        """Ranks of all nodes."""
        return self.processes * self.nodes


def ranks_command(ranks: Ranks, command: Sequence[str], token: str, folder: Path) -> list[str]:
    """What starts `command` once for each rank of this node; `folder` is for torchrun's own files."""
    if ranks.world_size == 1:
        return list(command)
    if ranks.nodes == 1:
        meeting = ["--rdzv-backend=c10d", "--rdzv-endpoint=localhost:0"]
    else:
        host, _, port = ranks.meeting.rpartition(":")
        # Rank 0 is the first node's, whichever comes first.
        meeting = [f"--node-rank={ranks.node_rank}", f"--master-addr={host}", f"--master-port={port}"]
    torchrun = [
        f"--nnodes={ranks.nodes}",
        f"--nproc-per-node={ranks.processes}",
        "--max-restarts=0",
        *meeting,
        f"--rdzv-id={token}",
        f"--log-dir={folder / 'torchrun'}",
        "--no-python",
    ]
    return [sys.executable, "-m", "mixlab.launch.agent", *torchrun, *command]


def ranks_environment(ranks: Ranks, device_ids: str | None) -> Mapping[str, str]:
    """What to add to the environment; `device_ids` is CUDA_VISIBLE_DEVICES, None leaves it as it is."""
    environment = {"PYTHONUNBUFFERED": "1"}
    if device_ids is not None:
        environment["CUDA_VISIBLE_DEVICES"] = device_ids
    if ranks.processes > 1 and "OMP_NUM_THREADS" not in os.environ:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        environment["OMP_NUM_THREADS"] = str(max(1, cores // ranks.processes))
    return environment
