"""Co-Mixup: its objective against a sequential reference, its parts against plain loops."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from mixlab.core.blocks import block_shares
from mixlab.core.cues import Cues
from mixlab.core.group_labels import ABSENT, GroupEnergy, assign
from mixlab.core.mixing import mix_images, mix_labels
from mixlab.core.patchwork import Patchwork
from mixlab.core.saliency import gradient_saliency
from mixlab.methods.comixup import CoMixup

Search = Callable[[Tensor, Tensor, float, int], Tensor]
"""Labels [P] from costs [P, L], distances of labels [L, L], the price of a distance, the side of the grid."""


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def saliency_of(count: int, steepness: float, side: int = 32, seed: int = 1) -> Tensor:
    coarse = torch.randn(count, 1, 8, 8, generator=generator(seed))
    fine = torch.rand(count, side, side, generator=generator(seed + 1))
    return functional.interpolate(coarse, size=side, mode="bilinear")[:, 0].mul(steepness).exp() * fine


def problem(
    groups: int, width: int, steepness: float, side: int = 4, gamma: float = 1.0, tau: float = 0.83
) -> GroupEnergy:
    """Groups as Co-Mixup makes them, but for the prior's law."""
    cells = side**2
    shares = block_shares(saliency_of(groups * width, steepness), side, side).view(groups, width, side, side)
    prior = torch.rand(groups, width, 1, 1, generator=generator(7)).log() * 0.05 / cells
    places = torch.rand(groups, width, 2, generator=generator(8))
    distance = (places[:, :, None] - places[:, None]).abs().sum(3)
    distance = distance / distance.sum((1, 2), keepdim=True) * width
    return GroupEnergy(
        cells=(-shares - prior).movedim(1, 3).contiguous(),
        compatibility=0.999 * torch.eye(width) + 0.001 * distance,
        present=torch.ones(groups, width, dtype=torch.bool),
        smoothness=0.32 / cells,
        overlap=gamma / cells,
        threshold=tau * cells,
    )


def starts(energy: GroupEnergy, seed: int = 3) -> Tensor:
    groups, rows, columns, width = energy.cells.shape
    return torch.randint(width, (groups, width, rows, columns), generator=generator(seed))


def by_swaps(costs: Tensor, distances: Tensor, price: float, side: int) -> Tensor:
    import gco

    down, right = (np.full(shape, price, np.float32) for shape in ((side - 1, side), (side, side - 1)))
    cells = np.ascontiguousarray(costs.view(side, side, -1).numpy())
    return torch.from_numpy(
        gco.cut_grid_graph(cells, distances.numpy(), down, right, algorithm="swap")
    ).long()


def cell_by_cell(costs: Tensor, distances: Tensor, price: float, side: int) -> Tensor:
    own, apart = costs.numpy(), distances.numpy()  # PyTorch would take most of the time for calls
    labels = own.argmin(1)
    for cell in list(range(side**2)) * 4:
        row, column = divmod(cell, side)
        beside = [cell - side] * (row > 0) + [cell + side] * (row < side - 1)
        beside += [cell - 1] * (column > 0) + [cell + 1] * (column < side - 1)
        labels[cell] = (own[cell] + price * apart[labels[beside]].sum(0)).argmin()
    return torch.from_numpy(labels)


def one_after_another(energy: GroupEnergy, start: Tensor, search: Search, sweeps: int = 4) -> Tensor:
    """The algorithm of the authors' code, one group and one output at a time, labels found by `search`."""
    groups, side, _, width = energy.cells.shape
    found = []
    for group in range(groups):
        cells, compatibility = energy.cells[group].reshape(-1, width), energy.compatibility[group]
        shares = functional.one_hot(start[group].flatten(1), width).float()
        dropped = torch.zeros(width, width)
        for sweep, output in itertools.product(range(sweeps), range(width)):
            if output == 0 and sweep == sweeps - 1:
                dropped = tie_breaks(shares.sum(1) > 0)
            own = shares[output].sum(0)
            others = compatibility @ (shares.sum((0, 1)) - own)
            costs = cells + energy.overlap * (2 * others * (others > energy.threshold) + dropped[output])
            used = own.sort(descending=True, stable=True).indices[: min(3, int((own > 0).sum()))].tolist()
            pairs = list(itertools.combinations(sorted(used), 2)) if sweep > 0 else []
            meanings, distances = torch.eye(width + len(pairs), width), 1 - torch.eye(width + len(pairs))
            for label, pair in enumerate(pairs, width):
                meanings[label, list(pair)] = 0.5
                distances[label, list(pair)] = distances[list(pair), label] = 0.25
            costs = costs @ meanings.T
            costs[:, width:] -= 5e-4
            shares[output] = meanings[search(costs, distances, energy.smoothness, side)]
        found.append(shares.view(width, side, side, width))
    return torch.stack(found)


