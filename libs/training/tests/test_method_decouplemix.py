"""DecoupleMix: its loss against sums that are written out, and against OpenMixup's order of weights."""

from __future__ import annotations

from math import exp, log
from typing import Any, Literal

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from method_cues import small_cnn, step_for
from mixlab.core.mixing import Blend, MixPlan, Roll
from mixlab.methods import CutMix, Method, MixUp, Setting
from mixlab.methods.decouplemix import DecoupleMix, DecoupleMixer, decoupled
from mixlab.methods.manifoldmix import ManifoldMix

LABELS = torch.tensor([2, 0, 0, 3, 1, 4])


def batch() -> Tensor:
    return torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def loss_of(method: Method, seed: int = 0, **changes: Any) -> Tensor:
    backbone = small_cnn(6)
    mixer = method.mixer(Setting(backbone, 6, 16))
    with torch.no_grad():
        loss: Tensor = mixer(step_for(method, batch(), LABELS, seed, backbone=backbone, **changes))
    return loss


def slow_terms(z: list[float], a: int, b: int) -> tuple[float, float]:
    """Both terms of one image, summed class by class."""
    if a == b:
        return 0.0, 0.0
    return tuple(  # type: ignore[return-value]
        log(sum(exp(value) for k, value in enumerate(z) if k != rival)) - z[winner]
        for winner, rival in ((a, b), (b, a))
    )


@pytest.mark.parametrize(
    ("mixing", "inner"), [("mixup", MixUp()), ("cutmix", CutMix()), ("manifoldmix", ManifoldMix(alpha=1))]
)
def test_without_eta_it_is_the_method_that_mixes(
    mixing: Literal["mixup", "cutmix", "manifoldmix"], inner: Method
) -> None:
    for seed in range(4):
        assert torch.equal(loss_of(DecoupleMix(mixing=mixing, eta=0), seed), loss_of(inner, seed))


def test_terms_are_the_sums_written_out() -> None:
    draws = torch.Generator().manual_seed(3)
    logits = torch.randn(40, 6, generator=draws, dtype=torch.float64) * 3
    labels, partners = torch.randint(6, (2, 40), generator=draws)
    own, other = decoupled(logits, labels, partners)
    for i in range(40):
        expected = slow_terms(logits[i].tolist(), int(labels[i]), int(partners[i]))
        assert (float(own[i]), float(other[i])) == pytest.approx(expected, abs=1e-5)


def test_the_loss_is_the_mixed_labels_and_eta_times_the_terms() -> None:
    logits = torch.randn(6, 6, generator=torch.Generator().manual_seed(5))

    class Fixed(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return logits

    method = DecoupleMix(eta=0.7, per_sample=True)
    step = step_for(method, batch(), LABELS, 2, backbone=Fixed())
    mixer = method.mixer(Setting(Fixed(), 6, 16))
    found = mixer(step)
    plan = method.draw(batch(), torch.Generator().manual_seed(2))
    assert isinstance(plan.pairing, Roll)
    total = 0.0
    for i in range(6):
        z, a, b = logits[i].tolist(), int(LABELS[i]), int(LABELS[(i - plan.pairing.shift) % 6])
        lam, everything = float(plan.lam[i]), log(sum(map(exp, z)))
        total += lam * (everything - z[a]) + (1 - lam) * (everything - z[b]) + 0.7 * sum(slow_terms(z, a, b))
    assert float(found) == pytest.approx(total / 6, abs=1e-5)


def test_neither_class_pushes_the_other_down() -> None:
    """Finite differences: a class's term does not depend on the other's logit."""
    logits = torch.randn(3, 5, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
    labels, partners = torch.tensor([0, 1, 2]), torch.tensor([3, 4, 0])
    own, other = decoupled(logits, labels, partners)
    moved = logits.scatter_add(1, partners[:, None], torch.full((3, 1), 2.0, dtype=torch.float64))
    assert torch.equal(decoupled(moved, labels, partners)[0], own)
    moved = logits.scatter_add(1, labels[:, None], torch.full((3, 1), 2.0, dtype=torch.float64))
    assert torch.equal(decoupled(moved, labels, partners)[1], other)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_gradients_are_finite_also_within_a_class(dtype: torch.dtype) -> None:
    logits = (torch.randn(4, 2).to(dtype) * 30).requires_grad_()
    own, other = decoupled(logits, torch.tensor([0, 1, 0, 1]), torch.tensor([0, 0, 1, 1]))
    (own + other).sum().backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert not logits.grad[[0, 3]].any()


@pytest.mark.parametrize(("lam", "shift"), [(0.3, 1), (0.3, 2), (0.8, 4), (0.5, 1), (1 - 1e-4, 1)])
def test_compat_orders_the_weights_by_class_index(lam: float, shift: int) -> None:
    logits = torch.randn(6, 6, generator=torch.Generator().manual_seed(11))
    method = DecoupleMix(compat="openmixup")
    mixer = method.mixer(Setting(small_cnn(6), 6, 16))
    assert isinstance(mixer, DecoupleMixer)
    plan = MixPlan(Roll(shift), Blend(lam), torch.full((6,), lam))
    pairs = [(int(LABELS[i]), int(LABELS[(i - shift) % 6])) for i in range(6)]
    first = next(pair for pair in pairs if pair[0] != pair[1])
    expected = []
    for i, (a, b) in enumerate(pairs):
        own, other = slow_terms(logits[i].tolist(), a, b)
        of_lower = lam * own + (1 - lam) * other if first[0] < first[1] else (1 - lam) * own + lam * other
        expected.append(0.0 if lam in (0.5, 1 - 1e-4) else of_lower)
    torch.testing.assert_close(
        mixer._terms(logits, LABELS, plan), torch.tensor(expected), atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize("seed", range(3))
def test_compat_averages_over_all_images(seed: int) -> None:
    """Pairs of one class, of which there is one here, count in the mean."""
    method = DecoupleMix(compat="openmixup", eta=0.7)
    labels = torch.tensor([1, 1, 0, 3, 2, 4])
    plan = method.draw(batch(), torch.Generator().manual_seed(seed))
    assert isinstance(plan.pairing, Roll)
    mixer = method.mixer(Setting(small_cnn(6), 6, 16))
    with torch.no_grad():
        loss = mixer(step_for(method, batch(), labels, seed))
        without = DecoupleMix(eta=0).mixer(Setting(small_cnn(6), 6, 16))(
            step_for(method, batch(), labels, seed)
        )
        logits = small_cnn(6)(step_for(method, batch(), labels, seed).mixed(plan))
    pairs = [(int(labels[i]), int(labels[(i - plan.pairing.shift) % 6])) for i in range(6)]
    in_order = next(a < b for a, b in pairs if a != b)
    lam = float(plan.lam[0]) if in_order else 1 - float(plan.lam[0])
    terms = [slow_terms(logits[i].tolist(), a, b) for i, (a, b) in enumerate(pairs)]
    expected = 0.7 * sum(lam * own + (1 - lam) * other for own, other in terms) / 6
    assert float(loss - without) == pytest.approx(expected, abs=1e-5)


def test_compat_takes_one_lam_for_the_batch() -> None:
    with pytest.raises(ValidationError, match="OpenMixup's way takes one lam for the batch"):
        DecoupleMix(compat="openmixup", per_sample=True)


def test_it_needs_what_the_method_that_mixes_needs() -> None:
    assert DecoupleMix().demands() == frozenset()
    assert DecoupleMix(mixing="manifoldmix").demands() == {"features"}
