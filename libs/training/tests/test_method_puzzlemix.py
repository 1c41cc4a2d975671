"""PuzzleMix: its mask's energy against a graph cut, each formula against a slow reference of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from math import comb, log
from types import ModuleType

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from method_cues import step_for
from mixlab.core.attack import Attacked
from mixlab.core.blocks import block_shares
from mixlab.core.cues import Cues
from mixlab.core.grid_labels import GridEnergy, minimise
from mixlab.core.mask_energy import mask_energy, prior_costs
from mixlab.core.mixing import Mask, MixPlan, Roll, mix_images, partners_of
from mixlab.core.patchwork import Patchwork
from mixlab.core.saliency import gradient_saliency
from mixlab.core.transport import transport
from mixlab.methods import Mixer, Setting
from mixlab.methods.puzzlemix import PuzzleMix

Array = NDArray[np.float64]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def smooth(count: int, channels: int, side: int, seed: int) -> Tensor:
    """Random fields with large structures, in 0 .. 1."""
    coarse = torch.rand(count, channels, 8, 8, generator=generator(seed))
    fine = torch.rand(count, channels, side, side, generator=generator(seed + 1))
    return 0.7 * functional.interpolate(coarse, size=side, mode="bilinear") + 0.3 * fine


def random_instances(count: int, side: int = 64) -> tuple[Tensor, Tensor]:
    """Images in 0 .. 1, [B, 3, H, W], and made-up saliency, [B, H, W], over two orders of magnitude."""
    return smooth(count, 3, side, 1), smooth(count, 1, side, 3)[:, 0].mul(6).exp()


def real_instances(count: int, side: int = 112) -> tuple[Tensor, Tensor]:
    """Random crops of photographs, and digits; the saliency is that of a small random network."""
    from sklearn.datasets import load_digits, load_sample_images

    photographs = [torch.from_numpy(image / 255).permute(2, 0, 1) for image in load_sample_images().images]
    digits = torch.from_numpy(load_digits().images / 16)
    draws, images = generator(5), []
    for index in range(count):
        if index % 3 == 2:
            number = int(torch.randint(len(digits), (), generator=draws))
            image = digits[number].expand(3, -1, -1)
        else:
            image = photographs[index % 3]
            size = int(torch.randint(100, 400, (), generator=draws))
            top = int(torch.randint(image.shape[1] - size, (), generator=draws))
            left = int(torch.randint(image.shape[2] - size, (), generator=draws))
            image = image[:, top : top + size, left : left + size]
        images.append(functional.interpolate(image[None], size=side, mode="bilinear")[0])
    batch = torch.stack(images).float()[torch.randperm(count, generator=draws)]
    return batch, gradient_saliency(small_network_gradient(batch), batch)


def small_network_gradient(images: Tensor) -> Tensor:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = nn.Sequential(
            *(nn.Conv2d(3, 16, 5, 2, 2), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU()),
            *(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(512, 10)),
        )
    images = images.clone().requires_grad_()
    loss = functional.cross_entropy(network(images), torch.arange(len(images)) % 10)
    return torch.autograd.grad(loss, images)[0]


def energies(images: Tensor, saliency: Tensor, blocks: int, labels: int = 3) -> GridEnergy:
    """The masks' energies with PuzzleMix's own parameters, each image with a lam of its own in 0 .. 1."""
    lams = torch.rand(len(images), generator=generator(9), dtype=torch.float64).tolist()
    prior = torch.tensor([prior_costs(lam, labels, 0.2 / blocks**2) for lam in lams])
    return mask_energy(
        images,
        block_shares(saliency, blocks, blocks),
        Roll(1),
        prior[:, None, None],
        beta=1.2,
        gamma=0.5,
        neigh_size=4,
        scale=torch.ones(3),
    )


def graph_cuts(gco: ModuleType, energy: GridEnergy) -> Tensor:
    """Labels by the alpha-beta swap that the authors call, on costs in whole (1000 n^2)ths as theirs."""
    _, blocks, _, labels = energy.cells.shape
    steps = np.arange(labels, dtype=np.float32)
    differences = (steps[:, None] - steps) ** 2 / (labels - 1) ** 2
    parts = [(1000 * blocks**2 * part).numpy().astype(np.int32) for part in vars(energy).values()]
    found = [
        gco.cut_grid_graph(cells, differences, vertical, horizontal, algorithm="swap")
        for cells, vertical, horizontal in zip(*parts, strict=True)
    ]
    return torch.from_numpy(np.stack(found)).long().view(-1, blocks, blocks)


@pytest.mark.parametrize("blocks", [2, 4, 8, 16])
@pytest.mark.parametrize(("instances", "count"), [(random_instances, 200), (real_instances, 60)])
def test_masks_cost_no_more_than_graph_cuts(
    blocks: int, instances: Callable[[int], tuple[Tensor, Tensor]], count: int
) -> None:
    """Every part of the energy is a cost, so that energies are positive and their ratio means something.

    Much of an energy can't be avoided, so the bar is also set against what there is to gain: from the labels
    that are best for each block by itself to the graph cut's.
    """
    gco = pytest.importorskip("gco", reason="the oracle, gco-wrapper, is not installed")
    energy = energies(*instances(count), blocks)
    exact = GridEnergy(*(part.double() for part in vars(energy).values()))
    assert all((part >= 0).all() for part in vars(energy).values())
    ours = exact.of(minimise(energy)).mean()
    cut = exact.of(graph_cuts(gco, energy)).mean()
    alone = exact.of(energy.cells.argmin(3)).mean()
    print(f"n = {blocks}: ours {ours:.5f}, graph cut {cut:.5f}, block by block {alone:.5f}")
    assert ours <= 1.005 * cut
    assert ours - cut <= 0.03 * (alone - cut)


@pytest.mark.parametrize("labels", [2, 3, 4])
def test_small_masks_are_the_best_of_all(labels: int) -> None:
    energy = energies(*random_instances(100, 16), 2, labels)
    every = itertools.product(range(labels), repeat=4)
    best = torch.stack([energy.of(torch.tensor(one).view(1, 2, 2).expand(100, 2, 2)) for one in every]).amin(
        0
    )
    torch.testing.assert_close(energy.of(minimise(energy, 1000)), best, rtol=1e-4, atol=0)
    assert energy.of(minimise(energy)).mean() <= 1.0005 * best.mean()


@pytest.mark.parametrize("labels", [2, 3, 4, 6])
def test_any_grid_and_number_of_labels_come_close(labels: int) -> None:
    draws = generator(labels)
    favourite = labels * torch.rand(50, 5, 9, 1, generator=draws)
    cells = (torch.arange(labels) - favourite).square() / labels**2
    energy = GridEnergy(cells, torch.rand(50, 4, 9, generator=draws), torch.rand(50, 5, 8, generator=draws))
    best = energy.of(minimise(energy, 4000)).mean()
    alone = energy.of(cells.argmin(3)).mean()
    assert energy.of(minimise(energy)).mean() - best <= 0.01 * (alone - best)


def reference_energy(
    images: Array, saliency: Array, pair: tuple[int, int], blocks: int, lam: float, labels: int, mask: Array
) -> float:
    """The energy of one mask of one pair, block by block as the paper and the authors' code have it."""
    beta, gamma, eta = 1.2 / blocks / 16, 0.5, 0.2
    _, height, width = images[0].shape
    high, wide = height // blocks, width // blocks
    square = max(k for k in (1, 2, 3, 4) if high % k == 0 and wide % k == 0)

    def share(image: int, i: int, j: int) -> float:
        part = saliency[image][i * high : (i + 1) * high, j * wide : (j + 1) * wide].sum()
        return float(part / saliency[image].sum())

    def pooled(image: int, top: int, left: int) -> Array:
        return images[image][:, top : top + square, left : left + square].mean((1, 2))

    def border(one: int, other: int, i: int, j: int, down: bool) -> float:
        """Between block i, j of one image and the block below, or right of it, of the other."""
        found = []
        for k in range((wide if down else high) // square):
            if down:
                y, x = (i + 1) * high, j * wide + k * square
                pixels = pooled(one, y - square, x) - pooled(other, y, x)
            else:
                y, x = i * high + k * square, (j + 1) * wide
                pixels = pooled(one, y, x - square) - pooled(other, y, x)
            found.append(np.abs(pixels).mean())
        return float(np.mean(found))

    a, b = pair
    total = 0.0
    for i, j in itertools.product(range(blocks), repeat=2):
        rho = 1 - mask[i, j]
        label = round(rho * (labels - 1))
        prior = comb(labels - 1, label) * lam ** (labels - 1 - label) * (1 - lam) ** label
        total += (1 - rho) * share(b, i, j) + rho * share(a, i, j) - eta / blocks**2 * log(prior)
        for down in (True, False):
            i2, j2 = (i + 1, j) if down else (i, j + 1)
            if max(i2, j2) == blocks:
                continue
            rho2 = 1 - mask[i2, j2]
            d = {(p, q): border(p, q, i, j, down) for p in (a, b) for q in (a, b)}
            total += (
                beta * gamma * (1 - rho) * (d[a, a] + d[a, b]) / 2
                + beta * gamma * rho * (d[b, a] + d[b, b]) / 2
            )
            total += (
                beta * gamma * (1 - rho2) * (d[a, a] + d[b, a]) / 2
                + beta * gamma * rho2 * (d[b, b] + d[a, b]) / 2
            )
            weight = beta * gamma * (d[a, b] + d[b, a] - d[a, a] - d[b, b]) / 2 + beta
            total += weight * (rho - rho2) ** 2
    return total


@pytest.mark.parametrize(
    ("blocks", "side", "labels"), [(2, (12, 8), 3), (4, (16, 24), 3), (2, (6, 6), 2), (4, (28, 28), 4)]
)
def test_energies_are_those_of_the_formula(blocks: int, side: tuple[int, int], labels: int) -> None:
    images = torch.rand(3, 3, *side, generator=generator(1))
    saliency = torch.rand(3, *side, generator=generator(2)).square()
    scale = torch.tensor([0.2, 0.5, 1.0])
    lam = 0.3
    prior = torch.tensor(prior_costs(lam, labels, 0.2 / blocks**2))
    energy = mask_energy(
        images,
        block_shares(saliency, blocks, blocks),
        Roll(2),
        prior,
        beta=1.2,
        gamma=0.5,
        neigh_size=4,
        scale=scale,
    )
    pixels, numbers = (images * scale.view(3, 1, 1)).double().numpy(), saliency.double().numpy()
    for seed in range(5):
        chosen = torch.randint(labels, (3, blocks, blocks), generator=generator(seed))
        found = energy.of(chosen)
        for image in range(3):
            mask = 1 - chosen[image].numpy() / (labels - 1)
            pair = (image, (image - 2) % 3)
            expected = reference_energy(pixels, numbers, pair, blocks, lam, labels, mask)
            assert found[image].item() == pytest.approx(expected, rel=1e-5)


def test_a_border_never_rewards_a_change_of_image() -> None:
    """Random erasing leaves pixels outside of 0 .. 1."""
    images = 40 * torch.randn(4, 3, 16, 16, generator=generator(1))
    energy = energies(images, torch.rand(4, 16, 16, generator=generator(2)), 4)
    assert energy.vertical.min() == 0
    assert energy.horizontal.min() == 0


def reference_transport(shares: Array, seen: NDArray[np.bool_], price: float) -> Array:
    """The plan [from, to] of one image by the paper's algorithm 1 on whole matrices, after n rounds."""
    rows, columns = shares.shape
    places = np.array(list(itertools.product(range(rows), range(columns))))
    squared = ((places[:, None] - places[None]) ** 2).sum(2)
    far = np.float32(max(rows, columns) - 1) ** 2
    cost = (squared / far).astype(np.float32) * np.float32(price) - shares.reshape(-1, 1) * seen.reshape(
        1, -1
    )
    for _ in range(max(rows, columns)):
        plan = np.zeros_like(cost)
        plan[np.arange(len(cost)), cost.argmin(1)] = 1
        best = (plan * cost).argmin(0)
        won = np.zeros_like(cost)
        won[best, np.arange(len(cost))] = plan[best, np.arange(len(cost))]
        cost = cost + (plan - won)
    return won


def transport_cases(rows: int, columns: int, count: int = 40) -> tuple[Tensor, Tensor]:
    """Saliency from flat to gathered in a few blocks, and masks from sparse to full."""
    draws = generator(rows * columns)
    steepness = torch.linspace(0, 12, count).view(-1, 1, 1)
    shares = (torch.rand(count, rows, columns, generator=draws) * steepness).exp()
    seen = torch.rand(count, rows, columns, generator=draws) < torch.rand(count, 1, 1, generator=draws)
    return shares / shares.sum((1, 2), keepdim=True), seen


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 2), (4, 4), (8, 8), (16, 16), (3, 5)])
@pytest.mark.parametrize("price", [0.05, 0.8])
@pytest.mark.parametrize("compact", [True, False])
def test_blocks_move_as_in_the_paper(rows: int, columns: int, price: float, compact: bool) -> None:
    if rows * columns == 1:
        return
    shares, seen = transport_cases(rows, columns)
    found = transport(shares, seen, price, compact=compact).flatten(1)
    moved = 0
    for image in range(len(shares)):
        plan = reference_transport(shares[image].numpy(), seen[image].numpy(), price)
        assert plan.sum(0).max() <= 1
        assert plan.sum(1).max() <= 1
        visible = seen[image].flatten()
        assert (plan.sum(0)[visible.numpy()] == 1).all(), "a cell that is seen gets no block"
        assert torch.equal(found[image][visible], torch.from_numpy(plan.argmax(0))[visible])
        moved += int((found[image] != torch.arange(rows * columns))[visible].sum())
    assert moved > 0


