"""Attention of a vision transformer's last block, computed row by row from softmax(q k): float64 NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def of_class_token(backbone: Any, image: Tensor) -> NDArray[np.float64]:
    """How much the class token attends to each patch of one image, averaged over heads: [N]."""
    return _attention(backbone, image)[0]


def of_patches(backbone: Any, image: Tensor) -> NDArray[np.float64]:
    """How much the patches of one image attend to each patch, averaged over heads and patches: [N]."""
    mean: NDArray[np.float64] = _attention(backbone, image)[1:].mean(0)
    return mean


def _attention(backbone: Any, image: Tensor) -> NDArray[np.float64]:
    """Of each token, the class token first, to each patch, averaged over heads: [N + 1, N]."""
    seen: list[Tensor] = []
    attention = backbone.blocks[-1].attn
    handle = attention.qkv.register_forward_hook(lambda module, inputs, output: seen.append(output))
    with torch.no_grad():
        backbone(image[None])
    handle.remove()
    qkv = seen[0][0].double().numpy()
    tokens, width, heads = qkv.shape[0], qkv.shape[1] // 3, attention.num_heads
    rows = np.zeros((heads, tokens, tokens))
    for head in range(heads):
        part = slice(head * width // heads, (head + 1) * width // heads)
        query, key = qkv[:, :width][:, part], qkv[:, width : 2 * width][:, part]
        for token in range(tokens):
            scores = key @ query[token] / math.sqrt(width // heads)
            weights = np.exp(scores - scores.max())
            rows[head, token] = weights / weights.sum()
    mean: NDArray[np.float64] = rows.mean(0)[:, 1:]
    return mean
