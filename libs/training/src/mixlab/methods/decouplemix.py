"""DecoupleMix: beside the mixed labels' loss, each of two mixed classes has to win against all but the other.

Paper: Liu et al., Decoupled Mixup, NeurIPS 2023, https://arxiv.org/abs/2203.10761

With logits z of a mix of the classes a and b, the loss of the run gets

    eta (log sum_{k != b} exp z_k - z_a + log sum_{k != a} exp z_k - z_b)

averaged over the batch: the softmax of each class without its competitor, whatever their shares are. Images
mixed with one of their own class have no such term.

Verified against the authors' code, OpenMixup's `soft_mix_cross_entropy` and `ClsMixupHead`: the two terms,
the mean over all images, and that a pair of one class has none. Terms that weigh the same are what that head
gives with its default `lam_scale_mode='none'`; the authors' ImageNet configs have 'pow', which weighs them by
lam and 1 - lam. Not verified: that the paper's own term is free of lam, for its text was not at hand. Not
here: the variant for binary cross-entropy (with that loss the term is the same as above), and OpenMixup's
`mode` 'less' and 'more', which leave one of the terms out.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues, Need
from mixlab.core.fields import NonNegative, Positive
from mixlab.core.mixing import MixPlan, partners_of
from mixlab.core.rules import Bound, When

from .base import Method
from .mixer import Mixer, Setting, Step
from .registry import method_class, register


@register(paper="2203.10761")
class DecoupleMix(Method):
    """DecoupleMix: a mix by another method; each of the two classes also has to win without the other."""

    formula = "loss = loss(z, t) + η (−log softmax_{k ≠ b}(z)_a − log softmax_{k ≠ a}(z)_b)"

    name: Literal["decouplemix"] = "decouplemix"

    rules = (
        Bound(
            code="decouplemix-compat-lam",
            message="OpenMixup's way takes one lam for the batch",
            path="perSample",
            op="==",
            value=False,
            when=(When("compat", "openmixup"),),
        ),
    )

    differences = (
        "OpenMixup's ImageNet configs weigh the terms by λ and 1 − λ, in the order of the class indices of "
        "the batch's first pair; here they weigh the same; compat: 'openmixup' weighs them its way.",
        "OpenMixup finds the classes by the values of their shares, so that it needs one λ for the batch and "
        "has no term at λ = 0.5.",
    )

    mixing: Literal["mixup", "cutmix", "manifoldmix"] = "mixup"
    """The method that mixes."""

    alpha: Positive = 1.0
    """alpha of the method that mixes: lam ~ Beta(alpha, alpha)."""

    per_sample: bool = False
    """Draw a mix for each sample instead of one for the batch (the benchmark's way)."""

    eta: NonNegative = 0.1
    """Weight of the decoupled terms."""

    compat: Literal["none", "openmixup"] = "none"
    """'openmixup' weighs the terms by the mix's shares in the order of class indices; only without
    `perSample`."""

    def inner(self) -> Method:
        """The method that mixes."""
        return method_class(self.mixing).model_construct(alpha=self.alpha, per_sample=self.per_sample)

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws what the method that mixes draws."""
        return self.inner().draw(images, generator, cues)

    def demands(self) -> frozenset[Need]:
        """What the method that mixes needs."""
        return self.inner().demands()

    def mixer(self, setting: Setting) -> Mixer:
        """The mixer of the method that mixes, with further terms of the loss."""
        return DecoupleMixer(self, self.inner().mixer(setting))


class DecoupleMixer(Mixer):
    """Lets another mixer mix and adds the decoupled terms to the loss."""

    def __init__(self, method: DecoupleMix, inner: Mixer) -> None:
        super().__init__(method)
        self._decouple = method
        self.inner = inner

    def forward(self, step: Step) -> Tensor:
        plan = self.inner.plan(step)
        logits = self.inner.logits(step, plan)
        loss = step.criterion(logits, self.inner.target(step, plan))
        return loss + self._decouple.eta * self._terms(logits, step.labels, plan).mean()

    def _terms(self, logits: Tensor, labels: Tensor, plan: MixPlan) -> Tensor:
        """Float32 [B]."""
        partners = partners_of(plan.pairing, labels)
        own, other = decoupled(logits, labels, partners)
        if self._decouple.compat == "none":
            return own + other
        first = (labels != partners).int().argmax(0, keepdim=True)
        lam = plan.lam[:1]
        weight = torch.where(labels[first] < partners[first], lam, 1 - lam)
        counted = (torch.minimum(lam, 1 - lam) > 1e-3) & (lam != 0.5)
        return (weight * own + (1 - weight) * other) * counted


def decoupled(logits: Tensor, labels: Tensor, partners: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of each of two classes with the other left out, both float32 [B]; 0 where they are one.

    Args:
        logits: [B, K], K at least 2.
        labels: the one class, int64 [B].
        partners: the other class, int64 [B].
    """
    logits = logits.float()
    same = labels == partners
    losses = []
    for winner, rival in ((labels, partners), (partners, labels)):
        without = logits.scatter(1, rival[:, None], -torch.inf)
        # Where both are one class nothing may be infinite, or its gradient is not a number.
        without = torch.where(same[:, None], logits, without)
        loss = without.logsumexp(1) - logits.gather(1, winner[:, None])[:, 0]
        losses.append(loss.masked_fill(same, 0.0))
    return losses[0], losses[1]
