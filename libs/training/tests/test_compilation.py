"""`runtime.compile`: the same training, and a backbone that can still be looked into, copied and saved."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from conftest import Processes, read_lines
from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput, TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.identity import run_hash
from mixlab.models import register_backbone
from mixlab.models.backbones import _registered
from mixlab.train import train
from mixlab.train.compilation import check_compiler, compile_backbone
from tiny import assert_same_weights, run, signals_restored, tiny, weights, write

needs_a_path_without_blanks = pytest.mark.skipif(
    len(torch.__file__.split()) > 1 and not torch.cuda.is_available(),
    reason="PyTorch does not quote its own folder for a C++ compiler, and that has a blank in its path",
)


@pytest.fixture(scope="module", autouse=True)
def quick_compiler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One cache for this file, and no processes that compile: the networks are tiny.

    So are their kernels: to try which vector instructions the compiler knows takes longer than they do.
    """
    import torch._inductor.config as inductor

    with (
        inductor.patch({"compile_threads": 1, "cpp.vec_isa_ok": False}),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path_factory.mktemp("compiled")))
        yield
    torch._dynamo.reset()


class Small(nn.Module):
    """Two convolutions and a head; stages are named as timm's networks name them."""

    def __init__(self, classes: int, size: int) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 8, 3, stride=2)
        self.norm, self.head = nn.BatchNorm2d(4), nn.Linear(8, classes)
        self.feature_info = [{"module": "one", "reduction": 1}, {"module": "two", "reduction": 2}]

    def forward(self, images: Tensor) -> Tensor:
        features = self.two(self.norm(self.one(images)).relu()).relu()
        logits: Tensor = self.head(features.mean((2, 3)))
        return logits


@pytest.fixture
def backbone() -> Iterator[str]:
    name = f"{__name__}:Small"
    Small.__module__ = __name__
    register_backbone(name, family="cnn")(Small)
    yield name
    del _registered[name]


def check_it_compiles() -> None:
    try:
        check_compiler("default")
    except InvalidInput:
        pytest.skip("there is no C++ compiler")


def losses(directory: Path) -> list[float]:
    return [line["loss"] for line in read_lines(directory / "log.jsonl") if line["mode"] == "train"]


def config(backbone: str, compile_: str, method: dict[str, Any]) -> RunConfig:
    return tiny(
        backbone=backbone,
        mixMode=method,
        batchSize=480,
        maxEpochs=1,
        runtime={"workers": 0, "logEvery": 1, "compile": compile_},
        ema={"decay": 0.9},
    )


@needs_a_path_without_blanks
@pytest.mark.parametrize(
    "method",
    [{"name": "vanilla"}, {"name": "cutmix"}, {"name": "manifoldmix", "layers": [1, 2]}],
    ids=lambda method: method["name"],
)
def test_a_compiled_training_has_the_same_losses(
    tmp_path: Path, backbone: str, method: dict[str, Any]
) -> None:
    """Manifold Mixup hooks into the backbone, at another layer in each step."""
    check_it_compiles()
    for name in ("none", "default"):
        assert run(config(backbone, name, method), tmp_path / name) == ExitCode.COMPLETED
    plain, compiled = losses(tmp_path / "none"), losses(tmp_path / "default")
    assert len(plain) == 3
    assert compiled == pytest.approx(plain, rel=1e-4)
    assert run_hash(config(backbone, "none", method)) == run_hash(config(backbone, "default", method))
    # Whoever reads the checkpoint need not know how it was trained.
    ours, theirs = weights(tmp_path / "default"), weights(tmp_path / "none")
    assert ours.keys() == theirs.keys()
    torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)


@needs_a_path_without_blanks
def test_a_compiled_training_resumes_bit_for_bit(tmp_path: Path, backbone: str) -> None:
    check_it_compiles()
    compiled = config(backbone, "default", {"name": "cutmix"})
    run(compiled, tmp_path / "whole")
    run(compiled, tmp_path / "parts", stop_at=(1, 2))
    run(compiled, tmp_path / "parts")
    assert_same_weights(tmp_path / "whole", tmp_path / "parts")


