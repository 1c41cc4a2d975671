"""AdAutoMix: masks for several images, whom its losses teach, and whose turn it is."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from method_cues import assert_same_gradients, small_cnn, small_vit, step_for
from mixlab.core.anatomy import map_of_stage
from mixlab.core.mix_block import SeveralMixBlock
from mixlab.core.mixing import MixPlan, Roll, mix_images, mix_labels
from mixlab.core.several import Average, Masks, draw_rolls
from mixlab.methods import Setting
from mixlab.methods.adautomix import AdAutoMix, AdAutoMixMixer


def batch(size: int = 6, side: int = 16) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(size, 3, side, side, generator=generator), torch.arange(size)


def mixer_of(backbone: nn.Module, **settings: Any) -> AdAutoMixMixer:
    """A mixer whose block makes masks of some contrast."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        mixer = AdAutoMix(**settings).mixer(Setting(backbone, 6, 16))
        assert isinstance(mixer, AdAutoMixMixer)
        for parameter in mixer.block.parameters():
            nn.init.normal_(parameter, std=0.5)
    return mixer.train()


def members(plan: MixPlan, size: int) -> list[list[int]]:
    """For each image, the numbers of the images that it is mixed of, itself first."""
    assert isinstance(plan.mixture, Average)
    pairings = (plan.pairing, *plan.mixture.further)
    assert all(isinstance(pairing, Roll) for pairing in pairings)
    return [[i, *((i - pairing.shift) % size for pairing in pairings)] for i in range(size)]


def naive_masks(block: SeveralMixBlock, maps: list[np.ndarray], shares: list[float]) -> np.ndarray:
    """The masks of one mix before they are upsampled, place by place, in float64: logits [N, places]."""
    weights = {name: value.double().numpy() for name, value in block.state_dict().items()}
    channels = len(maps[0])
    places = range(maps[0][0].size)

    def conv(name: str, image: int, place: int) -> np.ndarray:
        told = maps[image].reshape(channels, -1)[:, place]
        if block.lam_concat:
            told = np.append(told, shares[image])
        return weights[f"{name}.weight"][:, :, 0, 0] @ told + weights[f"{name}.bias"]

    found = np.zeros((len(maps), len(places)))
    for own in range(len(maps)):
        for i in places:
            query = np.maximum(conv("query", own, i), 0)
            scores = np.zeros(len(places))
            for other in range(len(maps)):
                if other != own:
                    scores += [query @ np.maximum(conv("key", other, j), 0) for j in places]
            chances = np.exp((scores - scores.max()) / len(query) ** 0.5)
            found[own, i] = chances @ [conv("value", own, j)[0] for j in places] / chances.sum()
    return found


@pytest.mark.parametrize("lam_concat", [True, False])
@pytest.mark.parametrize("shares", [[0.3, 0.7], [0.5, 0.2, 0.3]])
def test_masks_are_those_of_a_plain_reference(shares: list[float], lam_concat: bool) -> None:
    torch.manual_seed(0)
    block = SeveralMixBlock(5, lam_concat)
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    maps = list(torch.randn(len(shares), 2, 5, 3, 3))
    masks = block(maps, shares, (3, 3)).detach()
    assert masks.shape == (2, len(shares), 3, 3)
    for index in range(2):
        logits = naive_masks(block, [each[index].double().numpy() for each in maps], shares)
        expected = np.exp(logits) / np.exp(logits).sum(0)
        np.testing.assert_allclose(masks[index].flatten(1), expected, rtol=1e-4, atol=1e-5)
    # Upsampled, then shared out.
    upsampled = F.interpolate(masks.log(), (12, 12), mode="bilinear", align_corners=False)
    torch.testing.assert_close(block(maps, shares, (12, 12)).sum(1), torch.ones(2, 12, 12))
    large = block(maps, shares, (12, 12)).log()
    torch.testing.assert_close(large - large[:, :1], upsampled - upsampled[:, :1], rtol=1e-4, atol=1e-4)


def test_masks_of_half_precision_features_are_computed_in_float32() -> None:
    torch.manual_seed(0)
    block = SeveralMixBlock(8)
    maps = list(torch.randn(3, 2, 8, 4, 4).bfloat16())
    with torch.autocast("cpu", torch.bfloat16):
        masks = block(maps, [0.2, 0.3, 0.5], (8, 8))
    assert masks.dtype == torch.float32
    torch.testing.assert_close(masks, block([each.float() for each in maps], [0.2, 0.3, 0.5], (8, 8)))