def test_no_block_is_seen_twice() -> None:
    shares, seen = transport_cases(16, 16)
    for sources, visible in zip(transport(shares, seen, 0.1).flatten(1), seen.flatten(1), strict=True):
        used = sources[visible]
        assert len(used.unique()) == len(used)


def test_an_image_without_saliency_stays() -> None:
    seen = torch.rand(3, 4, 4, generator=generator()) < 0.5
    shares = block_shares(torch.zeros(3, 8, 8), 4, 4)
    for compact in (True, False):
        moves = transport(shares, seen, 0.8, compact=compact)
        assert torch.equal(moves, torch.arange(16).view(1, 4, 4).expand(3, 4, 4))


def drawn(method: PuzzleMix, size: int = 6, side: int = 16, seed: int = 0) -> tuple[Tensor, Tensor, MixPlan]:
    """Images in 0 .. 1, their saliency and a plan for them."""
    images = smooth(size, 3, side, 11)
    gradient = (
        torch.randn(size, 3, side, side, generator=generator(12)) * smooth(size, 1, side, 13).mul(6).exp()
    )
    return (
        images,
        gradient_saliency(gradient, images),
        method.draw(images, generator(seed), Cues(gradient=gradient)),
    )


def mask_of(plan: MixPlan) -> Tensor:
    """The weights of the first images' blocks, [B, R, C]."""
    assert isinstance(plan.mixture, Patchwork)
    return plan.mixture.weight


