"""TokenMix against a plain reference: one rectangle, one place and one image at a time."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from torch import Tensor, nn

import reference_attention
from method_cues import VIT_SIDE, cues_for, small_cnn, small_vit
from mixlab.core.anatomy import logits_by_place
from mixlab.core.blockwise import blockwise_masks
from mixlab.core.cues import Cues
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.mixing import Mask, mix_images, sample_beta
from mixlab.core.teaching import class_maps
from mixlab.core.vision import import_timm
from mixlab.methods.tokenmix import TokenMix, normalised, share_shown
from test_methods_training import config_of
from tiny import run, tiny

timm = import_timm()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(size: int = 6, side: int = 28) -> tuple[Tensor, Tensor]:
    return torch.randn(size, 3, side, side, generator=generator(1)), torch.arange(size)


def grow(side: int, count: int, uniforms: Any) -> NDArray[np.bool_]:
    """One mask, rectangle by rectangle; `uniforms` gives four numbers of 0 .. 1 for each."""
    mask, left, failures = np.zeros((side, side), dtype=bool), count, 0
    while left > 0 and failures < 10:
        area, aspect, row, column = next(uniforms)
        area = 1 + area * (left - 1)
        ratio = math.exp(math.log(0.3) + aspect * (math.log(1 / 0.3) - math.log(0.3)))
        height, width = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        failures += 1
        if height >= side or width >= side:
            continue
        top, first = int(row * (side - height + 1)), int(column * (side - width + 1))
        part = mask[top : top + height, first : first + width]
        new = int((~part).sum())
        if 0 < new <= left:
            part[:] = True
            left, failures = left - new, 0
    return mask


def replay(count: int, index: int, draws: torch.Generator) -> Any:
    """The numbers of one of `count` masks, in the order in which they are drawn for all."""
    while True:
        yield torch.rand(4, count, dtype=torch.float64, generator=draws)[:, index].tolist()


@pytest.mark.parametrize(
    ("side", "counts"), [(14, [112] * 5), (14, [1, 14, 100, 195, 196]), (4, [0, 1, 9, 16])]
)
def test_masks_are_the_references(side: int, counts: list[int]) -> None:
    for seed in range(6):
        masks = blockwise_masks(side, torch.tensor(counts), generator(seed))
        for index, count in enumerate(counts):
            expected = grow(side, count, replay(len(counts), index, generator(seed)))
            np.testing.assert_array_equal(masks[index].numpy(), expected)
            assert expected.sum() <= count


class TestLaw:
    """Bounds that a right sampler breaks once in a thousand seeds."""

    masks = blockwise_masks(14, torch.full((6000,), 112), generator(3))

    def test_few_masks_fall_short(self) -> None:
        """1.3 % do, of 20 000 by `grow` and Python's random numbers."""
        short = int((self.masks.sum((1, 2)) < 112).sum())
        assert abs(short - 0.013 * 6000) < 3.3 * math.sqrt(6000 * 0.013 * (1 + 6000 / 20000))

    def test_masks_are_those_of_a_generator_of_its_own(self) -> None:
        """How many masks cover each cell, and how long their borders are: by Python's random numbers."""
        from scipy import stats

        numbers = random.Random(5)

        def uniforms() -> Any:
            while True:
                yield [numbers.random() for _ in range(4)]

        others = np.array([grow(14, 112, uniforms()) for _ in range(2000)])
        ours = self.masks.numpy()
        borders = [
            (masks[:, 1:] != masks[:, :-1]).sum((1, 2)) + (masks[:, :, 1:] != masks[:, :, :-1]).sum((1, 2))
            for masks in (ours, others)
        ]
        assert stats.ks_2samp(*borders).pvalue > 1e-3
        covered = np.abs(ours.mean(0) - others.mean(0)) / np.sqrt(0.25 * (1 / 6000 + 1 / 2000))
        assert covered.max() < stats.norm.isf(1e-3 / 2 / 196)

    @pytest.mark.parametrize(
        ("settings", "expected"), [({}, 112), ({"minimumCells": 0}, 98), ({"lam": 1}, 14)]
    )
    def test_the_number_of_cells(self, settings: dict[str, Any], expected: int) -> None:
        method = TokenMix.model_validate({**settings, "perSample": True})
        counts = (~method.draw_cells(400, generator(1))).sum((1, 2))
        assert counts.max() == expected
        assert (counts == expected).float().mean() > 0.9

    def test_the_share_follows_beta(self) -> None:
        """Each sample's, rounded down to cells; few masks fall short of theirs, by a few cells."""
        from scipy import stats

        method = TokenMix(alpha=2, minimum_cells=0, per_sample=True)
        shares = 1 - (~method.draw_cells(4000, generator(1))).double().mean((1, 2))
        assert stats.kstest(shares.numpy(), stats.beta(2, 2).cdf).statistic < 1.95 / 4000**0.5 + 0.02


