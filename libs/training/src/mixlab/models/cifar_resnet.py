"""ResNets for small images: a 3x3 stem, three stages of basic blocks with 16, 32, 64 channels, 6n + 2 layers.

Paper: He et al., CVPR 2016, section 4.2, https://arxiv.org/abs/1512.03385
As in the paper, a shortcut that changes the shape takes every second pixel and pads the channels with zeros
(option A), so it has no parameters: ResNet-20 has 0.27 million, ResNet-56 0.85, ResNet-110 1.7.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut without parameters."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.stride = stride
        self.new_channels = channels - in_channels

    def forward(self, x: Tensor) -> Tensor:
        """[B, in_channels, H, W] -> [B, channels, H / stride, W / stride]."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.stride != 1 or self.new_channels:
            before = self.new_channels // 2
            x = F.pad(
                x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, before, self.new_channels - before)
            )
        return F.relu(out + x)


class CifarResNet(nn.Module):
    """ResNet-(6n + 2) for images of 32 pixels or so; [B, 3, H, W] -> logits [B, num_classes].

    Raises:
        ValueError: `depth` is not 6n + 2 for a whole n of at least 1.
    """

    def __init__(self, depth: int, num_classes: int) -> None:
        super().__init__()
        if depth < 8 or (depth - 2) % 6:
            raise ValueError(f"depth must be 6n + 2 (8, 14, 20, …), not {depth}")
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self._stage(16, 16, blocks, stride=1)
        self.layer2 = self._stage(16, 32, blocks, stride=2)
        self.layer3 = self._stage(32, 64, blocks, stride=2)
        self.num_classes = num_classes
        self.fc = nn.Linear(64, num_classes)
        self.feature_info = [
            {"module": f"layer{stage + 1}", "reduction": 2**stage, "num_chs": 16 * 2**stage}
            for stage in range(3)
        ]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    @staticmethod
    def _stage(in_channels: int, channels: int, blocks: int, stride: int) -> nn.Sequential:
        first = BasicBlock(in_channels, channels, stride)
        return nn.Sequential(first, *(BasicBlock(channels, channels, 1) for _ in range(blocks - 1)))

    def forward(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, num_classes]."""
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, 64, H / 4, W / 4]."""
        x = F.relu(self.bn1(self.conv1(x)))
        features: Tensor = self.layer3(self.layer2(self.layer1(x)))
        return features

    def forward_head(self, x: Tensor) -> Tensor:
        """[B, 64, h, w] -> logits [B, num_classes]."""
        logits: Tensor = self.fc(x.mean((2, 3)))
        return logits
