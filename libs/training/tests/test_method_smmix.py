"""SMMix against a plain reference: one image at a time, every window of patches added up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from torch import Tensor

import reference_attention
from method_cues import VIT_SIDE, cues_for, small_vit, step_for
from mixlab.core.anatomy import forward_features
from mixlab.core.cues import Cues
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import MixPlan, Roll, mix_images
from mixlab.methods import Setting
from mixlab.methods.smmix import SMMix, SMMixer, Windows
from test_methods_training import config_of
from tiny import run, tiny

GRID, PATCH = 4, VIT_SIDE // 4


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(size: int = 6) -> tuple[Tensor, Tensor]:
    return torch.randn(size, 3, VIT_SIDE, VIT_SIDE, generator=generator(1)), torch.arange(size)


def windows_of(attention: NDArray[np.float64], count: int) -> dict[tuple[int, int], float]:
    """The sum of each window of count x count patches, by its first patch."""
    starts = range(GRID - count + 1)
    return {
        (row, column): float(attention[row : row + count, column : column + count].sum())
        for row in starts
        for column in starts
    }


def reference(
    attention: list[NDArray[np.float64]], images: Tensor, shift: int, count: int
) -> tuple[Tensor, list[set[tuple[int, int]]]]:
    """The mixed batch, and the patches of each image that are its partner's."""
    mixed, covered = images.clone(), []
    for index in range(len(images)):
        partner = (index - shift) % len(images)
        own, other = windows_of(attention[index], count), windows_of(attention[partner], count)
        to, source = min(own, key=lambda start: own[start]), max(other, key=lambda start: other[start])
        taken = set()
        for row in range(count):
            for column in range(count):
                there = slice((to[0] + row) * PATCH, (to[0] + row + 1) * PATCH)
                right = slice((to[1] + column) * PATCH, (to[1] + column + 1) * PATCH)
                above = slice((source[0] + row) * PATCH, (source[0] + row + 1) * PATCH)
                left = slice((source[1] + column) * PATCH, (source[1] + column + 1) * PATCH)
                mixed[index, :, there, right] = images[partner, :, above, left]
                taken.add((to[0] + row, to[1] + column))
        covered.append(taken)
    return mixed, covered


def draws(seed: int, size: int) -> tuple[int, int]:
    """Shift of the partners and side of the windows, in the order that the method draws them."""
    numbers = generator(seed)
    shift = int(torch.randint(1, size, (), generator=numbers))
    return shift, int(torch.randint(1, 4, (), generator=numbers))


@pytest.mark.parametrize("compat", ["none", "openmixup"])
def test_images_and_labels_are_the_references(compat: str) -> None:
    images, labels = batch()
    method = SMMix.model_validate({"compat": compat})
    attend = reference_attention.of_class_token if compat == "openmixup" else reference_attention.of_patches
    attention = [attend(small_vit(6).eval(), image).reshape(GRID, GRID) for image in images]
    for seed in range(8):
        shift, count = draws(seed, 6)
        plan = method.draw(images, generator(seed), cues_for(method, images, labels))
        mixed, _ = reference(attention, images, shift, count)
        assert torch.equal(mix_images(plan, images), mixed)
        assert plan.lam.tolist() == [pytest.approx(1 - count**2 / 16)] * 6


@pytest.mark.parametrize("settings", [{}, {"fineGrainedWeight": 0.3, "consistencyWeight": 2.0}])
def test_the_loss_is_the_papers(settings: dict[str, float]) -> None:
    images, labels = batch()
    labels = labels % 4
    backbone = small_vit(4).eval()
    method = SMMix.model_validate(settings)
    torch.manual_seed(3)
    mixer = method.mixer(Setting(backbone, 4, VIT_SIDE))
    assert isinstance(mixer, SMMixer)
    head = mixer.head
    attention = [reference_attention.of_patches(backbone, image).reshape(GRID, GRID) for image in images]
    for seed in range(3):
        shift, count = draws(seed, 6)
        lam = 1 - count**2 / 16
        mixed, covered = reference(attention, images, shift, count)
        total = []
        with torch.no_grad():
            clean = backbone(images).double()
            for index in range(6):
                partner = (index - shift) % 6
                tokens = forward_features(backbone, mixed[index : index + 1])[0, 1:]
                log_p = backbone(mixed[index : index + 1])[0].double().log_softmax(0)
                loss = -(lam * log_p[labels[index]] + (1 - lam) * log_p[labels[partner]])
                theirs = [row * GRID + column for row, column in sorted(covered[index])]
                ours = [patch for patch in range(GRID**2) if patch not in theirs]
                for patches, label in ((ours, labels[index]), (theirs, labels[partner])):
                    named = (head.weight @ tokens[patches].mean(0) + head.bias).double().log_softmax(0)
                    loss -= settings.get("fineGrainedWeight", 1.0) * named[label] / 2
                said = (lam * clean[index] + (1 - lam) * clean[partner]).log_softmax(0)
                divergence = (said.exp() * (said - log_p)).sum()
                loss += settings.get("consistencyWeight", 1.0) * divergence
                total.append(float(loss))
        step = step_for(method, images, labels, seed, backbone=backbone, num_classes=4)
        assert mixer(step).item() == pytest.approx(float(np.mean(total)), abs=1e-5)


