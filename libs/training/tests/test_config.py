"""Reading run configs: what is accepted, and that everything wrong with a file is said at once."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from mixlab.config import ConfigError, Dataset, Model, RunConfig, load_config, run_config_schema
from mixlab.core.errors import InvalidInput
from mixlab.methods import CutMix, MixUp, OneOf, Vanilla, list_methods

SMALLEST: dict[str, Any] = {
    "dataset": {"name": "cifar10", "classes": 10, "size": 32},
    "backbone": "resnet18",
    "maxEpochs": 200,
    "batchSize": 100,
}


def written(folder: Path, content: Any) -> Path:
    """A config file: text as it is, bytes as they are, anything else as JSON."""
    file = folder / "run.json"
    data = content if isinstance(content, str | bytes) else json.dumps(content)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def changed(path: str, value: Any) -> dict[str, Any]:
    """The smallest config with one field set."""
    config = copy.deepcopy(SMALLEST)
    *parents, last = path.split(".")
    part = config
    for key in parents:
        part = part.setdefault(key, {})
    part[last] = value
    return config


def problems(folder: Path, content: Any) -> list[str]:
    """What loading a config file complains about, a line each, without the file's folder."""
    file = written(folder, content)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert all(issue.file == str(file) for issue in caught.value.issues)
    assert str(caught.value) == "\n".join(str(issue) for issue in caught.value.issues)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


NOT_JSON = [
    ("", "run.json:1:1: is not JSON: Expecting value"),
    ("{", "run.json:1:2: is not JSON: Expecting property name enclosed in double quotes"),
    ('{\n  "maxEpochs": 3\n  "batchSize": 1\n}', "run.json:3:3: is not JSON: Expecting ',' delimiter"),
    ('{"maxEpochs": 3} x', "run.json:1:18: is not JSON: Extra data"),
    ("{'maxEpochs': 3}", "run.json:1:2: is not JSON: Expecting property name enclosed in double quotes"),
    ('{"maxEpochs": 0x10}', "run.json:1:16: is not JSON: Expecting ',' delimiter"),
    (b'{"backbone": "\xff"}', "run.json: is not UTF-8 text, at byte 14"),
    ("[" * 100_000, "run.json: is nested too deeply"),
    ("[" * 900 + "]" * 900, "run.json: is nested too deeply"),
    ('{"zzz": ' * 101 + "0" + "}" * 101, "run.json: is nested too deeply"),
    ("[]", "run.json: the value is not allowed here (expected an object, got [])"),
    ("null", "run.json: the value is not allowed here (expected an object, got null)"),
    ('"resnet18"', 'run.json: the value is not allowed here (expected an object, got "resnet18")'),
]