@pytest.mark.parametrize("labels", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_masks_take_even_steps_and_labels_their_mean(labels: int, seed: int) -> None:
    _, _, plan = drawn(PuzzleMix(mask_levels=labels), seed=seed)
    steps = mask_of(plan) * (labels - 1)
    torch.testing.assert_close(steps, steps.round())
    torch.testing.assert_close(plan.lam, mask_of(plan).mean((1, 2)))


def test_without_smoothness_and_prior_each_block_shows_the_more_salient_image() -> None:
    for seed in range(5):
        _, saliency, plan = drawn(PuzzleMix(beta=0, eta=0), seed=seed)
        blocks = mask_of(plan).shape[1]
        shares = block_shares(saliency, blocks, blocks)
        expected = shares > partners_of(plan.pairing, shares)
        assert torch.equal(mask_of(plan), expected.float())


def test_the_prior_pulls_the_mask_to_lam() -> None:
    shares = block_shares(smooth(20, 1, 16, 4)[:, 0], 4, 4)
    images = smooth(20, 3, 16, 5)
    means = []
    for lam in (0.0, 0.1, 0.5, 0.9, 1.0):
        prior = torch.tensor(prior_costs(lam, 3, 10 / 16))
        weights = {"beta": 1.2, "gamma": 0.5, "neigh_size": 4, "scale": torch.ones(3)}
        energy = mask_energy(images, shares, Roll(3), prior, **weights)
        means.append(1 - minimise(energy).float().mean().item() / 2)
    assert means == sorted(means)
    assert means[0] == 0
    assert means[2] == pytest.approx(0.5, abs=0.05)
    assert means[4] == 1


def test_prior_costs_are_convex_for_every_lam() -> None:
    for lam, labels in itertools.product([0.0, 1e-12, 1e-3, 0.3, 0.5, 1 - 1e-9, 1.0], [2, 3, 4, 7]):
        steps = np.diff(prior_costs(lam, labels, 1.0))
        assert (np.diff(steps) >= 0).all()
    assert prior_costs(0.3, 3, 2.0) == pytest.approx([-2 * log(p) for p in (0.09, 0.42, 0.49)])


@pytest.mark.parametrize("t_size", [None, 2, 3])
def test_pixels_follow_from_the_mask_and_the_reference_transport(t_size: int | None) -> None:
    method = PuzzleMix(block_counts=(4,), transport_size=t_size, transport_price=0.2)
    images, saliency, plan = drawn(method, side=16 if t_size != 3 else 12)
    mixed, mask = mix_images(plan, images), mask_of(plan)
    cells = mask.shape[1]
    assert cells == {None: 4, 2: 8, 3: 4}[t_size]
    side = images.shape[2] // cells
    shares = block_shares(saliency, cells, cells)
    for image in range(len(images)):
        partner = int(partners_of(plan.pairing, torch.arange(len(images)))[image])
        plans = [
            reference_transport(
                shares[one].numpy(), (mask[image] if own else 1 - mask[image]).numpy() > 0, 0.2
            )
            for one, own in ((image, True), (partner, False))
        ]
        for i, j in itertools.product(range(cells), range(cells)):
            expected = torch.zeros(3, side, side)
            for number, moves, weight in (
                (image, plans[0], mask[image, i, j]),
                (partner, plans[1], 1 - mask[image, i, j]),
            ):
                if weight > 0:
                    k, m = divmod(int(moves[:, i * cells + j].argmax()), cells)
                    expected += (
                        weight * images[number, :, k * side : (k + 1) * side, m * side : (m + 1) * side]
                    )
            found = mixed[image, :, i * side : (i + 1) * side, j * side : (j + 1) * side]
            torch.testing.assert_close(found, expected)


def test_without_transport_blocks_stay() -> None:
    images, _, plan = drawn(PuzzleMix(transport=False))
    assert isinstance(plan.mixture, Mask)
    weight = plan.mixture.weight
    partners = partners_of(plan.pairing, images)
    torch.testing.assert_close(mix_images(plan, images), weight * images + (1 - weight) * partners)
    torch.testing.assert_close(plan.lam, weight.mean((1, 2, 3)))


@pytest.mark.parametrize(
    ("compat", "side", "expected"),
    [
        ("none", 32, {2, 4, 8, 16}),
        ("openmixup", 32, {2, 4, 8}),
        ("none", 8, {2, 4, 8}),
        ("none", 12, {2, 4}),
    ],
)
def test_block_counts_that_divide_the_sides_are_drawn(compat: str, side: int, expected: set[int]) -> None:
    method = PuzzleMix.model_validate({"compat": compat})
    assert {mask_of(drawn(method, 2, side, seed)[2]).shape[1] for seed in range(40)} == expected


def test_sides_that_no_block_count_divides_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"blockCounts: images of 15 x 15 pixels cannot be cut into any of \[2, 4, 8, 16\]"
    ):
        drawn(PuzzleMix(), side=15)
    with pytest.raises(ValueError, match=r"\[16\] blocks a side of at most 8, as OpenMixup has them"):
        drawn(PuzzleMix(block_counts=(16,), compat="openmixup"), side=32)


