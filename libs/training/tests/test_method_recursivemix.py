"""RecursiveMix: steps and their losses against loops in NumPy, what is forgotten when, and resuming."""

from __future__ import annotations

from copy import deepcopy
from math import ceil, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from method_cues import small_cnn, small_vit, step_for
from mixlab.core.anatomy import as_map, forward_features
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Box
from mixlab.core.roi import mean_in_box
from mixlab.core.vision import import_timm
from mixlab.methods import Choice, MixUp, OneOf, Setting
from mixlab.methods.recursivemix import RecursiveMix, RecursiveMixer, Shrunk
from ranks import run_ranks
from tiny import STEPS, assert_same_weights, run, tiny

timm = import_timm()

Array = NDArray[np.float64]
SIDE, CLASSES = 16, 6


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def small_swin(classes: int) -> nn.Module:
    """Two stages with windows of 2 x 2; its features have their channels last."""
    sizes: dict[str, Any] = {"img_size": SIDE, "patch_size": 2, "window_size": 2, "embed_dim": 8}
    return timm.models.swin_transformer.SwinTransformer(
        **sizes, depths=(1, 1), num_heads=(1, 2), num_classes=classes
    )


FAMILIES = {"cnn": small_cnn, "vit": small_vit, "swin": small_swin}


def batch(seed: int, size: int = 4) -> tuple[Tensor, Tensor]:
    draws = generator(100 + seed)
    images = torch.randn(size, 3, SIDE, SIDE, generator=draws)
    return images, torch.randint(CLASSES, (size,), generator=draws)


def mixer_for(method: RecursiveMix, backbone: nn.Module) -> RecursiveMixer:
    torch.manual_seed(5)
    mixer = method.mixer(Setting(backbone, CLASSES, SIDE))
    assert isinstance(mixer, RecursiveMixer)
    return mixer


def loss_of(mixer: RecursiveMixer, backbone: nn.Module, seed: int, size: int = 4, **changes: Any) -> Tensor:
    settings = {"backbone": backbone, "num_classes": CLASSES, **changes}
    loss: Tensor = mixer(step_for(mixer.method, *batch(seed, size), seed, **settings))
    return loss


def box_of(method: RecursiveMix, seed: int, size: int = 4) -> Box:
    plan = method.draw(torch.zeros(size, 3, SIDE, SIDE), generator(seed))
    assert isinstance(plan.mixture, Shrunk)
    return plan.mixture.box


def bilinear(features: Array, y: float, x: float) -> Array:
    """One sample of a map [C, h, w] as torchvision's RoIAlign takes it."""
    height, width = features.shape[1:]
    if y < -1 or y > height or x < -1 or x > width:
        return np.zeros(len(features))
    y, x = max(y, 0.0), max(x, 0.0)
    top, left = int(y), int(x)
    if top >= height - 1:
        top, bottom, y = height - 1, height - 1, float(height - 1)
    else:
        bottom = top + 1
    if left >= width - 1:
        left, right, x = width - 1, width - 1, float(width - 1)
    else:
        right = left + 1
    down, across = y - top, x - left
    above = (1 - across) * features[:, top, left] + across * features[:, top, right]
    below = (1 - across) * features[:, bottom, left] + across * features[:, bottom, right]
    return np.asarray((1 - down) * above + down * below)


def roi_align(features: Array, box: Box, scale: float) -> Array:
    """The one cell of a box, sample by sample: `aligned`, with an adaptive number of samples."""
    top, left = box.top * scale - 0.5, box.left * scale - 0.5
    high, wide = (box.bottom - box.top) * scale, (box.right - box.left) * scale
    rows, columns = ceil(high), ceil(wide)
    samples = [
        bilinear(features, top + (row + 0.5) * high / rows, left + (column + 0.5) * wide / columns)
        for row in range(rows)
        for column in range(columns)
    ]
    return np.asarray(np.mean(samples, axis=0))


def cross_entropy(logits: Array, target: Array) -> float:
    shifted = logits - logits.max()
    return float(-(target * (shifted - np.log(np.exp(shifted).sum()))).sum())


