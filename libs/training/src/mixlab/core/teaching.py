"""What a teacher sees of a batch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .cues import IMAGENET, Normalisation
from .teacher import Teacher


def seen_by(teacher: Teacher, images: Tensor, normalisation: Normalisation, side: int | None) -> Tensor:
    """Images as a teacher was trained on them, float32 [B, 3, side, side]; differentiable.

    Args:
        teacher: timm's weights take images that are normalised as for ImageNet, those of a file as they are.
        images: [B, 3, H, W].
        normalisation: what their pixels went through.
        side: in pixels; None leaves them as large as they are.
    """
    seen = images.float()
    if teacher.weights == "timm" and normalisation != IMAGENET:
        ratios = [own / theirs for own, theirs in zip(normalisation.std, IMAGENET.std, strict=True)]
        triples = zip(normalisation.mean, IMAGENET.mean, IMAGENET.std, strict=True)
        offsets = [(own - theirs) / std for own, theirs, std in triples]
        seen = seen * _per_channel(ratios, seen) + _per_channel(offsets, seen)
    if side is not None and seen.shape[-2:] != (side, side):
        seen = F.interpolate(seen, size=(side, side), mode="bilinear", align_corners=False)
    return seen


def _per_channel(values: list[float], images: Tensor) -> Tensor:
    return torch.tensor(values).to(images.device, non_blocking=True).view(-1, 1, 1)
