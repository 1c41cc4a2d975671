"""What holds for every registered method. A method without a row in SETTINGS fails."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import mixlab
from method_cues import cues_for
from methods_settings import SETTINGS, Property, lacks
from mixlab.core.cues import Cues
from mixlab.core.mixing import MixPlan, Roll, mix_images, mix_labels
from mixlab.methods import Method, Mixed, list_methods, method_class


def methods(having: Property | None = None, rows_each: int | None = None) -> pytest.MarkDecorator:
    """Runs a test with every row of the settings, or with the first of each method; with those that have a
    property, where it asks for one.
    """
    found = [
        pytest.param(method_class(name).model_validate(settings), id=f"{name}-{index}")
        for name, rows in SETTINGS.items()
        for index, settings in enumerate(rows[:rows_each])
        if name in list_methods() and having not in lacks(settings)
    ]
    return pytest.mark.parametrize("method", found)


every_method = methods()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def batch(size: int = 6, side: int = 8, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Random images, and labels that are all different."""
    return torch.randn(size, 3, side, side, generator=generator(1)).to(dtype), torch.arange(size)


def mix(
    method: Method,
    images: Tensor,
    labels: Tensor,
    seed: int = 0,
    out: Tensor | None = None,
    cues: Cues | None = None,
) -> Mixed:
    """A mixed batch; its cues are for a test to give that mixes it often."""
    return method.mix(
        images,
        labels,
        num_classes=max(len(labels), 2),
        generator=generator(seed),
        out=out,
        cues=cues_for(method, images, labels) if cues is None else cues,
    )


def test_every_method_has_settings() -> None:
    assert sorted(SETTINGS) == list_methods()


@every_method
def test_one_seed_gives_one_batch(method: Method) -> None:
    images, labels = batch()
    first, second = mix(method, images, labels, seed=7), mix(method, images, labels, seed=7)
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.target, second.target)


@methods(having="seeds matter")
def test_other_seeds_give_other_batches(method: Method) -> None:
    images, labels = batch()
    targets = [mix(method, images, labels, seed).target for seed in range(20)]
    assert not all(torch.equal(targets[0], target) for target in targets)


@every_method
def test_a_plan_can_be_replayed(method: Method) -> None:
    images, labels = batch()
    plan = method.draw(images, generator(3), cues_for(method, images, labels))
    mixed = mix(method, images, labels, seed=3)
    for _ in range(2):
        assert torch.equal(mix_images(plan, images), mixed.images)
        assert torch.equal(mix_labels(plan, labels, len(labels)), mixed.target)


@every_method
def test_no_global_random_state_is_touched(method: Method) -> None:
    images, labels = batch()
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].copy()
    mix(method, images, labels)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]
    assert np.array_equal(np.random.get_state()[1], before[2])


