from __future__ import annotations

import math
from typing import Any, ClassVar

import pytest
import torch
from pydantic import ValidationError
from torch import nn

from mixlab.config import Loss
from mixlab.core.errors import TrainingFailed
from mixlab.core.lightning import Fabric
from mixlab.core.seeding import seed_layers
from mixlab.methods import Setting, Trained
from mixlab.methods.samix import SAMix
from mixlab.models import create_model
from mixlab.train.evaluation import evaluate
from mixlab.train.losses import evaluation_loss, soft_binary_cross_entropy, soft_cross_entropy, training_loss
from mixlab.train.optimizers import create_optimizer, parameter_groups, separated
from mixlab.train.schedules import learning_rate
from tiny import tiny


class TestSchedules:
    def test_cosine_by_epoch(self) -> None:
        config = tiny(maxEpochs=10, optimizer={"lr": 1.0}, schedule={"minLr": 0.2})
        rates = [learning_rate(config, epoch, step, 5) for epoch in range(10) for step in range(5)]
        assert rates == [
            0.2 + 0.8 * (1 + math.cos(math.pi * epoch / 10)) / 2 for epoch in range(10) for _ in range(5)
        ]

    def test_cosine_by_step_ends_near_its_floor(self) -> None:
        config = tiny(maxEpochs=10, optimizer={"lr": 1.0}, schedule={"minLr": 0.2, "interval": "step"})
        rates = [learning_rate(config, epoch, step, 100) for epoch in range(10) for step in range(100)]
        assert rates[0] == 1.0
        assert rates[500] == pytest.approx(0.6)
        assert rates[-1] == pytest.approx(0.2, abs=1e-4)
        assert rates == sorted(rates, reverse=True)

    def test_warm_up_is_linear_and_by_step(self) -> None:
        schedule = {"name": "constant", "warmupEpochs": 2, "warmupFactor": 0.1}
        config = tiny(maxEpochs=4, optimizer={"lr": 2.0}, schedule=schedule)
        rates = [learning_rate(config, epoch, step, 4) for epoch in range(4) for step in range(4)]
        assert rates == pytest.approx([2 * (0.1 + 0.9 * k / 8) for k in range(8)] + [2.0] * 8)

    def test_warm_up_multiplies_the_cosine(self) -> None:
        config = tiny(maxEpochs=4, optimizer={"lr": 1.0}, schedule={"warmupEpochs": 2, "warmupFactor": 0})
        assert learning_rate(config, 1, 0, 4) == pytest.approx(0.5 * (1 + math.cos(math.pi / 4)) / 2)


class TestLosses:
    logits = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.0]])
    target = torch.tensor([[0.7, 0.3, 0.0], [0.0, 0.5, 0.5]])

    def test_soft_cross_entropy_by_hand(self) -> None:
        expected = -(self.target * self.logits.log_softmax(1)).sum(1).mean()
        assert torch.allclose(soft_cross_entropy(self.logits, self.target), expected)

    def test_binary_cross_entropy_averages_over_classes(self) -> None:
        positive, negative = self.logits.sigmoid().log(), (-self.logits).sigmoid().log()
        expected = -(self.target * positive + (1 - self.target) * negative).sum() / 6
        assert torch.allclose(soft_binary_cross_entropy(self.logits, self.target), expected)

    def test_summed_binary_cross_entropy_is_that_often_as_large(self) -> None:
        config = Loss(name="bce", bce_reduction="sum")
        assert torch.allclose(
            training_loss(config)(self.logits, self.target),
            3 * soft_binary_cross_entropy(self.logits, self.target),
        )

    def test_a_threshold_makes_targets_whole_after_smoothing(self) -> None:
        config = Loss(name="bce", label_smoothing=0.3, target_threshold=0.2)
        whole = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
        expected = soft_binary_cross_entropy(self.logits, whole)
        assert torch.equal(training_loss(config)(self.logits, self.target), expected)
        untouched = soft_binary_cross_entropy(self.logits, self.target)
        assert torch.equal(evaluation_loss(config)(self.logits, self.target), untouched)

    @pytest.mark.parametrize("loss", [{"bceReduction": "sum"}, {"targetThreshold": 0.2}])
    def test_what_cross_entropy_does_not_have(self, loss: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match="only binary cross-entropy"):
            tiny(loss=loss)

    def test_hard_targets_give_the_usual_cross_entropy(self) -> None:
        labels = torch.tensor([2, 1])
        expected = nn.functional.cross_entropy(self.logits, labels)
        assert torch.allclose(
            soft_cross_entropy(self.logits, nn.functional.one_hot(labels, 3).float()), expected
        )

    def test_label_smoothing_comes_after_mixing_and_not_in_evaluation(self) -> None:
        config = Loss(label_smoothing=0.3)
        smoothed = self.target * 0.7 + 0.1
        assert torch.equal(
            training_loss(config)(self.logits, self.target), soft_cross_entropy(self.logits, smoothed)
        )
        assert torch.equal(
            evaluation_loss(config)(self.logits, self.target), soft_cross_entropy(self.logits, self.target)
        )

    def test_half_precision_logits_are_summed_in_single(self) -> None:
        assert soft_cross_entropy(self.logits.half(), self.target).dtype == torch.float32


