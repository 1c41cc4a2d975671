"""AlignMix: its transport and its mixes against loops over samples in NumPy."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from itertools import permutations
from math import sqrt
from statistics import NormalDist
from typing import Literal

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from method_cues import small_cnn, small_vit, step_for
from mixlab.core.mixing import Blend, Roll
from mixlab.core.optimal_transport import plain_transport_plan, transport_plan
from mixlab.core.vision import import_timm
from mixlab.methods import Setting
from mixlab.methods.alignmix import AlignMix, AlignMixer, AlignPlan
from mixlab.methods.manifoldmix import ManifoldMix

timm = import_timm()

Array = NDArray[np.float64]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_swin(classes: int) -> nn.Module:
    """Two stages with windows of 2 x 2; its features have their channels last."""
    return timm.models.swin_transformer.SwinTransformer(
        img_size=16,
        patch_size=2,
        window_size=2,
        embed_dim=8,
        depths=(1, 1),
        num_heads=(1, 2),
        num_classes=classes,
    )


def maps(count: int = 4, channels: int = 5, side: int = 3, scale: float = 0.3) -> Tensor:
    return scale * torch.randn(count, channels, side, side, generator=generator(2))


def slow_costs(first: Array, second: Array) -> Array:
    r = first.shape[1]
    return np.array([[np.sum((first[:, i] - second[:, j]) ** 2) for j in range(r)] for i in range(r)])


def log_sum_exp(values: Array) -> float:
    top = float(values.max())
    return top + float(np.log(np.exp(values - top).sum()))


def slow_transport(target: Array, source: Array, epsilon: float, iterations: int) -> Array:
    """Dual potentials of one pair, position by position, while epsilon falls; each row sums to 1."""
    cost = slow_costs(target, source)
    r, start = len(cost), max(cost.mean(), epsilon)
    rows, columns = np.zeros(r), np.zeros(r)
    for done in range(1, iterations + 1):
        now = start * (epsilon / start) ** (done / iterations)
        for i in range(r):
            rows[i] = -now * log_sum_exp((columns - cost[i]) / now)
        for j in range(r):
            columns[j] = -now * log_sum_exp((rows - cost[:, j]) / now)
    plan = np.exp((rows[:, None] + columns[None] - cost) / epsilon)
    return np.asarray(plan / plan.sum(1, keepdims=True))


def authors_transports(
    first: Array, second: Array, epsilon: float, iterations: int, tolerance: float = 0.0
) -> Array:
    """Scaling of the pairs' kernels with one epsilon, the columns last; r times each transport.

    It ends when the potentials of the rows, summed over a pair's and averaged over pairs, hardly change.
    """
    kernels = np.array([np.exp(-slow_costs(*pair) / epsilon) for pair in zip(first, second, strict=True)])
    size, r, _ = kernels.shape
    rows, columns = np.ones((size, r)), np.ones((size, r))
    for _ in range(iterations):
        before = rows
        rows = (1 / r) / np.einsum("nij,nj->ni", kernels, columns)
        columns = (1 / r) / np.einsum("nij,ni->nj", kernels, rows)
        if epsilon * np.abs(np.log(rows / before)).sum(1).mean() < tolerance:
            break
    return np.asarray(r * rows[:, :, None] * kernels * columns[:, None])


def mixer_for(method: AlignMix, backbone: nn.Module) -> AlignMixer:
    mixer = method.mixer(Setting(backbone, 6, 16))
    assert isinstance(mixer, AlignMixer)
    return mixer


def plan_for(lam: float, shift: int, moves: Literal["first", "second"], count: int = 4) -> AlignPlan:
    return AlignPlan(Roll(shift), Blend(lam), torch.full((count,), lam), moves=moves)


@pytest.mark.parametrize("epsilon", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("scale", [0.3, 3.0])
def test_the_transport_is_sinkhorns(epsilon: float, scale: float) -> None:
    first, second = maps(scale=scale).flatten(2), maps(scale=scale).flatten(2).roll(1, 0)
    found = transport_plan(first, second, epsilon=epsilon, iterations=30)
    for i in range(len(first)):
        expected = slow_transport(first[i].double().numpy(), second[i].double().numpy(), epsilon, 30)
        np.testing.assert_allclose(found[i].numpy(), expected, atol=1e-3)


@pytest.mark.parametrize(("iterations", "tolerance"), [(100, 0.0), (1, 0.0), (100, 0.02), (100, 0.1)])
def test_the_plain_transport_is_the_authors(iterations: int, tolerance: float) -> None:
    first, second = maps().flatten(2), maps().flatten(2).roll(1, 0)
    found = plain_transport_plan(first, second, epsilon=0.1, iterations=iterations, tolerance=tolerance)
    expected = authors_transports(first.double().numpy(), second.double().numpy(), 0.1, iterations, tolerance)
    np.testing.assert_allclose(found.numpy(), expected, atol=2e-4)


def test_with_compat_the_transport_ends_when_it_hardly_changes() -> None:
    """It went on for 100 iterations, and mixes of small features differed from OpenMixup's by a twentieth."""
    own = maps(channels=64, side=7).relu()
    mixed = mixer_for(AlignMix(compat="openmixup"), small_cnn(6))._mix(own, plan_for(0.3, 1, "second"))
    a, b = own.flatten(2).double().numpy(), own.flatten(2).roll(1, 0).double().numpy()
    transports = authors_transports(a, b, 0.1, 100, 0.1)
    expected = 0.3 * a + 0.7 * b @ transports.transpose(0, 2, 1)
    np.testing.assert_allclose(mixed.flatten(2).numpy(), expected, atol=1e-5)