@every_method
@pytest.mark.parametrize("size", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("seed", range(5))
def test_targets_are_probabilities(method: Method, size: int, seed: int) -> None:
    images, labels = batch(size)
    target = mix(method, images, labels, seed).target
    assert target.shape == (size, max(size, 2))
    assert target.dtype == torch.float32
    assert target.min() >= 0 if size else True
    torch.testing.assert_close(target.sum(1), torch.ones(size))


@methods(having="labels follow pixels")
@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_label_weights_are_pixel_shares(method: Method, size: int) -> None:
    """Images of one value each have the mean that the target's weights of those values have.

    With unlike values and labels this catches labels that are swapped, shifted or of the wrong area.
    """
    values = torch.rand(size, generator=generator(2), dtype=torch.float64)
    images = values.reshape(-1, 1, 1, 1).expand(-1, 3, 16, 12).contiguous()
    labels = torch.arange(size)
    cues = cues_for(method, images, labels)
    for seed in range(15):
        mixed = mix(method, images, labels, seed, cues=cues)
        expected = mixed.target[:, :size].double() @ values
        torch.testing.assert_close(mixed.images.mean((1, 2, 3)), expected, atol=1e-6, rtol=0)


def shares(plan: MixPlan, size: int, side: int) -> Tensor:
    """Weight of each image's pixels in each mixed image, [of images, in mixes, H, W]."""
    marks = torch.eye(size).view(size, size, 1, 1, 1).expand(-1, -1, 3, side, side)
    return torch.stack([mix_images(plan, one.contiguous())[:, 0] for one in marks])


@every_method
def test_every_pixel_is_an_average(method: Method) -> None:
    images, labels = batch(5)
    for seed in range(8):
        plan = method.draw(images, generator(seed), cues_for(method, images, labels))
        found = shares(plan, 5, 8)
        assert found.min() >= 0
        torch.testing.assert_close(found.sum(0), torch.ones(5, 8, 8))


@methods(having="own partner changes nothing")
def test_pixels_stay_where_they_are_and_change_only_where_the_partner_shows(method: Method) -> None:
    images, labels = batch(5)
    for seed in range(8):
        plan = method.draw(images, generator(seed), cues_for(method, images, labels))
        mixed, found = mix_images(plan, images), shares(plan, 5, 8)
        torch.testing.assert_close(mixed, torch.einsum("kbhw,kchw->bchw", found, images))
        whole = found.diagonal().permute(2, 0, 1).unsqueeze(1).expand_as(images) == 1
        assert torch.equal(mixed[whole], images[whole])


_in_double: dict[tuple[int, torch.dtype, int], Tensor] = {}


def in_double(method: Method, dtype: torch.dtype, seed: int) -> Tensor:
    """What a batch of that type becomes in double precision; made once for all memory formats."""
    key = id(method), dtype, seed  # methods of parameters stay until the end
    if key not in _in_double:
        images, labels = batch(dtype=dtype)
        _in_double[key] = mix(method, images.double(), labels, seed).images
    return _in_double[key]


@every_method
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
@pytest.mark.parametrize("ready", [False, True])
def test_type_and_memory_format_are_kept(
    method: Method, dtype: torch.dtype, layout: torch.memory_format, ready: bool
) -> None:
    images, labels = batch(dtype=dtype)
    images = images.to(memory_format=layout)
    cues = cues_for(method, images, labels)
    for seed in range(4):
        mixed = mix(method, images, labels, seed, torch.empty_like(images) if ready else None, cues).images
        assert (mixed.dtype, mixed.shape, mixed.device) == (images.dtype, images.shape, images.device)
        assert mixed.is_contiguous(memory_format=layout)
        torch.testing.assert_close(mixed.double(), in_double(method, dtype, seed), atol=0.03, rtol=0.03)


@every_method
@pytest.mark.parametrize("ready", [False, True])
def test_the_input_is_never_written_to(method: Method, ready: bool) -> None:
    images, labels = batch()
    kept, kept_labels = images.clone(), labels.clone()
    for seed in range(10):
        mix(method, images, labels, seed, torch.empty_like(images) if ready else None)
    assert torch.equal(images, kept)
    assert torch.equal(labels, kept_labels)


@every_method
def test_a_ready_output_is_filled_and_returned(method: Method) -> None:
    images, labels = batch()
    for seed in range(8):
        out = torch.full_like(images, torch.nan)
        mixed = mix(method, images, labels, seed, out).images
        assert torch.equal(mixed, mix(method, images, labels, seed).images)
        assert mixed is out or mixed is images


@methods(having="own partner changes nothing")
def test_a_batch_paired_with_itself_stays(method: Method) -> None:
    images, labels = batch()
    for seed in range(8):
        plan = method.draw(images, generator(seed), cues_for(method, images, labels))
        plan = type(plan)(Roll(0), plan.mixture, plan.lam)
        assert torch.equal(mix_images(plan, images), images)
        assert torch.equal(mix_labels(plan, labels, 6), torch.eye(6))


@every_method
def test_soft_labels_mix_as_hard_ones(method: Method) -> None:
    images, labels = batch()
    for seed in range(8):
        hard = mix(method, images, labels, seed).target
        cues = cues_for(method, images, labels)
        soft = method.mix(
            images, torch.eye(6).double(), num_classes=6, generator=generator(seed), cues=cues
        ).target
        assert torch.equal(hard, soft)


@every_method
def test_gradients_reach_the_images(method: Method) -> None:
    images, labels = batch()
    for seed in range(8):
        watched = images.clone().requires_grad_()
        mixed = mix(method, watched, labels, seed).images
        torch.testing.assert_close(mixed.detach(), mix(method, images, labels, seed).images)
        (gradient,) = torch.autograd.grad(mixed.sum(), watched)
        torch.testing.assert_close(gradient.sum(), torch.tensor(float(images.numel())))


@methods(rows_each=1)  # to compile is slow
def test_a_compiled_step_mixes_the_same(method: Method) -> None:
    images, labels = batch()
    cues = cues_for(method, images * 2, labels)
    graphs = 0

    def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Any:
        nonlocal graphs
        graphs += 1
        return graph.forward

    torch._dynamo.reset()

    @torch.compile(backend=backend)
    def step(images: Tensor, labels: Tensor, draws: torch.Generator) -> tuple[Tensor, Tensor]:
        mixed = method.mix(images * 2, labels, num_classes=6, generator=draws, cues=cues)
        return mixed.images + 1, mixed.target

    draws, eager_draws = generator(5), generator(5)
    for _ in range(12):
        compiled = step(images, labels, draws)
        eager = method.mix(images * 2, labels, num_classes=6, generator=eager_draws, cues=cues)
        torch.testing.assert_close(compiled[0], eager.images + 1)
        torch.testing.assert_close(compiled[1], eager.target)
    before = graphs
    assert before > 0, "nothing was compiled"
    for _ in range(12):
        step(images, labels, draws)
    assert graphs - before <= 2, "compiles again and again as the drawn numbers change"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
@every_method
def test_a_gpu_mixes_the_same_without_waiting(method: Method) -> None:
    images, labels = batch(64, 32)
    expected = [mix(method, images, labels, seed) for seed in range(8)]
    on_gpu, labels_on_gpu = images.cuda(), labels.cuda()
    out = torch.empty_like(on_gpu)
    torch.cuda.set_sync_debug_mode("error")
    try:
        mixed = [
            Mixed(result.images.clone(), result.target)
            for result in (mix(method, on_gpu, labels_on_gpu, seed, out) for seed in range(8))
        ]
    finally:
        torch.cuda.set_sync_debug_mode("default")
    for one, other in zip(mixed, expected, strict=True):
        torch.testing.assert_close(one.images.cpu(), other.images)
        torch.testing.assert_close(one.target.cpu(), other.target)


def test_a_name_is_registered_once() -> None:
    from mixlab.methods import MixUp, register

    with pytest.raises(ValueError, match="'mixup' is registered already, by MixUp"):
        register(paper="1710.09412")(MixUp)
    assert method_class("mixup") is MixUp


NEW_METHOD = '''
from typing import Literal

from mixlab.core.mixing import Blend, MixPlan, Roll, constant_lam

from .base import Method
from .registry import register


@register(paper="none")
class Halves(Method):
    """Half of each of two neighbours."""

    name: Literal["halves"] = "halves"

    def draw(self, images, generator, cues):
        return MixPlan(Roll(1), Blend(0.5), constant_lam(0.5, images))
'''

USE_NEW_METHOD = """
import torch
from mixlab.config import RunConfig
from mixlab.schema import export

config = RunConfig.model_validate({
    "dataset": {"name": "x", "classes": 2, "size": 8}, "backbone": "resnet18", "maxEpochs": 1, "batchSize": 2,
    "mixMode": {"name": "oneOf", "choices": [{"method": {"name": "halves"}, "probability": 1}]},
})
images, labels = torch.arange(2.0).reshape(2, 1, 1, 1), torch.tensor([0, 1])
print(config.mix_mode.mix(images, labels, num_classes=2, generator=torch.Generator()).target.tolist())
print([method["summary"] for method in export()["methods"] if method["name"] == "halves"])
"""


def test_a_new_method_is_one_file(tmp_path: Path) -> None:
    package = Path(mixlab.__path__[0])
    for source in package.rglob("*.py"):
        copy = tmp_path / "mixlab" / source.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    (tmp_path / "mixlab" / "methods" / "halves.py").write_text(NEW_METHOD)
    (tmp_path / "use.py").write_text(USE_NEW_METHOD)
    done = subprocess.run(
        [sys.executable, "use.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.splitlines() == ["[[0.5, 0.5], [0.5, 0.5]]", "['Half of each of two neighbours.']"], (
        done.stderr
    )


def test_checking_a_config_does_not_load_the_compiler() -> None:
    code = "import sys, mixlab.config; print('torch._dynamo' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


@pytest.mark.parametrize("name", ["puzzlemix", "comixup", "guidedmixup"])
def test_what_does_not_fit_a_method_of_gradients_is_refused(name: str) -> None:
    method, (images, labels) = method_class(name).model_validate({}), batch()
    cues = cues_for(method, images, labels)
    for others in (torch.randn(6, 3, 16, 16), torch.randn(5, 3, 8, 8)):
        with pytest.raises(ValueError, match="the gradient is of images of shape"):
            method.draw(others, generator(), cues)
    with pytest.raises(ValueError, match=r"expected images of shape \[B, C, H, W\]"):
        method.draw(images[0], generator(), cues)
