"""Manifold Mixup: where features mix, and that the input's mix is MixUp."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from method_cues import small_cnn, step_for
from mixlab.core.mixing import Roll
from mixlab.methods import Mixer, MixUp, Setting, method_class


def mixer(backbone: nn.Module, **settings: Any) -> Mixer:
    method = method_class("manifoldmix").model_validate(settings)
    return method.mixer(Setting(backbone, 6, 16))


def batch() -> tuple[Tensor, Tensor]:
    return torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(1)), torch.arange(6)


def test_layer_0_is_mixup_to_the_bit() -> None:
    images, labels = batch()
    backbone = small_cnn(6).eval()
    ours = mixer(backbone, alpha=0.7, layers=[0])
    theirs = MixUp(alpha=0.7)
    for seed in range(5):
        step = step_for(ours.method, images, labels, seed)
        expected = theirs.mixer(Setting(backbone, 6, 16))(step_for(theirs, images, labels, seed))
        assert torch.equal(ours(step), expected)


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("per_sample", [False, True])
def test_features_mix_after_the_stage(layer: int, per_sample: bool) -> None:
    images, labels = batch()
    backbone = small_cnn(6).eval()
    ours = mixer(backbone, layers=[layer], perSample=per_sample)
    step = step_for(ours.method, images, labels, seed=3)
    plan = ours.method.draw(images, torch.Generator().manual_seed(3))
    assert isinstance(plan.pairing, Roll)
    stages = [backbone.layer1, backbone.layer2, backbone.layer3]
    losses = []
    for index in range(6):  # one image at a time, in evaluation mode
        pair = images[[index, (index - plan.pairing.shift) % 6]]
        hidden = F.relu(backbone.bn1(backbone.conv1(pair)))
        for stage in stages[:layer]:
            hidden = stage(hidden)
        weight = plan.lam[index]
        hidden = weight * hidden[:1] + (1 - weight) * hidden[1:]
        for stage in stages[layer:]:
            hidden = stage(hidden)
        log_p = backbone.forward_head(hidden).log_softmax(1)[0]
        partner = (index - plan.pairing.shift) % 6
        losses.append(-(weight * log_p[index] + (1 - weight) * log_p[partner]))
    torch.testing.assert_close(ours(step), torch.stack(losses).mean())


def test_batch_statistics_see_mixed_features_from_the_stage_on() -> None:
    images, labels = batch()
    backbone = small_cnn(6).train()
    seen: dict[str, Tensor] = {}
    handles = [
        module.register_forward_hook(lambda module, inputs, output, name=name: seen.update({name: inputs[0]}))
        for name, module in {"before": backbone.layer1, "after": backbone.layer2}.items()
    ]
    ours = mixer(backbone, layers=[1])
    step = step_for(ours.method, images, labels)
    ours(step)
    clean = F.relu(backbone.bn1(backbone.conv1(images)))
    for handle in handles:
        handle.remove()
    torch.testing.assert_close(seen["before"], clean)
    assert not torch.allclose(seen["after"], backbone.layer1(clean))


def test_each_layer_is_as_likely() -> None:
    """3,000 draws: a layer's share is off by 0.04 with probability below 1e-4."""
    images, labels = batch()
    backbone = small_cnn(6).eval()
    ours = mixer(backbone)
    counts = {1: 0, 2: 0}
    for layer, stage in ((1, backbone.layer1), (2, backbone.layer2)):
        original = stage.register_forward_hook

        def count(hook: Any, layer: int = layer, original: Any = original) -> Any:
            counts[layer] += 1
            return original(hook)

        stage.register_forward_hook = count  # type: ignore[method-assign]
    generator = torch.Generator().manual_seed(0)
    try:
        with torch.no_grad():
            for _ in range(3000):
                step = step_for(ours.method, images, labels, generator=generator)
                ours(step)
    finally:
        for stage in (backbone.layer1, backbone.layer2):
            del stage.register_forward_hook
    assert counts[1] / 3000 == pytest.approx(1 / 3, abs=0.04)
    assert counts[2] / 3000 == pytest.approx(1 / 3, abs=0.04)


def test_a_stage_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="it has 3 stages, and layers names 4"):
        mixer(small_cnn(6), layers=[4])