def test_the_transport_is_the_optimal_one() -> None:
    """With little entropy, the assignment of least cost among all of four positions'."""
    first, second = torch.randn(2, 20, 5, 4, generator=generator(6))
    found = transport_plan(first, second, epsilon=0.01, iterations=200)
    for i in range(20):
        cost = slow_costs(first[i].numpy(), second[i].numpy())
        best = min(permutations(range(4)), key=lambda order: sum(cost[k, order[k]] for k in range(4)))
        np.testing.assert_allclose(found[i].numpy(), np.eye(4)[list(best)], atol=0.05)


@pytest.mark.parametrize("scale", [0.3, 3, 100])
def test_rows_sum_to_one_and_columns_nearly(scale: float) -> None:
    """Also where the costs are 1e6 epsilon, of which exponentials are 0 as plain numbers."""
    first = maps(count=16, channels=32, side=7, scale=scale).flatten(2)
    found = transport_plan(first, first.roll(1, 0), epsilon=0.1, iterations=50)
    assert (found >= 0).all()
    torch.testing.assert_close(found.sum(2), torch.ones(16, 49))
    assert float((found.sum(1) - 1).abs().mean()) < 0.15


def test_it_comes_nearer_to_a_transport_than_one_epsilon_does() -> None:
    """What is measured on features of real networks, on random ones of their size."""
    first = maps(count=16, channels=64, side=7, scale=1.5).relu().flatten(2)
    second = first.roll(1, 0)
    ours = transport_plan(first, second, epsilon=0.1, iterations=50).sum(1)
    theirs = plain_transport_plan(first, second, epsilon=0.1, iterations=100).sum(2)
    assert float((ours - 1).abs().mean()) < float((theirs - 1).abs().mean()) / 2


@pytest.mark.parametrize("moves", ["first", "second"])
def test_equal_maps_stay(moves: Literal["first", "second"]) -> None:
    one = maps(1, scale=3).expand(4, -1, -1, -1)
    mixed = mixer_for(AlignMix(epsilon=0.01), small_cnn(6))._mix(one, plan_for(0.3, 1, moves))
    torch.testing.assert_close(mixed, one, atol=1e-4, rtol=1e-4)


