"""Co-Mixup: as many images as came in, each put together from the salient blocks of many, unlike one another.

Paper: Kim, Choo, Jeong, Song, ICLR 2021, https://arxiv.org/abs/2102.03065

Groups of images are mixed into as many. Each of n x n cells of an output takes one input or half of each of
two; what a cell costs is less the more of the input's saliency lies in it, and more the more cells of other
outputs show the same input. A target holds each input's label by its share of the cells.

Verified against the authors' code (snu-mllab/Co-Mixup: `match.py`, `mixup.py`, `main.py`, `utils.py`);
OpenMixup has no Co-Mixup. Differs from it:

- Groups are solved at the same time and on the device, by other local searches than their alpha-beta swaps
  (`core/group_labels.py`); the better of the sweeps is taken, not the last.
- Neighbouring cells cost half the squared distance of their shares, as their objective has it, also where
  one shows two inputs; their swaps take 1 for each pair but a mixture and one of its inputs.
- Random numbers come from an explicit generator; the loss is the run's own, where theirs is the binary
  cross-entropy of the softmax.
"""

from __future__ import annotations

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.blocks import block_shares
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, NonNegative, Positive
from mixlab.core.group_labels import ABSENT, GroupEnergy, assign
from mixlab.core.mixing import MixPlan, Roll, batch_shape, unmixed
from mixlab.core.patchwork import Patchwork
from mixlab.core.saliency import gradient_saliency

from .base import Method
from .clean_loss import CleanLossMixer
from .mixer import Mixer, Setting
from .registry import register


