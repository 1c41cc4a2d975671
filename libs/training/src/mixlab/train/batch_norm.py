"""Batch norm over several ranks: statistics of each rank's images, or of those of all ranks (SyncBN)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.vision import import_timm

from .division import Division


def check_batch_norm(config: RunConfig, ranks: int) -> None:
    """Raise `InvalidInput` where synchronised ranks would wait for each other for ever.

    They have to run the network equally often, which a method that draws how often does not.
    """
    if config.model.sync_batch_norm and ranks > 1 and config.mix_mode.draws_passes():
        raise InvalidInput(
            f"model.syncBatchNorm: each process draws how often {config.mix_mode.name} runs the network, so "
            f"that {ranks} cannot synchronise batch norm; expected false with this method"
        )


def synchronise(
    network: nn.Module,
    config: RunConfig,
    division: Division,
    device: torch.device,
    say: Callable[[str], None],
) -> nn.Module:
    """The network, with SyncBN where the run asks for it and several GPUs train; its state stays the same.

    PyTorch's SyncBN is of GPUs alone, and the passes of a step are not synchronised: the log tells both. A
    method's copies of the network keep statistics of their own.
    """
    if not config.model.sync_batch_norm:
        return network
    if division.ranks > 1 and device.type == "cuda":
        import_timm()
        from timm.layers import convert_sync_batchnorm  # type: ignore[attr-defined]

        network = convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
    images = batch_norm_images(network, division)
    if images is not None and images < config.batch_size:
        reason = "the passes of a step" if device.type == "cuda" else "processes on a CPU"
        say(
            f"warning: model.syncBatchNorm: {reason} cannot be synchronised; "
            f"the statistics of batch norm are of {images} images, not of {config.batch_size}"
        )
    return network


def batch_norm_images(network: nn.Module, division: Division) -> int | None:
    """How many images the statistics of a network's batch norm are of; None if it has none."""
    layers = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    if not layers:
        return None
    synchronised = all(isinstance(layer, nn.SyncBatchNorm) for layer in layers)
    return division.images * (division.ranks if synchronised else 1)
