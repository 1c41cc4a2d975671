"""Robustness to occlusion: accuracy when random patches of the test images are black.

Paper: Naseer et al., Intriguing Properties of Vision Transformers, NeurIPS 2021,
https://arxiv.org/abs/2105.10497 (random PatchDrop: 14 x 14 patches of 224 pixels).

Verified against the authors' code (Muzammal-Naseer/IPViT, `evaluate.py`): patches are black before the images
are normalised, and their number is rounded down. Differs from it: each image has patches of its own, not each
batch, and a higher ratio hides those of a lower one and more, so that ratios compare on the same draws; they
follow from the run's seed and the image's number, whatever the batch size and the number of ranks.
OpenMixup's tool has the batch's patches in the mean colour.
"""

from __future__ import annotations

import torch
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.cells import cells_as_pixels
from mixlab.core.seeding import derived_generator


class PatchDrop:
    """Hides patches of a run's test images."""

    def __init__(self, config: RunConfig, grid: int, device: torch.device) -> None:
        self._seed, self._grid = config.seed, grid
        mean, std = (torch.tensor(each) for each in (config.dataset.mean, config.dataset.std))
        self._black = (-mean / std).view(1, 3, 1, 1).to(device)

    def order(self, indices: Tensor) -> Tensor:
        """Turns in which the patches of the images with these numbers are hidden, int64 [b, grid, grid]."""
        orders = [
            torch.randperm(self._grid**2, generator=derived_generator(self._seed, "occlusion", index))
            for index in indices.tolist()
        ]
        return torch.stack(orders).view(-1, self._grid, self._grid).to(self._black.device)

    def hide(self, images: Tensor, order: Tensor, ratio: float) -> Tensor:
        """Images [b, 3, H, W], normalised, with `ratio` of their patches, rounded down, black."""
        count = int(ratio * self._grid**2 + 1e-6)  # 0.29 * 100 is 28.999999999999996
        hidden = cells_as_pixels(order < count, *images.shape[2:])
        return torch.where(hidden, self._black, images)
