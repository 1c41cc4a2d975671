"""SMMix: the window of the partner that gets most attention covers the image's that gets least.

Paper: Chen et al., ICCV 2023, https://arxiv.org/abs/2212.12977

The clean batch goes through the network in evaluation mode. With the attention of its last block, averaged
over heads and over the queries of all patches, the square of k x k patches that b gets most attention in
covers the one that a gets least in; they lie in different places. k is drawn evenly for the batch, from a
quarter to three quarters of the grid's side. Three losses are added: that of the mixed labels by area; that
of a second classifier, which names the one image from the mean of its own patches and the other from its
own; and the Kullback-Leibler divergence from what the network said of the two clean images, their logits
averaged by area, to what it says of the mixed one.

Verified against the authors' code (ChenMnZ/SMMix: `smmix.py`, `engine.py`, `deit.py`): all of the above, the
losses' weights, that the second classifier is one of its own on normalised patches, and that the logits are
averaged before the softmax. Differs from it: explicit generator, partners by a random roll, a grid of any
side.

Its recipe draws SMMix for half of the batches, MixUp(0.8) else:
`mix.smmix({ mixupAlpha: 0.8 })`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from mixlab.core.anatomy import as_map, forward_features, forward_head, last_map_channels
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import NonNegative
from mixlab.core.mixing import (
    ALL,
    MixPlan,
    Mixture,
    Pairing,
    Roll,
    batch_shape,
    constant_lam,
    partners_of,
    unmixed,
)
from mixlab.core.rules import Compare

from .mixer import Mixer, Setting, Step
from .registry import register
from .switch import WithMixUp

Side = Annotated[float, Field(gt=0, lt=1)]


@register(paper="2212.12977")
class SMMix(WithMixUp):
    """SMMix: the partner's window that gets most attention covers the image's that gets least."""

    name: Literal["smmix"] = "smmix"

    formula = (
        "k ~ U{n/4 .. 3n/4} of n × n patches; x = a, but b's k × k window of most attention where a has its "
        "window of least; λ = 1 − k² / n²; loss + ½ Σ CE(patches of a, b) + KL(clean ‖ mixed)"
    )

    needs = frozenset({"attention", "clean-pass", "network"})

    rules = (
        Compare(
            code="smmix-sides",
            message="the smallest window is larger than the largest",
            left="minSide",
            op="<=",
            right="maxSide",
        ),
    )

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup never adds the losses of the patches and of consistency; nor does compat: 'openmixup'.",
        "OpenMixup ranks windows by the class token's attention, as compat: 'openmixup' does; here by that "
        "of all patches.",
        "OpenMixup looks at the clean batch in training mode; here it is in evaluation mode.",
    )

    min_side: Side = 0.25
    """Side of the smallest window, as a share of the image's; rounded down to whole patches, at least one."""

    max_side: Side = 0.75
    """Side of the largest window."""

    fine_grained_weight: NonNegative = 1.0
    """Weight of the mean of the two losses of the images' own patches."""

    consistency_weight: NonNegative = 1.0
    """Weight of the divergence from what the network says of the clean images."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` ranks windows by the class token's attention and has the loss of the mixed labels alone."""

    @torch.no_grad()
    def draw_own(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then the windows' side; the attention says where they lie.

        Raises:
            ValueError: the images are not [B, C, H, W].
            LookupError: the attention to the clean batch is not given.
        """
        size, height, width = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        watched = cues.attention
        attention = watched.of_class_token() if self.compat == "openmixup" else watched.of_patches()
        side = math.isqrt(attention.shape[1])
        smallest, largest = (max(int(side * share), 1) for share in (self.min_side, self.max_side))
        count = int(torch.randint(smallest, largest + 1, (), generator=generator))
        sums = F.avg_pool2d(attention.view(size, 1, side, side), count, stride=1)
        patch = height // side, width // side
        least, most = (
            _corners(index, sums.shape[3], patch)
            for index in (sums.flatten(1).argmin(1), sums.flatten(1).argmax(1))
        )
        windows = Windows(count * patch[0], count * patch[1], least, partners_of(pairing, most))
        area = windows.height * windows.width / (height * width)
        return MixPlan(pairing, windows, constant_lam(1 - area, images))

    def own_mixer(self, setting: Setting) -> Mixer:
        """A mixer with the patches' classifier; the ordinary one without further losses.

        Raises:
            TypeError: the backbone has no feature map.
        """
        return Mixer(self) if self.compat == "openmixup" else SMMixer(self, setting)


def _corners(index: Tensor, columns: int, patch: tuple[int, int]) -> Tensor:
    """Top and left pixel of windows by their number, row by row: [B] -> int64 [B, 2]."""
    return torch.stack((index // columns * patch[0], index % columns * patch[1]), 1)


@dataclass(frozen=True)
class Windows(Mixture):
    """A window of the partner's pixels over one of the same size elsewhere in the image."""

    height: int
    """Of the windows, in pixels."""

    width: int

    target: Tensor
    """Top and left pixel of the window that is covered, int64 [B, 2]."""

    source: Tensor
    """Top and left pixel of what covers it, in the partner's image, int64 [B, 2]."""

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        mixed = first.clone()
        self._cover(mixed, second, rows)
        return mixed

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        out.copy_(images)
        for rows, partners in pairing.segments(len(images)):
            self._cover(out[rows], images[partners], rows)

    def _cover(self, images: Tensor, partners: Tensor, rows: slice) -> None:
        own = torch.arange(len(images), device=images.device)[:, None, None]
        target, source = self._pixels(self.target[rows]), self._pixels(self.source[rows])
        images.permute(0, 2, 3, 1)[own, *target] = partners.permute(0, 2, 3, 1)[own, *source]

    def _pixels(self, corners: Tensor) -> tuple[Tensor, Tensor]:
        """Rows [B, height, 1] and columns [B, 1, width] of windows."""
        down = torch.arange(self.height, device=corners.device)[:, None]
        right = torch.arange(self.width, device=corners.device)
        return corners[:, 0, None, None] + down, corners[:, 1, None, None] + right


class SMMixer(Mixer):
    """Adds the losses of the images' own patches, and of consistency with the clean pass."""

    def __init__(self, method: SMMix, setting: Setting) -> None:
        super().__init__(method)
        self._smmix = method
        self.head = nn.Linear(last_map_channels(setting.backbone, setting.image_size), setting.num_classes)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, step: Step) -> Tensor:
        cues = self.cues(step)
        plan = self.method.draw(step.images, step.generator, cues)
        features = forward_features(step.backbone, step.mixed(plan))
        logits = forward_head(step.backbone, features)
        loss = step.criterion(logits, step.target(plan))
        loss = loss + self._smmix.fine_grained_weight * self._by_patches(step, plan, features)
        return loss + self._smmix.consistency_weight * consistency(plan, logits, cues.logits)

    def _by_patches(self, step: Step, plan: MixPlan, features: Tensor) -> Tensor:
        """Mean of the two images' losses, each by the mean of its own patches."""
        tokens = as_map(step.backbone, features)
        assert plan.mixture is not None
        ones = torch.ones(len(tokens), 1, *step.images.shape[2:], device=tokens.device)
        # A patch is one image's alone: its first pixel tells whose.
        own = F.interpolate(plan.mixture.combine(ones, torch.zeros_like(ones)), tokens.shape[2:])
        target = step.one_hot()
        losses = [
            step.criterion(self.head((tokens * share).sum((2, 3)) / share.sum((2, 3)).clamp_min(1)), labels)
            for share, labels in ((own, target), (1 - own, partners_of(plan.pairing, target)))
        ]
        return (losses[0] + losses[1]) / 2


def consistency(plan: MixPlan, logits: Tensor, clean: Tensor) -> Tensor:
    """Kullback-Leibler divergence from the clean images' averaged logits to the mixed ones', a scalar.

    Args:
        plan: of the mix.
        logits: of the mixed batch, [B, K].
        clean: of the clean batch, [B, K], without a graph.
    """
    clean = clean.float()
    mixed = torch.lerp(partners_of(plan.pairing, clean), clean, plan.lam[:, None])
    return F.kl_div(logits.float().log_softmax(1), mixed.softmax(1), reduction="batchmean")
