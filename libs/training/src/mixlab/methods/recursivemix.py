"""RecursiveMix: the batch of the step before, mixed already, lies small in a box of each image.

Paper: Yang et al., RecursiveMix: Mixed Training with History, NeurIPS 2022, https://arxiv.org/abs/2203.06844

With x', t' and z' the mixed images, the targets and the logits of the step before, a share of the area
u ~ U(0, alpha) and a box of sides sqrt(u) as CutMix draws them,

    x = x', made small, inside the box, else the image;  t = lam y + (1 - lam) t';  lam = 1 - area / HW
    loss = loss(z, t) + omega (1 - lam) CE(g(RoIAlign(last feature map, box)), softmax(z'))

where g is a linear layer of the method's own: what is seen in the box should be seen as it was when it was
large. The first step of an epoch has nothing to mix with.

Verified against the authors' code (implus/RecursiveMix-pytorch: `utils.py`, `main.py`,
`models_imagenet/resnet.py`). Differs from it:

- An empty box mixes nothing; theirs stops with an error where one of the sides alone is 0.
- An earlier batch that is smaller than this one is forgotten; theirs stops with an error. Of a larger one the
  first images are taken, as theirs.
- The earlier step's prediction is compared by cross-entropy, whatever the loss of the run; label smoothing is
  the run's.

Not here: `share_fc`, the backbone's own last layer in place of g.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from mixlab.core.anatomy import as_map, forward_features, forward_head, last_map_channels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import NonNegative
from mixlab.core.mixing import (
    ALL,
    Box,
    MixPlan,
    Mixture,
    Pairing,
    Roll,
    batch_shape,
    clipped_span,
    constant_lam,
)
from mixlab.core.roi import mean_in_box

from .base import Method
from .mixer import Mixer, Setting, Step
from .registry import register

Interpolation = Literal["nearest", "bilinear"]


@dataclass(frozen=True)
class Shrunk(Mixture):
    """The whole partner, made small, inside one box for the whole batch."""

    box: Box
    interpolation: Interpolation

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        mixed = first.clone()
        self._paste(second, mixed)
        return mixed

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        out.copy_(images)
        for rows, partners in pairing.segments(len(images)):
            self._paste(images[partners], out[rows])

    def _paste(self, source: Tensor, target: Tensor) -> None:
        inside = self.box.inside(target)
        if self.box.area > 0:
            corners = True if self.interpolation == "bilinear" else None
            size = (inside.shape[2], inside.shape[3])
            inside.copy_(F.interpolate(source, size, mode=self.interpolation, align_corners=corners))


@register(paper="2203.06844")
class RecursiveMix(Method):
    """RecursiveMix: the mixed batch of the step before, made small, covers a box of the images."""

    formula = (
        "u ~ U(0, α); x = x′ of the step before, made small, inside a box with √u of the sides, else a; "
        "t = λ y_a + (1 − λ) t′; λ = 1 − area / HW; "
        "loss = loss(z, t) + ω (1 − λ) CE(g(features in the box), softmax(z′))"
    )

    name: Literal["recursivemix"] = "recursivemix"

    needs = frozenset({"features", "memory", "network"})

    differences = ("OpenMixup has no RecursiveMix.",)

    alpha: Annotated[float, Field(gt=0, le=1)] = 0.5
    """The box has a share of U(0, alpha) of the area, before it is clipped."""

    omega: NonNegative = 0.5
    """Weight of the loss in the box; 0.5 for ImageNet, 0.1 for CIFAR."""

    interpolation: Interpolation = "nearest"
    """How the earlier images are made small."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, the box's area, then its centre.

        Partners stand for the batch of the step before: a training has that one in their place.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        share, row, column = torch.rand(3, dtype=torch.float64, generator=generator).tolist()
        side = math.sqrt(self.alpha * share)
        top, bottom = clipped_span(int(height * row), int(height * side), height)
        left, right = clipped_span(int(width * column), int(width * side), width)
        box = Box(top=top, bottom=bottom, left=left, right=right)
        mixture = Shrunk(box, self.interpolation)
        return MixPlan(pairing, mixture, constant_lam(1 - box.area / (height * width), images))

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that remembers.

        Raises:
            TypeError: the backbone has no feature map.
        """
        channels = last_map_channels(setting.backbone, setting.image_size)
        return RecursiveMixer(self, nn.Linear(channels, setting.num_classes))


@dataclass(frozen=True)
class Earlier:
    """What is left of a step."""

    images: Tensor
    """Mixed, [B, 3, H, W]."""

    target: Tensor
    """Float32 [B, K]."""

    logits: Tensor
    """[B, K], without a graph."""


class RecursiveMixer(Mixer):
    """Mixes each batch with the one before, of this rank and this epoch."""

    def __init__(self, method: RecursiveMix, box_head: nn.Module) -> None:
        super().__init__(method)
        self._recursive = method
        self.box_head = box_head
        self._earlier: Earlier | None = None

    def forward(self, step: Step) -> Tensor:
        plan = self.plan(step)
        assert isinstance(plan.mixture, Shrunk)
        box, earlier = plan.mixture.box, self._remembered(step)
        if earlier is None or box.area == 0:
            images, target = step.images.clone(), step.one_hot()
        else:
            images = plan.mixture.combine(step.images, earlier.images)
            target = torch.lerp(earlier.target, step.one_hot(), plan.lam[:, None])
        features = forward_features(step.backbone, images)
        logits = forward_head(step.backbone, features)
        self._earlier = Earlier(images, target, logits.detach())
        loss = step.criterion(logits, target)
        if earlier is None or box.area == 0:
            return loss
        height, width = images.shape[2:]
        seen = self.box_head(mean_in_box(as_map(step.backbone, features), box, height, width))
        weight = self._recursive.omega * box.area / (height * width)
        return loss + weight * F.cross_entropy(seen.float(), earlier.logits.float().softmax(1))

    def _remembered(self, step: Step) -> Earlier | None:
        """The step before, of as many images as this one, if it had that many."""
        earlier, size, device = self._earlier, len(step.images), step.images.device
        if earlier is None or len(earlier.images) < size:
            return None
        kept = (earlier.images, earlier.target, earlier.logits)
        return Earlier(*(value[:size].to(device, non_blocking=True) for value in kept))

    def end_epoch(self) -> None:
        """Forgets: an epoch's first step has nothing to mix with."""
        self._earlier = None

    def memory(self) -> dict[str, Tensor]:
        """The step before: its images, targets and logits."""
        earlier = self._earlier
        if earlier is None:
            return {}
        return {"images": earlier.images, "target": earlier.target, "logits": earlier.logits}

    def recall(self, memory: dict[str, Tensor]) -> None:
        """Goes on after the step that is remembered."""
        self._earlier = Earlier(**memory) if memory else None
