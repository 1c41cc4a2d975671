"""AlignMix: feature maps are mixed after the positions of one are moved to where they match the other's.

Paper: Venkataramanan et al., AlignMixup, CVPR 2022, https://arxiv.org/abs/2103.15375

Half of the batches are mixed as MixUp does. In the others the last feature maps A and A' (C x r positions)
are aligned by a soft permutation P, r times the optimal transport for the squared distance of their features,
and with equal odds

    lam A + (1 - lam) A' P^T    or    lam A P + (1 - lam) A'

goes to the head. No gradient flows through P. Verified against the authors' code
(shashankvkt/AlignMixup_CVPR22, `tiny_imgnet/models/resnet18_classifier.py`, `cifar10_100/utils/OT.py`) and
OpenMixup's `augments/alignmix.py`, which is theirs.

Differs from both in how P is found. They run Sinkhorn's algorithm until the changes of an image's positions
sum to less than 0.1 on average, 100 iterations at the most. Features are not normalised, so that costs are
thousands of epsilon: on 7 x 7 maps of a ResNet-18 and a ViT-Ti, fresh or trained for a while on digits, it
ran all 100 and left rows of P whose sums miss 1 by 0.2 to 0.34 on average and lie between 0.1 and 7. In
A' P^T some positions then count several times and others are all but gone. Here epsilon falls to its value on
the way, and the last step makes the weights of each position of the mix sum to 1; how often each position of
the other map is used misses 1 by 0.06 after 50 iterations.

Also: partners by a random roll; lam for each sample on request. Not here: the paper's variant with a decoder
and clean images. In transformers the patches are aligned, the class token is mixed as it is; where the head
reads nothing but the class token, the alignment changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.anatomy import as_map, forward_features, forward_head, last_map_channels, with_map
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, Positive
from mixlab.core.mixing import MixPlan, mix_images, partners_of
from mixlab.core.optimal_transport import plain_transport_plan, transport_plan

from .base import Method
from .mixer import Mixer, Setting, Step
from .registry import method_class, register

Moves = Literal["none", "first", "second"]

OPENMIXUP_ITERATIONS, OPENMIXUP_TOLERANCE = 100, 0.1


@dataclass(frozen=True)
class AlignPlan(MixPlan):
    """A plan with what is aligned to what."""

    moves: Moves = "none"
    """Whose positions move to match the other's; 'none' leaves both where they are."""


@register(paper="2103.15375")
class AlignMix(Method):
    """AlignMix: MixUp, or a mix of the last feature maps with the positions of one aligned to the other's."""

    formula = "MixUp half of the time, else λ A + (1 − λ) A′Pᵀ or λ A P + (1 − λ) A′; P transports A to A′"

    name: Literal["alignmix"] = "alignmix"

    needs = frozenset({"features"})

    differences = (
        "OpenMixup ends after at most 100 iterations with one epsilon, when the weights of a position sum to "
        "anything between 0.1 and 7; here they sum to 1, in a plan that is nearer to the optimal one.",
        "OpenMixup has ManifoldMix in place of MixUp in batches that are not aligned.",
    )

    alpha: Positive = 2.0
    """lam ~ Beta(alpha, alpha), the weight of the first image."""

    per_sample: bool = False
    """Draw lam for each sample instead of once for the batch (the benchmark's way)."""

    align_probability: Annotated[float, Field(ge=0, le=1)] = 0.5
    """How often a batch's features are aligned; the others are mixed by MixUp."""

    epsilon: Positive = 0.1
    """Weight of the transport's entropy, in units of squared distance of features."""

    iterations: Count = 50
    """Of Sinkhorn's algorithm, which finds the transport."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` mixes the other batches by ManifoldMix, and finds the transport as OpenMixup does, whatever
    `iterations` says."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> AlignPlan:
        """Draws what MixUp draws, then whether features move and whose.

        Applied to the images, the plan is MixUp's.
        """
        plan = self._other().draw(images, generator)
        aligned, second = torch.rand(2, dtype=torch.float64, generator=generator).tolist()
        moves: Moves = "none"
        if aligned < self.align_probability:
            moves = "second" if second < 0.5 else "first"
        return AlignPlan(plan.pairing, plan.mixture, plan.lam, moves=moves)

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that aligns features.

        Raises:
            TypeError: the backbone has no feature map.
        """
        last_map_channels(setting.backbone, setting.image_size)
        return AlignMixer(self, self._other().mixer(setting))

    def _other(self) -> Method:
        """The method that mixes the batches that are not aligned."""
        name = "manifoldmix" if self.compat == "openmixup" else "mixup"
        return method_class(name).model_construct(alpha=self.alpha, per_sample=self.per_sample)


class AlignMixer(Mixer):
    """Mixes aligned feature maps, or leaves the batch to another mixer."""

    def __init__(self, method: AlignMix, other: Mixer) -> None:
        super().__init__(method)
        self._align = method
        self.other = other

    def logits(self, step: Step, plan: MixPlan) -> Tensor:
        """[B, K]; an aligned batch runs clean up to the head."""
        if not isinstance(plan, AlignPlan) or plan.moves == "none":
            return self.other.logits(step, plan)
        features = forward_features(step.backbone, step.images)
        mixed = self._mix(as_map(step.backbone, features), plan)
        return forward_head(step.backbone, with_map(step.backbone, mix_images(plan, features), mixed))

    def _mix(self, own: Tensor, plan: AlignPlan) -> Tensor:
        """Mix maps [B, C, h, w] with their partners'."""
        first = own.flatten(2)
        second = partners_of(plan.pairing, first)
        if plan.moves == "second":
            second = second @ self._weights(first, second, plan.moves).to(second.dtype).transpose(1, 2)
        else:
            first = first @ self._weights(second, first, plan.moves).to(first.dtype).transpose(1, 2)
        first, second = first.to(own.dtype), second.to(own.dtype)
        weight = plan.lam.to(own.dtype)[:, None, None]
        return torch.lerp(second, first, weight).reshape(own.shape)

    def _weights(self, target: Tensor, source: Tensor, moves: Moves) -> Tensor:
        """Of which positions of the source each one of the target is made, float32 [B, r, r]."""
        epsilon, iterations = self._align.epsilon, self._align.iterations
        if self._align.compat == "none":
            return transport_plan(target, source, epsilon=epsilon, iterations=iterations)
        first, second = (target, source) if moves == "second" else (source, target)
        plan = plain_transport_plan(
            first, second, epsilon=epsilon, iterations=OPENMIXUP_ITERATIONS, tolerance=OPENMIXUP_TOLERANCE
        )
        return plan if moves == "second" else plan.transpose(1, 2)
