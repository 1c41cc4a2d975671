"""RoIAlign of one box that a whole batch shares, with one cell: the mean of the features inside.

He et al., Mask R-CNN, ICCV 2017, https://arxiv.org/abs/1703.06870, in torchvision's form (`aligned`, as many
points as the box has features along each side). With one box and one cell it is a weighted mean, and weights
are those of the rows times those of the columns.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .mixing import Box


def mean_in_box(features: Tensor, box: Box, height: int, width: int) -> Tensor:
    """The mean of the features inside a box, between which they are interpolated: [B, C].

    Args:
        features: [B, C, h, w].
        box: in pixels of the images that the features are of; not empty.
        height: H of those images.
        width: W of those images.
    """
    rows = weights_along(box.top / height, box.bottom / height, features.shape[2])
    columns = weights_along(box.left / width, box.right / width, features.shape[3])
    weights = torch.outer(rows, columns).flatten().to(features.device, non_blocking=True)
    return features.flatten(2) @ weights.to(features.dtype)


def weights_along(start: float, end: float, length: int) -> Tensor:
    """The weight of each of `length` features in the mean over a part of their side; float32 on the CPU.

    Points lie evenly from `start` to `end`, one for each feature that the part covers, in the middle of their
    shares. Feature i is at i + 0.5; points beyond the first or the last feature have its value.

    Args:
        start: where the part begins, 0 .. 1.
        end: where it ends.
        length: how many features the side has.
    """
    first, covered = start * length, (end - start) * length
    # Rounding may not add a point to a part that covers a whole number of features.
    points = max(math.ceil(covered - 1e-6), 1)
    weights = torch.zeros(length, dtype=torch.float64)
    for point in range(points):
        place = first + (point + 0.5) * covered / points - 0.5
        place = min(max(place, 0.0), length - 1.0)
        low = min(int(place), max(length - 2, 0))
        weights[low] += (1 - (place - low)) / points
        weights[min(low + 1, length - 1)] += (place - low) / points
    return weights.float()
