"""A copy of a network whose weights follow the network's as a moving average."""

from __future__ import annotations

import copy
import math

import torch
from torch import nn


class MovingCopy(nn.Module):
    """A network that starts as another and follows it; gradients pass through it, none stay in it.

    Its weights alone are averages. Batch statistics are its own: of what it sees itself, in training mode.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = copy.deepcopy(network).requires_grad_(False)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.no_grad()
    def follow(self, network: nn.Module, momentum: float) -> None:
        """Keep `momentum` of each weight and take the rest from the network."""
        own = [parameter.data for parameter in self.network.parameters()]
        torch._foreach_lerp_(own, [parameter.data for parameter in network.parameters()], 1 - momentum)


def cosine(progress: float, start: float, end: float) -> float:
    """From `start` to `end` along half a cosine while `progress` goes from 0 to 1."""
    return end + (start - end) * (1 + math.cos(math.pi * min(max(progress, 0.0), 1.0))) / 2
