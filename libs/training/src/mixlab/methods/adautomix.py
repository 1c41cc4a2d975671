"""AdAutoMix: AutoMix whose masks are for two or three images, and every second step made to be hard.

Paper: Qin, Jin, Jiang, El-Yacoubi, Gao, ICLR 2024, https://arxiv.org/abs/2312.11954

With q the backbone, k a moving average of it and L the run's loss, a step's loss is

    L(q(x)) + L(q(mixed by masks that pass no gradient on)) + G,

where of three images the first term is the mean of that and of L(q(mixed by MixUp)). The block that makes the
masks learns of G alone: L(k(mixed by masks)), so that they are easy to tell, and in the first of each two
steps -beta L(k(mixed)) + (1 - beta) sum of lam_i cos(k(mixed), k(x_i)), of logits.

Verified against the authors' code (JinXins/Adversarial-AutoMixup: `AdAutoMix.py`, `Ada_mix_pine.py`,
`cls_mixup_head.py`) and OpenMixup's (`adautomix.py`, `adaptive_mask.py`). Not verified: the sign of the
cosine. Both lower the cosine, and so is it here; the paper's formula was not at hand, and its abstract, by
which the cosine keeps an image's meaning, rather speaks for raising it. Differs from both:

- Explicit generator; partners by random rolls, unlike one another; one head for clean and mixed images.
- k sees the clean batch once, for features and for logits.
- Three images are mixed for the block by other shares than for the backbone.
- q and k of the block are not normalised by batch, as the ResNet-50's config for ImageNet alone has it.
- Masks are interpolated between places for any backbone; their configs of transformers repeat the nearest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from mixlab.core.anatomy import map_and_logits
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, Positive
from mixlab.core.mix_block import SeveralMixBlock
from mixlab.core.mixing import MixPlan, constant_lam, mix_images, sample_beta
from mixlab.core.several import Average, Masks, draw_rolls, label_weights

from .learned_masks import STAGE, LearnedMasks, LearnedMasksMixer, Share
from .mixer import Mixer, Setting, Step
from .registry import register


@register(paper="2312.11954")
class AdAutoMix(LearnedMasks):
    """AdAutoMix: AutoMix of up to three images; every second step its masks are trained to be hard."""

    formula = (
        "λ_i = β_i / Σ β_j, β ~ Beta(α, α); M_i = softmax over i of softmax(ReLU(q[z_i, λ_i]) "
        "Σ_j≠i ReLU(k[z_j, λ_j])ᵀ / √d) v[z_i, λ_i]; x = Σ M_i x_i, t = Σ λ_i y_i; M minimises the loss L "
        "of f, whose features are z, every 2nd step −β L + (1 − β) Σ λ_i cos(f(x), f(x_i))"
    )

    needs = frozenset({"network", "memory"})

    differences = (
        "OpenMixup mixes three images for the backbone by MixUp nearly always, as compat: 'openmixup' does; "
        "here it does so where lam is extreme.",
        "One head serves clean and mixed images; OpenMixup trains two.",
        "OpenMixup draws three images' shares once for backbone and block; here each has its own.",
    )

    name: Literal["adautomix"] = "adautomix"

    alpha: Positive = 1.0
    """Shares are draws of Beta(alpha, alpha) over their sum; of two images, one draw is lam."""

    mix_samples: Annotated[int, Field(ge=2, le=3)] = 3
    """How many images are mixed."""

    random_samples: bool = False
    """Whether that is drawn for each batch, from 2 up."""

    beta: Share = 0.1
    """Where masks are trained to be hard: weight of the loss, the cosine has the rest. 0.3 for CIFAR-100, 0.4
    for Tiny-ImageNet."""

    adversarial_interval: Count = 2
    """One of so many steps trains the masks to be hard, the first of all among them."""

    mixup_weight: Share = 0.5
    """Of three images: weight of MixUp's loss, the clean batch's has the rest."""

    lam_concat: bool = True
    """Whether the network sees lam as a channel; false for CIFAR-100 and Tiny-ImageNet."""

    lam_margin: Annotated[float, Field(ge=0, lt=0.5)] = 0.03
    """The backbone's batch is mixed by MixUp where the first image's share is as near as this to 0 or 1."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` mixes three images by MixUp for the backbone, but where the first has nearly all."""

    def draws_passes(self) -> bool:
        """Three images take one pass more than two."""
        return self.random_samples

    def block(self, channels: int) -> SeveralMixBlock:
        return SeveralMixBlock(channels, self.lam_concat)

    def mixer(self, setting: Setting) -> Mixer:
        return AdAutoMixMixer(self, setting)

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws how many images are mixed, whom with whom, then the shares.

        Without the network that makes masks, this is MixUp's plan for as many images.
        """
        return self.draw_average(images, self.draw_count(generator), generator)

    def draw_count(self, generator: torch.Generator) -> int:
        """How many images are mixed."""
        if not self.random_samples:
            return self.mix_samples
        return int(torch.randint(2, self.mix_samples + 1, (), generator=generator))

    def draw_average(self, images: Tensor, count: int, generator: torch.Generator) -> MixPlan:
        """A weighted average of so many images."""
        pairings = draw_rolls(len(images), count - 1, generator)
        if count == 2:
            lam = float(sample_beta(self.alpha, 1, generator))
            return MixPlan(pairings[0], Average((lam, 1 - lam)), constant_lam(lam, images))
        # With a small alpha all draws may underflow to 0: then the shares are alike.
        draws = sample_beta(self.alpha, count, generator).clamp_min(torch.finfo(torch.float64).tiny)
        shares = tuple((draws / draws.sum()).tolist())
        average = Average(shares, tuple(pairings[1:]))
        weights = label_weights(shares, pairings, images)
        return MixPlan(pairings[0], average, constant_lam(shares[0], images), weights)

    def takes_mixup(self, shares: tuple[float, ...]) -> bool:
        """Whether the backbone's batch is mixed without masks."""
        little, most = (share <= self.lam_margin for share in (shares[0], 1 - shares[0]))
        return little or most != (self.compat == "openmixup" and len(shares) > 2)