@pytest.mark.parametrize("size", [3, 4, 7])
def test_no_image_meets_another_one_twice(size: int) -> None:
    for seed in range(20):
        rolls = draw_rolls(size, 2, torch.Generator().manual_seed(seed))
        shifts = [roll.shift for roll in rolls]
        assert len({0, *shifts}) == 3
        assert max(shifts) < size


def test_small_batches_are_mixed_with_what_there_is() -> None:
    assert draw_rolls(1, 2, torch.Generator()) == [Roll(0), Roll(0)]
    assert draw_rolls(2, 2, torch.Generator()) == [Roll(1), Roll(1)]


@pytest.mark.parametrize("count", [2, 3])
def test_mixes_are_those_of_a_plain_reference(count: int) -> None:
    images, labels = batch()
    for seed in range(10):
        plan = AdAutoMix(mix_samples=count).draw(images, torch.Generator().manual_seed(seed))
        assert isinstance(plan.mixture, Average)
        shares = plan.mixture.shares
        weights = torch.rand(6, count, 16, 16)
        masked = replace(plan, mixture=Masks(weights, plan.mixture.further))
        by_shares, by_masks, target = mix_images(plan, images), mix_images(masked, images), np.zeros((6, 6))
        for row, numbers in enumerate(members(plan, 6)):
            assert len(set(numbers)) == count
            averaged = sum(share * images[j] for share, j in zip(shares, numbers, strict=True))
            torch.testing.assert_close(by_shares[row], averaged)
            averaged = sum(weights[row, k] * images[j] for k, j in enumerate(numbers))
            torch.testing.assert_close(by_masks[row], averaged)
            for share, j in zip(shares, numbers, strict=True):
                target[row, j] += share
        found = mix_labels(plan, labels, 6)
        np.testing.assert_allclose(found, target, atol=1e-6)
        torch.testing.assert_close(mix_labels(masked, labels, 6), found)


def test_shares_of_three_are_draws_over_their_sum() -> None:
    """The first one's mean and mean square, against as many draws of NumPy's.

    Off by more than 5 standard deviations once in a million runs.
    """
    images, method = torch.zeros(4, 3, 1, 1), AdAutoMix(alpha=2.0)
    generator = torch.Generator().manual_seed(0)
    drawn = np.array([method.draw(images, generator).mixture.shares for _ in range(4000)])
    np.testing.assert_allclose(drawn.sum(1), 1)
    draws = np.random.default_rng(0).beta(2, 2, (400_000, 3))
    expected = draws[:, 0] / draws.sum(1)
    for power in (1, 2):
        error = expected.std() if power == 1 else (expected**2).std()
        for column in range(3):
            distance = abs((drawn[:, column] ** power).mean() - (expected**power).mean())
            assert distance <= 5 * error * (1 / 4000 + 1 / 400_000) ** 0.5


def test_the_number_of_images_is_drawn_where_asked_for() -> None:
    """Two or three alike; off by more than 5 standard deviations once in a million runs."""
    generator = torch.Generator().manual_seed(0)
    method = AdAutoMix(random_samples=True)
    counts = [method.draw_count(generator) for _ in range(2000)]
    assert abs(counts.count(2) - 1000) <= 5 * 500**0.5
    assert counts.count(2) + counts.count(3) == 2000
    assert {AdAutoMix().draw_count(generator) for _ in range(20)} == {3}


@pytest.mark.parametrize("make", [small_cnn, small_vit])
@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("turn", [0, 1])
def test_a_step_teaches_as_its_losses_do(make: Any, count: int, turn: int) -> None:
    """Loss and gradients equal those of the losses taken one by one, each for its own network."""
    images, labels = batch()
    backbone = copy.deepcopy(make(6)).train()
    mixer = mixer_of(backbone, mix_samples=count, lam_margin=0.0, beta=0.3, mixup_weight=0.25)
    mixer.recall({"turn": torch.tensor(turn)})
    twin, twin_backbone = copy.deepcopy(mixer), copy.deepcopy(backbone)
    loss = mixer(step_for(mixer.method, images, labels, 5, backbone=backbone, num_classes=6))
    loss.backward()

    generator = torch.Generator().manual_seed(5)
    plans = [mixer.method.draw(images, generator) for _ in range(2)]
    eye, k = torch.eye(6), twin.average.network
    with torch.no_grad():
        features, clean = map_of_stage(k, images, -2), k(images)
    mixes, averages, targets, likeness = [], [], [], []
    for plan in plans:
        shares = plan.mixture.shares
        numbers = torch.tensor(members(plan, 6)).T
        masks = twin.block([features[index] for index in numbers], shares, (16, 16))
        mixes.append(sum(masks[:, [i]] * images[index] for i, index in enumerate(numbers)))
        averages.append(sum(share * images[index] for share, index in zip(shares, numbers, strict=True)))
        targets.append(sum(share * eye[index] for share, index in zip(shares, numbers, strict=True)))
        likeness.append(
            lambda seen, shares=shares, numbers=numbers: sum(
                share * (seen * clean[index]).sum(1) / seen.norm(dim=1) / clean[index].norm(dim=1)
                for share, index in zip(shares, numbers, strict=True)
            ).mean()
        )
    seen = k(mixes[0])
    of_block = F.cross_entropy(seen, targets[0])
    if turn == 0:
        of_block = -0.3 * of_block + 0.7 * likeness[0](seen)
    of_block.backward()
    of_backbone = F.cross_entropy(twin_backbone(images), eye[labels])
    if count == 3:
        averaged = F.cross_entropy(twin_backbone(averages[1]), targets[1])
        of_backbone = 0.75 * of_backbone + 0.25 * averaged
    of_backbone = of_backbone + F.cross_entropy(twin_backbone(mixes[1].detach()), targets[1])
    of_backbone.backward()

    torch.testing.assert_close(loss, of_block + of_backbone)
    assert_same_gradients(mixer.block, twin.block)
    assert_same_gradients(backbone, twin_backbone)
    assert all(parameter.grad is None for parameter in mixer.average.parameters())