def test_layers_draw_what_they_would_after_manual_seed() -> None:
    dropout = nn.Dropout()
    torch.manual_seed(5)
    expected = dropout(torch.ones(20))
    seed_layers(torch.device("cpu"), 5)
    assert torch.equal(dropout(torch.ones(20)), expected)


class TestOptimizers:
    def test_everything_decays_by_default(self) -> None:
        config = tiny()
        model = create_model(config)
        (group,) = parameter_groups(model, config.optimizer)
        assert len(group["params"]) == len(list(model.parameters()))

    def test_norms_biases_and_embeddings_are_spared(self) -> None:
        optimizer = {
            "name": "adamw",
            "lr": 1e-3,
            "weightDecay": 0.05,
            "betas": [0.8, 0.9],
            "decayNormAndBias": False,
        }
        config = tiny(backbone="deit_tiny_patch16_224", optimizer=optimizer)
        model = create_model(config)
        names = {id(parameter): name for name, parameter in model.named_parameters()}
        decaying, spared = create_optimizer(model, config.optimizer).param_groups
        assert decaying["weight_decay"] == 0.05
        assert decaying["betas"] == (0.8, 0.9)
        assert spared["weight_decay"] == 0
        spared_names = {names[id(parameter)] for parameter in spared["params"]}
        assert {"cls_token", "pos_embed", "norm.weight", "norm.bias", "head.bias"} <= spared_names
        decaying_names = {names[id(parameter)] for parameter in decaying["params"]}
        assert {"patch_embed.proj.weight", "head.weight"} <= decaying_names
        assert not spared_names & decaying_names
        assert len(spared_names | decaying_names) == len(names)

    def test_sgd_takes_its_settings(self) -> None:
        optimizer = {"lr": 0.3, "momentum": 0.8, "nesterov": True, "weightDecay": 0.01}
        config = tiny(optimizer=optimizer)
        (group,) = create_optimizer(create_model(config), config.optimizer).param_groups
        assert {key: group[key] for key in ("lr", "momentum", "nesterov", "weight_decay")} == {
            "lr": 0.3,
            "momentum": 0.8,
            "nesterov": True,
            "weight_decay": 0.01,
        }

    def test_lamb_is_timms(self) -> None:
        """One step of one weight matrix, by the paper's formula (You et al., ICLR 2020, algorithm 2).

        timm's scales gradients to a norm of 1 first, as the authors' code does.
        """
        settings = {"name": "lamb", "lr": 0.1, "weightDecay": 0.01, "eps": 1e-6}
        model = nn.Linear(4, 3, bias=False)
        before = model.weight.detach().clone()
        optimizer = create_optimizer(model, tiny(optimizer=settings).optimizer)
        gradient = torch.randn(3, 4, generator=torch.Generator().manual_seed(0)) * 5
        model.weight.grad = gradient.clone()
        optimizer.step()
        clipped = gradient / gradient.norm()
        update = clipped / (clipped.abs() + 1e-6) + 0.01 * before
        expected = before - 0.1 * before.norm() / update.norm() * update
        torch.testing.assert_close(model.weight.detach(), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("backbone", "scales"),
    [
        ("convnext_tiny", ["gamma"]),
        ("moganet_tiny", ["scale"]),
        ("pvt_tiny", ["cls_token", "pos_embed"]),
        ("deit_tiny_patch16_224", ["cls_token", "pos_embed"]),
        ("swin_tiny_patch4_window7_224", ["relative_position_bias_table"]),
    ],
)
def test_scales_and_positions_of_every_recipe_s_network_do_not_decay(
    backbone: str, scales: list[str]
) -> None:
    config = tiny(
        backbone=backbone,
        dataset={"name": "made-up", "classes": 3, "size": 224},
        optimizer={"name": "adamw", "decayNormAndBias": False},
    )
    model = create_model(config)
    decaying, kept = parameter_groups(model, config.optimizer)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    decays = {names[id(parameter)] for parameter in decaying["params"]}
    assert kept["weight_decay"] == 0
    assert [name for name in decays if name.endswith((*scales, "bias")) or "norm" in name] == []
    assert any(names[id(parameter)].endswith(tuple(scales)) for parameter in kept["params"])
    assert all(dict(model.named_parameters())[name].ndim > 1 for name in decays)


