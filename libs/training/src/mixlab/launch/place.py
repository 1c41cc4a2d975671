"""Where the nodes of a run meet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One node of a run over several, and where it finds the first."""

    nodes: int
    node_rank: int
    """0 is the first."""

    host: str
    """The first node's."""

    port: int
