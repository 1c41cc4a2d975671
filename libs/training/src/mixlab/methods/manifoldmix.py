"""Manifold Mixup: MixUp of the input or of the features after one of the first stages.

Paper: Verma et al., ICML 2019, https://arxiv.org/abs/1806.05236
Layers 0 (the input), 1 and 2 are as likely as one another, as in the official code and in OpenMixup. The
official code's loss is a binary cross-entropy of the softmax; ours is the run's, as OpenMixup's.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from mixlab.core.anatomy import stages
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import CountFromZero, Positive
from mixlab.core.mixing import MixPlan, mix_images

from .base import Method
from .mixer import Mixer, Setting, Step
from .registry import method_class, register


@register(paper="1806.05236")
class ManifoldMix(Method):
    """Manifold Mixup: the input, or the features after a stage drawn for each batch, mix as in MixUp."""

    needs = frozenset({"features"})
    formula = "λ ~ Beta(α, α), k ~ U(layers); h_k = λ h_k(a) + (1 − λ) h_k(b)"

    name: Literal["manifoldmix"] = "manifoldmix"

    alpha: Positive = 2.0
    """lam ~ Beta(alpha, alpha), the weight of the first image's features."""

    per_sample: bool = False
    """Draw lam for each sample instead of once for the batch (the benchmark's way)."""

    layers: Annotated[tuple[CountFromZero, ...], Field(min_length=1, strict=False)] = (0, 1, 2)
    """Where the mix may happen: 0 is the input, n the output of the backbone's n-th stage."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws as MixUp does; the same plan mixes images or features."""
        mixup = method_class("mixup").model_construct(alpha=self.alpha, per_sample=self.per_sample)
        return mixup.draw(images, generator)

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that mixes inside of the backbone.

        Raises:
            TypeError: the backbone has fewer stages than `layers` names.
        """
        found, deepest = len(stages(setting.backbone)), max(self.layers)
        if deepest > found:
            raise TypeError(f"it has {found} stages, and layers names {deepest}")
        return ManifoldMixer(self)


class ManifoldMixer(Mixer):
    """Mixes the output of one module on its way."""

    def __init__(self, method: ManifoldMix) -> None:
        super().__init__(method)
        self._layers = method.layers

    def logits(self, step: Step, plan: MixPlan) -> Tensor:
        """Draws the layer after the plan, so that layer 0 is MixUp to the bit."""
        layer = self._layers[int(torch.randint(len(self._layers), (), generator=step.generator))]
        if layer == 0:
            return super().logits(step, plan)

        def mix(module: nn.Module, inputs: Any, features: Tensor) -> Tensor:
            return mix_images(plan, features)

        handle = stages(step.backbone)[layer - 1].register_forward_hook(mix)
        try:
            logits: Tensor = step.backbone(step.images)
        finally:
            handle.remove()
        return logits
