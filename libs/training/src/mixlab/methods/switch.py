"""Drawing one of several methods for a batch: what `oneOf`, `deit` and `rsb` share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated

import torch
from pydantic import Field, PositiveFloat
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mixing import MixPlan

from .base import Method
from .registry import method_class

Probability = Annotated[float, Field(ge=0, le=1)]


def pick(probabilities: Sequence[float], generator: torch.Generator) -> int:
    """An index drawn with these probabilities; one with probability 0 is never drawn."""
    steps = list(accumulate(probabilities))
    point = float(torch.rand((), dtype=torch.float64, generator=generator)) * steps[-1]
    last = max(index for index, probability in enumerate(probabilities) if probability > 0)
    return min(bisect_right(steps, point), last)


class MixUpOrCutMix(Method):
    """MixUp or CutMix, drawn for each batch."""

    mixup_alpha: PositiveFloat
    """alpha of MixUp."""

    cutmix_alpha: PositiveFloat
    """alpha of CutMix."""

    switch_probability: Probability
    """How often CutMix is drawn."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the method, then what that method draws."""
        mixup = method_class("mixup").model_construct(alpha=self.mixup_alpha)
        cutmix = method_class("cutmix").model_construct(alpha=self.cutmix_alpha)
        probabilities = (1 - self.switch_probability, self.switch_probability)
        return (mixup, cutmix)[pick(probabilities, generator)].draw(images, generator)
