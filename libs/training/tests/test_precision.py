"""In which precision a run computes, and whether the same way each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mixlab.config import RunConfig
from mixlab.core.exit_codes import ExitCode
from mixlab.identity import run_hash
from mixlab.models import create_model
from mixlab.train import train
from mixlab.train.arithmetic import set_arithmetic
from tiny import STEPS, assert_same_weights, run, signals_restored, tiny, weights

on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
CUTMIX = {"name": "cutmix"}


def train_on_gpu(config: RunConfig, directory: Path) -> None:
    with signals_restored():
        assert train(config, directory, device="cuda") == ExitCode.COMPLETED


@pytest.mark.parametrize("precision", ["tf32", "bf16", "fp16"])
def test_a_cpu_computes_in_single_precision_whatever_it_says(tmp_path: Path, precision: str) -> None:
    for name in ("fp32", precision):
        assert run(tiny(precision=name, mixMode=CUTMIX, maxEpochs=1), tmp_path / name) == ExitCode.COMPLETED
    assert_same_weights(tmp_path / "fp32", tmp_path / precision)
    assert all(value.dtype != torch.bfloat16 for value in weights(tmp_path / precision).values())


def test_runtime_is_outside_of_the_identity() -> None:
    plain = tiny()
    for runtime in ({"deterministic": True}, {"compile": "reduce-overhead"}, {"gpuBatchSize": 8}):
        assert run_hash(tiny(runtime=runtime)) == run_hash(plain)
    assert run_hash(tiny(precision="tf32")) != run_hash(plain)


def test_a_cpu_is_deterministic_anyway(tmp_path: Path) -> None:
    for name, deterministic in (("plain", False), ("deterministic", True)):
        runtime = {"workers": 0, "logEvery": 2, "deterministic": deterministic}
        run(tiny(maxEpochs=1, runtime=runtime), tmp_path / name)
    assert_same_weights(tmp_path / "plain", tmp_path / "deterministic")


@on_gpu
@pytest.mark.parametrize("precision", ["fp32", "tf32"])
def test_a_gpu_rounds_what_goes_into_products_with_tf32_alone(precision: str) -> None:
    """Both of matrices and of convolutions, beside float64; TF32 keeps 10 bits."""
    set_arithmetic(tiny(precision=precision), on_gpu=True)
    generator = torch.Generator().manual_seed(0)
    left, right = torch.randn(2, 256, 256, generator=generator).cuda()
    images = torch.randn(8, 64, 16, 16, generator=generator).cuda()
    kernel = torch.randn(64, 64, 3, 3, generator=generator).cuda()
    errors = [
        _error(left @ right, left.double() @ right.double()),
        _error(
            torch.nn.functional.conv2d(images, kernel),
            torch.nn.functional.conv2d(images.double(), kernel.double()),
        ),
    ]
    if precision == "fp32":
        assert max(errors) < 1e-5
    elif torch.cuda.get_device_capability() >= (8, 0):
        assert min(errors) > 1e-5


def _error(found: torch.Tensor, exact: torch.Tensor) -> float:
    return float((found.double() - exact).norm() / exact.norm())


@on_gpu
@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_a_deterministic_gpu_gives_the_same_bits(tmp_path: Path, precision: str) -> None:
    runtime = {"workers": 0, "logEvery": 2, "deterministic": True}
    config = tiny(maxEpochs=1, precision=precision, mixMode=CUTMIX, runtime=runtime)
    for name in ("one", "other"):
        train_on_gpu(config, tmp_path / name)
    assert_same_weights(tmp_path / "one", tmp_path / "other")


@on_gpu
def test_gradients_are_unscaled_before_they_are_clipped(tmp_path: Path) -> None:
    """fp16 scales its loss by 65536: clipped as they come, gradients would hardly move the weights."""
    optimizer: dict[str, Any] = {"lr": 0.1, "momentum": 0, "weightDecay": 0, "clipNorm": 1e-3}
    config = tiny(maxEpochs=1, precision="fp16", optimizer=optimizer, schedule={"name": "constant"})
    before = {name: own.detach() for name, own in create_model(config).named_parameters()}
    train_on_gpu(config, tmp_path)
    after = weights(tmp_path)
    moved = sum(float((after[name].cpu() - own).square().sum()) for name, own in before.items()) ** 0.5
    assert 1e-5 < moved <= 0.1 * 1e-3 * STEPS * 1.01
