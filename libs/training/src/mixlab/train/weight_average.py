"""The moving average of a network's weights over the steps of a training."""

from __future__ import annotations

import torch
from torch import nn

from mixlab.config import Ema
from mixlab.core.moving_average import MovingCopy


class WeightAverage(MovingCopy):
    """A copy of a network that follows it from its first weights on, step by step.

    Parameters are averaged, and buffers are the network's own, as OpenMixup's `EMAHook` has them: statistics
    of batch norm are averages over steps already. Every rank computes the same copy.
    """

    def __init__(self, network: nn.Module, config: Ema, steps: int) -> None:
        """`steps` are those of an epoch."""
        super().__init__(network)
        self._config, self._warmup = config, config.warmup_epochs * steps

    def follow_step(self, network: nn.Module, step: int) -> None:
        """Take the weights in after a step of the training, which counts from 0."""
        self.follow(network, momentum(self._config, step, self._warmup))

    @torch.no_grad()
    def current(self, network: nn.Module) -> nn.Module:
        """The averaged network, with the network's buffers as they are now."""
        for own, buffer in zip(self.network.buffers(), network.buffers(), strict=True):
            own.copy_(buffer)
        return self.network


def momentum(config: Ema, step: int, warmup: int) -> float:
    """Share of the average that step `step` (from 0) keeps: in a warm-up of W = `warmup` steps it is

    (1 - (1 - step / W) (1 - warmupFactor)) decay

    Source: OpenMixup's `EMAHook` with `warmup='linear'`.
    """
    if step >= warmup:
        return config.decay
    return (1 - (1 - step / warmup) * (1 - config.warmup_factor)) * config.decay
