"""Pyramid Vision Transformer, version 1.

Paper: Wang et al., ICCV 2021, https://arxiv.org/abs/2102.12122
Sizes, order of layers, initial weights and the class token of the last stage were checked against the
authors' code (whai362/PVT: `classification/pvt.py`). Differs from it: attention by torch's own operator.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.vision import import_timm

DropPath = import_timm().layers.DropPath

CHANNELS, HEADS, EXPANSIONS, REDUCTIONS = (64, 128, 320, 512), (1, 2, 5, 8), (8, 8, 4, 4), (8, 4, 2, 1)
DEPTHS = {"pvt_tiny": (2, 2, 2, 2), "pvt_small": (3, 4, 6, 3)}
EPSILON = 1e-6


class Grid(NamedTuple):
    """How many patches there are each way."""

    height: int
    width: int


def _as_map(tokens: Tensor, grid: Grid) -> Tensor:
    """[B, h w, C] -> [B, C, h, w]."""
    return tokens.transpose(1, 2).reshape(len(tokens), -1, *grid)


class SpatialReductionAttention(nn.Module):
    """Attention to patches that were merged `reduction` x `reduction` into one before.

    Where nothing is merged, there may be a class token, too.
    """

    def __init__(self, channels: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.num_heads, self.scale = heads, (channels // heads) ** -0.5
        self.q = nn.Linear(channels, channels)
        self.kv = nn.Linear(channels, 2 * channels)
        self.proj = nn.Linear(channels, channels)
        self.sr = nn.Conv2d(channels, channels, reduction, stride=reduction) if reduction > 1 else None
        self.norm = nn.LayerNorm(channels) if reduction > 1 else None

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """[B, N, C] -> [B, N, C]."""
        seen = tokens
        if self.sr is not None and self.norm is not None:
            merged = self.sr(_as_map(tokens, grid))
            seen = self.norm(merged.flatten(2).transpose(1, 2))
        query = self._split(self.q(tokens))
        key, value = (self._split(part) for part in self.kv(seen).chunk(2, 2))
        attended = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = self.proj(attended.transpose(1, 2).flatten(2))
        return out

    def _split(self, tokens: Tensor) -> Tensor:
        """[B, N, C] -> [B, heads, N, C / heads]."""
        size, count, channels = tokens.shape
        return tokens.view(size, count, self.num_heads, channels // self.num_heads).transpose(1, 2)


class Block(nn.Module):
    """Attention and a perceptron, each beside a shortcut."""

    def __init__(self, channels: int, heads: int, expansion: int, reduction: int, drop_path: float) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels, eps=EPSILON)
        self.attn = SpatialReductionAttention(channels, heads, reduction)
        self.drop_path = DropPath(drop_path)
        self.norm2 = nn.LayerNorm(channels, eps=EPSILON)
        self.mlp = nn.Sequential(
            nn.Linear(channels, expansion * channels), nn.GELU(), nn.Linear(expansion * channels, channels)
        )

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """[B, N, C] -> [B, N, C]."""
        tokens = tokens + self.drop_path(self.attn(self.norm1(tokens), grid))
        out: Tensor = tokens + self.drop_path(self.mlp(self.norm2(tokens)))
        return out


class Stage(nn.Module):
    """Patches of a map as tokens, and blocks on them.

    Args:
        index: 0 .. 3.
        side: of the images, in pixels, that the position embedding is for; others are interpolated.
        drop_paths: chance of each block to be left out.
    """

    def __init__(self, index: int, side: int, drop_paths: list[float]) -> None:
        super().__init__()
        self.last = index == len(CHANNELS) - 1
        patch, channels = 4 if index == 0 else 2, CHANNELS[index]
        before = 3 if index == 0 else CHANNELS[index - 1]
        self.proj = nn.Conv2d(before, channels, patch, stride=patch)
        self.norm = nn.LayerNorm(channels)
        self.grid = Grid(side // (4 << index), side // (4 << index))
        patches = self.grid.height * self.grid.width
        self.pos_embed = nn.Parameter(torch.zeros(1, patches + self.last, channels))
        self.cls_token = nn.Parameter(torch.zeros(1, 1, channels)) if self.last else None
        self.blocks = nn.ModuleList(
            Block(channels, HEADS[index], EXPANSIONS[index], REDUCTIONS[index], rate) for rate in drop_paths
        )
        self.final = nn.LayerNorm(channels, eps=EPSILON) if self.last else None

    def forward(self, x: Tensor) -> Tensor:
        """[B, c, H, W] -> a map [B, C, h, w]; of the last stage tokens [B, 1 + h w, C], the class's first."""
        patches = self.proj(x)
        grid = Grid(patches.shape[2], patches.shape[3])
        tokens: Tensor = self.norm(patches.flatten(2).transpose(1, 2))
        if self.cls_token is not None:
            tokens = torch.cat((self.cls_token.expand(len(tokens), -1, -1), tokens), 1)
        tokens = tokens + self._positions(grid)
        for block in self.blocks:
            tokens = block(tokens, grid)
        if self.final is not None:
            return self.final(tokens)  # type: ignore[no-any-return]
        return _as_map(tokens, grid)

    def _positions(self, grid: Grid) -> Tensor:
        if grid == self.grid:
            return self.pos_embed
        prefix, rest = self.pos_embed[:, : int(self.last)], self.pos_embed[:, int(self.last) :]
        resized = F.interpolate(_as_map(rest, self.grid), size=grid, mode="bilinear", align_corners=False)
        return torch.cat((prefix, resized.flatten(2).transpose(1, 2)), 1)


class PyramidVisionTransformer(nn.Module):
    """PVT: [B, 3, H, W] -> logits [B, num_classes]; H and W are multiples of 32.

    Args:
        name: `pvt_tiny` or `pvt_small`.
        num_classes: K.
        side: of the images, in pixels; larger or smaller ones have interpolated positions.
        drop_path: chance of the last block to be left out; earlier ones have less, the first none.
    """

    num_prefix_tokens = 1

    def __init__(self, name: str, num_classes: int, side: int = 224, drop_path: float = 0.0) -> None:
        super().__init__()
        depths = DEPTHS[name]
        rates = torch.split(torch.linspace(0, drop_path, sum(depths)), list(depths))
        self.stages = nn.ModuleList(Stage(index, side, part.tolist()) for index, part in enumerate(rates))
        self.head = nn.Linear(CHANNELS[-1], num_classes)
        self.feature_info = [
            {"module": f"stages.{index}", "reduction": 4 << index, "num_chs": channels}
            for index, channels in enumerate(CHANNELS)
        ]
        for parameter_name, parameter in self.named_parameters():
            if parameter_name.endswith(("pos_embed", "cls_token")):
                nn.init.trunc_normal_(parameter, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def no_weight_decay(self) -> set[str]:
        """Parameters that are not to decay."""
        return {name for name, _ in self.named_parameters() if name.endswith(("pos_embed", "cls_token"))}

    def forward(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> [B, num_classes]."""
        return self.forward_head(self.forward_features(x))

    def forward_features(self, x: Tensor) -> Tensor:
        """[B, 3, H, W] -> tokens [B, 1 + H W / 1024, 512], that of the class first."""
        for stage in self.stages:
            x = stage(x)
        return x

    def forward_head(self, x: Tensor) -> Tensor:
        """Tokens [B, N, 512] -> logits [B, num_classes]."""
        logits: Tensor = self.head(x[:, 0])
        return logits