def softmax(logits: Array) -> Array:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


@pytest.mark.parametrize("scale", [1 / 8, 1 / 4, 1 / 2])
def test_the_mean_in_a_box_is_that_of_roi_align(scale: float) -> None:
    features = torch.randn(
        2, 3, int(32 * scale), int(16 * scale), generator=generator(1), dtype=torch.float64
    )
    draws = np.random.default_rng(2)
    for _ in range(60):
        top, left = int(draws.integers(0, 32)), int(draws.integers(0, 16))
        box = Box(top, int(draws.integers(top + 1, 33)), left, int(draws.integers(left + 1, 17)))
        found = mean_in_box(features, box, 32, 16)
        for index in range(2):
            expected = roi_align(features[index].numpy(), box, scale)
            np.testing.assert_allclose(found[index].numpy(), expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(7, 7), (1, 1), (4, 3)])
def test_the_mean_in_the_whole_image_is_that_of_the_map(shape: tuple[int, int]) -> None:
    features = torch.randn(2, 5, *shape, generator=generator(3))
    found = mean_in_box(features, Box(0, 224, 0, 224), 224, 224)
    torch.testing.assert_close(found, features.mean((2, 3)))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("ready", [False, True])
def test_steps_are_what_loops_give(family: str, ready: bool) -> None:
    """Five steps, the fourth of a new epoch: images, targets and losses."""
    backbone = deepcopy(FAMILIES[family](CLASSES)).eval()
    method = RecursiveMix(omega=0.7)
    mixer = mixer_for(method, backbone)
    out = torch.empty(4, 3, SIDE, SIDE) if ready else None
    earlier: tuple[Array, Array, Array] | None = None
    mixed_with = 0
    for seed in range(5):
        if seed == 3:
            mixer.end_epoch()
            earlier = None
        images, labels = batch(seed)
        with torch.no_grad():
            found = loss_of(mixer, backbone, seed, out=out)
        box = box_of(method, seed)
        mixed, target = images.numpy().copy(), np.eye(CLASSES)[labels.numpy()]
        lam = 1.0
        if earlier is not None:
            old_images, old_target, old_logits = earlier
            high, wide = box.bottom - box.top, box.right - box.left
            lam = 1 - high * wide / SIDE**2
            for row in range(high):
                for column in range(wide):
                    source = old_images[:, :, row * SIDE // high, column * SIDE // wide]
                    mixed[:, :, box.top + row, box.left + column] = source
            target = lam * target + (1 - lam) * old_target
        with torch.no_grad():
            features = forward_features(backbone, torch.from_numpy(mixed))
            maps = as_map(backbone, features).double().numpy()
            logits = backbone(torch.from_numpy(mixed)).double().numpy()
        expected = float(np.mean([cross_entropy(logits[i], target[i]) for i in range(4)]))
        if earlier is not None and lam < 1:
            mixed_with += 1
            weight = mixer.box_head.weight.detach().double().numpy()
            bias = mixer.box_head.bias.detach().double().numpy()
            inside = [weight @ roi_align(maps[i], box, maps.shape[2] / SIDE) + bias for i in range(4)]
            compared = [cross_entropy(inside[i], softmax(old_logits[i])) for i in range(4)]
            expected += 0.7 * (1 - lam) * float(np.mean(compared))
        assert float(found) == pytest.approx(expected, abs=2e-5)
        earlier = mixed, target, logits
        if out is not None:
            out.fill_(torch.nan)  # the next step may write there
        memory = mixer.memory()
        np.testing.assert_array_equal(memory["images"].numpy(), mixed)
        np.testing.assert_allclose(memory["target"].numpy(), target, atol=1e-6)
        np.testing.assert_allclose(memory["logits"].numpy(), logits, atol=1e-5)
    assert mixed_with == 3


def test_targets_stay_probabilities() -> None:
    backbone = deepcopy(small_cnn(CLASSES)).eval()
    mixer = mixer_for(RecursiveMix(alpha=1), backbone)
    for seed in range(60):
        with torch.no_grad():
            loss_of(mixer, backbone, seed)
        target = mixer.memory()["target"]
        torch.testing.assert_close(target.sum(1), torch.ones(4))
        assert target.min() >= 0


def test_an_epoch_begins_without_a_memory() -> None:
    backbone = small_cnn(CLASSES)
    mixer = mixer_for(RecursiveMix(), backbone)
    assert mixer.memory() == {}
    first = loss_of(mixer, backbone, 0)
    assert mixer.memory()
    mixer.end_epoch()
    assert mixer.memory() == {}
    assert torch.equal(loss_of(mixer, backbone, 0), first)
    assert torch.equal(mixer.memory()["images"], batch(0)[0])


def test_batches_of_other_sizes() -> None:
    """Of a larger batch before, the first images are taken; a smaller one is forgotten."""
    backbone = deepcopy(small_cnn(CLASSES)).eval()
    method = RecursiveMix()
    losses = {}
    for name, sizes in {"larger": (6, 4), "smaller": (4, 6), "alone": (6,)}.items():
        mixer = mixer_for(method, backbone)
        for number, size in enumerate(sizes):
            seed = 1 if number == len(sizes) - 1 else 0
            losses[name] = float(loss_of(mixer, backbone, seed, size).detach())
    assert losses["smaller"] == losses["alone"]
    mixer = mixer_for(method, backbone)
    loss_of(mixer, backbone, 0, 6)
    mixer.recall({name: value[:4] for name, value in mixer.memory().items()})
    assert float(loss_of(mixer, backbone, 1, 4).detach()) == losses["larger"]


def test_an_empty_box_mixes_nothing() -> None:
    backbone = deepcopy(small_cnn(CLASSES)).eval()
    method = RecursiveMix(alpha=1e-3)
    assert box_of(method, 1).area == 0
    mixer = mixer_for(method, backbone)
    loss_of(mixer, backbone, 0)
    images, labels = batch(1)
    expected = F.cross_entropy(backbone(images), labels)
    torch.testing.assert_close(loss_of(mixer, backbone, 1), expected)
    assert torch.equal(mixer.memory()["images"], images)


def test_what_is_remembered_is_a_copy() -> None:
    """The loader may write its next batch to where this one was."""
    backbone = small_cnn(CLASSES)
    mixer = mixer_for(RecursiveMix(), backbone)
    step = step_for(mixer.method, *batch(0), backbone=backbone, num_classes=CLASSES)
    mixer(step)
    step.images.zero_()
    assert torch.equal(mixer.memory()["images"], batch(0)[0])
    assert not mixer.memory()["logits"].requires_grad


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gradients_reach_the_backbone_and_the_layer_of_its_own(family: str, dtype: torch.dtype) -> None:
    backbone = deepcopy(FAMILIES[family](CLASSES)).train()
    mixer = mixer_for(RecursiveMix(), backbone)
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        loss_of(mixer, backbone, 0).backward()
        assert all(parameter.grad is None for parameter in mixer.parameters())
        backbone.zero_grad()
        loss_of(mixer, backbone, 2).backward()
    for parameter in [*backbone.parameters(), *mixer.parameters()]:
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
    assert [len(trained.parameters) for trained in mixer.trained()] == [2]


def test_a_memory_goes_on_where_it_was_taken() -> None:
    backbone = deepcopy(small_cnn(CLASSES)).eval()
    method = RecursiveMix()
    first = mixer_for(method, backbone)
    loss_of(first, backbone, 0)
    second, third = mixer_for(method, backbone), mixer_for(method, backbone)
    second.recall({name: value.clone() for name, value in first.memory().items()})
    expected = loss_of(first, backbone, 2)
    assert torch.equal(loss_of(second, backbone, 2), expected)
    assert not torch.equal(loss_of(third, backbone, 2), expected)


def test_a_mixture_ends_its_methods_epochs() -> None:
    backbone = small_cnn(CLASSES)
    always = OneOf(
        choices=(Choice(method=RecursiveMix(), probability=1), Choice(method=MixUp(), probability=0))
    )
    mixer = always.mixer(Setting(backbone, CLASSES, SIDE))
    mixer(step_for(always, *batch(0), backbone=backbone, num_classes=CLASSES))
    assert set(mixer.memory()) == {"0.images", "0.target", "0.logits"}
    mixer.end_epoch()
    assert mixer.memory() == {}


def test_boxes_areas_are_uniform() -> None:
    """Half of the areas are below half of alpha, among boxes that the border does not clip.

    A box of side s fits with probability (1 - s)^2. Counts of 4000 draws; false alarms one in a million, and
    whole pixels shift the share by less than 0.002.
    """
    images, draws, alpha = torch.empty(1).expand(2, 3, 4096, 4096), generator(9), 0.5
    whole = []
    for _ in range(4000):
        mixture = RecursiveMix(alpha=alpha).draw(images, draws).mixture
        assert isinstance(mixture, Shrunk)
        box = mixture.box
        assert 0 <= box.top <= box.bottom <= 4096
        assert 0 <= box.left <= box.right <= 4096
        assert box.area <= alpha * 4096**2
        if min(box.top, box.left) > 0 and max(box.bottom, box.right) < 4096:
            whole.append(box.area / 4096**2)

    def fit(area: float) -> float:
        """Integral of (1 - sqrt u)^2 from 0 to this area."""
        return area - 4 / 3 * area**1.5 + area**2 / 2

    share, bound = fit(alpha / 2) / fit(alpha), NormalDist().inv_cdf(1 - 1e-6 / 2)
    found = sum(area < alpha / 2 for area in whole) / len(whole)
    assert abs(found - share) < bound * sqrt(share * (1 - share) / len(whole)) + 0.002


def test_a_backbone_without_a_map_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="Linear has no forward_features"):
        RecursiveMix().mixer(Setting(backbone=nn.Linear(3, 3), num_classes=3, image_size=8))


