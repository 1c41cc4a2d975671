"""Methods and networks of users' own packages. Each test is a process of its own: registering is for good."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Processes
from tiny import TINY

HALVES = """
from typing import Literal
from mixlab.core.mixing import Blend, MixPlan, Roll, constant_lam
from mixlab.methods import Method, register

@register(paper="none")
class Halves(Method):
    '''Blends every image with another one.'''

    name: Literal["my_pkg:halves"] = "my_pkg:halves"
    share: float = 0.5

    def draw(self, images, generator, cues=None):
        return MixPlan(Roll(1), Blend(self.share), constant_lam(self.share, images))
"""

TINY_NET = """
from mixlab.models import register_backbone
from torch import nn

@register_backbone("my_pkg:TinyNet", family="cnn")
def tiny_net(*, classes, size):
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * size * size, classes))
"""

Module = Callable[..., "subprocess.CompletedProcess[str]"]
HALF = {"name": "my_pkg:halves", "share": 0.5}


@pytest.fixture
def module(tmp_path: Path, processes: Processes) -> Module:
    """Runs a module where `my_pkg`, `broken` and `idle` can be imported."""
    for package, code in {"my_pkg": HALVES + TINY_NET, "broken": "1 / 0", "idle": ""}.items():
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(code)
    processes.environment = {"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"}
    return processes.module


@pytest.fixture
def script(module: Module, tmp_path: Path) -> Module:
    """Runs lines of Python there."""

    def run(code: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "script.py").write_text(code)
        return module("script")

    return run


@pytest.fixture
def train(module: Module, tmp_path: Path) -> Module:
    """Trains two steps of the tiny run with other fields."""

    def run(**changes: Any) -> subprocess.CompletedProcess[str]:
        config = tmp_path / "run.json"
        config.write_text(json.dumps({**TINY, "maxEpochs": 1, "batchSize": 720, **changes}))
        options = ["--run-dir", str(tmp_path / "run"), "--device", "cpu"]
        return module("mixlab.train", str(config), *options)

    return run


def test_trains(train: Module, tmp_path: Path) -> None:
    choices = [{"method": HALF, "probability": 0.5}, {"method": {"name": "mixup"}, "probability": 0.5}]
    done = train(backbone="my_pkg:TinyNet", mixMode={"name": "oneOf", "choices": choices})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "log.jsonl").is_file()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"mixMode": {"name": "other:halves"}},
            "run.json: mixMode.name: there is no package other for ",
        ),
        (
            {"mixMode": {"name": "oneOf", "choices": [{"method": {"name": "o.p:q"}, "probability": 1}]}},
            "run.json: mixMode.choices.0.method.name: there is no package o.p for",
        ),
        ({"backbone": "other:Net"}, "run.json: backbone: there is no package other for"),
        (
            {"mixMode": {"name": "broken:halves"}},
            "broken/__init__.py:1: ZeroDivisionError: division by zero",
        ),
        ({"mixMode": {"name": "my_pkg:halvs"}}, "did you mean my_pkg:halves?"),
        ({"mixMode": {**HALF, "shares": 1}}, "mixMode.shares: unknown field"),
        ({"backbone": "my_pkg:Tiny"}, "my_pkg registers no network 'my_pkg:Tiny'; it has my_pkg:TinyNet"),
        ({"backbone": "my_pkg:TinyNet", "model": {"dropPath": 0.1}}, "has no stochastic depth"),
    ],
)
def test_refuses_before_anything_is_written(
    train: Module, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    done = train(**changes)
    assert message in done.stderr
    assert done.returncode == 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (HALVES.replace("my_pkg:", ""), "'halves', of __main__, needs a name like '__main__:halves'"),
        (HALVES, "'my_pkg:halves', of __main__, needs a name like '__main__:halves'"),
        (TINY_NET, "'my_pkg:TinyNet', of __main__, needs a name like '__main__:TinyNet'"),
    ],
)
def test_a_name_begins_with_the_package_that_registers_it(script: Module, code: str, error: str) -> None:
    done = script(code)
    assert error in done.stderr
    assert done.returncode == 1


def test_what_equals_the_default_of_the_package_is_outside_the_identity(script: Module) -> None:
    code = """
from mixlab.config import RunConfig
from mixlab.identity import run_hash
from my_pkg import Halves
given = dict(dataset=dict(name="digits", classes=10, size=8), backbone="resnet8", max_epochs=1, batch_size=8)
methods = (Halves(share=0.5), Halves(), Halves(share=0.2))
one, default, other = (RunConfig(**given, mix_mode=method) for method in methods)
assert run_hash(one) == run_hash(default) != run_hash(other)
"""
    done = script(code)
    assert done.returncode == 0, done.stderr


def test_exports_what_a_package_registers(module: Module) -> None:
    done = module("mixlab.schema", "--from", "my_pkg")
    document = json.loads(done.stdout)
    assert [method["name"] for method in document["methods"]] == ["my_pkg:halves"]
    assert document["methods"][0]["schema"]["properties"]["share"]["default"] == 0.5
    assert document["backbones"] == [{"name": "my_pkg:TinyNet", "family": "cnn"}]


def test_says_that_a_package_registers_nothing(module: Module) -> None:
    done = module("mixlab.schema", "--from", "idle")
    assert done.returncode == 2
    assert done.stderr.startswith(
        "idle registers nothing: it has no method or backbone with a name like 'idle:halves'"
    )
