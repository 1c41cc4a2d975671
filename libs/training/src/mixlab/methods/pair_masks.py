"""Training with masks for two images that a network makes along with it: what AutoMix and SAMix share.

One backward serves three losses: q's of the clean batch; q's of the batch mixed by masks that pass no
gradient on; and k's of a batch mixed by masks that do, of which the block alone learns, for k's weights are
fixed.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor

from mixlab.core.anatomy import map_of_stage
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import NonNegative, Positive
from mixlab.core.mix_block import MixBlock
from mixlab.core.mixing import Blend, Mask, MixPlan, Roll, constant_lam, partners_of, sample_beta
from mixlab.core.moving_average import cosine

from .learned_masks import STAGE, LearnedMasks, LearnedMasksMixer, Share
from .mixer import Mixer, Setting, Step


class PairMasks(LearnedMasks):
    """A method that learns masks for two images."""

    alpha: Positive = 2.0
    """lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block."""

    mask_loss: NonNegative = 0.1
    """Weight of the masks' own loss."""

    mask_loss_decay: bool = True
    """Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet)."""

    mask_margin: Share = 0.1
    """How far the masks' mean may be from lam at no cost."""

    @abstractmethod
    def block(self, channels: int) -> MixBlock:
        """A fresh block for feature maps of so many channels."""

    def mixer(self, setting: Setting) -> Mixer:
        return PairMasksMixer(self, setting)

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing and lam. Without the network that makes masks, this is MixUp's plan."""
        pairing = Roll.draw(len(images), generator)
        lam = float(sample_beta(self.alpha, 1, generator))
        return MixPlan(pairing, Blend(lam), constant_lam(lam, images))


class PairMasksMixer(LearnedMasksMixer):
    """Trains the backbone with masks of a block, and the block with a moving average of the backbone."""

    block: MixBlock

    def __init__(self, method: PairMasks, setting: Setting) -> None:
        super().__init__(method, setting)
        self._settings = method

    def forward(self, step: Step) -> Tensor:
        """Draws the block's pairing and lam, the backbone's, then whether the block is trained."""
        method = self._settings
        block_plan, plan = (method.draw(step.images, step.generator) for _ in range(2))
        with torch.no_grad():
            features = map_of_stage(self.average.network, step.images, STAGE)
        lam, mask = self._mask(block_plan, features, step)
        mask_weight = method.mask_loss
        if method.mask_loss_decay:
            mask_weight *= cosine(step.progress, 1, 0)
        loss = mask_weight * self.block.mask_loss(mask, lam, method.mask_margin)
        if self.trains_block(step):
            partners = partners_of(block_plan.pairing, step.images)
            mixed = torch.lerp(partners, step.images, mask.to(step.images.dtype))
            loss = loss + step.criterion(self.average.network(mixed), step.target(block_plan))
        plan = self._with_mask(plan, features, step)
        clean = step.criterion(step.backbone(step.images), step.one_hot())
        return clean + step.criterion(self.logits(step, plan), self.target(step, plan)) + loss

    def _mask(self, plan: MixPlan, features: Tensor, step: Step) -> tuple[float, Tensor]:
        """The drawn lam, and the mask of each image, float32 [B, 1, H, W]."""
        assert isinstance(plan.mixture, Blend)
        assert isinstance(plan.mixture.weight, float)
        height, width = step.images.shape[2:]
        lam = plan.mixture.weight
        partners = partners_of(plan.pairing, features)
        mask: Tensor = self.block(features, partners, lam, (height, width))
        return lam, mask

    @torch.no_grad()
    def _with_mask(self, plan: MixPlan, features: Tensor, step: Step) -> MixPlan:
        """The backbone's plan: masks for an ordinary lam, MixUp for an extreme one. Labels follow lam."""
        lam, mask = self._mask(plan, features, step)
        if min(lam, 1 - lam) <= self._settings.lam_margin:
            return plan
        return MixPlan(plan.pairing, Mask(mask), plan.lam)
