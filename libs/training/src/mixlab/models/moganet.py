"""MogaNet: convolutions of several orders, gated, and perceptrons that spread channels again.

Paper: Li et al., ICLR 2024, https://arxiv.org/abs/2211.03295
Sizes, order of layers and initial weights were checked against the authors' code (Westlake-AI/MogaNet:
`models/moganet.py`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.vision import import_timm

DropPath = import_timm().layers.DropPath


class Size(NamedTuple):
    """What MogaNets differ in, stage by stage."""

    channels: tuple[int, int, int, int]
    depths: tuple[int, int, int, int]


SIZES = {
    "moganet_xtiny": Size((32, 64, 96, 192), (3, 3, 10, 2)),
    "moganet_tiny": Size((32, 64, 128, 256), (3, 3, 12, 2)),
    "moganet_small": Size((64, 128, 320, 512), (2, 3, 12, 2)),
}
EXPANSIONS = (8, 8, 4, 4)
SCALE = 1e-5
"""What layer scales begin with."""


def depthwise(channels: int, kernel: int, dilation: int = 1) -> nn.Conv2d:
    """A convolution of each channel by itself that keeps the map's size."""
    padding = dilation * (kernel // 2)
    return nn.Conv2d(channels, channels, kernel, padding=padding, groups=channels, dilation=dilation)


class Scale(nn.Module):
    """A factor for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.full((1, channels, 1, 1), SCALE))

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> the same shape."""
        return x * self.scale


class MultiOrder(nn.Module):
    """Depthwise convolutions of three reaches, for 1, 3 and 4 of 8 channels each."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.sizes = [channels // 8, channels * 3 // 8, channels // 2]
        self.near = depthwise(channels, 5)
        self.wider = depthwise(self.sizes[1], 5, dilation=2)
        self.widest = depthwise(self.sizes[2], 7, dilation=3)
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> the same shape."""
        low, middle, high = torch.split(self.near(x), self.sizes, 1)
        out: Tensor = self.mix(torch.cat((low, self.wider(middle), self.widest(high)), 1))
        return out


class GatedAggregation(nn.Module):
    """The spatial half of a block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.proj_1 = nn.Conv2d(channels, channels, 1)
        self.sigma = Scale(channels)
        self.gate = nn.Conv2d(channels, channels, 1)
        self.value = MultiOrder(channels)
        self.proj_2 = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> the same shape."""
        seen = self.proj_1(x)
        seen = F.silu(seen + self.sigma(seen - seen.mean((2, 3), keepdim=True)))
        out: Tensor = self.proj_2(F.silu(self.gate(seen)) * F.silu(self.value(seen)))
        return x + out


class ChannelAggregation(nn.Module):
    """The channels' half of a block."""

    def __init__(self, channels: int, expansion: int) -> None:
        super().__init__()
        hidden = expansion * channels
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.dwconv = depthwise(hidden, 3)
        self.decompose = nn.Conv2d(hidden, 1, 1)
        self.sigma = Scale(hidden)
        self.fc2 = nn.Conv2d(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> the same shape."""
        hidden = F.gelu(self.dwconv(self.fc1(x)))
        hidden = hidden + self.sigma(hidden - F.gelu(self.decompose(hidden)))
        out: Tensor = self.fc2(hidden)
        return out


class Block(nn.Module):
    """Both halves, each beside a shortcut."""

    def __init__(self, channels: int, expansion: int, drop_path: float) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.attn = GatedAggregation(channels)
        self.layer_scale_1 = Scale(channels)
        self.norm2 = nn.BatchNorm2d(channels)
        self.mlp = ChannelAggregation(channels, expansion)
        self.layer_scale_2 = Scale(channels)
        self.drop_path = DropPath(drop_path)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] -> the same shape."""
        x = x + self.drop_path(self.layer_scale_1(self.attn(self.norm1(x))))
        out: Tensor = x + self.drop_path(self.layer_scale_2(self.mlp(self.norm2(x))))
        return out


def stem(channels: int) -> nn.Sequential:
    """Two convolutions that leave a quarter of each side."""
    half = channels // 2
    return nn.Sequential(
        nn.Conv2d(3, half, 3, stride=2, padding=1),
        nn.BatchNorm2d(half),
        nn.GELU(),
        nn.Conv2d(half, channels, 3, stride=2, padding=1),
        nn.BatchNorm2d(channels),
    )


def embedding(before: int, channels: int) -> nn.Sequential:
    """A convolution that leaves half of each side."""
    return nn.Sequential(nn.Conv2d(before, channels, 3, stride=2, padding=1), nn.BatchNorm2d(channels))


class MogaNet(nn.Module):
    """MogaNet: [B, 3, H, W] -> logits [B, num_classes].

    Args:
        name: one of `SIZES`.
        num_classes: K.
        drop_path: chance of the last block to be left out; earlier ones have less, the first none.
    """

    def __init__(self, name: str, num_classes: int, drop_path: float = 0.0) -> None:
        super().__init__()
        channels, depths = SIZES[name]
        rates = torch.split(torch.linspace(0, drop_path, sum(depths)), list(depths))
        self.stages = nn.ModuleList(
            nn.Sequential(
                stem(own) if index == 0 else embedding(channels[index - 1], own),
                *(Block(own, EXPANSIONS[index], rate) for rate in rates[index].tolist()),
                nn.BatchNorm2d(own),
            )
            for index, own in enumerate(channels)
        )
        self.head = nn.Linear(channels[-1], num_classes)
        self.feature_info = [
            {"module": f"stages.{index}", "reduction": 4 << index, "num_chs": own}
            for index, own in enumerate(channels)
        ]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                fan_out = math.prod(module.kernel_size) * module.out_channels // module.groups
                nn.init.normal_(module.weight, std=math.sqrt(2 / fan_out))
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.trunc_normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def no_weight_decay(self) -> set[str]:
        """Parameters that are not to decay: scales of channels, as in OpenMixup's config."""
        return {name for name, _ in self.named_parameters() if name.endswith(".scale")}

    def forward(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, num_classes]."""
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, C, H / 32, W / 32]."""
        for stage in self.stages:
            x = stage(x)
        return x

    def forward_head(self, x: Tensor) -> Tensor:
        """[B, C, h, w] -> logits [B, num_classes]."""
        logits: Tensor = self.head(x.mean((2, 3)))
        return logits
