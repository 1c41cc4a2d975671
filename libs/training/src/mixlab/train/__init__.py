"""The trainer: `train` is the way in, `python -m mixlab.train` the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .run import train

__all__ = ["train"]


def __getattr__(name: str) -> Any:
    # Imported when it is asked for, so that `--help` and `--check` need not wait for Fabric.
    if name == "train":
        from .run import train

        return train
    raise AttributeError(name)
