"""Mixes of several images: each image of a batch with two or more others, or with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .mixing import Mixture, Pairing, Roll, partners_of


def draw_rolls(size: int, count: int, generator: torch.Generator) -> list[Roll]:
    """`count` pairings of a batch of `size`, so that no image meets itself or another one twice.

    In a batch too small for that, images meet others again; in one of a single image, it meets itself.
    """
    if size < 2:
        return [Roll(0)] * count
    shifts = [shift + 1 for shift in torch.randperm(size - 1, generator=generator)[:count].tolist()]
    return [Roll(shifts[index % len(shifts)]) for index in range(count)]


class SeveralMixture(Mixture):
    """A mixture of each image, its partner, and its partners in further pairings."""

    further: tuple[Pairing, ...]

    def members(self, values: Tensor, pairing: Pairing) -> Iterator[Tensor]:
        """Values [B, ...] of the images, then those of their partners, one pairing after another."""
        yield values
        for each in (pairing, *self.further):
            yield partners_of(each, values)


@dataclass(frozen=True)
class Average(SeveralMixture):
    """A weighted average with the same shares for the whole batch."""

    shares: tuple[float, ...]
    """Of each image, its partner, and its further partners; they sum to 1."""

    further: tuple[Pairing, ...] = ()

    def write_differentiably(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        if not images.is_floating_point():
            raise TypeError(f"only floating-point images can be averaged, got {images.dtype}")
        mixed, total = images, self.shares[0]
        members = self.members(images, pairing)
        next(members)
        for share, member in zip(self.shares[1:], members, strict=True):
            total += share
            # Exact where all members are one image.
            mixed = torch.lerp(mixed, member, share / total if total > 0 else 0.0)
        out.copy_(mixed)


@dataclass(frozen=True)
class Masks(SeveralMixture):
    """A weighted average with weights of each image's own for every pixel."""

    weights: Tensor
    """Of each image, its partner, and its further partners, float32 [B, N, H, W]; over N they sum to 1."""

    further: tuple[Pairing, ...] = ()

    def write_differentiably(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        mixed = torch.zeros_like(images, dtype=torch.promote_types(images.dtype, torch.float32))
        for index, member in enumerate(self.members(images, pairing)):
            mixed = torch.addcmul(mixed, member.to(mixed.dtype), self.weights[:, index, None].to(mixed.dtype))
        out.copy_(mixed)


def label_weights(shares: Sequence[float], pairings: Sequence[Pairing], images: Tensor) -> Tensor:
    """The share of each image's label in each target, float32 [B, B], as `MixPlan.weights` holds it.

    Args:
        shares: of each image, and of its partner in each of the pairings.
        pairings: one fewer.
        images: the batch.
    """
    own = torch.eye(len(images), device=images.device)
    weights = shares[0] * own
    for share, pairing in zip(shares[1:], pairings, strict=True):
        weights = weights + share * partners_of(pairing, own)
    return weights
