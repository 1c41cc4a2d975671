"""Attention of a vision transformer's last block, read while the network runs.

The fused kernels that networks attend with keep no attention. Queries and keys are caught on their way, and
only the rows that are asked for are computed.
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

    caught: list[Tensor] = field(default_factory=list)
    """Output of the block's query, key and value layer, [B, T, 3 D], of the last pass."""

    @torch.no_grad()
    def of_class_token(self) -> Tensor:
        """How much the class token attends to each patch, averaged over heads; float32 [B, N].

        A row of the softmax over all tokens, so that it sums to less than 1 over the patches.
        """
        query, key = self._query_and_key()
        return self._softmax(query[:, :, :1], key)[:, :, 0, self.prefix :].mean(1)

    @torch.no_grad()
    def of_patches(self) -> Tensor:
        """How much the patches attend to each patch, averaged over heads and patches; float32 [B, N]."""
        query, key = self._query_and_key()
        return self._softmax(query[:, :, self.prefix :], key)[..., self.prefix :].mean((1, 2))

    def _softmax(self, query: Tensor, key: Tensor) -> Tensor:
        scores: Tensor = (query.float() * self.module.scale) @ key.float().transpose(-2, -1)
        return scores.softmax(-1)

    def _query_and_key(self) -> tuple[Tensor, Tensor]:
        """Each [B, heads, T, D / heads]."""
        if not self.caught:
            raise RuntimeError("no forward pass has run while its attention was watched")
        caught = self.caught[-1]
        qkv = caught.reshape(*caught.shape[:2], 3, self.module.num_heads, -1).permute(2, 0, 3, 1, 4)
        return self.module.q_norm(qkv[0]), self.module.k_norm(qkv[1])


@contextmanager
def watch_attention(backbone: nn.Module) -> Iterator[Attention]:
    """Catch the attention of the last block of forward passes that run in this context.

    Raises:
        TypeError: the network is no plain vision transformer with a class token.
    """
    attention = _last_attention(backbone)

    def catch(module: nn.Module, inputs: Any, output: Tensor) -> None:
        watched.caught[:] = [output.detach()]

    watched = Attention(attention, prefix_tokens(backbone))
    handle = attention.qkv.register_forward_hook(catch)
    try:
        yield watched
    finally:
        handle.remove()


def require_attention(backbone: nn.Module) -> None:
    """Raise `TypeError` for a network that `watch_attention` does not work with."""
    _last_attention(backbone)


def _last_attention(backbone: nn.Module) -> Any:
    blocks = getattr(backbone, "blocks", None)
    last = blocks[-1] if isinstance(blocks, nn.Sequential | nn.ModuleList) and len(blocks) else None
    attention = getattr(last, "attn", None)
    parts = ("qkv", "num_heads", "scale", "q_norm", "k_norm")
    if prefix_tokens(backbone) < 1 or not all(hasattr(attention, part) for part in parts):
        raise TypeError(
            f"{type(backbone).__name__} is no plain vision transformer with a class token, whose attention "
            "could be read"
        )
    return attention
