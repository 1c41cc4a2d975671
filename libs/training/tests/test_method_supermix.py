"""SuperMix against a plain search for one pair after another, and what a teacher sees of its mixes."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from method_cues import small_cnn
from mixlab.core.cues import Cues
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, Roll, mix_images, sample_beta
from mixlab.methods.supermix import Search, SuperMix, smoothed
from mixlab.models import load_teachers
from tiny import run, tiny


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Colours(nn.Module):
    """A teacher that names the channel that is brightest."""

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((2, 3)) * 8


def bright(*channels: int, side: int = 16) -> Tensor:
    """Images that are bright in one channel in a place of their own, dark elsewhere."""
    images = torch.zeros(len(channels), 3, side, side)
    for index, channel in enumerate(channels):
        start = index * 3 % (side // 2)
        images[index, channel, start : start + side // 2] = 2
    return images


def filtered(values: Tensor, sigma: float) -> Tensor:
    """A grid [h, w], cell by cell; cells beyond the border count 0."""
    taps = int(5 * sigma)
    weights = [math.exp(-((k - (taps - 1) / 2) ** 2) / (2 * sigma**2)) for k in range(taps)]
    weights = [weight / sum(weights) for weight in weights]
    first = taps // 2 - (1 - taps % 2)
    out = torch.zeros_like(values)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            for i, wi in enumerate(weights):
                for j, wj in enumerate(weights):
                    row, column = y + i - first, x + j - first
                    if 0 <= row < values.shape[0] and 0 <= column < values.shape[1]:
                        out[y, x] += wi * wj * values[row, column]
    return out


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.0])
def test_the_filter_is_the_references(sigma: float) -> None:
    values = torch.randn(2, 2, 6, 7, generator=generator())
    result = smoothed(values, sigma)
    for image in range(2):
        for channel in range(2):
            expected = filtered(values[image, channel], sigma)
            torch.testing.assert_close(result[image, channel], expected)


def reference(teacher: nn.Module, first: Tensor, second: Tensor, lam: float, method: SuperMix) -> Tensor:
    """The mask of one pair [3, H, W], with both passes of each step as the authors have them."""
    side = method.mask_size
    size = first.shape[1:]

    def mask_of(logits: Tensor) -> Tensor:
        up = F.interpolate(logits[None], size=size, mode="bilinear", align_corners=False)[0].sigmoid()
        return up[0] / (up[0] + up[1])

    def see(mask: Tensor) -> Tensor:
        return teacher((mask * first + (1 - mask) * second)[None])[0]

    with torch.no_grad():
        own, partner = (int(teacher(image[None])[0].argmax()) for image in (first, second))
    target = torch.zeros(len(teacher(first[None])[0]))
    target[own] += lam
    target[partner] += 1 - lam
    logits = torch.zeros(2, side, side)
    for _ in range(method.iterations):
        variable = logits.clone().requires_grad_()
        mask = mask_of(variable)
        divergence = F.kl_div(see(mask).log_softmax(0), target, reduction="sum")
        loss = divergence + method.sparsity * (mask * (mask - 1)).abs().mean()
        (gradient,) = torch.autograd.grad(loss, variable)
        smooth = torch.stack([filtered(part, method.sigma) for part in gradient])
        length = min(max(float(loss.detach() / ((gradient * smooth).sum() + 1e-10)), 1e-4), 2000)
        logits = logits - length * smooth
        with torch.no_grad():
            best = see(mask_of(logits)).topk(2).indices.tolist()
        if best[0] == own if own == partner else set(best) == {own, partner}:
            break
    return mask_of(logits)


@pytest.mark.parametrize("kind", ["colours", "cnn"])
def test_masks_are_the_references(kind: str) -> None:
    if kind == "colours":
        teacher: nn.Module = Colours()
        images = bright(0, 1, 2, 1) + 0.05 * torch.randn(4, 3, 16, 16, generator=generator(1))
    else:
        teacher = small_cnn().eval()
        images = torch.randn(4, 3, 16, 16, generator=generator(1))
    method = SuperMix(mask_size=4, iterations=4)
    for seed in range(3):
        plan = method.draw(images, generator(seed), Cues(teacher=teacher))
        draws = generator(seed)
        shift = int(torch.randint(1, 4, (), generator=draws))
        lam = sample_beta(3.0, 4, draws).float()
        torch.testing.assert_close(plan.lam, lam)
        assert isinstance(plan.mixture, Mask)
        for index in range(4):
            pair = images[index], images[(index - shift) % 4]
            expected = reference(teacher, *pair, float(lam[index]), method)
            torch.testing.assert_close(plan.mixture.weight[index, 0], expected, atol=1e-3, rtol=1e-3)


def test_the_teacher_sees_both_images_when_a_mix_is_done() -> None:
    images = bright(0, 1, 2, 0, 1, 2)
    teacher = Colours()
    for seed in range(5):
        plan = SuperMix(mask_size=8).draw(images, generator(seed), Cues(teacher=teacher))
        assert isinstance(plan.pairing, Roll)
        best = teacher(mix_images(plan, images)).topk(2, 1).indices.sort(1).values
        for index in range(6):
            pair = sorted({index % 3, (index - plan.pairing.shift) % 6 % 3})
            if len(pair) == 2:
                assert best[index].tolist() == pair


def test_every_step_counts_until_a_mix_is_done() -> None:
    """With a weight of 0.9 for dark images, the first step does not show the teacher both."""
    first, second = 0.4 * bright(0, 1, 2, 0), bright(1, 2, 0, 2)
    teacher = Colours()
    losses, done = [], []
    for iterations in (1, 2, 50):
        method = SuperMix(mask_size=4, iterations=iterations, sparsity=1)
        search = Search(method, first, second, torch.full((4,), 0.9), Cues(teacher=teacher))
        mask = search.run()
        seen = teacher(torch.lerp(second, first, mask))
        losses.append(float(search.loss(seen, mask).mean()))
        done.append(int(search.done(seen).sum()))
    start = float(search.loss(teacher((first + second) / 2), torch.full_like(mask, 0.5)).mean())
    assert losses[0] < start
    assert done[0] <= done[1] <= done[2] == 4


@pytest.mark.parametrize("lam", [0.0, 1.0])
def test_a_weight_of_one_shows_one_image(lam: float) -> None:
    """Two images that the teacher cannot be shown in equal parts: all of the target is one of them."""
    first, second = bright(0, 0, 1), bright(1, 2, 2)
    cues = Cues(teacher=Colours())
    search = Search(SuperMix(mask_size=4), first, second, torch.full((3,), lam), cues)
    seen = Colours()(torch.lerp(second, first, search.run()))
    wanted = search.classes[:, 0 if lam == 1 else 1]
    assert torch.equal(seen.argmax(1), wanted)


def test_a_teacher_trained_on_digits_guides_a_training(tmp_path: Path) -> None:
    assert run(tiny(maxEpochs=2), tmp_path / "teacher") == ExitCode.COMPLETED
    path = tmp_path / "teacher" / "checkpoints" / "last.pt"
    mix_mode = {
        "name": "supermix",
        "maskSize": 4,
        "iterations": 5,
        "teacher": {"backbone": "resnet8", "weights": str(path)},
    }
    assert run(tiny(mixMode=mix_mode), tmp_path / "run", max_steps=2) == ExitCode.COMPLETED


def test_a_missing_teacher_is_said_before_training(tmp_path: Path) -> None:
    teacher = {"backbone": "resnet8", "weights": str(tmp_path / "gone.pt")}
    with pytest.raises(InvalidInput, match=r"mixMode\.teacher\.weights: no such file"):
        load_teachers(tiny(mixMode={"name": "supermix", "teacher": teacher}))