class TestWhatAMethodTrains:
    optimizer: ClassVar[dict[str, Any]] = {"name": "adamw", "lr": 1e-3, "weightDecay": 0.05}

    def test_biases_of_a_method_s_network_decayed_where_the_backbone_s_do_not(self) -> None:
        config = tiny(optimizer={**self.optimizer, "decayNormAndBias": False})
        backbone = create_model(config)
        block = SAMix(blockLr=0.01).mixer(Setting(backbone, 10, 8)).trained()
        parts = separated(block, config.optimizer)
        decaying, kept = create_optimizer(backbone, config.optimizer, parts).param_groups[2:]
        assert (decaying["weight_decay"], kept["weight_decay"]) == (0.05, 0)
        assert all(parameter.ndim > 1 for parameter in decaying["params"])
        assert all(parameter.ndim == 1 for parameter in kept["params"])
        assert len(decaying["params"]) + len(kept["params"]) == len(block[0].parameters)
        assert [part.rate(0) for part in parts if part.rate] == pytest.approx([0.01, 0.01])

    @pytest.mark.parametrize(("decays", "own"), [(True, None), (False, 0.3)])
    def test_it_is_one_group_where_all_decays_alike(self, decays: bool, own: float | None) -> None:
        config = tiny(optimizer={**self.optimizer, "decayNormAndBias": decays})
        trained = Trained(list(nn.Linear(2, 2).parameters()), weight_decay=own)
        assert separated([trained], config.optimizer) == [trained]


class TestEvaluation:
    fabric = Fabric(accelerator="cpu", devices=1)

    def test_counts_by_hand(self) -> None:
        """The network says what it sees: class 0 first, then 1, 2, …"""
        logits = -torch.arange(8.0).expand(6, 8)
        labels = torch.tensor([0, 0, 1, 4, 5, 7])
        batches = [(logits[:4], labels[:4]), (logits[4:], labels[4:])]
        found = evaluate(nn.Identity(), batches, soft_cross_entropy, self.fabric)
        assert (found.top1, found.top5, found.images) == pytest.approx((100 * 2 / 6, 100 * 4 / 6, 6))
        assert found.loss == pytest.approx(float(nn.functional.cross_entropy(logits, labels)), rel=1e-6)

    def test_fewer_than_five_classes(self) -> None:
        logits = torch.eye(3)
        found = evaluate(nn.Identity(), [(logits, torch.tensor([0, 1, 0]))], soft_cross_entropy, self.fabric)
        assert (found.top1, found.top5) == pytest.approx((200 / 3, 100))

    def test_a_loss_that_is_not_finite_is_an_error(self) -> None:
        batches = [(torch.full((2, 3), float("nan")), torch.tensor([0, 1]))]
        with pytest.raises(TrainingFailed, match="the loss of the evaluation is nan"):
            evaluate(nn.Identity(), batches, soft_cross_entropy, self.fabric)
