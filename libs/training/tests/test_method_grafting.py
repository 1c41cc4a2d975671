"""Saliency Grafting against a plain reference, place by place, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixlab.core.cues import Cues
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, mix_images, sample_beta
from mixlab.methods import Setting
from mixlab.methods.grafting import SaliencyGrafting
from tiny import run, tiny


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def saliency(features: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    collapsed = np.abs(features.astype(np.float64)).mean(0)
    scaled = np.exp((collapsed - collapsed.mean()) / collapsed.std() / temperature)
    share: NDArray[np.float64] = scaled / scaled.sum()
    return share


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("temperature", [1.0, 0.3])
def test_images_and_labels_are_the_references(per_sample: bool, temperature: float) -> None:
    images = torch.randn(5, 3, 12, 16, generator=generator(1))
    features = torch.randn(5, 7, 3, 4, generator=generator(2))
    method = SaliencyGrafting(per_sample=per_sample, temperature=temperature)
    for seed in range(8):
        plan = method.draw(images, generator(seed), Cues(features=features))
        draws = generator(seed)
        shift = int(torch.randint(1, 5, (), generator=draws))
        chance = sample_beta(1.0, 5 if per_sample else 1, draws).expand(5).tolist()
        numbers = torch.rand(5, 3, 4, dtype=torch.float64, generator=draws).numpy()
        mixed = mix_images(plan, images)
        shares = [saliency(own, temperature) for own in features.numpy()]
        for index in range(5):
            other = (index - shift) % 5
            own_sum = partner_sum = 0.0
            expected = images[other].clone()
            for row in range(3):
                for column in range(4):
                    share = shares[index][row, column]
                    if share > 1 / 12 and numbers[index, row, column] < chance[index]:
                        own_sum += share
                        box = np.s_[:, row * 4 : row * 4 + 4, column * 4 : column * 4 + 4]
                        expected[box] = images[index][box]
                    else:
                        partner_sum += shares[other][row, column]
            assert torch.equal(mixed[index], expected)
            assert plan.lam[index].item() == pytest.approx(own_sum / (own_sum + partner_sum), abs=1e-6)


def masks(features: Tensor, side: int, seed: int) -> tuple[Tensor, Tensor]:
    images = torch.randn(len(features), 3, side, side)
    plan = SaliencyGrafting().draw(images, generator(seed), Cues(features=features))
    assert isinstance(plan.mixture, Mask)
    return plan.mixture.weight.float(), plan.lam


def test_uniform_saliency_gives_labels_by_area() -> None:
    for seed in range(20):
        mask, lam = masks(torch.ones(6, 4, 5, 5), 5, seed)
        torch.testing.assert_close(lam, mask.mean((1, 2, 3)))


def test_with_uniform_saliency_the_area_follows_beta() -> None:
    """Kolmogorov-Smirnov for the share of 400 places, uniform with alpha = 1: wrong once in 1000 seeds."""
    from scipy import stats

    method = SaliencyGrafting(per_sample=True)
    images = torch.randn(3000, 1, 20, 20)
    features = torch.ones(1, 1, 1, 1).expand(3000, 1, 20, 20)
    lam = method.draw(images, generator(1), Cues(features=features)).lam
    # Places are whole: up to one 400th off, which the noise of 3000 draws hides.
    assert stats.kstest(lam.numpy(), "uniform").pvalue > 1e-3


def test_only_salient_places_are_grafted() -> None:
    features = torch.zeros(4, 2, 4, 4)
    features[:, :, 1, 2] = 5
    areas = set()
    for seed in range(30):
        mask, lam = masks(features, 4, seed)
        areas |= set(mask.sum((1, 2, 3)).tolist())
        outside = mask.clone()
        outside[:, :, 1, 2] = 0
        assert not outside.any()
        assert (lam[mask.sum((1, 2, 3)) == 0] == 0).all()
        grafted = lam[mask.sum((1, 2, 3)) == 1]
        assert (grafted > 0.5).all()
    assert areas == {0.0, 1.0}


def test_features_that_vanish_count_everywhere_alike() -> None:
    mask, lam = masks(torch.zeros(4, 2, 4, 4), 4, 3)
    torch.testing.assert_close(lam, mask.mean((1, 2, 3)))


def test_a_backbone_without_a_map_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="Linear has no forward_features"):
        SaliencyGrafting().mixer(Setting(backbone=torch.nn.Linear(3, 3), num_classes=3, image_size=8))


@pytest.mark.parametrize(("backbone", "size"), [("resnet8", 8), ("test_vit", 64), ("test_efficientnet", 32)])
def test_it_trains_with_every_family(backbone: str, size: int) -> None:
    dataset = {"name": "digits", "layout": "digits", "classes": 10, "size": size}
    config = tiny(dataset=dataset, backbone=backbone, mixMode={"name": "grafting"})
    assert run(config, None, max_steps=2) == ExitCode.COMPLETED


def test_the_lowest_temperature_weighs_one_place() -> None:
    method = SaliencyGrafting(temperature=1e-6)
    weights = method.saliency(torch.randn(4, 7, 3, 4, generator=generator()))
    torch.testing.assert_close(weights.amax((1, 2)), torch.ones(4))
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        SaliencyGrafting(temperature=1e-300)
