"""Expected calibration error: how far a network's confidence is from how often it is right.

Paper: Guo et al., On Calibration of Modern Neural Networks, ICML 2017, https://arxiv.org/abs/1706.04599
"""

from __future__ import annotations

import torch
from torch import Tensor

from mixlab.train.devices import sum_over_ranks

BINS = 15


class Calibration:
    """Sums confidence and hits by bins (lower, upper] of confidence, on the device."""

    def __init__(self, device: torch.device) -> None:
        self._sums = torch.zeros(3, BINS, dtype=torch.float64, device=device)
        self._edges = torch.linspace(0, 1, BINS + 1, device=device)[1:-1]

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """Count a batch: logits [b, K] and labels [b]."""
        confidence, predicted = logits.float().softmax(1).max(1)
        values = torch.stack([confidence, predicted == labels, torch.ones_like(confidence)]).double()
        self._sums.index_add_(1, torch.bucketize(confidence, self._edges), values)

    def error(self) -> float:
        """Mean distance of the bins' confidence and accuracy, weighted by their images, in percent."""
        confidence, hits, images = sum_over_ranks(self._sums)
        return float(100 * (confidence - hits).abs().sum() / images.sum().clamp_min(1))