def tie_breaks(shown: Tensor) -> Tensor:
    drop = torch.zeros(shown.shape)
    for one, other in itertools.combinations(range(len(shown)), 2):
        inputs = shown[one].nonzero().flatten().tolist()
        if torch.equal(shown[one], shown[other]) and len(inputs) > 1:
            drop[one, inputs[0]] = drop[other, inputs[1]] = 1
    return drop


@pytest.mark.parametrize("search", [by_swaps, cell_by_cell])
@pytest.mark.parametrize(
    ("groups", "width", "steepness"), [(16, 20, 2.0), (16, 20, 0.3), (50, 6, 2.0), (50, 6, 0.3)]
)
def test_groups_cost_no_more_than_one_after_another(
    search: Search, groups: int, width: int, steepness: float
) -> None:
    if search is by_swaps:
        pytest.importorskip("gco", reason="the oracle, gco-wrapper, is not installed")
    energy = problem(groups, width, steepness)
    start = starts(energy)
    ours = energy.of(assign(energy, start, 4))
    reference = energy.of(one_after_another(energy, start, search))
    equal = (ours <= reference + 1e-5).float().mean()
    print(f"ours {ours.mean():.4f}, {search.__name__} {reference.mean():.4f}, no worse in {equal:.0%}")
    assert ours.mean() <= reference.mean() + 0.01 * reference.mean().abs()


def test_costs_are_those_of_the_formula() -> None:
    energy = problem(2, 5, 1.0, tau=0.3)
    shares = torch.rand(2, 5, 4, 4, 5, generator=generator(4)).softmax(4)
    found = energy.of(shares)
    for group in range(2):
        z, total = shares[group].double().numpy(), 0.0
        c, a = energy.cells[group].double().numpy(), energy.compatibility[group].double().numpy()
        for output, i, j in itertools.product(range(5), range(4), range(4)):
            total += float(c[i, j] @ z[output, i, j])
            for i2, j2 in ((i + 1, j), (i, j + 1)):
                if max(i2, j2) < 4:
                    total += 0.32 / 16 / 2 * float(((z[output, i, j] - z[output, i2, j2]) ** 2).sum())
        for output, k in itertools.product(range(5), range(5)):
            counts = sum(z[other].sum((0, 1)) for other in range(5) if other != output)
            overlap = float(a[k] @ counts)
            if overlap > 0.3 * 16:
                total += 1 / 16 * overlap * float(z[output, :, :, k].sum())
        assert found[group].item() == pytest.approx(total, rel=1e-5)


def test_every_sweep_lowers_the_cost() -> None:
    """With a threshold that each overlap is above; otherwise an output does not see what it costs others."""
    energy = problem(20, 8, 1.0, tau=0.0)
    shares = functional.one_hot(starts(energy), 8).float()
    cost = energy.of(shares)
    for sweep in range(5):
        shares = assign(energy, shares.argmax(4), 1)
        lower = energy.of(shares)
        assert (lower <= cost + 1e-4).all()
        assert lower.mean() < cost.mean() or sweep > 0
        cost = lower


@pytest.mark.parametrize("sweeps", [1, 2, 4])
def test_shares_are_of_one_input_or_of_two(sweeps: int) -> None:
    energy = problem(6, 7, 2.0)
    shares = assign(energy, starts(energy), sweeps)
    assert torch.equal(shares.sum(4), torch.ones(6, 7, 4, 4))
    assert set(shares.unique().tolist()) == ({0.0, 1.0} if sweeps == 1 else {0.0, 0.5, 1.0})


def test_a_higher_price_of_overlaps_brings_more_inputs_in() -> None:
    used = []
    for gamma in (0.0, 0.1, 1.0):
        energy = problem(30, 10, 1.0, gamma=gamma)
        energy.cells[..., :3] *= 3
        shares = assign(energy, starts(energy), 4)
        used.append((shares.sum((1, 2, 3)) > 0).float().sum(1).mean().item())
    assert used[0] < used[1] < used[2]
    assert used[2] == 10


