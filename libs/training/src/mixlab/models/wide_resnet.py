"""Wide ResNets for small images.

Paper: Zagoruyko and Komodakis, BMVC 2016, https://arxiv.org/abs/1605.07146
As in the paper's table 1: a 3x3 stem with 16 channels, then three stages of (depth - 4) / 6 blocks with 16 k,
32 k and 64 k channels. A block normalises before it convolves; where it changes the shape, its shortcut is a
1x1 convolution of the normalised input. No dropout.
"""

from __future__ import annotations

from itertools import pairwise

import torch.nn.functional as F
from torch import Tensor, nn


class WideBlock(nn.Module):
    """Normalise, rectify and convolve twice, beside a shortcut."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_channels)
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        changes = stride != 1 or in_channels != channels
        self.shortcut = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        """[B, in_channels, H, W] -> [B, channels, H / stride, W / stride]."""
        ready = F.relu(self.bn1(x))
        out = self.conv2(F.relu(self.bn2(self.conv1(ready))))
        kept = x if self.shortcut is None else self.shortcut(ready)
        total: Tensor = kept + out
        return total


class WideResNet(nn.Module):
    """WRN-depth-width: [B, 3, H, W] -> logits [B, num_classes].

    Raises:
        ValueError: `depth` is not 6n + 4 for a whole n of at least 1.
    """

    def __init__(self, depth: int, width: int, num_classes: int) -> None:
        super().__init__()
        if depth < 10 or (depth - 4) % 6:
            raise ValueError(f"depth must be 6n + 4 (10, 16, 22, 28, …), not {depth}")
        blocks = (depth - 4) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        widths = [16, *(16 * width * 2**stage for stage in range(3))]
        stages = [
            nn.Sequential(
                WideBlock(before, after, stride=1 if stage == 0 else 2),
                *(WideBlock(after, after, stride=1) for _ in range(blocks - 1)),
            )
            for stage, (before, after) in enumerate(pairwise(widths))
        ]
        self.layer1, self.layer2, self.layer3 = stages
        self.bn = nn.BatchNorm2d(widths[-1])
        self.fc = nn.Linear(widths[-1], num_classes)
        self.feature_info = [
            {"module": f"layer{stage + 1}", "reduction": 2**stage, "num_chs": widths[stage + 1]}
            for stage in range(3)
        ]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, num_classes]."""
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, 64 width, H / 4, W / 4]."""
        out = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return F.relu(self.bn(out))

    def forward_head(self, x: Tensor) -> Tensor:
        """[B, 64 width, h, w] -> logits [B, num_classes]."""
        logits: Tensor = self.fc(x.mean((2, 3)))
        return logits