@pytest.mark.parametrize(("content", "message"), NOT_JSON)
def test_files_that_hold_no_json_object(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert problems(tmp_path, content) == [message]


METHOD_NAMES = ", ".join(f'"{name}"' for name in list_methods())
SINGLE_METHOD_NAMES = METHOD_NAMES.replace('"oneOf", ', "")

# What is set, to what; then where the problem is, and its details.
NOT_ALLOWED: list[tuple[str, Any, str, str]] = [
    ("maxEpochs", "32", "maxEpochs", 'expected an integer > 0 and <= 1000000, got "32"'),
    ("maxEpochs", True, "maxEpochs", "expected an integer > 0 and <= 1000000, got true"),
    ("maxEpochs", 1.5, "maxEpochs", "expected an integer > 0 and <= 1000000, got 1.5"),
    ("maxEpochs", None, "maxEpochs", "expected an integer > 0 and <= 1000000, got null"),
    ("maxEpochs", [3], "maxEpochs", "expected an integer > 0 and <= 1000000, got [3]"),
    ("maxEpochs", 1e300, "maxEpochs", "expected an integer > 0 and <= 1000000, got 1e+300"),
    ("seed", 9007199254740992, "seed", "expected an integer >= 0, got 9007199254740992.0"),
    (
        "backbone",
        18,
        "backbone",
        "expected a string that matches ^[A-Za-z0-9_.:-]+$, got 18",
    ),
    ("optimizer.lr", "0.1", "optimizer.lr", 'expected a number > 0 and <= 1e+30, got "0.1"'),
    ("optimizer.lr", False, "optimizer.lr", "expected a number > 0 and <= 1e+30, got false"),
    ("optimizer.nesterov", 1, "optimizer.nesterov", "expected true or false, got 1"),
    ("optimizer.nesterov", "yes", "optimizer.nesterov", 'expected true or false, got "yes"'),
    ("optimizer", [], "optimizer", "expected an object, got []"),
    ("optimizer", "sgd", "optimizer", 'expected an object, got "sgd"'),
    ("model", None, "model", "expected an object, got null"),
    ("model.pretrained", 1, "model.pretrained", "expected a string, or null, got 1"),
    ("schemaVersion", 0, "schemaVersion", "expected 2, got 0"),
    ("schemaVersion", True, "schemaVersion", "expected 2, got true"),
    ("maxEpochs", 0, "maxEpochs", "expected an integer > 0 and <= 1000000, got 0"),
    ("batchSize", -1, "batchSize", "expected an integer > 0 and <= 1000000, got -1"),
    ("loss.labelSmoothing", 1, "loss.labelSmoothing", "expected a number >= 0 and < 1, got 1"),
    ("dataset.classes", 1, "dataset.classes", "expected an integer >= 2 and <= 1000000, got 1"),
    ("mixMode", {"name": "mixup", "alpha": 0}, "mixMode.alpha", "expected a number > 0 and <= 1e+30, got 0"),
    (
        "mixMode",
        {"name": "cutmix", "alpha": -0.5},
        "mixMode.alpha",
        "expected a number > 0 and <= 1e+30, got -0.5",
    ),
    ("optimizer.lr", 1e300, "optimizer.lr", "expected a number > 0 and <= 1e+30, got 1e+300"),
    (
        "optimizer.weightDecay",
        1e300,
        "optimizer.weightDecay",
        "expected a number >= 0 and <= 1e+30, got 1e+300",
    ),
    ("inputs.colorJitter", 1e308, "inputs.colorJitter", "expected a number >= 0 and <= 10, got 1e+308"),
    ("inputs.testCropRatio", 1e-9, "inputs.testCropRatio", "expected a number >= 0.01 and <= 1, got 1e-09"),
    ("inputs.eraseCount", 10**9, "inputs.eraseCount", "expected an integer > 0 and <= 1000, got 1000000000"),
    ("dataset.size", 10**9, "dataset.size", "expected an integer > 0 and <= 8192, got 1000000000"),
    ("runtime.workers", 10**9, "runtime.workers", "expected an integer >= 0 and <= 1024, got 1000000000"),
    (
        "mixMode",
        {"name": "alignmix", "epsilon": 1e300},
        "mixMode.epsilon",
        "expected a number > 0 and <= 1e+30, got 1e+300",
    ),
    (
        "optimizer.name",
        "adam",
        "optimizer.name",
        'expected one of "sgd", "adamw", "lamb", got "adam"; did you mean adamw?',
    ),
    (
        "model.stem",
        "CIFAR",
        "model.stem",
        'expected one of "imagenet", "cifar", "tiny-imagenet", got "CIFAR"; did you mean cifar?',
    ),
    (
        "backbone",
        "resnet 18",
        "backbone",
        'expected a string that matches ^[A-Za-z0-9_.:-]+$, got "resnet 18"',
    ),
    ("backbone", "", "backbone", 'expected a string that matches ^[A-Za-z0-9_.:-]+$, got ""'),
    (
        "dataset.name",
        "../etc",
        "dataset.name",
        'expected a string that matches ^[a-z0-9][a-z0-9._-]*$, got "../etc"',
    ),
    ("dataset.valSplit", "", "dataset.valSplit", 'expected a string that is not empty, got ""'),
    (
        "dataset.mean",
        [0.5, 0.5],
        "dataset.mean",
        "expected an array of 3 elements, each a number >= 0 and <= 1, got [0.5, 0.5]",
    ),
    (
        "dataset.std",
        [0.5, 0.5, 0.5, 0.5],
        "dataset.std",
        "expected an array of 3 elements, each a number >= 0.001 and <= 1e+30, got [0.5, 0.5, 0.5, 0.5]",
    ),
    ("dataset.std", [0.5, 0, 0.5], "dataset.std.1", "expected a number >= 0.001 and <= 1e+30, got 0"),
    ("dataset.mean", [0.5, "0.5", 0.5], "dataset.mean.1", 'expected a number >= 0 and <= 1, got "0.5"'),
    (
        "dataset.mean",
        0.5,
        "dataset.mean",
        "expected an array of 3 elements, each a number >= 0 and <= 1, got 0.5",
    ),
    (
        "mixMode",
        {"name": "cutmx"},
        "mixMode.name",
        f'expected one of {METHOD_NAMES}, got "cutmx"; did you mean cutmix?',
    ),
    ("mixMode", {"name": 3}, "mixMode.name", f"expected one of {METHOD_NAMES}, got 3"),
    (
        "mixMode",
        "cutmix",
        "mixMode",
        f'expected an object with "name": one of {METHOD_NAMES}, got "cutmix"; did you mean cutmix?',
    ),
    ("mixMode", None, "mixMode", f'expected an object with "name": one of {METHOD_NAMES}, got null'),
    (
        "mixMode",
        {"name": "oneOf", "choices": []},
        "mixMode.choices",
        "expected an array of 1 or more, got []",
    ),
    (
        "mixMode",
        {"name": "oneOf", "choices": [{"method": {"name": "mixup", "alpha": -1}, "probability": 1}]},
        "mixMode.choices.0.method.alpha",
        "expected a number > 0 and <= 1e+30, got -1",
    ),
    (
        "mixMode",
        {"name": "oneOf", "choices": [{"method": {"name": "oneOf", "choices": []}, "probability": 1}]},
        "mixMode.choices.0.method.name",
        f'expected one of {SINGLE_METHOD_NAMES}, got "oneOf"',
    ),
]


@pytest.mark.parametrize(("path", "value", "where", "details"), NOT_ALLOWED)
def test_a_value_that_is_not_allowed(tmp_path: Path, path: str, value: Any, where: str, details: str) -> None:
    expected = f"run.json: {where}: the value is not allowed here ({details})"
    assert problems(tmp_path, changed(path, value)) == [expected]


UNKNOWN_FIELDS: list[tuple[str, Any, str]] = [
    ("maxEpoch", 3, 'maxEpoch: unknown field "maxEpoch" (got 3; did you mean maxEpochs?)'),
    ("max_epochs", 3, 'max_epochs: unknown field "max_epochs" (got 3; did you mean maxEpochs?)'),
    (
        "optimizer.weight_decay",
        0,
        'optimizer.weight_decay: unknown field "weight_decay" (got 0; did you mean weightDecay?)',
    ),
    ("zzz", {}, 'zzz: unknown field "zzz" (got {})'),
    (
        "mixMode",
        {"name": "mixup", "alhpa": 1},
        'mixMode.alhpa: unknown field "alhpa" (got 1; did you mean alpha?)',
    ),
    (
        "mixMode",
        {"name": "oneOf", "choices": [{"probability": 1, "method": {"name": "puzzlemix", "tSize": 2}}]},
        'mixMode.choices.0.method.tSize: unknown field "tSize": '
        'renamed to "transportSize" in version 2 of the run config (got 2)',
    ),
    ("mixMode", {"name": "mixup", "tSize": 2}, 'mixMode.tSize: unknown field "tSize" (got 2)'),
]


@pytest.mark.parametrize(("path", "value", "problem"), UNKNOWN_FIELDS)
def test_an_unknown_field(tmp_path: Path, path: str, value: Any, problem: str) -> None:
    assert problems(tmp_path, changed(path, value)) == [f"run.json: {problem}"]


MISSING = [
    ("mixMode", {"alpha": 1}, f"mixMode.name: a value is missing (expected one of {METHOD_NAMES})"),
    ("mixMode", {"name": "oneOf"}, "mixMode.choices: a value is missing (expected an array of 1 or more)"),
]


@pytest.mark.parametrize(("path", "value", "problem"), MISSING)
def test_a_missing_part_of_a_method(tmp_path: Path, path: str, value: Any, problem: str) -> None:
    assert problems(tmp_path, changed(path, value)) == [f"run.json: {problem}"]


BROKEN_RULES: list[tuple[str, Any, str, str, str]] = [
    (
        "mixMode",
        {"name": "oneOf", "choices": [{"method": {"name": "mixup"}, "probability": 0.5}]},
        "mixMode.choices",
        "the probabilities do not sum to 1",
        "expected 1, got 0.5",
    ),
    (
        "schedule",
        {"warmupEpochs": 201},
        "schedule.warmupEpochs",
        "the warm-up is longer than the training",
        "expected at most 200, which is maxEpochs, got 201",
    ),
    (
        "schedule",
        {"minLr": 0.2},
        "schedule.minLr",
        "the schedule ends above the learning rate that it starts from",
        "expected at most 0.1, which is optimizer.lr, got 0.2",
    ),
    (
        "inputs.cropArea",
        [0.9, 0.1],
        "inputs.cropArea.0",
        "the least area of a crop is above the greatest",
        "expected at most 0.1, which is inputs.cropArea.1, got 0.9",
    ),
    (
        "inputs.cropAspect",
        [2, 1],
        "inputs.cropAspect.0",
        "the least aspect of a crop is above the greatest",
        "expected at most 1, which is inputs.cropAspect.1, got 2",
    ),
    (
        "dataset.layout",
        "digits",
        "dataset.name",
        "the layout `digits` is of the dataset `digits` alone",
        'expected "digits", got "cifar10"',
    ),
    (
        "dataset",
        {"name": "digits", "layout": "digits", "classes": 9, "size": 8},
        "dataset.classes",
        "there are ten digits",
        "expected 10, got 9",
    ),
    (
        "optimizer",
        {"nesterov": True, "momentum": 0},
        "optimizer.momentum",
        "Nesterov's momentum needs a momentum",
        "expected more than 0, got 0",
    ),
    (
        "inputs.randAugment",
        "rand-m9-mst0.5",
        "inputs.randAugment",
        "not timm's notation of RandAugment",
        "expected `rand`, then any of -m<magnitude>, -n<operations>, -p<probability>, -mstd<deviation>, "
        "-mmax<magnitude>, -inc0, -inc1, -tweights, -t3a, -t3aw, such as rand-m9-mstd0.5-inc1, "
        'got "rand-m9-mst0.5"',
    ),
]


@pytest.mark.parametrize(("path", "value", "where", "message", "details"), BROKEN_RULES)
def test_a_broken_rule_between_fields(
    tmp_path: Path, path: str, value: Any, where: str, message: str, details: str
) -> None:
    assert problems(tmp_path, changed(path, value)) == [f"run.json: {where}: {message} ({details})"]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("path", ["maxEpochs", "seed"])
def test_numbers_that_json_does_not_have(tmp_path: Path, text: str, path: str) -> None:
    content = json.dumps(changed(path, "@")).replace('"@"', text)
    (line,) = problems(tmp_path, content)
    assert line.startswith(f"run.json: {path}: the value is not allowed here (expected an integer")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_learning_rates_that_are_not_finite(tmp_path: Path, text: str) -> None:
    content = json.dumps(changed("optimizer.lr", "@")).replace('"@"', text)
    (line,) = problems(tmp_path, content)
    assert line.startswith(
        "run.json: optimizer.lr: the value is not allowed here (expected a number > 0 and <= 1e+30"
    )


def test_repeated_keys(tmp_path: Path) -> None:
    content = json.dumps(changed("optimizer.lr", 0.1))
    content = content.replace('"lr": 0.1', '"lr": 0.1, "lr": 0.2').replace(
        '"backbone": "resnet18"', '"backbone": "resnet18", "backbone": "resnet18"'
    )
    assert problems(tmp_path, content) == [
        "run.json: backbone: stands more than once in its object",
        "run.json: optimizer.lr: stands more than once in its object",
    ]


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    config = {
        "dataset": {"name": "Digits!", "classes": 10, "layout": "digits"},
        "backbone": "deit_small_patch16_224",
        "max_epochs": 3,
        "batchSize": "64",
        "mixMode": {
            "name": "oneOf",
            "choices": [
                {"method": {"name": "mixup", "alpha": 0}, "probability": 0.5},
                {"method": {"name": "cutmixx"}, "probability": 0.4},
            ],
        },
        "model": {"stem": "cifar"},
        "inputs": {"cropArea": [1, 0.5], "flip": 2},
        "schedule": {"warmupEpochs": 5, "minLr": 1},
    }
    content = json.dumps(config).replace('"flip": 2', '"flip": 2, "flip": 3')
    assert sorted(problems(tmp_path, content)) == sorted(
        [
            "run.json: inputs.flip: stands more than once in its object",
            "run.json: dataset.name: the value is not allowed here "
            '(expected a string that matches ^[a-z0-9][a-z0-9._-]*$, got "Digits!")',
            "run.json: dataset.size: a value is missing (expected an integer > 0 and <= 8192)",
            "run.json: maxEpochs: a value is missing (expected an integer > 0 and <= 1000000)",
            'run.json: max_epochs: unknown field "max_epochs" (got 3; did you mean maxEpochs?)',
            "run.json: batchSize: the value is not allowed here "
            '(expected an integer > 0 and <= 1000000, got "64")',
            "run.json: mixMode.choices.0.method.alpha: the value is not allowed here "
            "(expected a number > 0 and <= 1e+30, got 0)",
            "run.json: mixMode.choices.1.method.name: the value is not allowed here "
            f'(expected one of {SINGLE_METHOD_NAMES}, got "cutmixx"; '
            "did you mean cutmix?)",
            "run.json: inputs.flip: the value is not allowed here (expected a number >= 0 and <= 1, got 3)",
            # rules between fields, wherever the fields that they read are there
            "run.json: mixMode.choices: the probabilities do not sum to 1 (expected 1, got 0.9)",
            "run.json: inputs.cropArea.0: the least area of a crop is above the greatest "
            "(expected at most 0.5, which is inputs.cropArea.1, got 1)",
            "run.json: schedule.minLr: the schedule ends above the learning rate that it starts from "
            "(expected at most 0.1, which is optimizer.lr, got 1)",
            "run.json: backbone: only a ResNet has a `cifar` stem "
            '(expected a ResNet, ResNeXt or Wide ResNet, got "deit_small_patch16_224")',
        ]
    )


@pytest.mark.parametrize("missing", sorted(SMALLEST))
def test_a_missing_field(tmp_path: Path, missing: str) -> None:
    (line,) = problems(tmp_path, {key: value for key, value in SMALLEST.items() if key != missing})
    assert line.startswith(f"run.json: {missing}: a value is missing (expected ")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.json: cannot be read: No such file or directory"):
        load_config(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config("run\0.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = written(tmp_path, SMALLEST)
    file.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load_config(file)


def test_an_error_is_an_invalid_input_for_commands(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_config(tmp_path / "none.json")
    assert caught.value.exit_code == 2


def test_unprintable_names_stay_on_their_line(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, {**SMALLEST, "né\n\x1b": 1})
    assert line == r'run.json: n\xe9\n\x1b: unknown field "n\u00e9\n\u001b" (got 1)'


@pytest.mark.parametrize("path", ["zz\ud800", "dataset.trainSplit"])
def test_half_a_character(tmp_path: Path, path: str) -> None:
    (line,) = problems(tmp_path, changed(path, "\udc00"))
    assert line == "run.json: holds a character that is half of a surrogate pair"


def test_long_values_are_cut_and_stay_printable(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, changed("batchSize", "é\x1b[31m" * 1000))
    assert line.isascii()
    assert line.isprintable()
    assert len(line) < 200


def test_the_smallest_config(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, SMALLEST))
    assert config.mix_mode == Vanilla()
    assert config.max_epochs == 200
    assert config.dataset == Dataset(name="cifar10", classes=10, size=32)


def test_whole_numbers_are_integers_however_they_are_written(tmp_path: Path) -> None:
    text = json.dumps(SMALLEST).replace("200", "200.0").replace("100", "1e2")
    config = load_config(written(tmp_path, text))
    assert (config.max_epochs, config.batch_size) == (200, 100)
    assert type(config.max_epochs) is int


def test_an_integer_may_stand_for_a_float(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, changed("mixMode", {"name": "cutmix", "alpha": 1})))
    assert config.mix_mode == CutMix(alpha=1.0)
    assert type(config.mix_mode.alpha) is float


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    load_config(written(tmp_path, b"\xef\xbb\xbf" + json.dumps(SMALLEST).encode()))


def test_a_config_comes_back_from_its_own_json(tmp_path: Path) -> None:
    mixture = OneOf.model_validate(
        {
            "choices": [
                {"method": MixUp(alpha=0.1, per_sample=True), "probability": 0.3},
                {"method": CutMix(), "probability": 0.7},
            ]
        }
    )
    dataset = Dataset(name="x", classes=2, size=8)
    config = RunConfig.model_validate({**SMALLEST, "mixMode": mixture, "dataset": dataset})
    assert load_config(written(tmp_path, config.model_dump_json(by_alias=True))) == config


def test_a_config_does_not_change() -> None:
    config = RunConfig.model_validate(SMALLEST)
    with pytest.raises(ValidationError):
        config.max_epochs = 3  # type: ignore[misc]
    assert isinstance(config.dataset.mean, tuple)
    assert hash(config) == hash(RunConfig.model_validate(SMALLEST))


def test_python_is_checked_as_json_is() -> None:
    with pytest.raises(ValidationError, match="warm-up is longer than the training"):
        RunConfig.model_validate(changed("schedule", {"warmupEpochs": 201}))
    with pytest.raises(ValidationError):
        Model(drop_path="0.1")  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        RunConfig.model_validate(changed("optimizer.lr", float("inf")))


@pytest.mark.parametrize(
    ("backbone", "allowed"),
    [
        ("resnet18", True),
        ("resnet8", True),
        ("resnext50_32x4d", True),
        ("wide_resnet50_2", True),
        ("resnet50.a1_in1k", True),
        ("seresnet50", True),
        ("deit_tiny_patch16_224", False),
        ("convnext_tiny", False),
        ("mobilenetv2_100", False),
        ("efficientnet_b0", False),
        ("inception_resnet_v2", False),
    ],
)
def test_backbones_with_a_cifar_stem(tmp_path: Path, backbone: str, allowed: bool) -> None:
    file = written(tmp_path, {**SMALLEST, "backbone": backbone, "model": {"stem": "cifar"}})
    if allowed:
        assert load_config(file).model.stem == "cifar"
    else:
        with pytest.raises(ConfigError, match="only a ResNet has a `cifar` stem"):
            load_config(file)


def test_every_field_is_described() -> None:
    schema = run_config_schema()
    for name, model in {**schema["$defs"], "RunConfig": schema}.items():
        assert model["description"]
        for key, field in model["properties"].items():
            described = field.keys() & {"description", "const", "$ref"}  # a reference has its model's
            assert described, f"{name}.{key} has no docstring"
