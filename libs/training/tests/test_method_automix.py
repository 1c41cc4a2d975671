"""AutoMix: its masks, whom its losses teach, and the average that makes its features."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from method_cues import assert_same_gradients, small_cnn, small_vit, step_for
from mixlab.core.anatomy import map_of_stage
from mixlab.core.mix_block import MixBlock
from mixlab.core.mixing import Roll, constant_lam
from mixlab.core.moving_average import MovingCopy
from mixlab.core.vision import import_timm
from mixlab.methods import Setting
from mixlab.methods.automix import AutoMix
from mixlab.methods.pair_masks import PairMasksMixer

timm = import_timm()


def batch(side: int = 16) -> tuple[Tensor, Tensor]:
    return torch.randn(6, 3, side, side, generator=torch.Generator().manual_seed(1)), torch.arange(6)


def mixer_of(backbone: nn.Module, side: int = 16, **settings: Any) -> PairMasksMixer:
    """A mixer whose block makes masks of some contrast."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        mixer = AutoMix(**settings).mixer(Setting(backbone, 6, side))
        assert isinstance(mixer, PairMasksMixer)
        for parameter in mixer.block.parameters():
            nn.init.normal_(parameter, std=0.5)
    return mixer.train()


def naive_mask(block: MixBlock, first: np.ndarray, second: np.ndarray, lam: float, side: int) -> np.ndarray:
    """One pair's mask, place by place, in float64."""
    weights = {name: value.double().numpy() for name, value in block.state_dict().items()}
    channels, height, width = first.shape

    def told(features: np.ndarray, share: float, place: int) -> np.ndarray:
        return np.append(features.reshape(channels, -1)[:, place], share if block.lam_concat else [])

    def conv(name: str, values: np.ndarray) -> np.ndarray:
        return weights[f"{name}.weight"][:, :, 0, 0] @ values + weights[f"{name}.bias"]

    places = range(height * width)
    low = np.zeros(height * width)
    for i in places:
        query = conv("query", told(first, lam, i))
        scores = [query @ conv("query", told(second, 1 - lam, j)) / len(query) ** 0.5 for j in places]
        shares = np.exp(scores - np.max(scores))
        values = [conv("value", told(second, 1 - lam, j))[0] for j in places]
        low[i] = shares @ values / shares.sum()
    mask = np.zeros((side, side))
    for row in range(side):
        for column in range(side):
            mask[row, column] = low[(row * height // side) * width + column * width // side]
    return 1 - 1 / (1 + np.exp(-mask))


@pytest.mark.parametrize("lam_concat", [True, False])
def test_masks_are_those_of_a_plain_reference(lam_concat: bool) -> None:
    torch.manual_seed(0)
    block = MixBlock(5, lam_concat)
    for parameter in block.parameters():
        nn.init.normal_(parameter)
    first, second = torch.randn(2, 3, 5, 4, 4)
    mask = block(first, second, 0.3, (8, 8)).detach()
    assert mask.shape == (3, 1, 8, 8)
    for index in range(3):
        expected = naive_mask(block, first[index].numpy(), second[index].numpy(), 0.3, 8)
        torch.testing.assert_close(mask[index, 0].double(), torch.from_numpy(expected), atol=1e-5, rtol=1e-4)


def test_masks_of_half_precision_features_are_computed_in_float32() -> None:
    torch.manual_seed(0)
    block = MixBlock(8)
    features = torch.randn(2, 8, 4, 4).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        mask = block(features, features.flip(0), 0.5, (8, 8))
    assert mask.dtype == torch.float32
    torch.testing.assert_close(mask, block(features.float(), features.float().flip(0), 0.5, (8, 8)))


def test_the_masks_loss_is_their_distance_from_lam_beyond_the_margin() -> None:
    block = MixBlock(4)
    mask = torch.tensor([0.2, 0.6]).view(2, 1, 1, 1).expand(2, 1, 3, 3)
    for lam, expected in ((0.9, 0.4), (0.1, 0.2), (0.45, 0.0)):
        torch.testing.assert_close(block.mask_loss(mask, lam, 0.1), torch.tensor(expected))


@pytest.mark.parametrize("make", [small_cnn, small_vit])
def test_a_step_teaches_as_its_three_losses_do(make: Any) -> None:
    """Loss and gradients equal those of the losses taken one by one, each for its own network."""
    images, labels = batch()
    backbone = copy.deepcopy(make(6)).train()
    mixer = mixer_of(backbone, lam_margin=0.0)
    twin, twin_backbone = copy.deepcopy(mixer), copy.deepcopy(backbone)
    loss = mixer(step_for(mixer.method, images, labels, 5, backbone=backbone, progress=0.25, num_classes=6))
    loss.backward()

    generator = torch.Generator().manual_seed(5)
    plans = [mixer.method.draw(images, generator) for _ in range(2)]
    eye = torch.eye(6)
    k = twin.average.network
    with torch.no_grad():
        features = map_of_stage(k, images, -2)
    masks, mixes, targets = [], [], []
    for plan in plans:
        assert isinstance(plan.pairing, Roll)
        index, lam = (torch.arange(6) - plan.pairing.shift) % 6, float(plan.lam[0])
        mask = twin.block(features, features[index], lam, (16, 16))
        masks.append(mask)
        mixes.append(mask * images + (1 - mask) * images[index])
        targets.append(lam * eye[labels] + (1 - lam) * eye[labels[index]])
    cross_entropy = nn.functional.cross_entropy
    weight = 0.1 * (1 + np.cos(np.pi * 0.25)) / 2
    distance = (masks[0].mean() - plans[0].lam[0]).abs()
    of_block = cross_entropy(k(mixes[0]), targets[0]) + weight * (distance - 0.1).clamp_min(0)
    of_block.backward()
    of_backbone = cross_entropy(twin_backbone(images), eye[labels])
    of_backbone = of_backbone + cross_entropy(twin_backbone(mixes[1].detach()), targets[1])
    of_backbone.backward()

    torch.testing.assert_close(loss, of_block + of_backbone)
    assert_same_gradients(mixer.block, twin.block)
    assert_same_gradients(backbone, twin_backbone)
    assert all(parameter.grad is None for parameter in mixer.average.parameters())


def test_no_mask_of_the_backbone_teaches_the_block() -> None:
    """With the block's step switched off and no loss of the masks, nothing reaches it."""
    images, labels = batch()
    backbone = copy.deepcopy(small_cnn(6)).train()
    mixer = mixer_of(backbone, mask_loss=0.0, switch_off=1e-9)
    mixer(step_for(mixer.method, images, labels, backbone=backbone, num_classes=6)).backward()
    assert all(p.grad is None or not p.grad.any() for p in mixer.block.parameters())
    assert all(p.grad is not None and p.grad.any() for p in backbone.parameters() if p.ndim > 1)


def test_an_extreme_lam_is_mixup() -> None:
    images, labels = batch()
    backbone = small_cnn(6)
    mixer = mixer_of(backbone, lam_margin=0.4)
    step = step_for(mixer.method, images, labels, backbone=backbone, num_classes=6)
    features = map_of_stage(mixer.average.network, images, -2).detach()
    seen = set()
    for seed in range(20):
        plan = mixer.method.draw(images, torch.Generator().manual_seed(seed))
        lam, masked = float(plan.lam[0]), mixer._with_mask(plan, features, step)
        extreme = lam <= 0.4 or lam >= 0.6
        seen.add(extreme)
        assert (masked.mixture is plan.mixture) == extreme
        assert torch.equal(masked.lam, constant_lam(lam, images)), "labels follow lam, not the mask"
    assert seen == {True, False}


def test_the_average_follows_the_weights_alone() -> None:
    network = copy.deepcopy(small_cnn(6)).train()
    average = MovingCopy(network)
    start = {name: value.clone() for name, value in average.network.state_dict().items()}
    network(batch()[0])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 1
    average.follow(network, 0.75)
    average.follow(network, 0.5)
    weights = dict(network.named_parameters())
    for name, value in average.network.state_dict().items():
        theirs = weights.get(name)
        expected = start[name] if theirs is None else start[name] + (1 - 0.75 * 0.5) * (theirs - start[name])
        torch.testing.assert_close(value, expected.detach())


def test_momentum_and_rate_follow_the_training() -> None:
    mixer = mixer_of(small_cnn(6))
    kept: list[float] = []
    mixer.average.follow = lambda network, momentum: kept.append(momentum)  # type: ignore[method-assign]
    for progress in (0.0, 0.09, 0.25, 0.5, 1.0):
        mixer.update(small_cnn(6), progress)
    quarter = 0.99999 - 0.00099 * (1 + 0.5**0.5) / 2
    np.testing.assert_allclose(kept, [0.999, 0.999, quarter, (0.999 + 0.99999) / 2, 0.99999], rtol=1e-12)
    (trained,) = mixer.trained()
    assert trained.rate is not None
    np.testing.assert_allclose([trained.rate(p) for p in (0, 0.5, 1)], [0.1, 0.0505, 0.001])
    (unset,) = mixer_of(small_cnn(6), block_lr=None).trained()
    assert unset.rate is None


@pytest.mark.parametrize("decay", [False, True])
def test_the_block_is_trained_in_a_share_of_the_steps(decay: bool) -> None:
    """Of 2000 steps; off by more than 5 standard deviations once in a million runs."""
    mixer = mixer_of(small_cnn(6), switch_off=0.8, switch_off_decay=decay)
    step = {"images": batch()[0], "labels": batch()[1]}
    for progress, falling in ((0.0, 0.8), (0.5, 0.4), (1.0, 0.0)):
        share = falling if decay else 0.8
        taken = step_for(mixer.method, **step, progress=progress)
        count = sum(mixer.trains_block(taken) for _ in range(2000))
        assert abs(count - 2000 * share) <= 5 * (2000 * share * (1 - share)) ** 0.5


@pytest.mark.parametrize(
    ("name", "side", "channels", "grid"),
    [("resnet18", 64, 256, 4), ("test_vit", 64, 64, 4), ("swin_tiny_patch4_window7_224", 224, 384, 14)],
)
def test_features_of_every_family(name: str, side: int, channels: int, grid: int) -> None:
    options = {"img_size": side} if "resnet" not in name else {}
    backbone = timm.create_model(name, num_classes=6, **options)
    mixer = mixer_of(backbone, side)
    images = batch(side)[0][:2]
    features = map_of_stage(mixer.average.network, images, -2)
    assert features.shape == (2, channels, grid, grid)
    loss = mixer(step_for(mixer.method, images, torch.arange(2), backbone=backbone, num_classes=6))
    assert torch.isfinite(loss)


def test_a_network_of_one_stage_is_refused() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1))
    with pytest.raises(TypeError, match="no feature_info"):
        AutoMix().mixer(Setting(network, 6, 16))
