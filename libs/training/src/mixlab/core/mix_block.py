"""Networks that make masks for images out of their feature maps.

Those for two images are from OpenMixup's `pmix_block.py`, with the settings that its AutoMix and SAMix train
with (`none_v_`: the mask of the second image is computed, the first has the rest); that for several is from
AdAutoMix's `Ada_mix_pine.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MixBlock(nn.Module):
    """AutoMix's: where two images resemble each other decides how much the second image's values count.

    With x_a = [z_a, lam] and x_b = [z_b, 1 - lam]: P = softmax(q(x_a) q(x_b)^T / sqrt(d)) over the places of
    b, one 1x1 convolution q for both; the mask of b is the sigmoid of P v(x_b), at the images' size.

    Args:
        channels: C of the feature maps.
        lam_concat: whether lam is a channel of what the block sees.
    """

    upsampling: Literal["nearest", "bilinear"] = "nearest"

    def __init__(self, channels: int, lam_concat: bool = True) -> None:
        super().__init__()
        self.lam_concat = lam_concat
        inputs = channels + 1 if lam_concat else channels
        self.query = nn.Conv2d(inputs, max(channels // 2, 1), 1)
        self.value: nn.Module = nn.Conv2d(inputs, 1, 1)
        self.apply(_start)

    def forward(self, first: Tensor, second: Tensor, lam: float, size: tuple[int, int]) -> Tensor:
        """The first image's mask, float32 [B, 1, H, W] in 0 .. 1; the second has the rest.

        Args:
            first: feature maps [B, C, h, w]; `second` those of the partners.
            lam: the share of the first image that is asked for.
            size: H and W.
        """
        with torch.autocast(first.device.type, enabled=False):
            first, second = self._told(first.float(), lam), self._told(second.float(), 1 - lam)
            query, key = self._embedded(first, second)
            mask = attended(query, key, self.value(second))
            options = {} if self.upsampling == "nearest" else {"align_corners": False}
            return 1 - torch.sigmoid(F.interpolate(mask, size, mode=self.upsampling, **options))

    def _told(self, features: Tensor, lam: float) -> Tensor:
        """Features with the share that their image is to have."""
        return _with_channel(features, lam) if self.lam_concat else features

    def _embedded(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        return self.query(first), self.query(second)

    def mask_loss(self, mask: Tensor, lam: float, margin: float) -> Tensor:
        """How much more than `margin` the mean of the batch's masks is from lam; a scalar."""
        return ((mask.mean() - lam).abs() - margin).clamp_min(0)


class PairMixBlock(MixBlock):
    """SAMix's: q and k are convolutions of their own of both images' features, v has a hidden layer.

    Features are told lam by a factor, z_a (1 + lam) and z_b (1 + 1 - lam), and masks are upsampled smoothly.
    What their mask's loss rewards besides is twice its variance over the batch's pixels.

    Args:
        channels: C of the feature maps.
        dropout: of v's values.
    """

    upsampling = "bilinear"

    def __init__(self, channels: int, dropout: float = 0.0) -> None:
        super().__init__(channels, lam_concat=False)
        hidden = max(channels // 2, 1)
        self.query = nn.Conv2d(2 * channels, hidden, 1)
        self.key = nn.Conv2d(2 * channels, hidden, 1)
        self.value = nn.Sequential(
            nn.Conv2d(channels, hidden, 1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ELU(),
            nn.Conv2d(hidden, 1, 1, bias=False),
            nn.Dropout(dropout),
        )
        self.apply(_start)

    def _told(self, features: Tensor, lam: float) -> Tensor:
        return features * (1 + lam)

    def _embedded(self, first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
        both = torch.cat((first, second), 1)
        return self.query(both), self.key(both)

    def mask_loss(self, mask: Tensor, lam: float, margin: float) -> Tensor:
        """The distance from lam beyond `margin`, less twice the variance."""
        return super().mask_loss(mask, lam, margin) - 2 * mask.var(correction=0)


class SeveralMixBlock(nn.Module):
    """AdAutoMix's: each image's values count by how much its places resemble those of all the others.

    With x_i = [z_i, lam_i]: P_i = softmax(relu(q(x_i)) (sum over j != i of relu(k(x_j)))^T / sqrt(d)) over
    places, q, k and v 1x1 convolutions; the masks are the softmax over the images of P_i v(x_i), upsampled.

    Args:
        channels: C of the feature maps.
        lam_concat: whether lam is a channel of what the block sees.
    """

    def __init__(self, channels: int, lam_concat: bool = True) -> None:
        super().__init__()
        self.lam_concat = lam_concat
        inputs, hidden = channels + 1 if lam_concat else channels, max(channels // 2, 1)
        self.query = nn.Conv2d(inputs, hidden, 1)
        self.key = nn.Conv2d(inputs, hidden, 1)
        self.value = nn.Conv2d(inputs, 1, 1)
        self.apply(_start)

    def forward(self, features: Sequence[Tensor], shares: Sequence[float], size: tuple[int, int]) -> Tensor:
        """Masks of N images, float32 [B, N, H, W], over N summing to 1.

        Args:
            features: N feature maps [B, C, h, w].
            shares: what each is asked to have.
            size: H and W.
        """
        with torch.autocast(features[0].device.type, enabled=False):
            told = [
                _with_channel(each.float(), share) if self.lam_concat else each.float()
                for each, share in zip(features, shares, strict=True)
            ]
            keys = [self.key(each).relu() for each in told]
            masks = []
            for index, each in enumerate(told):
                others = torch.stack(keys[:index] + keys[index + 1 :]).sum(0)
                masks.append(attended(self.query(each).relu(), others, self.value(each)))
            logits = F.interpolate(torch.cat(masks, 1), size, mode="bilinear", align_corners=False)
            return logits.softmax(1)


def attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """For each place a mean of `value`, [B, 1, h, w], by how its `query` resembles `key`, [B, d, h, w]."""
    similarity = torch.einsum("bci,bcj->bij", query.flatten(2), key.flatten(2))
    weights = (similarity / query.shape[1] ** 0.5).softmax(2)
    return torch.einsum("bij,bj->bi", weights, value.flatten(1)).view_as(value)


def _with_channel(features: Tensor, value: float) -> Tensor:
    size, _, height, width = features.shape
    return torch.cat((features, features.new_full((size, 1, height, width), value)), 1)


def _start(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, std=0.01)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
