"""What other libraries wrap around a network, and the network inside it."""

from __future__ import annotations

from torch import nn
from torch.nn.parallel import DataParallel, DistributedDataParallel


def is_spread(model: nn.Module) -> bool:
    """Whether a network is wrapped for several ranks or devices."""
    return isinstance(model, DistributedDataParallel | DataParallel)


def bare(model: nn.Module) -> nn.Module:
    """The network itself, without what spreads it over ranks and without what compiled it."""
    while is_spread(model) or hasattr(model, "_orig_mod"):
        model = model.module if is_spread(model) else model._orig_mod  # type: ignore[assignment]
    return model