@register(paper="2102.03065")
class CoMixup(Method):
    """Co-Mixup: groups of images become as many, each made of the salient blocks of several of them."""

    name: Literal["comixup"] = "comixup"

    formula = (
        "z minimises −Σ s_k z_ik + β/2 Σ |z_i(p) − z_i(q)|² + γ Σ overlap(z_i, others) + prior over blocks; "
        "x_i = Σ_k z_ik x_k, t_i = Σ_k mean(z_ik) y_k"
    )

    needs = frozenset({"input-gradient"})

    differences = ("OpenMixup has no Co-Mixup.",)

    alpha: Positive = 2.0
    """Of the Dirichlet distribution that the prior's shares of the inputs are drawn from."""

    group_size: Annotated[int, Field(ge=3)] = 20
    """Images that are mixed among themselves; the last group of a batch may be smaller."""

    block_count: Count = 4
    """Cells along a side; it divides the images' sides."""

    beta: NonNegative = 0.32
    """Price of neighbouring cells that show different inputs."""

    gamma: NonNegative = 1.0
    """Price of inputs that other outputs show as well."""

    eta: NonNegative = 0.05
    """Weight of the prior."""

    tau: NonNegative = 0.83
    """How much of an image others may show of an input before that costs anything."""

    omega: Annotated[float, Field(ge=0, le=1)] = 0.001
    """How much inputs count as alike that are salient in different places."""

    sweeps: Count = 4
    """Times that each output is labelled, given all others."""

    resolve: bool = True
    """Whether outputs that show the same inputs are told apart before the last sweep."""

    clean_lam: NonNegative = 1.0
    """Weight of the clean batch's loss, beside the mixed batch's of 1. With 0, the saliency is of a pass in
    evaluation mode that trains nothing; else of the pass that trains."""

    def mixer(self, setting: Setting) -> Mixer:
        """One that trains on the clean batch as well, where that is asked for.

        Raises:
            ValueError: the images' sides are not multiples of `block_count`.
        """
        self._check_sides(setting.image_size, setting.image_size)
        return CleanLossMixer(self, self.clean_lam) if self.clean_lam > 0 else Mixer(self)

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the prior's shares and what the search starts from; the rest follows from the gradient.

        Raises:
            ValueError: the images are not [B, C, H, W], or their sides not multiples of `block_count`; the
                gradient is of other images.
            LookupError: no gradient is given.
        """
        size, height, width = batch_shape(images)
        blocks = self.block_count
        self._check_sides(height, width)
        if size == 0:
            return unmixed(images)
        saliency = gradient_saliency(cues.gradient, images)
        energy = self._energy(saliency, generator)
        _, width = energy.present.shape
        members = energy.present.sum(1).view(-1, 1, 1, 1)
        shape = (len(energy.present), width, blocks, blocks)
        draws = torch.rand(shape, dtype=torch.float64, generator=generator)
        start = (draws.to(images.device, non_blocking=True) * members).long()
        shares = assign(energy, start, self.sweeps, self.resolve)
        weights = _joined(shares.mean((2, 3)))[:size, :size]
        return MixPlan(Roll(0), _patchwork(shares, size), weights.diagonal(), weights)

    def _check_sides(self, height: int, width: int) -> None:
        if height % self.block_count or width % self.block_count:
            raise ValueError(
                f"blockCount: images of {height} x {width} pixels cannot be cut into {self.block_count} "
                "blocks a side"
            )

    def _energy(self, saliency: Tensor, generator: torch.Generator) -> GroupEnergy:
        size, cells = len(saliency), self.block_count**2
        # Three inputs at least, so that there are always three to mix halves of.
        width = max(min(self.group_size, size), 3)
        groups = -(-size // width)

        def grouped(values: Tensor) -> Tensor:
            """Of each image, as of groups, with zeros for the images that the last one lacks: [G, w, ...]."""
            padding = values.new_zeros(groups * width - size, *values.shape[1:])
            return torch.cat((values, padding)).view(groups, width, *values.shape[1:])

        present = grouped(torch.ones(size, dtype=torch.bool, device=saliency.device))
        shares = grouped(block_shares(saliency, self.block_count, self.block_count))
        alphas = torch.full((size,), self.alpha, dtype=torch.float64)
        prior = grouped(torch._standard_gamma(alphas, generator=generator))
        prior = prior / prior.sum(1, keepdim=True)
        prior = (prior + 1e-8).log_().float().mul_(-self.eta / cells).to(saliency.device, non_blocking=True)
        costs = prior[:, :, None, None] - shares
        return GroupEnergy(
            cells=torch.where(present[:, :, None, None], costs, ABSENT).movedim(1, 3),
            compatibility=_compatibility(grouped(_places(saliency)), present, self.omega),
            present=present,
            smoothness=self.beta / cells,
            overlap=self.gamma / cells,
            threshold=self.tau * cells,
        )


def _places(saliency: Tensor) -> Tensor:
    """Row and column of the most salient square of each image, float32 [B, 2]."""
    for dim in (1, 2):
        for step in (1, 2, 4):
            # Sums of 2, 4, then 8 neighbours; of fewer where an image has not as many.
            if saliency.shape[dim] >= 2 * step:
                saliency = saliency.narrow(dim, 0, saliency.shape[dim] - step) + saliency.narrow(
                    dim, step, saliency.shape[dim] - step
                )
    place = saliency.flatten(1).argmax(1)
    return torch.stack((place // saliency.shape[2], place % saliency.shape[2]), 1).float()


def _compatibility(places: Tensor, present: Tensor, omega: float) -> Tensor:
    """How much inputs count as overlapping, [G, w, w]: themselves, and a little those salient elsewhere.

    The distances between places, in rows plus columns, are scaled to a sum of one per input of the group.
    """
    both = present[:, :, None] & present[:, None]
    distance = (places[:, :, None] - places[:, None]).abs().sum(3) * both
    total = distance.sum((1, 2), keepdim=True).clamp_min(torch.finfo(distance.dtype).tiny)
    distance = distance / total * present.sum(1).view(-1, 1, 1)
    return (1 - omega) * torch.eye(places.shape[1], device=places.device) + omega * distance


def _joined(groups: Tensor) -> Tensor:
    """Matrices of groups, [G, w, w], as one for the batch that has them along its diagonal, [G w, G w]."""
    size, width, _ = groups.shape
    joined = groups.new_zeros(size, width, size, width)
    number = torch.arange(size, device=groups.device)
    joined[number, :, number] = groups
    return joined.view(size * width, size * width)


def _patchwork(shares: Tensor, size: int) -> Patchwork:
    """The images of a batch of `size` from the inputs' shares in each cell, [G, w, R, C, w]."""
    groups, width, rows, columns, _ = shares.shape
    values, inputs = shares.sort(dim=4, descending=True, stable=True)
    first, second = inputs[..., 0], torch.where(values[..., 1] > 0, inputs[..., 1], inputs[..., 0])
    group = torch.arange(groups, device=shares.device).view(-1, 1, 1, 1) * width
    cell = torch.arange(rows * columns, device=shares.device).view(rows, columns)
    first, second, weight = (
        part.flatten(0, 1)[:size]
        for part in (
            (group + first) * (rows * columns) + cell,
            (group + second) * (rows * columns) + cell,
            values[..., 0],
        )
    )
    return Patchwork(first, second, weight)