WITH_MIXUP = {
    "name": "oneOf",
    "choices": [
        {"method": {"name": "recursivemix", "omega": 1}, "probability": 0.6},
        {"method": {"name": "mixup"}, "probability": 0.4},
    ],
}
VIT = {
    "backbone": "test_vit",
    "dataset": {"name": "digits", "layout": "digits", "classes": 10, "size": 32},
    "inputs": {"crop": "none"},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"mixMode": {"name": "recursivemix"}},
        {"mixMode": WITH_MIXUP},
        {**VIT, "mixMode": {"name": "recursivemix"}},
    ],
    ids=["alone", "in a mixture", "with a transformer"],
)
def test_interrupted_and_resumed(changes: dict[str, Any], tmp_path: Path) -> None:
    config = tiny(**{"optimizer": {"lr": 0.01}, **changes})
    assert run(config, tmp_path / "whole") == ExitCode.COMPLETED
    for stop in [(1, 2), (1, STEPS), (2, 3)]:
        assert run(config, tmp_path / "parts", stop_at=stop) == ExitCode.INTERRUPTED
    content = torch.load(tmp_path / "parts" / "checkpoints" / "last.pt", weights_only=True)
    assert len(content["memories"]) == 1
    assert run(config, tmp_path / "parts") == ExitCode.COMPLETED
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
    content = torch.load(tmp_path / "parts" / "checkpoints" / "last.pt", weights_only=True)
    assert content["memories"] == [{}], "the end of an epoch has nothing to remember"


def test_two_ranks_have_a_memory_each(tmp_path: Path) -> None:
    """Over gloo, interrupted in an epoch, then resumed."""
    config = tiny(mixMode={"name": "recursivemix"}, runtime={"workers": 0, "logEvery": 1})
    assert run_ranks(2, config, tmp_path / "whole") == [0, 0]
    assert run_ranks(2, config, tmp_path / "parts", stop_at=(1, 3)) == [ExitCode.INTERRUPTED] * 2
    content = torch.load(tmp_path / "parts" / "checkpoints" / "last.pt", weights_only=True)
    one, other = content["memories"]
    assert not torch.equal(one["images"], other["images"])
    assert run_ranks(2, config, tmp_path / "parts") == [0, 0]
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")