def test_a_gradient_that_overflowed_does_not_stop_the_training() -> None:
    images = smooth(4, 3, 16, 1)
    for gradient in (
        torch.full_like(images, torch.nan),
        torch.full_like(images, torch.inf),
        torch.zeros_like(images),
    ):
        plan = PuzzleMix().draw(images, generator(), Cues(gradient=gradient))
        assert mix_images(plan, images).isfinite().all()


@pytest.mark.parametrize("transport", [True, False])
def test_attacks_move_pixels_up_the_loss(transport: bool) -> None:
    method = PuzzleMix(attack_probability=1, attack_size=20, transport=transport)
    images = smooth(6, 3, 16, 11) * 4 - 2
    gradient = torch.randn(6, 3, 16, 16, generator=generator(12))
    plan = method.draw(images, generator(3), Cues(gradient=gradient))
    assert isinstance(plan.mixture, Attacked)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in plan.mixture.normalisation)
    step = (plan.mixture.step * std * 255).abs()
    assert torch.equal(plan.mixture.step.sign(), gradient.sign())
    assert 0 < step.max() <= 20 + 1e-4
    torch.testing.assert_close(step, step.max().expand_as(step))
    pixels = (images + plan.mixture.step) * std + mean
    attacked = (pixels.clamp(0, 1) - mean) / std
    unattacked = replace(plan, mixture=plan.mixture.patchwork)
    torch.testing.assert_close(mix_images(plan, images), mix_images(unattacked, attacked))


