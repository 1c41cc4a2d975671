"""SAMix: its masks and their loss; how they train is AutoMix's."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from method_cues import small_vit, step_for
from mixlab.core.mix_block import PairMixBlock
from mixlab.methods import Setting
from mixlab.methods.samix import SAMix


def test_masks_are_those_of_a_plain_reference() -> None:
    """Pair by pair and place by place in float64, the block in evaluation mode."""
    torch.manual_seed(0)
    block = PairMixBlock(6, dropout=0.5).eval()
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    normalise = block.value[1]
    normalise.running_mean.normal_()
    normalise.running_var.uniform_(0.5, 2)
    first, second = torch.randn(2, 3, 6, 4, 4)
    lam = 0.3
    found = block(first, second, lam, (4, 4)).detach()
    weights = {name: value.double().numpy() for name, value in block.state_dict().items()}
    for index in range(3):
        a = first[index].double().numpy().reshape(6, 16) * (1 + lam)
        b = second[index].double().numpy().reshape(6, 16) * (1 + 1 - lam)
        embedded = []
        for name in ("query", "key"):
            weight, bias = weights[f"{name}.weight"][:, :, 0, 0], weights[f"{name}.bias"]
            embedded.append(
                [weight @ np.concatenate((a[:, place], b[:, place])) + bias for place in range(16)]
            )
        values = []
        for place in range(16):
            hidden = weights["value.0.weight"][:, :, 0, 0] @ b[:, place]
            hidden = (hidden - weights["value.1.running_mean"]) / np.sqrt(
                weights["value.1.running_var"] + 1e-5
            )
            hidden = hidden * weights["value.1.weight"] + weights["value.1.bias"]
            hidden = np.where(hidden > 0, hidden, np.expm1(np.minimum(hidden, 0)))
            values.append((weights["value.3.weight"][:, :, 0, 0] @ hidden)[0])
        for i in range(16):
            scores = np.array([embedded[0][i] @ embedded[1][j] / 3**0.5 for j in range(16)])
            shares = np.exp(scores - scores.max())
            expected = 1 - 1 / (1 + np.exp(-(shares @ values) / shares.sum()))
            np.testing.assert_allclose(found[index, 0, i // 4, i % 4], expected, atol=1e-5)


def test_masks_change_smoothly() -> None:
    """Bilinear upsampling: no step between neighbouring pixels is that of two blocks."""
    torch.manual_seed(0)
    block = PairMixBlock(4).eval()
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    features = torch.randn(2, 1, 4, 4, 4)
    coarse, fine = (block(*features, 0.5, (side, side)).logit() for side in (4, 32))
    steps = fine.diff(dim=3).abs().max(), coarse.diff(dim=3).abs().max()
    torch.testing.assert_close(steps[0] * 8, steps[1], rtol=0.35, atol=0)


def test_the_masks_loss_rewards_variance() -> None:
    mask = torch.tensor([0.2, 0.6]).view(2, 1, 1, 1).expand(2, 1, 3, 3)
    found = PairMixBlock(4).mask_loss(mask, 0.9, 0.1)
    torch.testing.assert_close(found, torch.tensor(0.5 - 0.1 - 2 * 0.04))


def test_a_step_teaches_block_and_backbone() -> None:
    images, labels = torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(1)), torch.arange(6)
    backbone = small_vit(6).train()
    mixer = SAMix().mixer(Setting(backbone, 6, 16)).train()
    mixer(step_for(mixer.method, images, labels, backbone=backbone)).backward()
    (trained,) = mixer.trained()
    assert all(parameter.grad is not None for parameter in trained.parameters)
    assert all(parameter.grad is not None for parameter in backbone.parameters())
    assert {id(p) for p in mixer.parameters() if p.requires_grad} == {id(p) for p in trained.parameters}
    backbone.zero_grad()
