"""What a teacher sees of a batch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .anatomy import forward_features, logits_by_place
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


@torch.no_grad()
def class_maps(network: nn.Module, images: Tensor, labels: Tensor, top: int = 5) -> Tensor:
    """Where a teacher sees each image's class: its logit in each place, 0 where others are ahead of it.

    The classifier is applied to each place of the last feature map. A logit counts where it is among the
    place's `top` highest and above 0.

    Args:
        network: the teacher.
        images: as `seen_by` gives them, [B, 3, H, W].
        labels: class indices, int64 [B].
        top: how many classes count in a place.

    Returns:
        float32 [B, h, w].

    Raises:
        TypeError: the teacher has no feature map.
    """
    logits = logits_by_place(network, forward_features(network, images)).float()
    own = logits.gather(3, labels.view(-1, 1, 1, 1).expand(*logits.shape[:3], 1))[..., 0]
    least = logits.topk(min(top, logits.shape[3]), dim=3).values[..., -1]
    return own.clamp_(min=0) * (own >= least)


def _per_channel(values: list[float], images: Tensor) -> Tensor:
    return torch.tensor(values).to(images.device, non_blocking=True).view(-1, 1, 1)