class Telling(nn.Module):
    """Gives twice its weight for each image where it runs compiled."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Identity()
        self.weight = nn.Parameter(torch.tensor(1.0))

    def forward(self, images: Tensor) -> Tensor:
        return self.layer(images * self.weight) * (2 if torch.compiler.is_compiling() else 1)


@needs_a_path_without_blanks
class TestWhatRunsCompiled:
    images = torch.ones(3)

    @pytest.fixture
    def network(self) -> Telling:
        check_it_compiles()
        network = Telling().train()
        compile_backbone(network, "default")
        return network

    def test_training_passes_do(self, network: Telling) -> None:
        logits = network(self.images)
        assert logits.tolist() == [2, 2, 2]
        logits.sum().backward()
        assert network.weight.grad == 6

    def test_evaluations_and_passes_without_gradients_do_not(self, network: Telling) -> None:
        assert network.eval()(self.images).tolist() == [1, 1, 1]
        with torch.no_grad():
            assert network.train()(self.images).tolist() == [1, 1, 1]

    def test_passes_that_a_hook_looks_into_do_not(self, network: Telling) -> None:
        handle = network.layer.register_forward_hook(lambda module, inputs, output: output + 10)
        assert network(self.images).tolist() == [11, 11, 11]
        handle.remove()
        assert network(self.images).tolist() == [2, 2, 2]

    def test_a_copy_takes_its_own_weights(self, network: Telling) -> None:
        other = copy.deepcopy(network)
        with torch.no_grad():
            other.weight.fill_(5)
        assert other(self.images).tolist() == [5, 5, 5]

    def test_names_in_the_state_dict_are_as_before(self, network: Telling) -> None:
        assert list(network.state_dict()) == list(Telling().state_dict())


def test_without_a_compiler_nothing_is_written(tmp_path: Path, processes: Processes) -> None:
    if torch.cuda.is_available():
        pytest.skip("with a GPU it is Triton that compiles")
    compiled = tiny(runtime={"compile": "reduce-overhead"})
    write(compiled, tmp_path / "run.json")
    command = ("-m", "mixlab.train", tmp_path / "run.json", "--run-dir", tmp_path / "run", "--device", "cpu")
    found = processes.python(*command, CXX="no-such-compiler")
    assert found.returncode == 2
    assert found.stderr == (
        "python -m mixlab.train: runtime.compile: reduce-overhead needs a C++ compiler for a CPU, and "
        "no-such-compiler is not there; install one, name it by CXX, or set none\n"
    )
    assert not (tmp_path / "run").exists()


def test_a_folder_with_a_blank_in_its_path_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    if torch.cuda.is_available():
        pytest.skip("with a GPU it is Triton that compiles")
    monkeypatch.setattr(torch, "__file__", "/a lab/.venv/torch/__init__.py")
    with pytest.raises(InvalidInput, match="a blank in its path, /a lab/"):
        check_compiler("default")


@needs_a_path_without_blanks
def test_what_cannot_be_compiled_fails_the_run_in_a_line(
    tmp_path: Path, backbone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`false` takes any arguments and fails."""
    if torch.cuda.is_available():
        pytest.skip("with a GPU it is Triton that compiles")
    import torch._inductor.config as inductor

    monkeypatch.setattr(inductor.cpp, "cxx", ("false",))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    torch._dynamo.reset()
    with pytest.raises(
        TrainingFailed, match=r"runtime\.compile: default does not work with this network; set"
    ):
        run(config(backbone, "default", {"name": "vanilla"}), tmp_path / "run")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a GPU")
@pytest.mark.parametrize("method", ["cutmix", "puzzlemix"])
def test_cuda_graphs_have_the_same_losses(tmp_path: Path, method: str) -> None:
    """PuzzleMix takes two passes a step, and two gradients of the first."""
    for name in ("none", "reduce-overhead"):
        with signals_restored():
            train(config("resnet8", name, {"name": method}), tmp_path / name, device="cuda")
    assert losses(tmp_path / "reduce-overhead") == pytest.approx(losses(tmp_path / "none"), rel=1e-3)