def test_where_the_partners_features_lie_does_not_matter() -> None:
    own = maps(2)
    shuffled = own.flatten(2)[:, :, torch.randperm(9, generator=generator(4))].reshape(own.shape)
    mixer, plan = mixer_for(AlignMix(), small_cnn(6)), plan_for(0.3, 1, "second", 2)
    batch, moved = torch.stack([own[0], own[1]]), torch.stack([own[0], shuffled[1]])
    torch.testing.assert_close(mixer._mix(batch, plan)[0], mixer._mix(moved, plan)[0], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("moves", ["first", "second"])
@pytest.mark.parametrize("shift", [1, 3])
@pytest.mark.parametrize("compat", ["none", "openmixup"])
def test_mixes_are_what_a_loop_gives(
    moves: Literal["first", "second"], shift: int, compat: Literal["none", "openmixup"]
) -> None:
    own, lam = maps(), torch.tensor([0.3, 0.9, 0.5, 0.0])
    plan = AlignPlan(Roll(shift), Blend(lam), lam, moves=moves)
    mixed = mixer_for(AlignMix(epsilon=0.5, compat=compat), small_cnn(6))._mix(own, plan)
    flat = own.flatten(2).double().numpy()
    theirs = authors_transports(flat, np.roll(flat, shift, 0), 0.5, 100, 0.1)
    for i in range(4):
        a, b, share = flat[i], flat[(i - shift) % 4], float(lam[i])
        if compat == "openmixup":
            p = theirs[i]
        else:
            p = slow_transport(a, b, 0.5, 50) if moves == "second" else slow_transport(b, a, 0.5, 50).T
        expected = share * a + (1 - share) * b @ p.T if moves == "second" else share * a @ p + (1 - share) * b
        np.testing.assert_allclose(mixed[i].flatten(1).numpy(), expected, atol=1e-3)


@pytest.mark.parametrize("family", ["cnn", "vit", "swin"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gradients_reach_the_backbone(family: str, dtype: torch.dtype) -> None:
    backbones = {"cnn": small_cnn, "vit": small_vit, "swin": small_swin}
    backbone = deepcopy(backbones[family](6)).train()
    images = torch.randn(6, 3, 16, 16, generator=generator(1))
    method = AlignMix(align_probability=1)
    step = step_for(method, images, torch.arange(6), backbone=backbone)
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        loss = mixer_for(method, backbone)(step)
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in backbone.parameters())


def test_how_often_features_move() -> None:
    """Counts of 4000 draws; false alarms one in a million, for each of three outcomes a third."""
    images, draws, count = torch.zeros(2, 3, 4, 4), generator(9), 4000
    counts = Counter(AlignMix().draw(images, draws).moves for _ in range(count))
    bound = NormalDist().inv_cdf(1 - 1e-6 / 6)
    for moves, share in {"none": 0.5, "first": 0.25, "second": 0.25}.items():
        assert abs(counts[moves] - share * count) < bound * sqrt(count * share * (1 - share)), moves  # type: ignore[index]


def test_compat_leaves_the_other_batches_to_manifoldmix() -> None:
    backbone = deepcopy(small_cnn(6)).eval()
    images = torch.randn(6, 3, 16, 16, generator=generator(1))
    ours = mixer_for(AlignMix(compat="openmixup", align_probability=0), backbone)
    theirs = ManifoldMix(alpha=2).mixer(Setting(backbone, 6, 16))
    for seed in range(12):
        step = step_for(ours.method, images, torch.arange(6), seed, backbone=backbone)
        plan = ours.plan(step)
        assert isinstance(plan, AlignPlan)
        state = step.generator.get_state()
        found = ours.logits(step, plan)
        step.generator.set_state(state)
        assert torch.equal(found, theirs.logits(step, plan))


def test_a_backbone_without_a_map_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="Linear has no forward_features"):
        AlignMix().mixer(Setting(backbone=nn.Linear(3, 3), num_classes=3, image_size=8))