def test_attacks_are_as_frequent_as_asked_for() -> None:
    images = smooth(2, 3, 8, 11)
    cues = Cues(gradient=torch.randn(2, 3, 8, 8, generator=generator(12)))
    draws, found = generator(1), [0, 0]
    for _ in range(400):
        mixture = PuzzleMix(attack_probability=0.2).draw(images, draws, cues).mixture
        if isinstance(mixture, Attacked):
            found[0] += mixture.first
            found[1] += mixture.second
    # Five standard deviations of a binomial of 400: one false alarm in a million.
    assert all(abs(count - 80) < 40 for count in found)


def test_training_on_the_clean_batch_too() -> None:
    """One pass tells the gradient and is trained on, so that nothing needs a pass of its own."""
    images, labels = smooth(6, 3, 16, 11), torch.arange(6)
    passes, step = [], step_for(PuzzleMix(), images, labels)

    class Watched(nn.Module):
        def forward(self, batch: Tensor) -> Tensor:
            passes.append(batch.detach().clone())
            return step.backbone(batch)

    watched = replace(step, backbone=Watched(), generator=generator(2))
    losses = {}
    for weight in (0.5, 1.0):
        method = PuzzleMix(clean_lam=weight)
        torch.manual_seed(0)
        losses[weight] = method.mixer(Setting(step.backbone, 6, 16))(replace(watched, generator=generator(2)))
    clean, mixed = passes[:2]
    assert torch.equal(clean, images)
    assert len(passes) == 4
    own = functional.cross_entropy(step.backbone(clean), labels)
    torch.testing.assert_close(losses[1.0] - losses[0.5], 0.5 * own)
    losses[1.0].backward()
    assert all(parameter.grad is not None for parameter in step.backbone.parameters())
    step.backbone.zero_grad()
    assert not torch.equal(mixed, images)
    assert type(PuzzleMix().mixer(Setting(step.backbone, 6, 16))) is Mixer


