"""Training on the clean batch as well as on the mixed one: what PuzzleMix and Co-Mixup share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from mixlab.core.cues import Cues

from .base import Method
from .mixer import Mixer, Step


class CleanLossMixer(Mixer):
    """Adds the clean batch's loss, and takes the input gradient from that same pass, in training mode.

    The authors of PuzzleMix and Co-Mixup keep the gradients of the pass that tells them the saliency. Their
    weight 2 / K of its cross-entropy goes with their loss of a mixed batch, the binary cross-entropy over K
    classes; here both losses are the run's own.
    """

    def __init__(self, method: Method, weight: float) -> None:
        super().__init__(method)
        self.weight = weight

    def forward(self, step: Step) -> Tensor:
        images = step.images.detach().requires_grad_()
        logits = step.backbone(images)
        own = F.cross_entropy(logits.float(), step.labels, reduction="sum")
        (gradient,) = torch.autograd.grad(own, images, retain_graph=True)
        clean = step.criterion(logits, step.one_hot())
        cues = Cues(labels=step.labels, gradient=gradient, normalisation=step.normalisation)
        plan = self.method.draw(step.images, step.generator, cues)
        return step.criterion(self.logits(step, plan), self.target(step, plan)) + self.weight * clean
