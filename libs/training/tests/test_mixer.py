"""What a training brings to a method, and how a mixer's parts reach the trainer."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from method_cues import small_cnn, small_vit, step_for
from mixlab.core.anatomy import as_map, evaluating, forward_features, forward_head, stages, with_map
from mixlab.core.attention import require_attention, watch_attention
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.mixing import MixPlan, Roll, constant_lam
from mixlab.core.vision import import_timm
from mixlab.methods import Choice, Method, Mixer, MixUp, OneOf, Setting, Step, Trained
from mixlab.models import create_model
from mixlab.models.cifar_resnet import CifarResNet
from tiny import tiny

timm = import_timm()


class Curious(Method):
    """A method that asks for everything."""

    name: Literal["curious"] = "curious"
    needs = frozenset({"input-gradient", "clean-pass", "features", "attention"})

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        return MixPlan(Roll(0), None, constant_lam(1.0, images))


class Remembering(Mixer):
    """Counts its steps, and trains a layer of its own."""

    def __init__(self, method: Method) -> None:
        super().__init__(method)
        self.layer = nn.Linear(2, 2)
        self.count = torch.zeros(1)

    def forward(self, step: Step) -> Tensor:
        self.count += 1
        return super().forward(step) + self.layer.weight.sum()

    def memory(self) -> dict[str, Tensor]:
        return {"count": self.count}

    def recall(self, memory: dict[str, Tensor]) -> None:
        self.count = memory["count"].clone()

    def trained(self) -> list[Trained]:
        return [Trained(list(self.parameters()), rate=lambda progress: 1 - progress, weight_decay=0.0)]


class Counting(Curious):
    """A method with a mixer of its own."""

    needs = frozenset({"memory", "network"})

    def mixer(self, setting: Setting) -> Mixer:
        return Remembering(self)


def images(side: int = 16) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(6, 3, side, side, generator=generator), torch.arange(6)


def test_the_input_gradient_is_of_each_images_own_loss() -> None:
    batch, labels = images()
    backbone = small_vit(6)
    cues = Mixer(Curious()).cues(step_for(Curious(), batch, labels))
    for index in range(len(batch)):
        alone = batch[index : index + 1].clone().requires_grad_()
        with evaluating(backbone):
            F.cross_entropy(backbone(alone), labels[index : index + 1]).backward()
        assert alone.grad is not None
        torch.testing.assert_close(cues.gradient[index], alone.grad[0], atol=1e-6, rtol=1e-4)
        backbone.zero_grad()


def test_looking_at_a_batch_leaves_the_backbone_as_it_was() -> None:
    batch, labels = images()
    backbone = small_vit(6).train()
    backbone.blocks[0].eval()
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    modes = [module.training for module in backbone.modules()]
    Mixer(Curious()).cues(step_for(Curious(), batch, labels))
    assert [module.training for module in backbone.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())
    assert all(parameter.grad is None for parameter in backbone.parameters())
    assert not batch.requires_grad
    backbone.train()


def test_the_clean_pass_is_an_evaluation() -> None:
    batch, labels = images()
    backbone = small_vit(6)
    cues = Mixer(Curious()).cues(step_for(Curious(), batch, labels))
    with evaluating(backbone), torch.no_grad():
        torch.testing.assert_close(cues.logits, backbone(batch))
    assert cues.features.shape == (6, 24, 4, 4)
    assert not cues.logits.requires_grad


def test_what_was_not_asked_for_is_not_there() -> None:
    with pytest.raises(LookupError, match="input-gradient"):
        _ = NO_CUES.gradient


@pytest.mark.parametrize(
    ("name", "side"), [("test_vit", 64), ("swin_tiny_patch4_window7_224", 224), ("pvt_tiny", 64)]
)
def test_attention_is_what_the_network_attends_with(
    name: str, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = {"name": "made-up", "classes": 4, "size": side}
    backbone: Any = create_model(tiny(backbone=name, dataset=dataset)).eval()
    seen: list[Tensor] = []
    attend = F.scaled_dot_product_attention

    def attend_and_tell(query: Tensor, key: Tensor, value: Tensor, **options: Any) -> Tensor:
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        mask = options.get("attn_mask")
        seen.append((scores if mask is None else scores + mask).softmax(-1))
        return attend(query, key, value, **options)

    for module in backbone.modules():
        if hasattr(module, "fused_attn"):
            module.fused_attn = True
    # What the network computes with is replaced by the same that also tells its weights.
    monkeypatch.setattr(F, "scaled_dot_product_attention", attend_and_tell)
    batch = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))
    with torch.no_grad(), watch_attention(backbone) as watched:
        backbone(batch)
    prefix = getattr(backbone, "num_prefix_tokens", 0)
    expected = seen[-1].mean(1)
    of_patches = expected[:, prefix:, prefix:].mean(1)
    torch.testing.assert_close(watched.of_patches(), of_patches)
    # Swin averages its patches in place of a class token.
    torch.testing.assert_close(watched.of_class_token(), expected[:, 0, prefix:] if prefix else of_patches)


def test_networks_without_attention_to_all_patches_are_refused() -> None:
    narrow = timm.create_model("swin_tiny_patch4_window7_224", num_classes=2, img_size=448)
    for network in (small_cnn(), narrow, timm.create_model("convnext_atto", num_classes=2)):
        with pytest.raises(TypeError, match="neither a vision transformer with a class token nor a Swin"):
            require_attention(network)


@pytest.mark.parametrize(
    ("name", "options", "side", "channels"),
    [
        ("resnet18", {}, 64, [64, 128, 256, 512]),
        ("efficientnet_b0", {}, 64, [24, 40, 112, 320]),
        ("mobilenetv2_100", {}, 64, [24, 32, 96, 320]),
        ("convnext_tiny", {}, 64, [96, 192, 384, 768]),
        ("swin_tiny_patch4_window7_224", {"img_size": 224}, 224, [96, 192, 384, 768]),
        ("deit_tiny_patch16_224", {"img_size": 64}, 64, [192, 192, 192, 192]),
    ],
)
def test_stages_and_maps_of_timms_networks(
    name: str, options: dict[str, int], side: int, channels: list[int]
) -> None:
    network = timm.create_model(name, num_classes=3, **options).eval()
    found: list[int] = []
    for stage in stages(network):
        dimension = 1 if name.startswith(("resnet", "eff", "mobile", "convnext")) else -1
        stage.register_forward_hook(
            lambda module, inputs, output, dimension=dimension: found.append(output.shape[dimension])
        )
    batch = torch.randn(2, 3, side, side)
    with torch.no_grad():
        features = forward_features(network, batch)
        assert found == channels
        spatial = as_map(network, features)
        assert spatial.ndim == 4
        assert spatial.shape[1] == network.num_features
        torch.testing.assert_close(with_map(network, features, spatial), features)
        torch.testing.assert_close(forward_head(network, features), network(batch))


def test_own_networks_have_the_same_parts() -> None:
    network = CifarResNet(8, 4).eval()
    assert stages(network) == [network.layer1, network.layer2, network.layer3]
    batch = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(forward_head(network, forward_features(network, batch)), network(batch))


def test_a_mixture_passes_on_what_its_methods_bring() -> None:
    mixture = OneOf.model_construct(
        choices=(
            Choice.model_construct(method=MixUp(), probability=0.5),
            Choice.model_construct(method=Counting(), probability=0.5),
        )
    )
    assert mixture.demands() == {"memory", "network"}
    mixer = mixture.mixer(Setting(small_cnn(6), 6, 16))
    batch, labels = images()
    for seed in range(12):
        mixer(step_for(mixture, batch, labels, seed))
    (count,) = mixer.memory().values()
    assert 0 < count < 12
    (trained,) = mixer.trained()
    assert trained.rate is not None
    assert trained.rate(0.25) == 0.75
    fresh = mixture.mixer(Setting(small_cnn(6), 6, 16))
    fresh.recall(mixer.memory())
    assert fresh.memory().keys() == mixer.memory().keys()
    assert torch.equal(*(next(iter(m.memory().values())) for m in (fresh, mixer)))