def test_masks_are_trained_to_be_hard_and_easy_by_turns() -> None:
    """The block's loss has its sign in the first step, every other step, and after a resume."""
    images, labels = batch()
    backbone = copy.deepcopy(small_cnn(6)).train()

    def turns(mixer: AdAutoMixMixer, steps: int) -> list[bool]:
        hard = []
        for seed in range(steps):
            hard.append(int(mixer.memory()["turn"]) == 0)
            mixer(step_for(mixer.method, images, labels, seed, backbone=backbone, num_classes=6))
        return hard

    mixer, resumed = (mixer_of(backbone, beta=1.0) for _ in range(2))
    assert turns(mixer, 5) == [True, False, True, False, True]
    resumed.recall(mixer.memory())
    assert turns(resumed, 3) == [False, True, False]
    assert turns(mixer_of(backbone, adversarial_interval=3), 5) == [True, False, False, True, False]
    assert turns(mixer_of(backbone, adversarial_interval=1), 3) == [True] * 3


def test_a_block_that_is_not_trained_learns_nothing() -> None:
    images, labels = batch()
    backbone = copy.deepcopy(small_cnn(6)).train()
    mixer = mixer_of(backbone, switch_off=1e-9)
    mixer(step_for(mixer.method, images, labels, backbone=backbone, num_classes=6)).backward()
    assert all(parameter.grad is None for parameter in mixer.block.parameters())
    assert all(p.grad is not None and p.grad.any() for p in backbone.parameters() if p.ndim > 1)


@pytest.mark.parametrize(
    ("shares", "ours", "openmixup"),
    [
        ((0.5, 0.5), False, False),
        ((0.02, 0.98), True, True),
        ((0.98, 0.02), True, True),
        ((0.5, 0.2, 0.3), False, True),
        ((0.02, 0.5, 0.48), True, True),
        ((0.5, 0.02, 0.48), False, True),
        ((0.98, 0.01, 0.01), True, False),
    ],
)
def test_where_the_backbone_is_given_mixup(shares: tuple[float, ...], ours: bool, openmixup: bool) -> None:
    assert AdAutoMix().takes_mixup(shares) == ours
    assert AdAutoMix(compat="openmixup").takes_mixup(shares) == openmixup


def test_compat_shows_the_backbone_mixup_alone() -> None:
    """Of three images: what it sees beside the clean batch is the same mix twice."""
    images, labels = batch()
    for compat in ("none", "openmixup"):
        backbone = copy.deepcopy(small_cnn(6)).train()
        mixer = mixer_of(backbone, compat=compat)
        shown: list[Tensor] = []
        backbone.register_forward_pre_hook(
            lambda module, inputs, shown=shown: shown.append(inputs[0].clone())
        )
        mixer(step_for(mixer.method, images, labels, 5, backbone=backbone, num_classes=6))
        clean, averaged, mixed = shown
        assert torch.equal(clean, images)
        assert torch.equal(averaged, mixed) == (compat == "openmixup")


def test_draws_that_all_underflow_leave_shares() -> None:
    images, labels = batch()
    for seed in range(30):
        plan = AdAutoMix(alpha=1e-9).draw(images, torch.Generator().manual_seed(seed))
        torch.testing.assert_close(mix_labels(plan, labels, 6).sum(1), torch.ones(6))
        assert mix_images(plan, images).isfinite().all()
