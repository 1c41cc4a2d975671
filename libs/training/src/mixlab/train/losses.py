"""Losses over soft targets, each averaged over the batch."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from mixlab.config import Loss

Criterion = Callable[[Tensor, Tensor], Tensor]
"""Logits [B, K] and soft targets [B, K] that sum to 1 -> a scalar."""


def soft_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """-sum_k t_k log softmax(z)_k, averaged over the batch; computed in float32."""
    return F.cross_entropy(logits.float(), target)


def soft_binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy, averaged over batch and classes (RSB, arXiv 2110.00476); computed in float32."""
    return F.binary_cross_entropy_with_logits(logits.float(), target)


def summed_binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """The same, summed over classes and averaged over the batch, as OpenMixup's RSB configs have it."""
    return soft_binary_cross_entropy(logits, target) * target.shape[1]


def smooth(target: Tensor, share: float) -> Tensor:
    """Label smoothing (Szegedy et al., CVPR 2016): `share` of each target is spread over the K classes."""
    return target if share == 0 else target * (1 - share) + share / target.shape[1]


def training_loss(config: Loss) -> Criterion:
    """The loss of the training, with label smoothing of the targets, which are mixed already.

    A threshold comes after it, as in timm's `BinaryCrossEntropy`.
    """
    criterion, threshold = evaluation_loss(config), config.target_threshold

    def loss(logits: Tensor, target: Tensor) -> Tensor:
        target = smooth(target, config.label_smoothing)
        return criterion(logits, (target > threshold).to(target.dtype) if threshold > 0 else target)

    return loss


def evaluation_loss(config: Loss) -> Criterion:
    """The same loss without label smoothing and threshold."""
    if config.name == "ce":
        return soft_cross_entropy
    return soft_binary_cross_entropy if config.bce_reduction == "mean" else summed_binary_cross_entropy
