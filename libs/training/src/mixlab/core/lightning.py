"""Lightning's Fabric, imported in half the time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Where `package` is not imported yet, importing it fails meanwhile."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


# Fabric imports torchmetrics where that is installed, so SciPy and torchvision, too, to ask for a version.
with _without("torchmetrics"):
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments.lightning import LightningEnvironment
    from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
    from lightning_fabric.strategies.ddp import DDPStrategy

__all__ = ["DDPStrategy", "Fabric", "LightningEnvironment", "TorchElasticEnvironment"]