def test_outputs_with_the_same_inputs_are_told_apart() -> None:
    energy = problem(40, 4, 1.0)

    def alike(shares: Tensor) -> int:
        shown = shares.sum((2, 3)) > 0
        same = (shown[:, :, None] == shown[:, None]).all(3) & (shown.sum(2) > 1)[:, :, None]
        return int(same.triu(1).sum())

    start = starts(energy)
    assert alike(assign(energy, start, 4)) < 0.7 * alike(assign(energy, start, 4, resolve=False))


def draw(
    method: CoMixup, size: int, seed: int = 0, side: int = 16
) -> tuple[Tensor, Tensor, Tensor, Patchwork]:
    """Images, what became of them, their labels' weights and the mixture."""
    images = torch.rand(size, 3, side, side, generator=generator(20))
    gradient = (
        torch.randn(size, 3, side, side, generator=generator(21)) * saliency_of(size, 1.0, side)[:, None]
    )
    plan = method.draw(images, generator(seed), Cues(gradient=gradient))
    assert isinstance(plan.mixture, Patchwork)
    assert plan.weights is not None
    torch.testing.assert_close(mix_labels(plan, torch.arange(size), size), plan.weights)
    torch.testing.assert_close(plan.lam, plan.weights.diagonal())
    return images, mix_images(plan, images), plan.weights, plan.mixture


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 12])
def test_images_mix_within_their_group(size: int) -> None:
    images, mixed, weights, mixture = draw(CoMixup(group_size=6), size)
    group = torch.arange(size) // 6
    assert (weights[group[:, None] != group] == 0).all()
    torch.testing.assert_close(weights.sum(1), torch.ones(size))
    expected, shares = torch.empty_like(images), torch.zeros(size, size)
    for image, i, j in itertools.product(range(size), range(4), range(4)):
        cell = (..., slice(4 * i, 4 * i + 4), slice(4 * j, 4 * j + 4))
        weight = mixture.weight[image, i, j]
        sources = [int(part[image, i, j]) for part in (mixture.first, mixture.second)]
        assert all(source % 16 == 4 * i + j for source in sources), "a cell from another place"
        one, other = (source // 16 for source in sources)
        expected[image][cell] = weight * images[one][cell] + (1 - weight) * images[other][cell]
        shares[image, one] += weight / 16
        shares[image, other] += (1 - weight) / 16
    torch.testing.assert_close(mixed, expected)
    torch.testing.assert_close(weights, shares)


def test_groups_do_not_see_one_another() -> None:
    """The last group is filled up with images that are not there; that changes nothing."""
    energy = problem(1, 5, 1.5)
    start = starts(energy)
    padded = GroupEnergy(
        cells=functional.pad(energy.cells, (0, 3), value=ABSENT),
        compatibility=functional.pad(energy.compatibility, (0, 3, 0, 3)),
        present=torch.arange(8)[None] < 5,
        smoothness=energy.smoothness,
        overlap=energy.overlap,
        threshold=energy.threshold,
    )
    filled = functional.pad(start, (0, 0, 0, 0, 0, 3))
    found = assign(padded, filled, 4)
    assert torch.equal(found[:, :5, ..., :5], assign(energy, start, 4))
    assert found[:, 5:].sum() == 0


def test_inputs_that_are_salient_elsewhere_count_as_a_little_alike() -> None:
    gradient = torch.full((3, 1, 16, 16), 1e-3)
    gradient[0, :, :8, :8] = gradient[1, :, 8:, :8] = gradient[2, :, 8:, 8:] = 1
    energy = CoMixup(omega=0.1)._energy(gradient_saliency(gradient, gradient), generator())
    distance = torch.tensor([[0.0, 8.0, 16.0], [8.0, 0.0, 8.0], [16.0, 8.0, 0.0]])
    expected = 0.9 * torch.eye(3) + 0.1 * distance * 3 / distance.sum()
    torch.testing.assert_close(energy.compatibility[0], expected)


def test_blocks_have_to_fit() -> None:
    with pytest.raises(
        ValueError, match="blockCount: images of 10 x 10 pixels cannot be cut into 4 blocks a side"
    ):
        draw(CoMixup(), 3, side=10)
