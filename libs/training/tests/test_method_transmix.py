"""TransMix against a plain reference: one image at a time, attention from softmax(q k)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

import reference_attention
from method_cues import VIT_SIDE, small_vit, step_for
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Box, MixPlan, Roll, mix_images
from mixlab.methods import Method, Setting, method_class
from mixlab.methods.transmix import attended_share
from test_methods_training import config_of
from tiny import run, tiny


class Fixed:
    """Attention that a test says."""

    def __init__(self, weights: Tensor) -> None:
        self.weights = weights

    def of_class_token(self) -> Tensor:
        return self.weights


def transmix(**settings: Any) -> Method:
    return method_class("transmix").model_validate(settings)


def batch(size: int = 6) -> tuple[Tensor, Tensor]:
    draws = torch.Generator().manual_seed(1)
    return torch.randn(size, 3, VIT_SIDE, VIT_SIDE, generator=draws), torch.arange(size)


@pytest.mark.parametrize("per_sample", [False, True])
@pytest.mark.parametrize("compat", ["none", "openmixup"])
def test_the_loss_is_the_papers(per_sample: bool, compat: str) -> None:
    images, labels = batch()
    backbone = small_vit(6).eval()
    method = transmix(perSample=per_sample, compat=compat)
    for seed in range(4):
        loss = method.mixer(Setting(backbone, 6, VIT_SIDE))(step_for(method, images, labels, seed))
        plan = method.draw(images, torch.Generator().manual_seed(seed))
        assert isinstance(plan.pairing, Roll)
        assert plan.mixture is not None
        mixed = mix_images(plan, images)
        own = plan.mixture.combine(torch.ones_like(images), torch.zeros_like(images))[:, 0].numpy()
        lams, log_p = [], backbone(mixed).log_softmax(1).detach().double().numpy()
        for index in range(6):
            attention = reference_attention.of_class_token(backbone, mixed[index])
            patches = own[index][::4, ::4].ravel()  # nearest: a patch's first pixel
            by_attention = (patches * attention).sum() / attention.sum()
            lams.append((float(plan.lam[index]) + by_attention) / 2)
        if compat == "openmixup":
            lams = [float(np.mean(lams))] * 6
        partners = [(index - plan.pairing.shift) % 6 for index in range(6)]
        losses = [
            -(lam * log_p[index, index] + (1 - lam) * log_p[index, partner])
            for index, (lam, partner) in enumerate(zip(lams, partners, strict=True))
        ]
        assert loss.item() == pytest.approx(float(np.mean(losses)), abs=1e-5)


def plan_of(box: Box, images: Tensor) -> MixPlan:
    area = 1 - box.area / (VIT_SIDE * VIT_SIDE)
    return MixPlan(Roll(1), box, torch.full((len(images),), area))


def test_even_attention_gives_the_area() -> None:
    images, _ = batch()
    plan = plan_of(Box(4, 12, 0, 8), images)
    lam = attended_share(plan, images, Fixed(torch.full((6, 16), 0.05)))  # type: ignore[arg-type]
    torch.testing.assert_close(lam, plan.lam)


def test_attention_inside_the_box_halves_the_share() -> None:
    images, _ = batch()
    plan = plan_of(Box(4, 12, 0, 8), images)
    weights = torch.zeros(6, 4, 4)
    weights[:, 1:3, 0:2] = torch.rand(6, 2, 2, generator=torch.Generator().manual_seed(0)) + 0.1
    lam = attended_share(plan, images, Fixed(weights.flatten(1)))  # type: ignore[arg-type]
    torch.testing.assert_close(lam, plan.lam / 2)
    outside = attended_share(replace(plan), images, Fixed((weights == 0).float().flatten(1)))  # type: ignore[arg-type]
    torch.testing.assert_close(outside, (plan.lam + 1) / 2)


def test_a_network_without_class_attention_is_refused_before_training(tmp_path: Path) -> None:
    for mix_mode in (
        {"name": "transmix"},
        {"name": "oneOf", "choices": [{"method": {"name": "transmix"}, "probability": 1}]},
    ):
        with pytest.raises(ValidationError, match="transmix reads the attention of a transformer"):
            tiny(backbone="resnet18", mixMode=mix_mode)


def test_it_trains_beside_mixup(tmp_path: Path) -> None:
    choices = [
        {"method": {"name": "mixup", "alpha": 0.8}, "probability": 0.2},
        {"method": {"name": "transmix"}, "probability": 0.8},
    ]
    config = config_of({"name": "oneOf", "choices": choices}, "vit", tmp_path)
    assert run(config, None, max_steps=3) == ExitCode.COMPLETED