class TestPatchwork:
    @pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
    @pytest.mark.parametrize(
        ("height", "width", "rows", "columns"), [(8, 8, 4, 4), (6, 12, 2, 3), (5, 7, 5, 7)]
    )
    def test_patches_are_copied_and_averaged(
        self, layout: torch.memory_format, height: int, width: int, rows: int, columns: int
    ) -> None:
        images = torch.rand(3, 3, height, width, generator=generator()).to(memory_format=layout)
        draws = generator(4)
        first, second = torch.randint(3 * rows * columns, (2, 3, rows, columns), generator=draws)
        weight = torch.randint(3, (3, rows, columns), generator=draws) / 2
        expected = torch.empty_like(images)
        high, wide = height // rows, width // columns
        patches = images.unfold(2, high, high).unfold(3, wide, wide).permute(0, 2, 3, 1, 4, 5).flatten(0, 2)
        for image, i, j in itertools.product(range(3), range(rows), range(columns)):
            share = weight[image, i, j]
            patch = share * patches[first[image, i, j]] + (1 - share) * patches[second[image, i, j]]
            expected[image, :, i * high : (i + 1) * high, j * wide : (j + 1) * wide] = patch
        work = Patchwork(first, second, weight)
        for out in (torch.empty_like(images), torch.empty(3, 3, width, height).mT):
            work.write(images, Roll(0), out)
            torch.testing.assert_close(out, expected)
            work.write_differentiably(images, Roll(0), out.zero_())
            torch.testing.assert_close(out, expected)

    def test_what_does_not_fit_is_refused(self) -> None:
        patches = torch.zeros(2, 3, 3, dtype=torch.int64)
        work = Patchwork(patches, patches, torch.ones(2, 3, 3))
        with pytest.raises(ValueError, match="2 images of 3 x 3 patches do not fit images"):
            work.write(torch.rand(2, 3, 8, 9), Roll(0), torch.empty(2, 3, 8, 9))
        with pytest.raises(TypeError, match="only floating-point images can be averaged"):
            work.write(torch.zeros(2, 3, 9, 9, dtype=torch.uint8), Roll(0), torch.empty(2, 3, 9, 9))
