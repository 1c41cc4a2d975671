"""Attention of a transformer's last block, read while the network runs.

The fused kernels that networks attend with keep no attention. Queries and keys are caught on their way, and
only the rows that are asked for are computed. Plain vision transformers with a class token, PVT, and Swin
transformers whose last stage is one window, as it is at their own image size.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from .anatomy import prefix_tokens


@dataclass
class Attention:
    """What the last block of one forward pass attended to. Empty until that pass has run."""

    module: Any
    prefix: int
    """Tokens before those of the patches."""

    caught: dict[nn.Module, Tensor] = field(default_factory=dict)
    """What the block's query, key and value layers gave in the last pass, [B, T, 3 D] together."""

    @torch.no_grad()
    def of_class_token(self) -> Tensor:
        """How much the class token attends to each patch, averaged over heads; float32 [B, N].

        A row of the softmax over all tokens, so that it sums to less than 1 over the patches. Where a network
        averages its patches and has no class token, `of_patches`: that average is what classifies.
        """
        if self.prefix == 0:
            return self.of_patches()
        query, key = self._query_and_key()
        return self._softmax(query[:, :, :1], key)[:, :, 0, self.prefix :].mean(1)

    @torch.no_grad()
    def of_patches(self) -> Tensor:
        """How much the patches attend to each patch, averaged over heads and patches; float32 [B, N]."""
        query, key = self._query_and_key()
        return self._softmax(query[:, :, self.prefix :], key)[..., self.prefix :].mean((1, 2))

    def _softmax(self, query: Tensor, key: Tensor) -> Tensor:
        scores: Tensor = (query.float() * self.module.scale) @ key.float().transpose(-2, -1)
        if hasattr(self.module, "relative_position_bias_table"):
            scores = scores + self._position_bias(scores.shape[-1])
        return scores.softmax(-1)

    def _position_bias(self, tokens: int) -> Tensor:
        """What a Swin transformer adds for where patches lie: [1, heads, N, N]."""
        index = self.module.relative_position_index.flatten()
        bias: Tensor = self.module.relative_position_bias_table[index].float()
        return bias.view(1, tokens, tokens, -1).permute(0, 3, 1, 2)

    def _query_and_key(self) -> tuple[Tensor, Tensor]:
        """Each [B, heads, T, D / heads]."""
        if not self.caught:
            raise RuntimeError("no forward pass has run while its attention was watched")
        caught = torch.cat(list(self.caught.values()), -1)
        qkv = caught.reshape(*caught.shape[:2], 3, self.module.num_heads, -1).permute(2, 0, 3, 1, 4)
        if hasattr(self.module, "q_norm"):
            return self.module.q_norm(qkv[0]), self.module.k_norm(qkv[1])
        return qkv[0], qkv[1]


@contextmanager
def watch_attention(backbone: nn.Module) -> Iterator[Attention]:
    """Catch the attention of the last block of forward passes that run in this context.

    Raises:
        TypeError: the network has no attention of its class to all patches that could be read.
    """
    attention = _last_attention(backbone)

    def catch(module: nn.Module, inputs: Any, output: Tensor) -> None:
        watched.caught[module] = output.detach()

    watched = Attention(attention, prefix_tokens(backbone))
    handles = [layer.register_forward_hook(catch) for layer in _projections(attention)]
    try:
        yield watched
    finally:
        for handle in handles:
            handle.remove()


def require_attention(backbone: nn.Module) -> None:
    """Raise `TypeError` for a network that `watch_attention` does not work with."""
    _last_attention(backbone)


def _last_attention(backbone: nn.Module) -> Any:
    block = _last_block(backbone)
    attention = getattr(block, "attn", None)
    sees_all = prefix_tokens(backbone) > 0 or _is_one_window(block)
    if not sees_all or not _projections(attention):
        raise TypeError(
            f"{type(backbone).__name__} is neither a vision transformer with a class token nor a Swin "
            "transformer whose last stage is one window, whose attention could be read"
        )
    return attention


def _last_block(network: Any) -> Any:
    """The last of a network's blocks, in its last stage where it has several."""
    for name in ("blocks", "stages", "layers"):
        parts = getattr(network, name, None)
        if isinstance(parts, nn.Sequential | nn.ModuleList) and len(parts):
            return parts[-1] if name == "blocks" else _last_block(parts[-1])
    return None


def _is_one_window(block: Any) -> bool:
    window = getattr(block, "window_size", None)
    return window is not None and tuple(window) == tuple(block.input_resolution)


def _projections(attention: Any) -> list[nn.Module]:
    """The layers that make queries, keys and values, in this order; none where they are made another way."""
    if not all(hasattr(attention, part) for part in ("num_heads", "scale")):
        return []
    if hasattr(attention, "qkv"):
        return [attention.qkv]
    return [attention.q, attention.kv] if hasattr(attention, "kv") else []
