"""What a mask costs that shows the salient blocks of two images: PuzzleMix's energy.

With s the saliency, as shares of each of n x n blocks, and M the share of the first image a that a block
shows, between blocks i and their neighbours j,

    sum_i [M_i s_b(i) + (1 - M_i) s_a(i) + prior(M_i)] + sum_ij w_ij (M_i - M_j)^2 + seams(M).

Kim, Choo, Song, ICML 2020, https://arxiv.org/abs/2009.06962, section 3; how the images' pixels at the blocks'
borders enter w and the seams is as in the authors' code (snu-mllab/PuzzleMix, `mixup.py`).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .grid_labels import GridEnergy
from .mixing import Pairing, partners_of
from .seams import distances, horizontal_sides, square_side, vertical_sides


def mask_energy(
    images: Tensor,
    shares: Tensor,
    pairing: Pairing,
    prior: Tensor,
    *,
    beta: float,
    gamma: float,
    neigh_size: int,
    scale: Tensor,
) -> GridEnergy:
    """The energy that the mask minimises; label l of L shows the first image with weight 1 - l / (L - 1).

    The authors' four distances of a border, between the images (i, j) that both sides show, enter as they do
    in their code: their symmetric part as costs of the blocks themselves, each paying half for its own two,
    and what is left as a weight of the border. With pixels in 0 .. 1 that weight is never negative; pixels
    from outside of it cannot make it so.

    Args:
        images: [B, C, H, W].
        shares: saliency of each image's blocks, float32 [B, n, n]; H and W are multiples of n.
        pairing: of the images.
        prior: cost of each label in each block, float32 [L], or [B, 1, 1, L].
        beta: price of a border, before it is divided by 16 n.
        gamma: how much of it depends on the pixels.
        neigh_size: most pixels along a side of the squares that are compared.
        scale: of the pixels, per channel, float32 [C]: their standard deviation before normalisation.
    """
    blocks, labels = shares.shape[1], prior.shape[-1]
    price = beta / (16 * blocks)
    square = square_side(images.shape[2] // blocks, images.shape[3] // blocks, neigh_size)
    # Showing one image costs what is salient in the other.
    first, second = partners_of(pairing, shares), shares.clone()
    weights = []
    for sides, show_first, show_second in (
        (horizontal_sides(images, blocks, square), first, second),
        (vertical_sides(images, blocks, square), first.mT, second.mT),
    ):
        before, after = (partners_of(pairing, side) for side in sides)
        aa, ab, ba = (
            price * gamma * distances(one, other, blocks, scale)
            for one, other in ((sides.before, sides.after), (sides.before, after), (before, sides.after))
        )
        bb = partners_of(pairing, aa)
        show_first[:, :-1] += (aa + ab) / 2
        show_first[:, 1:] += (aa + ba) / 2
        show_second[:, :-1] += (bb + ba) / 2
        show_second[:, 1:] += (bb + ab) / 2
        weights.append(((ab + ba - aa - bb) / 2 + price).clamp_min_(0))
    share = torch.linspace(0, 1, labels, device=shares.device)
    cells = torch.lerp(first[..., None], second[..., None], share) + prior
    return GridEnergy(cells, weights[0], weights[1].mT)


def prior_costs(lam: float, labels: int, weight: float) -> list[float]:
    """-log Binomial(labels - 1, 1 - lam) of each label, times a weight; convex, and finite for every lam."""
    lam = min(max(lam, 1e-4), 1 - 1e-4)
    last = labels - 1
    return [
        -weight
        * (math.log(math.comb(last, label)) + (last - label) * math.log(lam) + label * math.log1p(-lam))
        for label in range(labels)
    ]
