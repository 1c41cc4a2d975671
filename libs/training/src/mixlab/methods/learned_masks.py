"""Masks that a network makes while it is trained along with the backbone: how that network is trained.

q is the backbone, k a moving average of it, and a block makes masks from k's features. What the losses are is
for the method to say.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field
from torch import nn

from mixlab.core.anatomy import evaluating, map_of_stage
from mixlab.core.fields import NonNegative, Positive
from mixlab.core.moving_average import MovingCopy, cosine

from .base import Method
from .mixer import Mixer, Setting, Step, Trained

Share = Annotated[float, Field(ge=0, le=1)]

STAGE = -2
"""The stage whose features the block sees: the second to last."""


class LearnedMasks(Method):
    """A method whose masks come from a network that is trained along."""

    needs = frozenset({"network"})

    lam_margin: Annotated[float, Field(ge=0, lt=0.5)] = 0.08
    """The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1."""

    switch_off: Share = 0.0
    """The block is trained in this share of the steps; 0 is always (CNNs), transformers take 0.8."""

    switch_off_decay: bool = False
    """Whether that share falls to 0 along a cosine."""

    momentum: Share = 0.999
    """Of the moving average k, at first."""

    momentum_start: Share = 0.1
    """Share of the training until which it stays; 0.25 for DeiT."""

    final_momentum: Share = 0.99999
    """What it grows to: along a cosine over the whole training, whenever it sets in. 0.999999 for
    Tiny-ImageNet."""

    block_lr: Positive | None = 0.1
    """Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW."""

    block_min_lr: NonNegative = 0.001
    """What it falls to along a cosine."""

    @abstractmethod
    def block(self, channels: int) -> nn.Module:
        """A fresh block for feature maps of so many channels."""


class LearnedMasksMixer(Mixer):
    """Holds the block and the moving average, trains the one and moves the other."""

    block: nn.Module

    def __init__(self, method: LearnedMasks, setting: Setting) -> None:
        super().__init__(method)
        self._schedule = method
        self.average = MovingCopy(setting.backbone)
        self.block = method.block(_channels(self.average.network, setting.image_size))

    def trains_block(self, step: Step) -> bool:
        """Whether the block is trained in this step; draws where that is not always so."""
        share = self._schedule.switch_off
        if share == 0:
            return True
        if self._schedule.switch_off_decay:
            share *= cosine(step.progress, 1, 0)
        return float(torch.rand((), generator=step.generator)) < share

    def trained(self) -> list[Trained]:
        """The block, at its own learning rate."""
        start, end = self._schedule.block_lr, self._schedule.block_min_lr
        rate = None if start is None else lambda progress: cosine(progress, start, end)
        return [Trained(list(self.block.parameters()), rate)]

    def update(self, backbone: nn.Module, progress: float) -> None:
        """Lets k follow the backbone."""
        method = self._schedule
        grown = cosine(progress, method.momentum, method.final_momentum)
        self.average.follow(backbone, method.momentum if progress < method.momentum_start else grown)

    def evaluated(self) -> dict[str, nn.Module]:
        """The moving average, as `k`."""
        return {"k": self.average.network}


@torch.no_grad()
def _channels(network: nn.Module, side: int) -> int:
    parameter = next(network.parameters())
    with evaluating(network):
        return map_of_stage(network, parameter.new_zeros(1, 3, side, side), STAGE).shape[1]
