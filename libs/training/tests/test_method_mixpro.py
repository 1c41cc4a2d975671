"""MixPro against a plain reference: one image at a time, attention from softmax(q k)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

import reference_attention
from method_cues import VIT_SIDE, small_vit, step_for
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, MixPlan, Roll, mix_images, sample_beta
from mixlab.methods import Setting
from mixlab.methods.mixpro import MixPro, share_of_attention, similarity
from test_methods_training import config_of
from tiny import run, tiny

GRID, PATCH = 4, VIT_SIDE // 4


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(size: int = 6) -> tuple[Tensor, Tensor]:
    return torch.randn(size, 3, VIT_SIDE, VIT_SIDE, generator=generator(1)), torch.arange(size)


@pytest.mark.parametrize("grid_size", [2, 4, 3])
@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("compat", ["none", "openmixup"])
def test_the_loss_is_the_papers(grid_size: int, per_sample: bool, compat: str) -> None:
    images, labels = batch()
    labels = labels % 4
    backbone = small_vit(4).eval()
    settings = {"gridSize": grid_size, "perSample": per_sample, "compat": compat, "smoothing": 0.2}
    method = MixPro.model_validate(settings)
    for seed in range(3):
        plan = method.draw(images, generator(seed))
        assert isinstance(plan.pairing, Roll)
        assert isinstance(plan.mixture, Mask)
        mixed = mix_images(plan, images)
        mask = plan.mixture.weight[:, 0].double().numpy()
        log_p = backbone(mixed).log_softmax(1).detach().double().numpy()
        lams, partners = [], [(index - plan.pairing.shift) % 6 for index in range(6)]
        for index, partner in enumerate(partners):
            seen = images[index] if compat == "openmixup" else mixed[index]
            attention = reference_attention.of_class_token(backbone, seen)
            own = 0.0
            for patch in range(GRID**2):
                row, column = patch // GRID * PATCH, patch % GRID * PATCH
                own += mask[index, row : row + PATCH, column : column + PATCH].mean() * attention[patch]
            area = float(mask[index].mean())
            target = np.full(4, 0.2 / 4)
            target[labels[index]] += 0.8 * area
            target[labels[partner]] += 0.8 * (1 - area)
            said = np.exp(log_p[index])
            progress = target @ said / np.linalg.norm(target) / np.linalg.norm(said)
            lams.append(progress * own / attention.sum() + (1 - progress) * area)
        if compat == "openmixup":
            lams = [float(np.mean(lams))] * 6
        losses = [
            -(lam * log_p[index, labels[index]] + (1 - lam) * log_p[index, labels[partner]])
            for index, (lam, partner) in enumerate(zip(lams, partners, strict=True))
        ]
        step = step_for(method, images, labels, seed, backbone=backbone, num_classes=4)
        loss = method.mixer(Setting(backbone, 4, VIT_SIDE))(step)
        assert loss.item() == pytest.approx(float(np.mean(losses)), abs=1e-5)


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (13, 18)])
def test_every_cell_is_of_one_image(per_sample: bool, height: int, width: int) -> None:
    images = torch.randn(5, 3, height, width, generator=generator(1))
    for seed in range(10):
        plan = MixPro(per_sample=per_sample).draw(images, generator(seed))
        draws = generator(seed)
        shift = int(torch.randint(1, 5, (), generator=draws))
        ratios = sample_beta(1.0, 5 if per_sample else 1, draws).expand(5).tolist()
        mixed = mix_images(plan, images)
        for index, ratio in enumerate(ratios):
            kept = {}
            for row in range(height):
                for column in range(width):
                    pixel, cell = (slice(None), row, column), (row * 4 // height, column * 4 // width)
                    own = torch.equal(mixed[index][pixel], images[index][pixel])
                    assert own or torch.equal(mixed[index][pixel], images[(index - shift) % 5][pixel])
                    assert kept.setdefault(cell, own) == own
            assert sum(kept.values()) == math.ceil(ratio * 16)


def test_cells_are_each_images_own_and_as_many_for_all() -> None:
    cells = MixPro().draw_cells(40, generator(1)).flatten(1)
    assert len(set(cells.sum(1).tolist())) == 1
    assert len({tuple(row) for row in cells.tolist()}) > 30
    assert len(set(MixPro(per_sample=True).draw_cells(40, generator(1)).sum((1, 2)).tolist())) > 5


class TestLaw:
    """Chi-square and a bound on a mean: each is wrong once in a thousand seeds."""

    def test_the_number_of_cells(self) -> None:
        from scipy import stats

        counts = MixPro(per_sample=True).draw_cells(8000, generator(5)).sum((1, 2)).long()
        observed = torch.bincount(counts, minlength=17)
        assert observed[0] == 0
        assert stats.chisquare(observed[1:].numpy()).pvalue > 1e-3
        mean = counts.double().mean().item() / 16
        assert abs(mean - 0.53125) < 3.3 * counts.double().std().item() / 16 / 8000**0.5

    def test_which_cells(self) -> None:
        from scipy import stats

        kept = MixPro(grid_size=3, per_sample=True).draw_cells(6000, generator(6)).flatten(1).double()
        # Of exchangeable cells, differences from the image's share vary as those of any nine of one sum do.
        differences = kept - kept.mean(1, keepdim=True)
        spread = differences.square().sum(1).mean() / 8
        statistic = float((differences.sum(0).square() / (6000 * spread)).sum())
        assert stats.chi2(8).sf(statistic) > 1e-3


def plan_of(mask: Tensor) -> MixPlan:
    return MixPlan(Roll(1), Mask(mask), mask.float().mean((1, 2, 3)))


def test_even_attention_gives_the_area_and_other_attention_its_part() -> None:
    mask = MixPro(per_sample=True).draw_cells(6, generator(3)).repeat_interleave(4, 1).repeat_interleave(4, 2)
    plan = plan_of(mask.unsqueeze(1))
    torch.testing.assert_close(share_of_attention(plan, torch.full((6, 16), 0.05)), plan.lam)
    own = mask[:, ::4, ::4].flatten(1).float()
    torch.testing.assert_close(share_of_attention(plan, own), torch.ones(6))
    torch.testing.assert_close(
        share_of_attention(plan, 0.3 * own + 0.1), 0.4 * plan.lam / (0.3 * plan.lam + 0.1)
    )


def test_a_network_that_says_something_else_gets_labels_by_area() -> None:
    """The nearer its probabilities are to the label, the more attention counts."""
    target = torch.tensor([[0.5, 0.5, 0, 0], [1.0, 0, 0, 0], [1.0, 0, 0, 0]])
    logits = torch.tensor([[0.0, 0, -200, -200], [-200.0, 0, 0, 0], [0.0, -200, -200, -200]])
    torch.testing.assert_close(similarity(target, logits, 0), torch.tensor([1.0, 0, 1]))
    even = similarity(target[1:2], torch.zeros(1, 4), 0)
    torch.testing.assert_close(even, torch.tensor([0.5]))


def test_no_gradient_passes_through_the_labels() -> None:
    images, labels = batch()
    backbone = small_vit(6)
    seen: list[Tensor] = []

    def criterion(logits: Tensor, target: Tensor) -> Tensor:
        seen.append(target)
        return torch.nn.functional.cross_entropy(logits, target)

    method = MixPro()
    mixer = method.mixer(Setting(backbone, 6, VIT_SIDE))
    assert mixer(step_for(method, images, labels, backbone=backbone, criterion=criterion)).requires_grad
    assert not seen[0].requires_grad
    torch.testing.assert_close(seen[0].sum(1), torch.ones(6))


def test_a_network_without_class_attention_is_refused_before_training() -> None:
    with pytest.raises(ValidationError, match="mixpro reads the attention of a transformer"):
        tiny(backbone="resnet18", mixMode={"name": "mixpro"})


def test_it_trains_beside_mixup_and_cutmix(tmp_path: Path) -> None:
    choices = [
        {"method": {"name": "deit"}, "probability": 0.5},
        {"method": {"name": "mixpro"}, "probability": 0.5},
    ]
    config = config_of({"name": "oneOf", "choices": choices}, "vit", tmp_path)
    assert run(config, None, max_steps=4) == ExitCode.COMPLETED
