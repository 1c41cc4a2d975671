"""Images that are attacked before they are mixed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .cues import Normalisation
from .mixing import Mixture, Pairing
from .patchwork import Patchwork


@dataclass(frozen=True)
class Attacked(Mixture):
    """A patchwork of images that were moved against the network (fast gradient sign method)."""

    patchwork: Patchwork

    step: Tensor
    """What is added to the images, [B, C, H, W]."""

    normalisation: Normalisation
    """Of the images, whose pixels stay in 0 .. 1."""

    first: bool
    """Whether the patchwork's first sources are attacked."""

    second: bool
    """Whether its second sources are."""

    def write_differentiably(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        mean, std = (
            torch.tensor(values, dtype=images.dtype).to(images.device, non_blocking=True).view(-1, 1, 1)
            for values in self.normalisation
        )
        attacked = torch.clamp(images + self.step.to(images.dtype), -mean / std, (1 - mean) / std)
        first, second = (attacked if side else images for side in (self.first, self.second))
        out.copy_(self.patchwork.compose(first, second))
