"""What each static method is by its paper: distributions, formulas, boxes, choices."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor

from mixlab.core.mixing import (
    Blend,
    Box,
    Mask,
    MixPlan,
    Mixture,
    Permutation,
    Roll,
    mix_images,
    mix_labels,
    sample_beta,
)
from mixlab.methods import RSB, Choice, CutMix, DeiT, Method, MixUp, OneOf, Vanilla


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_batch(size: int = 6, height: int = 8, width: int = 8) -> Tensor:
    return torch.randn(size, 3, height, width, generator=generator(1))


class TestBeta:
    # E[min(lam, 1 - lam)] from the specification of the methods; Var = 1 / (4 (2 alpha + 1)).
    @pytest.mark.parametrize(
        ("alpha", "smaller"), [(0.1, 0.058), (0.2, 0.102), (0.8, None), (1.0, 0.25), (2.0, 0.3125)]
    )
    def test_moments(self, alpha: float, smaller: float | None) -> None:
        """400,000 draws, bounds of at least five standard errors: a false alarm below 1e-6."""
        lam = sample_beta(alpha, 400_000, generator())
        assert lam.dtype == torch.float64
        assert lam.mean().item() == pytest.approx(0.5, abs=0.004)
        assert lam.var().item() == pytest.approx(1 / (4 * (2 * alpha + 1)), abs=0.002)
        if smaller is not None:
            assert torch.minimum(lam, 1 - lam).mean().item() == pytest.approx(smaller, abs=0.002)

    @pytest.mark.parametrize("alpha", [0.1, 0.2, 0.8, 1.0, 2.0, 7.5])
    def test_whole_distribution(self, alpha: float) -> None:
        """Kolmogorov-Smirnov: a false alarm has probability 1e-3."""
        from scipy import stats

        lam = sample_beta(alpha, 50_000, generator(1))
        # Below a half: above it, the float64s next to 1 are too far apart to tell small alphas' draws from 1.
        low = lam[lam < 0.5].numpy()
        assert len(low) == pytest.approx(25_000, abs=500)
        assert stats.kstest(low, lambda x: 2 * stats.beta.cdf(x, alpha, alpha)).pvalue > 1e-3

    @pytest.mark.parametrize("alpha", [1e-300, 1e-8, 1e-3, 1e6, 1e300])
    def test_extreme_alphas_stay_numbers(self, alpha: float) -> None:
        """A mean of 10,000 draws, six standard errors at the most: a false alarm below 1e-8."""
        lam = sample_beta(alpha, 10_000, generator())
        assert ((lam >= 0) & (lam <= 1)).all()
        assert lam.mean().item() == pytest.approx(0.5, abs=0.03)

    @pytest.mark.parametrize("per_sample", [False, True])
    def test_small_alphas_give_finite_batches(self, per_sample: bool) -> None:
        images = random_batch()
        for method in (MixUp(alpha=0.001, per_sample=per_sample), CutMix(alpha=0.001, per_sample=per_sample)):
            for seed in range(20):
                mixed = method.mix(images, torch.arange(6), num_classes=6, generator=generator(seed))
                assert mixed.images.isfinite().all()
                assert mixed.target.isfinite().all()


class TestPairing:
    @given(size=st.integers(2, 40), seed=st.integers(0, 2**32))
    @settings(max_examples=60, deadline=None)
    def test_no_image_is_its_own_partner(self, size: int, seed: int) -> None:
        partners = partners_of(Roll.draw(size, generator(seed)), size)
        assert sorted(partners.tolist()) == list(range(size))
        assert (partners != torch.arange(size)).all()

    def test_every_other_image_is_as_likely(self) -> None:
        """8,000 draws, five standard errors of a binomial: a false alarm below 1e-5."""
        draws = generator()
        shifts = torch.tensor([Roll.draw(5, draws).shift for _ in range(8000)])
        counts = shifts.bincount(minlength=5)
        assert counts[0] == 0
        assert ((counts[1:] - 2000).abs() < 200).all()

    def test_batches_of_one_and_none(self) -> None:
        assert Roll.draw(1, generator()).shift == 0
        assert Roll.draw(0, generator()).shift == 0

    @pytest.mark.parametrize("mixture", ["weight", "weights", "box", "bool mask", "soft mask", "shared mask"])
    @pytest.mark.parametrize("shift", [0, 1, 4])
    def test_a_roll_is_a_permutation(self, mixture: str, shift: int) -> None:
        images, labels = random_batch(5, 8, 6), torch.arange(5)
        mask = torch.rand(5, 1, 8, 6, generator=generator(2))
        how: Mixture = {
            "weight": Blend(0.3),
            "weights": Blend(torch.rand(5, generator=generator(3))),
            "box": Box(top=1, bottom=4, left=0, right=5),
            "bool mask": Mask(mask > 0.5),
            "soft mask": Mask(mask),
            "shared mask": Mask(mask[:1]),
        }[mixture]
        lam = torch.rand(5, generator=generator(4))
        index = partners_of(Roll(shift), 5)
        rolled, permuted = (MixPlan(pairing, how, lam) for pairing in (Roll(shift), Permutation(index)))
        expected = how.combine(images, images[index])
        torch.testing.assert_close(mix_images(rolled, images), expected)
        torch.testing.assert_close(mix_images(permuted, images), expected)
        assert torch.equal(mix_labels(rolled, labels, 5), mix_labels(permuted, labels, 5))

    def test_a_permutation_of_another_size(self) -> None:
        plan = MixPlan(Permutation(torch.arange(4)), Blend(0.5), torch.full((5,), 0.5))
        with pytest.raises(ValueError, match="a permutation of 4 images does not pair a batch of 5"):
            mix_images(plan, random_batch(5))


def partners_of(pairing: Roll, size: int) -> Tensor:
    partners = torch.full((size,), -1)
    index = torch.arange(size)
    for rows, others in pairing.segments(size):
        partners[rows] = index[others]
    return partners


class TestMixUp:
    @pytest.mark.parametrize("per_sample", [False, True])
    def test_images_are_the_weighted_average(self, per_sample: bool) -> None:
        images = random_batch()
        plan = MixUp(per_sample=per_sample).draw(images, generator(2))
        lam = plan.lam.reshape(-1, 1, 1, 1)
        assert isinstance(plan.pairing, Roll)
        expected = lam * images + (1 - lam) * images.roll(plan.pairing.shift, 0)
        torch.testing.assert_close(mix_images(plan, images), expected)
        assert (len(plan.lam.unique()) > 1) == per_sample

    def test_integer_images_cannot_be_averaged(self) -> None:
        images = torch.zeros(4, 3, 8, 8, dtype=torch.uint8)
        with pytest.raises(TypeError, match=r"only floating-point images can be averaged, got torch\.uint8"):
            MixUp().mix(images, torch.arange(4), num_classes=4, generator=generator())


class TestCutMix:
    def test_kept_share_at_224_pixels(self) -> None:
        """alpha = 1: E[lam] = 0.682, deciles 0.42, 0.70 and 0.92 (a continuous box would give 0.679).

        20,000 draws: a false alarm in fewer than one seed of 100 (none in 100 others that were tried).
        """
        images, draws = torch.empty(1, 3, 224, 224), generator()
        lam = torch.cat([CutMix(alpha=1).draw(images, draws).lam for _ in range(20_000)])
        assert lam.mean().item() == pytest.approx(0.682, abs=0.005)
        low, middle, high = lam.quantile(torch.tensor([0.1, 0.5, 0.9])).tolist()
        assert (low, middle, high) == pytest.approx((0.42, 0.70, 0.92), abs=0.01)

    def test_per_sample_has_the_same_distribution(self) -> None:
        """Twice 10,000 draws of standard deviation 0.19: a false alarm has probability 2e-4."""
        images, draws, method = torch.empty(500, 1, 32, 32), generator(), CutMix(alpha=1, per_sample=True)
        each = torch.cat([method.draw(images, draws).lam for _ in range(20)])
        whole = torch.cat([CutMix(alpha=1).draw(images[:1], draws).lam for _ in range(10_000)])
        assert each.mean().item() == pytest.approx(whole.mean().item(), abs=0.01)
        assert each.std().item() == pytest.approx(whole.std().item(), abs=0.01)

    @given(
        height=st.integers(1, 33),
        width=st.integers(1, 33),
        seed=st.integers(0, 2**32),
        per_sample=st.booleans(),
    )
    @settings(max_examples=150, deadline=None)
    def test_a_box_comes_from_the_partner(self, height: int, width: int, seed: int, per_sample: bool) -> None:
        values = torch.arange(1.0, 5.0).reshape(-1, 1, 1, 1)
        images = values.expand(-1, 2, height, width).contiguous()
        plan = CutMix(alpha=0.7, per_sample=per_sample).draw(images, generator(seed))
        mixed = mix_images(plan, images)
        assert isinstance(plan.pairing, Roll)
        for own, other, image, lam in zip(
            values.flatten(), values.roll(plan.pairing.shift, 0).flatten(), mixed, plan.lam, strict=True
        ):
            assert torch.equal(image[0], image[1])
            cut = image[0] == other
            assert torch.equal(image[0] == own, ~cut)
            assert 1 - lam.item() == pytest.approx(cut.float().mean().item(), abs=1e-6)
            rows, columns = cut.any(1), cut.any(0)
            assert torch.equal(cut, rows[:, None] & columns)  # one box
            for side in (rows, columns):
                inside = side.nonzero().flatten()
                assert len(inside) == 0 or inside[-1] - inside[0] + 1 == len(inside)
                if len(inside) and inside[0] > 0 and inside[-1] < len(side) - 1:
                    assert len(inside) % 2 == 0  # only the border cuts a side to an odd length

    def test_integer_images_can_be_cut(self) -> None:
        images = torch.arange(4, dtype=torch.uint8).reshape(-1, 1, 1, 1).expand(-1, 3, 8, 8).contiguous()
        for per_sample in (False, True):
            method = CutMix(per_sample=per_sample)
            assert (
                method.mix(images, torch.arange(4), num_classes=4, generator=generator()).images.dtype
                == torch.uint8
            )

    def test_features_without_two_sides(self) -> None:
        with pytest.raises(ValueError, match=r"\[B, C, H, W\], got \(4, 10\)"):
            CutMix().draw(torch.zeros(4, 10), generator())


def test_vanilla_returns_its_input_itself() -> None:
    images = random_batch()
    mixed = Vanilla().mix(
        images, torch.arange(6), num_classes=7, generator=generator(), out=torch.empty_like(images)
    )
    assert mixed.images is images
    assert torch.equal(mixed.target, torch.eye(6, 7))


class TestChoices:
    def test_frequencies(self) -> None:
        """5,000 draws, 3.5 standard errors of a binomial: a false alarm has probability 5e-4."""
        method = one_of((MixUp(), 0.2), (CutMix(), 0.0), (Vanilla(), 0.8))
        images, draws = random_batch(2), generator()
        drawn = [type(method.draw(images, draws).mixture) for _ in range(5000)]
        assert drawn.count(Blend) == pytest.approx(1000, abs=100)
        assert drawn.count(type(None)) == pytest.approx(4000, abs=100)
        assert Box not in drawn

    @pytest.mark.parametrize(
        ("preset", "mixup", "cutmix", "share"),
        [
            (DeiT(), 0.8, 1.0, 0.5),
            (RSB(), 0.1, 1.0, 0.5),
            (RSB(mixup_alpha=0.3, cutmix_alpha=2, switch_probability=0.9), 0.3, 2.0, 0.9),
        ],
    )
    def test_a_preset_is_the_mixture_it_stands_for(
        self, preset: Method, mixup: float, cutmix: float, share: float
    ) -> None:
        written_out = one_of((MixUp(alpha=mixup), 1 - share), (CutMix(alpha=cutmix), share))
        images, labels = random_batch(), torch.arange(6)
        for seed in range(20):
            first = preset.mix(images, labels, num_classes=6, generator=generator(seed))
            second = written_out.mix(images, labels, num_classes=6, generator=generator(seed))
            assert torch.equal(first.images, second.images)
            assert torch.equal(first.target, second.target)

    @pytest.mark.parametrize("share", [0, 1])
    def test_a_switch_that_is_never_or_always_thrown(self, share: int) -> None:
        images, draws = random_batch(), generator()
        drawn = {type(DeiT(switch_probability=share).draw(images, draws).mixture) for _ in range(200)}
        assert drawn == ({Box} if share else {Blend})

    def test_tenths_sum_to_one(self) -> None:
        one_of(*((MixUp(), 0.1) for _ in range(10)))

    @pytest.mark.parametrize("probabilities", [(0.5,), (0.5, 0.6), (0.5, 0.49999), (0.0, 0.0)])
    def test_probabilities_that_do_not_sum_to_one(self, probabilities: tuple[float, ...]) -> None:
        with pytest.raises(ValidationError, match="the probabilities do not sum to 1"):
            one_of(*((MixUp(), probability) for probability in probabilities))

    @pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan"), True, "1"])
    def test_values_that_are_no_probability(self, probability: Any) -> None:
        with pytest.raises(ValidationError):
            one_of((MixUp(), probability))

    def test_no_choice_at_all(self) -> None:
        with pytest.raises(ValidationError, match="at least 1 item"):
            OneOf(choices=())

    def test_a_mixture_of_mixtures(self) -> None:
        one_of((DeiT(), 0.5), (RSB(), 0.5))
        with pytest.raises(ValidationError):
            one_of((one_of((MixUp(), 1.0)), 1.0))


def one_of(*choices: tuple[Method, float]) -> OneOf:
    return OneOf(choices=tuple(Choice(method=method, probability=share) for method, share in choices))


class TestReadyOutput:
    def refused(self, images: Tensor, out: Tensor, match: str) -> None:
        with pytest.raises(ValueError, match=match):
            MixUp().mix(images, torch.arange(len(images)), num_classes=9, generator=generator(), out=out)

    def test_the_images_themselves(self) -> None:
        images = random_batch()
        self.refused(images, images, "out shares memory with the images")
        self.refused(images, images.view(6, 3, 8, 8), "out shares memory with the images")

    def test_a_part_of_the_same_memory(self) -> None:
        pool = torch.randn(10, 3, 8, 8)
        self.refused(pool[:6], pool[4:], "out shares memory with the images")
        mixed = MixUp().mix(pool[:5], torch.arange(5), num_classes=9, generator=generator(), out=pool[5:])
        assert mixed.images.data_ptr() == pool[5:].data_ptr()

    def test_another_shape_or_type(self) -> None:
        images = random_batch()
        self.refused(images, torch.empty(5, 3, 8, 8), r"out is torch.float32 \(5, 3, 8, 8\)")
        self.refused(images, torch.empty_like(images, dtype=torch.float16), "out is torch.float16")

    def test_images_that_need_a_gradient(self) -> None:
        images = random_batch().requires_grad_()
        self.refused(images, torch.empty_like(images), "leave it out")


class TestLabels:
    def test_shapes_that_do_not_fit(self) -> None:
        plan = MixUp().draw(random_batch(), generator())
        with pytest.raises(ValueError, match=r"expected labels of shape \(6,\), got \(5,\)"):
            mix_labels(plan, torch.arange(5), 10)
        with pytest.raises(ValueError, match=r"expected labels of shape \(6, 10\), got \(6, 9\)"):
            mix_labels(plan, torch.ones(6, 9), 10)

    @pytest.mark.parametrize("label", [-1, 10])
    def test_a_class_that_there_is_not(self, label: int) -> None:
        plan = MixUp().draw(random_batch(), generator())
        with pytest.raises((IndexError, RuntimeError), match="out of bounds"):
            mix_labels(plan, torch.full((6,), label), 10)

    @pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64])
    def test_any_integer_type(self, dtype: torch.dtype) -> None:
        plan = MixUp().draw(random_batch(), generator())
        expected = mix_labels(plan, torch.arange(6), 10)
        assert torch.equal(mix_labels(plan, torch.arange(6, dtype=dtype), 10), expected)

    def test_two_images_of_one_class_keep_it_whole(self) -> None:
        plan = MixUp().draw(random_batch(), generator())
        assert torch.equal(mix_labels(plan, torch.full((6,), 3), 10)[:, 3], torch.ones(6))

    def test_a_plan_for_another_batch(self) -> None:
        plan = MixUp().draw(random_batch(), generator())
        with pytest.raises(ValueError, match="the plan is for 6 images, the batch has 5"):
            mix_images(plan, random_batch(5))
