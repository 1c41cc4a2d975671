"""Methods in a training loop of one's own: `mixlab.methods.create`."""

from __future__ import annotations

import copy
import inspect
import io
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DataParallel

from method_cues import small_cnn, small_vit
from methods_settings import SETTINGS
from mixlab.core.vision import import_timm
from mixlab.methods import Mix, MixUp, create, list_methods, method_class

SIDE, CLASSES = 16, 10


def python_spelling(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    spelled = {field.alias: key for key, field in method_class(name).model_fields.items()}
    return {spelled[key]: value for key, value in settings.items()}


ROWS = {
    f"{name}-{index}": (name, python_spelling(name, settings))
    for name, rows in SETTINGS.items()
    for index, settings in enumerate(rows)
}
every_row = pytest.mark.parametrize(("name", "parameters"), list(ROWS.values()), ids=list(ROWS))


def batch(seed: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(6, 3, SIDE, SIDE, generator=generator), torch.arange(6)


def model_for(name: str, parameters: dict[str, Any]) -> nn.Module:
    """A fresh network that the method works with, always the same, in training mode."""
    method = method_class(name).model_validate({"name": name, **parameters})
    vit = "attention" in method.demands()
    return copy.deepcopy(small_vit(CLASSES) if vit else small_cnn(CLASSES)).train()


def mix_for(name: str, parameters: dict[str, Any], model: nn.Module, seed: int = 3) -> Mix:
    network = "network" in method_class(name).needs
    also = {"model": model, "image_size": SIDE} if network else {}
    return create(name, num_classes=CLASSES, seed=seed, **also, **parameters)


def teacher_for(mix: Mix) -> nn.Module | None:
    return small_cnn(CLASSES).eval() if mix.method.teachers() else None


@every_row
def test_the_loss_of_a_step_trains_the_model_and_what_the_method_trains(
    name: str, parameters: dict[str, Any]
) -> None:
    model = model_for(name, parameters)
    mix = mix_for(name, parameters, model)
    (images, labels), before = batch(), batch()[0]
    for _ in range(2):  # some methods have nothing to mix with before the second step
        loss = mix.loss(model, images, labels, teacher=teacher_for(mix), progress=0.5)
        assert (loss.shape, loss.isfinite().item()) == ((), True)
        loss.backward()
        mix.update(model, progress=0.5)
    assert torch.equal(images, before)
    assert all(parameter.grad is not None for parameter in model.parameters())
    if "network" in mix.method.demands():
        assert any(parameter.grad is not None for parameter in mix.parameters()) or not mix.parameters()


@every_row
def test_two_lines_give_the_loss_of_the_whole_step_or_say_that_they_cannot(
    name: str, parameters: dict[str, Any]
) -> None:
    model, its_twin = (model_for(name, parameters) for _ in range(2))
    whole, lines = (mix_for(name, parameters, model) for _ in range(2))
    images, labels = batch()
    teacher = teacher_for(whole)
    expected = whole.loss(its_twin, images, labels, teacher=teacher)
    if not whole.mixer.only_mixes():
        with pytest.raises(TypeError, match=r"take mix\.loss\(model, images, labels, criterion\)"):
            lines(images, labels, model=model, teacher=teacher)
        return
    mixed, target = lines(images, labels, model=model, teacher=teacher)
    assert (target.dtype, target.shape) == (torch.float32, (6, CLASSES))
    assert not mixed.requires_grad
    assert torch.equal(images, batch()[0])
    torch.testing.assert_close(F.cross_entropy(model(mixed), target), expected, atol=1e-6, rtol=1e-5)


@every_row
def test_a_training_that_stopped_goes_on_as_if_it_had_not(name: str, parameters: dict[str, Any]) -> None:
    model = model_for(name, parameters).eval()  # batch statistics stay as they are

    def losses(mix: Mix, seeds: range) -> list[float]:
        found = []
        for seed in seeds:
            torch.manual_seed(seed)  # SAMix's network drops out
            found.append(float(mix.loss(model, *batch(seed), teacher=teacher_for(mix)).detach()))
        return found

    expected = losses(mix_for(name, parameters, model), range(4))
    stopped = mix_for(name, parameters, model)
    assert losses(stopped, range(2)) == expected[:2]
    file = io.BytesIO()
    torch.save(stopped.state_dict(), file)
    file.seek(0)
    resumed = mix_for(name, parameters, model, seed=99)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert losses(resumed, range(2, 4)) == expected[2:]


@pytest.mark.parametrize("name", ["mixup", "puzzlemix", "automix", "recursivemix", "transmix"])
def test_under_autocast(name: str) -> None:
    model = model_for(name, {})
    mix = mix_for(name, {}, model)
    with torch.autocast("cpu", torch.bfloat16):
        mix.loss(model, *batch(), teacher=None).backward()
    assert all(
        parameter.grad.isfinite().all() for parameter in model.parameters() if parameter.grad is not None
    )


def test_the_model_is_looked_at_and_left_as_it_was() -> None:
    model = model_for("puzzlemix", {})
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        images, target = create("puzzlemix", seed=0)(*batch(), model=model)
    torch.testing.assert_close(target.sum(1), torch.ones(6))
    assert not torch.equal(images, batch()[0])
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_seeds_decide_what_is_drawn() -> None:
    images, labels = batch()

    def target(seed: int | None) -> Tensor:
        return create("mixup", num_classes=CLASSES, seed=seed)(images, labels).target

    assert torch.equal(target(1), target(1))
    assert not torch.equal(target(1), target(2))
    torch.manual_seed(5)
    by_pytorch = target(None)
    torch.rand(3)  # what was drawn in between does not count
    assert torch.equal(target(None), by_pytorch)
    torch.manual_seed(6)
    assert not torch.equal(target(None), by_pytorch)


def test_who_tells_the_number_of_classes() -> None:
    images, labels = batch()
    resnet = import_timm().create_model("resnet18", num_classes=7)
    assert create("mixup", num_classes=8)(images, labels, model=resnet).target.shape == (6, 8)
    assert create("mixup")(images, labels, model=resnet).target.shape == (6, 7)
    assert create("mixup")(images, labels, model=DataParallel(resnet)).target.shape == (6, 7)
    assert create("mixup")(images, torch.eye(9)[:6]).target.shape == (6, 9)
    with pytest.raises(ValueError, match="nothing tells how many classes there are: give create num_classes"):
        create("mixup")(images, labels)


def test_labels_of_few_bits() -> None:
    images, labels = batch()
    expected = create("mixup", num_classes=6, seed=0)(images, labels).target
    assert torch.equal(create("mixup", num_classes=6, seed=0)(images, labels.int()).target, expected)


def test_a_compiled_model_is_mixed_inside_of_as_well() -> None:
    """Compiled code does not notice hooks that come after it."""
    model = model_for("manifoldmix", {"layers": [2]})
    images, labels = batch()
    compiled = torch.compile(model, backend="eager")
    compiled(images)
    model.eval()
    losses = [
        create("manifoldmix", num_classes=CLASSES, seed=0, layers=[2]).loss(network, images, labels)
        for network in (model, compiled)
    ]
    assert torch.equal(*losses)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: create("puzlemix"), ValueError, "no method is called 'puzlemix'; did you mean puzzlemix?"),
        (lambda: create("?"), ValueError, "no method is called '\\?'; there is adautomix, alignmix, "),
        (lambda: create("no_such_package:halves"), ValueError, "there is no package no_such_package"),
        (
            lambda: create("mixup", alfa=1.0, per_sampel=True),
            TypeError,
            "mixup has no parameter 'alfa'; did you mean alpha\\?\n.*'per_sampel'; did you mean per_sample",
        ),
        (lambda: create("mixup", perSample=True), TypeError, "did you mean per_sample"),
        (
            lambda: create("puzzlemix", t_size=2),
            TypeError,
            "puzzlemix has no parameter 't_size': renamed to transport_size in version 2 of the run config",
        ),
        (
            lambda: create("mixup", alpha=0, per_sample=1),
            ValueError,
            r"alpha: .*a number > 0 and <= 1e\+30, got 0\); the default is 1.0\n"
            "per_sample: .*true or false, got 1",
        ),
        (
            lambda: create("decouplemix", compat="openmixup", per_sample=True),
            ValueError,
            "per_sample: OpenMixup's way takes one lam for the batch",
        ),
        (
            lambda: create("automix"),
            TypeError,
            "automix trains a network of its own: give create model=… and image_size=…, and the optimiser",
        ),
        (lambda: create("puzzlemix")(*batch()), TypeError, "puzzlemix looks at the network .*: give model="),
        (
            lambda: create("supermix", num_classes=6)(*batch()),
            TypeError,
            r'supermix asks a trained network: give teacher=…, for example timm.create_model\("resnet18"',
        ),
        (
            lambda: create("transmix").loss(small_cnn(), *batch()),
            TypeError,
            "CifarResNet is .* vision transformer",
        ),
        (
            lambda: create("mixup").loss(small_cnn(), batch()[0], torch.eye(6)),
            TypeError,
            r"takes class indices \[B\], not labels of shape \(6, 6\)",
        ),
        (
            lambda: create("mixup").loss(DataParallel(small_cnn()), *batch()),
            TypeError,
            "DataParallel does not see what mix.loss does",
        ),
        (lambda: create("mixup").mixer, TypeError, "there is no mixer before the first step"),
        (lambda: create(MixUp), TypeError, "name: expected a method's name, such as 'cutmix', got <class"),
        (
            lambda: create("mixup", num_classes=0),
            ValueError,
            "num_classes: expected a whole number from 1, got 0",
        ),
        (lambda: create("mixup", num_classes="10"), TypeError, "num_classes: expected .* got '10'"),
        (lambda: create("mixup", seed=1.5), TypeError, "seed: expected a whole number from 0, got 1.5"),
        (lambda: create("mixup", mean=0.5), TypeError, "mean: expected three numbers, .* got 0.5"),
        (
            lambda: create("mixup", std=(1, 1, 0)),
            ValueError,
            r"std: expected numbers above 0, got \(1, 1, 0\)",
        ),
        (
            lambda: create("automix", model="resnet18", image_size=SIDE),
            TypeError,
            "model: expected a torch.nn.Module, got 'resnet18', a str",
        ),
        (
            lambda: create("automix", model=small_cnn(), image_size=(SIDE, SIDE)),
            TypeError,
            r"image_size: expected a whole number from 1, got \(16, 16\)",
        ),
        (
            lambda: create("supermix", num_classes=6)(*batch(), teacher="resnet18"),
            TypeError,
            "teacher: expected a torch.nn.Module, got 'resnet18', a str",
        ),
        (
            lambda: create("puzzlemix", num_classes=6)(*batch(), model=[small_cnn()]),
            TypeError,
            "model: expected a torch.nn.Module, got list",
        ),
        (
            lambda: create("cutmix", num_classes=6)(batch()[0][0], batch()[1]),
            ValueError,
            r"images: expected \[B, C, H, W\], got \[3, 16, 16\]",
        ),
        (
            lambda: create("cutmix", num_classes=6)(batch()[0], batch()[1][:5]),
            ValueError,
            r"labels: expected \[6\] or \[6, K\], for images of \[6, 3, 16, 16\], got \[5\]",
        ),
        (
            lambda: create("cutmix", num_classes=6)(batch()[0], torch.eye(9)[:6]),
            ValueError,
            r"labels: expected \[B, 6\] of 6 classes, got \[6, 9\]",
        ),
        (
            lambda: create("mixup").loss(small_cnn(), *batch(), "ce"),
            TypeError,
            "criterion: expected a function of logits and targets, got 'ce'",
        ),
    ],
)
def test_what_is_wrong_is_said(call: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (torch.tensor([0, 1, 2, 3, 4, 10]), ValueError, "labels: expected class indices of 0 to 9, got 10"),
        (torch.tensor([0, 1, 2, 3, 4, -1]), ValueError, "labels: expected class indices of 0 to 9, got -1"),
        (torch.rand(6), ValueError, "expected class indices .* or probabilities .*, got torch.float32"),
        ([0, 1, 2, 3, 4, 5], TypeError, "labels: expected a tensor, got list"),
    ],
)
@pytest.mark.parametrize("name", ["cutmix", "puzzlemix"])
def test_labels_that_are_no_class_indices(
    name: str, labels: Any, error: type[Exception], message: str
) -> None:
    images, model = batch()[0], small_cnn(CLASSES)
    with pytest.raises(error, match=message):
        create(name)(images, labels, model=model)
    if isinstance(labels, Tensor):
        with pytest.raises(error, match=message):
            create(name).loss(model, images, labels)


def test_no_parameter_of_a_method_has_the_name_of_one_of_create() -> None:
    own = {name for name in inspect.signature(create).parameters if name not in ("name", "parameters")}
    clashes = {name: own & method_class(name).model_fields.keys() for name in list_methods()}
    assert not any(clashes.values())


def test_three_lines_with_one_import() -> None:
    """In a fresh process, where nothing has imported the methods."""
    lines = """
import torch, mixlab
mix = mixlab.methods.create("cutmix", alpha=1.0, num_classes=3)
images, target = mix(torch.zeros(2, 3, 8, 8), torch.tensor([0, 2]))
print(tuple(target.shape))
"""
    ran = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, timeout=120)
    assert (ran.stdout, ran.returncode) == ("(2, 3)\n", 0), ran.stderr
