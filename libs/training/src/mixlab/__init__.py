"""Image-mixing methods, and the trainer that runs Mixlab's experiments."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixlab import methods, models

__all__ = ["methods", "models"]


def __getattr__(name: str) -> Any:
    # Imported when they are asked for: they bring PyTorch, which the supervisor does without.
    if name in __all__:
        return importlib.import_module(f"mixlab.{name}")
    raise AttributeError(f"module 'mixlab' has no attribute {name!r}")