def test_compat_has_the_loss_of_the_mixed_labels_alone() -> None:
    images, labels = batch()
    method = SMMix(compat="openmixup")
    backbone = small_vit(6).eval()
    mixer = method.mixer(Setting(backbone, 6, VIT_SIDE))
    assert not list(mixer.parameters())
    plan = method.draw(images, generator(2), cues_for(method, images, labels))
    assert isinstance(plan.pairing, Roll)
    target = plan.lam[:, None] * torch.eye(6) + (1 - plan.lam[:, None]) * torch.eye(6).roll(
        plan.pairing.shift, 0
    )
    expected = torch.nn.functional.cross_entropy(backbone(mix_images(plan, images)), target)
    torch.testing.assert_close(mixer(step_for(method, images, labels, 2, backbone=backbone)), expected)


class Even:
    """Attention that is the same everywhere, on a grid of a test's choice."""

    def __init__(self, size: int, side: int) -> None:
        self.weights = torch.full((size, side * side), 1 / side**2)

    def of_patches(self) -> Tensor:
        return self.weights


def draw(method: SMMix, size: int, side: int, seed: int) -> MixPlan:
    images = torch.zeros(size, 1, side * 2, side * 2)
    return method.draw(images, generator(seed), Cues(attention=Even(size, side)))  # type: ignore[arg-type]


def test_the_side_of_the_window_is_drawn_evenly() -> None:
    """Chi-square over the eight sides that fit a grid of 14: a right sampler fails once in a thousand
    seeds."""
    from scipy import stats

    sides = []
    for seed in range(2000):
        plan = draw(SMMix(), 2, 14, seed)
        assert isinstance(plan.mixture, Windows)
        assert plan.mixture.height == plan.mixture.width
        side = plan.mixture.height // 2
        assert plan.lam.tolist() == [pytest.approx(1 - side**2 / 196)] * 2
        sides.append(side)
    counts = np.bincount(sides, minlength=11)[3:]
    assert counts.sum() == len(sides)
    assert len(counts) == 8
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize(("side", "expected"), [(1, {1}), (2, {1}), (4, {1, 2, 3}), (7, set(range(1, 6)))])
def test_windows_fit_any_grid(side: int, expected: set[int]) -> None:
    found = set()
    for seed in range(60):
        mixture = draw(SMMix(), 3, side, seed).mixture
        assert isinstance(mixture, Windows)
        found.add(mixture.height // 2)
    assert found == expected


def test_a_network_without_class_attention_is_refused_before_training() -> None:
    with pytest.raises(ValidationError, match="smmix reads the attention of a transformer"):
        tiny(backbone="resnet18", mixMode={"name": "smmix"})


def test_sides_have_an_order() -> None:
    with pytest.raises(ValidationError, match="the smallest window is larger than the largest"):
        SMMix(min_side=0.8)


def test_every_loss_teaches_the_backbone_and_the_second_classifier() -> None:
    images, labels = batch()
    backbone = small_vit(6)
    method = SMMix(consistency_weight=0)
    mixer = method.mixer(Setting(backbone, 6, VIT_SIDE))
    loss = mixer(step_for(method, images, labels, backbone=backbone))
    gradients = torch.autograd.grad(loss, [backbone.patch_embed.proj.weight, *mixer.parameters()])
    assert all(gradient.abs().sum() > 0 for gradient in gradients)
    assert [own.parameters for own in mixer.trained()] == [list(mixer.parameters())]


def test_it_trains_beside_mixup(tmp_path: Path) -> None:
    choices = [
        {"method": {"name": "mixup", "alpha": 0.8}, "probability": 0.5},
        {"method": {"name": "smmix"}, "probability": 0.5},
    ]
    config = config_of({"name": "oneOf", "choices": choices}, "vit", tmp_path)
    assert run(config, None, max_steps=4) == ExitCode.COMPLETED
