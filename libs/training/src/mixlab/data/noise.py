"""Normal numbers that follow from a seed and a position alone: no state, no order, the same on any device.

The position, hashed by SplitMix64 (Steele, Lea and Flood, OOPSLA 2014,
https://doi.org/10.1145/2660193.2660195), gives three uniform numbers of 21 bits, and these their quantiles.
So a rank draws its own numbers alone, on the device that needs them, and the number of ranks changes none.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

LEVELS = 2**21


def normal_colours(seeds: Tensor, positions: Tensor | int) -> Tensor:
    """Three standard normal numbers, between -5.1 and 5.1, for each pair of a seed and a position.

    Args:
        seeds: [n] int64.
        positions: [n] int64, or one for all.

    Returns:
        [n, 3] float32.
    """
    bits = _split_mix(seeds + (positions + 1) * _signed(0x9E3779B97F4A7C15))
    parts = torch.stack([bits, bits >> 21, bits >> 42]).bitwise_and_(LEVELS - 1)
    uniform = parts.float().mul_(2 / LEVELS).add_(1 / LEVELS - 1)  # exact, in (-1, 1)
    return uniform.erfinv_().mul_(math.sqrt(2)).T


def _split_mix(state: Tensor) -> Tensor:
    """SplitMix64's mixing function, in place; int64 multiplication wraps around."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        # Shifts of int64 copy the sign; the mask makes it zeros.
        state.bitwise_xor_((state >> shift).bitwise_and_(2 ** (64 - shift) - 1)).mul_(_signed(factor))
    return state


def _signed(number: int) -> int:
    """The int64 with the bits of an unsigned number."""
    return number - 2**64 if number >= 2**63 else number