class AdAutoMixMixer(LearnedMasksMixer):
    """Trains the backbone with masks of a block, and the block to make them easy and hard by turns."""

    block: SeveralMixBlock

    def __init__(self, method: AdAutoMix, setting: Setting) -> None:
        super().__init__(method, setting)
        self._settings = method
        self._turn = 0

    def forward(self, step: Step) -> Tensor:
        """Draws the number of images, the block's mix, the backbone's, then whether the block is trained."""
        method = self._settings
        count = method.draw_count(step.generator)
        block_plan, plan = (method.draw_average(step.images, count, step.generator) for _ in range(2))
        with torch.no_grad():
            features, clean = map_and_logits(self.average.network, step.images, STAGE)
        loss = step.criterion(step.backbone(step.images), step.one_hot())
        if count > 2:
            averaged = step.criterion(step.backbone(mix_images(plan, step.images)), step.target(plan))
            loss = torch.lerp(loss, averaged, method.mixup_weight)
        if not method.takes_mixup(_average_of(plan).shares):
            with torch.no_grad():
                plan = self._masked(plan, features, step)
        loss = loss + step.criterion(self.logits(step, plan), self.target(step, plan))
        if self.trains_block(step):
            loss = loss + self._block_loss(step, block_plan, features, clean)
        self._turn = (self._turn + 1) % method.adversarial_interval
        return loss

    def _masked(self, plan: MixPlan, features: Tensor, step: Step) -> MixPlan:
        """The plan of an average as one of masks, from features of the clean batch by k."""
        average, (height, width) = _average_of(plan), step.images.shape[2:]
        members = list(average.members(features, plan.pairing))
        masks = self.block(members, average.shares, (height, width))
        return replace(plan, mixture=Masks(masks, average.further))

    def _block_loss(self, step: Step, plan: MixPlan, features: Tensor, clean: Tensor) -> Tensor:
        """What the block is to lower, a scalar.

        Args:
            step: of the training.
            plan: the average that the block makes masks for.
            features: of the clean batch, by k.
            clean: its logits [B, K], by k.
        """
        seen = self.average.network(mix_images(self._masked(plan, features, step), step.images))
        loss = step.criterion(seen, step.target(plan))
        if self._turn > 0:
            return loss
        average, beta = _average_of(plan), self._settings.beta
        members = average.members(clean.float(), plan.pairing)
        cosines = [
            share * F.cosine_similarity(seen.float(), own, dim=1).mean()
            for share, own in zip(average.shares, members, strict=True)
        ]
        return (1 - beta) * torch.stack(cosines).sum() - beta * loss

    def memory(self) -> dict[str, Tensor]:
        """Whose turn it is; the same on all ranks."""
        return {"turn": torch.tensor(self._turn)}

    def recall(self, memory: dict[str, Tensor]) -> None:
        self._turn = int(memory["turn"])


def _average_of(plan: MixPlan) -> Average:
    assert isinstance(plan.mixture, Average)
    return plan.mixture
