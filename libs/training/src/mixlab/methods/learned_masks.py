"""Training with masks that a network makes along with it: what AutoMix and its successors share.

q is the backbone, k a moving average of it, and a block makes masks from k's features. One backward serves
three losses: q's of the clean batch; q's of the batch mixed by masks that pass no gradient on; and k's of a
batch mixed by masks that do, of which the block alone learns, for k's weights are fixed.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated

import torch
from pydantic import Field, NonNegativeFloat, PositiveFloat
from torch import Tensor, nn

from mixlab.core.anatomy import evaluating, map_of_stage
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mix_block import MixBlock
from mixlab.core.mixing import Blend, Mask, MixPlan, Roll, constant_lam, partners_of, sample_beta
from mixlab.core.moving_average import MovingCopy, cosine

from .base import Method
from .mixer import Mixer, Setting, Step, Trained

Share = Annotated[float, Field(ge=0, le=1)]

STAGE = -2
"""The stage whose features the block sees: the second to last."""


class LearnedMasks(Method):
    """A method whose masks come from a network that is trained along."""

    needs = frozenset({"network"})

    alpha: PositiveFloat = 2.0
    """lam ~ Beta(alpha, alpha), one for the batch that trains the backbone, one for that of the block."""

    lam_margin: Annotated[float, Field(ge=0, lt=0.5)] = 0.08
    """The backbone's batch is mixed by MixUp where lam is as near as this to 0 or to 1."""

    mask_loss: NonNegativeFloat = 0.1
    """Weight of the masks' own loss."""

    mask_loss_decay: bool = True
    """Whether that weight falls to 0 along a cosine (ImageNet) or stays (Tiny-ImageNet)."""

    mask_margin: Share = 0.1
    """How far the masks' mean may be from lam at no cost."""

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

    block_lr: PositiveFloat | None = 0.1
    """Learning rate of the block, for SGD; null is the backbone's, 0.001 fits AdamW."""

    block_min_lr: NonNegativeFloat = 0.001
    """What it falls to along a cosine."""

    @abstractmethod
    def block(self, channels: int) -> MixBlock:
        """A fresh block for feature maps of so many channels."""

    def mixer(self, setting: Setting) -> Mixer:
        return LearnedMasksMixer(self, setting)

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing and lam. Without the network that makes masks, this is MixUp's plan."""
        pairing = Roll.draw(len(images), generator)
        lam = float(sample_beta(self.alpha, 1, generator))
        return MixPlan(pairing, Blend(lam), constant_lam(lam, images))


class LearnedMasksMixer(Mixer):
    """Trains the backbone with masks of a block, and the block with a moving average of the backbone."""

    def __init__(self, method: LearnedMasks, setting: Setting) -> None:
        super().__init__(method)
        self._settings = method
        self.average = MovingCopy(setting.backbone)
        self.block = method.block(_channels(self.average.network, setting.image_size))

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
        if self._trains_block(step):
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

    def _trains_block(self, step: Step) -> bool:
        share = self._settings.switch_off
        if share == 0:
            return True
        if self._settings.switch_off_decay:
            share *= cosine(step.progress, 1, 0)
        return float(torch.rand((), generator=step.generator)) < share

    def trained(self) -> list[Trained]:
        """The block, at its own learning rate."""
        start, end = self._settings.block_lr, self._settings.block_min_lr
        rate = None if start is None else lambda progress: cosine(progress, start, end)
        return [Trained(list(self.block.parameters()), rate)]

    def update(self, backbone: nn.Module, progress: float) -> None:
        """Lets k follow the backbone."""
        method = self._settings
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