class Rows(nn.Module):
    """A teacher whose map is its images' pixels, seven by seven, of three classes."""

    num_classes = 3

    def forward_features(self, images: Tensor) -> Tensor:
        return nn.functional.avg_pool2d(images, images.shape[-1] // 7)

    def forward_head(self, features: Tensor) -> Tensor:
        return features.mean((2, 3))


def test_labels_are_the_references_of_a_teachers_maps() -> None:
    images, labels = batch()
    labels = labels % 3
    method = TokenMix(teacher_size=28, grid_size=14, per_sample=True)
    for seed in range(4):
        plan = method.draw(images, generator(seed), Cues(teacher=Rows(), labels=labels))
        draws = generator(seed)
        shift = int(torch.randint(1, 6, (), generator=draws))
        cells = (~blockwise_masks(14, torch.full((6,), 112), draws)).double().numpy()
        maps = []
        for index in range(6):
            coarse = np.zeros((7, 7))
            for row in range(7):
                for column in range(7):
                    square = images[index, labels[index], row * 4 : row * 4 + 4, column * 4 : column * 4 + 4]
                    coarse[row, column] = max(float(square.mean()), 0.0)
            fine = np.zeros((14, 14))
            for row in range(14):
                for column in range(14):
                    # Between the two nearest places of each side, by distance; the border's goes on.
                    at = [min(max((cell + 0.5) / 2 - 0.5, 0), 6) for cell in (row, column)]
                    low = [int(place) for place in at]
                    for down in (0, 1):
                        for right in (0, 1):
                            weight = abs(1 - down - (at[0] - low[0])) * abs(1 - right - (at[1] - low[1]))
                            place = coarse[min(low[0] + down, 6), min(low[1] + right, 6)]
                            fine[row, column] += weight * place
            maps.append(fine / fine.sum())
        mixed = mix_images(plan, images)
        for index in range(6):
            partner = (index - shift) % 6
            own = (cells[index] * maps[index]).sum()
            other = ((1 - cells[index]) * maps[partner]).sum()
            assert float(plan.lam[index]) == pytest.approx(own / (own + other), abs=1e-5)
            kept = torch.from_numpy(cells[index]).repeat_interleave(2, 0).repeat_interleave(2, 1).bool()
            assert torch.equal(mixed[index], torch.where(kept, images[index], images[partner]))


@pytest.mark.parametrize("name", ["resnet8", "test_efficientnet", "test_vit", "swin", "test_convnext"])
def test_the_head_is_applied_to_each_place(name: str) -> None:
    """A place alone is what the network would see if all places were like it."""
    torch.manual_seed(0)
    if name == "resnet8":
        network, images = small_cnn(), torch.randn(2, 3, 16, 16, generator=generator(1))
    elif name == "swin":
        network = timm.models.swin_transformer.SwinTransformer(
            img_size=32,
            patch_size=4,
            window_size=4,
            embed_dim=16,
            depths=(1, 1),
            num_heads=(2, 2),
            num_classes=10,
        )
        images = torch.randn(2, 3, 32, 32, generator=generator(1))
    else:
        side = 160 if name == "test_vit" else 64
        network = timm.create_model(name, num_classes=10)
        images = torch.randn(2, 3, side, side, generator=generator(1))
    network = network.eval()
    with torch.no_grad():
        features = network.forward_features(images)
        logits = logits_by_place(network, features)
        for row in range(logits.shape[1]):
            for column in range(logits.shape[2]):
                if features.ndim == 3:
                    prefix = network.num_prefix_tokens
                    token = features[:, prefix + row * logits.shape[2] + column]
                    alone = token[:, None].expand_as(features)
                elif getattr(network, "output_fmt", "NCHW") == "NHWC":
                    alone = features[:, row, column][:, None, None].expand_as(features)
                else:
                    alone = features[:, :, row, column][:, :, None, None].expand_as(features)
                expected = network.forward_head(alone)
                torch.testing.assert_close(logits[:, row, column], expected, atol=1e-5, rtol=1e-4)


class Fixed(nn.Module):
    """A teacher of seven classes and two places, of which the logits are given."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = logits

    def forward_features(self, images: Tensor) -> Tensor:
        return self.logits.T.reshape(1, 7, 1, 2)

    def forward_head(self, features: Tensor) -> Tensor:
        return features.mean((2, 3))


def test_a_class_counts_where_it_is_among_the_five_first_and_positive() -> None:
    logits = torch.tensor([[7.0, 6, 5, 4, 3, 2, 1], [0.5, 0.4, -1, -2, -3, -4, -5]])
    found = [
        class_maps(Fixed(logits), torch.zeros(1, 3, 4, 4), torch.tensor([label])).flatten().tolist()
        for label in range(7)
    ]
    assert found == [[7, 0.5], [6, pytest.approx(0.4)], [5, 0], [4, 0], [3, 0], [0, 0], [0, 0]]


def test_an_image_that_shows_wholly_has_the_label() -> None:
    maps = normalised(torch.rand(2, 6, 4, 4, generator=generator(1)).flatten(0, 1)).view(2, 6, 4, 4)
    for kept in (0.0, 1.0):
        share = share_shown(torch.full((1, 4, 4), kept), maps[0], maps[1])
        torch.testing.assert_close(share, torch.full((6,), kept))


def test_maps_without_a_value_are_even_and_what_does_not_show_counts_by_area() -> None:
    torch.testing.assert_close(normalised(torch.zeros(1, 2, 2)), torch.full((1, 2, 2), 0.25))
    kept = torch.tensor([[[1.0, 0], [0, 0]]])
    hidden = share_shown(kept, torch.tensor([[[0.0, 1], [0, 0]]]), torch.tensor([[[1.0, 0], [0, 0]]]))
    torch.testing.assert_close(hidden, torch.tensor([0.25]))


@pytest.mark.parametrize("per_sample", [False, True])
def test_compat_has_attention_in_place_of_maps_and_one_weight(per_sample: bool) -> None:
    images, labels = batch(side=VIT_SIDE)
    method = TokenMix(compat="openmixup", grid_size=4, minimum_cells=2, per_sample=per_sample)
    backbone = small_vit(6).eval()
    attention = [reference_attention.of_class_token(backbone, image).reshape(4, 4) for image in images]
    for seed in range(5):
        draws = generator(seed)
        shift = int(torch.randint(1, 6, (), generator=draws))
        drawn = sample_beta(1.0, 6 if per_sample else 1, draws)
        covered = torch.tensor([min(int((1 - lam) * 16) + 2, 16) for lam in drawn.tolist()])
        marks = blockwise_masks(4, covered, draws).double().numpy()
        plan = method.draw(images, generator(seed), cues_for(method, images, labels))
        assert isinstance(plan.mixture, Mask)
        np.testing.assert_array_equal(plan.mixture.weight[:, 0, ::4, ::4].numpy(), marks == 0)
        marks = np.broadcast_to(marks, (6, 4, 4))
        own = np.mean([(marks[index] * attention[index]).sum() for index in range(6)])
        other = np.mean([((1 - marks[index]) * attention[(index - shift) % 6]).sum() for index in range(6)])
        assert plan.lam.tolist() == [pytest.approx(own / (own + other), abs=1e-6)] * 6


def test_only_compat_takes_a_vision_transformer() -> None:
    compat = {"name": "tokenmix", "compat": "openmixup"}
    other = {"name": "transmix", "compat": "openmixup"}
    assert tiny(mixMode={"name": "tokenmix"}).mix_mode.demands() == {"teacher"}
    assert not tiny(mixMode=compat, backbone="test_vit").mix_mode.teachers()
    attentive = {"name": "attentivemix", "compat": "openmixup"}

    def mixture(*methods: dict[str, str]) -> dict[str, Any]:
        choices = [{"method": method, "probability": 1 / len(methods)} for method in methods]
        return {"name": "oneOf", "choices": choices}

    tiny(mixMode=mixture({"name": "tokenmix"}, attentive))
    for mix_mode in (compat, mixture(attentive, compat), mixture(other)):
        with pytest.raises(ValidationError, match="reads the attention of a transformer"):
            tiny(mixMode=mix_mode)


def test_a_teacher_of_other_classes_is_refused_before_training(tmp_path: Path) -> None:
    config = config_of({"name": "tokenmix", "teacherSize": 32}, "cnn", tmp_path)
    torch.save(small_cnn(7).state_dict(), tmp_path / "teacher.pt")
    with pytest.raises(InvalidInput, match=r"\(.*teacher.pt\) tells 7 classes apart, the dataset has 10"):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("family", ["cnn", "vit"])
def test_it_trains_beside_mixup(family: str, tmp_path: Path) -> None:
    mix_mode = config_of({"name": "tokenmix", "teacherSize": 32}, family, tmp_path).mix_mode
    choices = [
        {"method": {"name": "mixup", "alpha": 0.8}, "probability": 0.5},
        {"method": mix_mode.model_dump(mode="json", by_alias=True), "probability": 0.5},
    ]
    config = config_of({"name": "oneOf", "choices": choices}, family, tmp_path)
    assert run(config, None, max_steps=4) == ExitCode.COMPLETED
