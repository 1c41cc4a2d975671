"""The learning rate as a function of where the training is, so that resuming needs no state.

As in OpenMixup (mmcv's cosine annealing with linear warm-up): the cosine spans the whole training, and during
the warm-up the learning rate is a growing share of it, which changes at every step whatever
`schedule.interval` says.
"""

from __future__ import annotations

import math

from mixlab.config import RunConfig


def learning_rate(config: RunConfig, epoch: int, step: int, steps: int) -> float:
    """The learning rate of one step.

    Args:
        config: the run.
        epoch: epochs finished before it, from 0.
        step: steps finished in this epoch, from 0.
        steps: steps in an epoch.
    """
    schedule, peak = config.schedule, config.optimizer.lr
    now = epoch + step / steps
    rate = peak
    if schedule.name == "cosine":
        progress = (now if schedule.interval == "step" else epoch) / config.max_epochs
        rate = schedule.min_lr + (peak - schedule.min_lr) * (1 + math.cos(math.pi * progress)) / 2
    if now < schedule.warmup_epochs:
        rate *= schedule.warmup_factor + (1 - schedule.warmup_factor) * now / schedule.warmup_epochs
    return rate
