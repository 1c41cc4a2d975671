"""Identities and hashes: frozen ones, and what may not change them."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixlab.config import RunConfig, load_config, run_config_schema
from mixlab.core.json_schema import resolve, with_defaults
from mixlab.core.migrations import as_newest
from mixlab.identity import identity, run_hash

CASES = json.loads((Path(__file__).parent / "data" / "identities.json").read_text(encoding="utf-8"))["cases"]

SMALLEST: dict[str, Any] = {
    "dataset": {"name": "cifar10", "classes": 10, "size": 32},
    "backbone": "resnet18",
    "maxEpochs": 200,
    "batchSize": 100,
}


def hash_of(**fields: Any) -> str:
    return run_hash(RunConfig.model_validate({**SMALLEST, **fields}))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_frozen_identities(case: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(case["config"]), encoding="utf-8")
    config = load_config(file)
    values = config.model_dump(mode="json", by_alias=True)
    assert identity(values, run_config_schema()) == case["identity"]
    assert run_hash(config) == case["hash"]


def test_frozen_identities_tell_cases_apart() -> None:
    hashes: dict[str, list[str]] = {}
    for case in CASES:
        hashes.setdefault(case["hash"], []).append(case["name"])
    assert sorted(names for names in hashes.values() if len(names) > 1) == [
        ["an integer where a float belongs", "a float that is whole"],
        ["oneOf", "oneOf, defaults written out"],
        [
            "only what is required",
            "defaults written out change nothing",
            "what is outside of the identity changes nothing",
        ],
    ]


def test_the_hash_is_of_canonical_json() -> None:
    written_out = (
        '{"backbone":"resnet18","batchSize":100,"dataset":{"classes":10,"name":"cifar10","size":32},'
        '"maxEpochs":200,"mixMode":{"alpha":1e-7,"name":"cutmix"},"schemaVersion":1}'
    )
    expected = hashlib.sha256(written_out.encode()).hexdigest()
    assert hash_of(mixMode={"name": "cutmix", "alpha": 0.0000001}) == expected


def test_fields_outside_of_the_identity() -> None:
    marked = [
        f"{name}.{key}"
        for name, model in {"RunConfig": run_config_schema(), **run_config_schema()["$defs"]}.items()
        for key, field in model["properties"].items()
        if field.get("x-identity") is False
    ]
    assert sorted(marked) == [
        "Dataset.layout",
        "Dataset.trainList",
        "Dataset.valList",
        "RunConfig.runtime",
        "RunConfig.seed",
        "RunConfig.testBatchSize",
    ]
    dataset = {**SMALLEST["dataset"], "layout": "imagefolder"}
    assert hash_of() == hash_of(seed=3, testBatchSize=7, runtime={"workers": 0}, dataset=dataset)


CHANGES: list[dict[str, Any]] = [
    {"dataset": {**SMALLEST["dataset"], "name": "cifar100"}},
    {"dataset": {**SMALLEST["dataset"], "classes": 9}},
    {"dataset": {**SMALLEST["dataset"], "valSplit": "test"}},
    {"backbone": "resnet34"},
    {"maxEpochs": 199},
    {"batchSize": 99},
    {"mixMode": {"name": "mixup"}},
    {"mixMode": {"name": "cutmix"}},
    {"mixMode": {"name": "cutmix", "alpha": 0.2}},
    {"mixMode": {"name": "cutmix", "perSample": True}},
    {"model": {"stem": "cifar"}},
    {"inputs": {"flip": 0}},
    {"optimizer": {"lr": 0.2}},
    {"optimizer": {"betas": [0.9, 0.99]}},
    {"schedule": {"interval": "step"}},
    {"loss": {"labelSmoothing": 0.1}},
    {"precision": "bf16"},
]


def test_whatever_changes_the_training_changes_the_hash() -> None:
    hashes = {hash_of(), *(hash_of(**change) for change in CHANGES)}
    assert len(hashes) == len(CHANGES) + 1


def walk(schema: Any, path: str = "") -> Any:
    """Every object of the run config, each with its path."""
    root = run_config_schema()
    schema = resolve(schema, root, {})
    if "properties" in schema:
        yield path, schema
        for key, field in schema["properties"].items():
            yield from walk(field, f"{path}.{key}".strip("."))
    for member in schema.get("oneOf", ()):
        yield from walk(member, path)
    if "items" in schema:
        yield from walk(schema["items"], f"{path}[]")


def test_a_default_object_is_its_fields_defaults() -> None:
    """Otherwise a config without the object, and one with its fields' defaults, would share a hash."""
    root = run_config_schema()
    for path, model in walk(root):
        for key, field in model["properties"].items():
            default = field.get("default")
            if isinstance(default, dict):
                discriminator = resolve(field, root, default)["properties"].get("name", {})
                bare = {"name": default["name"]} if "const" in discriminator else {}
                assert default.items() <= with_defaults(bare, field, root).items(), f"{path}.{key}"


def test_a_field_added_later_changes_no_hash() -> None:
    """Every object gets a field more, with a default; configs have it filled in."""
    schema = copy.deepcopy(run_config_schema())
    additions: dict[str, dict[str, Any]] = {
        "addedNumber": {"type": "number", "default": 0.5},
        "addedArray": {"type": "array", "items": {"type": "number"}, "default": [1, 2]},
        "addedObject": {"$ref": "#/$defs/Added", "default": {"inside": None}},
        "addedNull": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
    }
    for model in [schema, *schema["$defs"].values()]:
        model["properties"] |= copy.deepcopy(additions)
    schema["$defs"]["Added"] = {
        "type": "object",
        "properties": {"inside": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}},
    }
    for case in CASES:
        config = RunConfig.model_validate(as_newest(case["config"]))
        values = with_defaults(config.model_dump(mode="json", by_alias=True), schema, schema)
        assert values["addedObject"] == {"inside": None}
        assert values["optimizer"]["addedArray"] == [1, 2]
        assert identity(values, schema) == case["identity"]


def test_one_is_a_number_and_true_is_not() -> None:
    schema = {
        "type": "object",
        "properties": {
            "number": {"type": "number", "default": 1},
            "flag": {"type": "boolean", "default": True},
            "flags": {"type": "array", "default": [True, 0]},
            "any": {"default": {"a": 1}},
        },
    }
    same = {"number": 1.0, "flag": True, "flags": [True, 0.0], "any": {"a": 1.0}}
    other = {"number": True, "flag": 1, "flags": [1, 0], "any": {"a": True}}
    assert identity(same, schema) == {}
    assert identity(other, schema) == other


def test_required_objects_stay_and_optional_ones_go() -> None:
    part = {"type": "object", "properties": {"a": {"default": 1}}}
    schema = {"type": "object", "properties": {"needed": part, "spare": part}, "required": ["needed"]}
    assert identity({"needed": {"a": 1}, "spare": {"a": 1}}, schema) == {"needed": {}}
    assert identity({"needed": {"a": 2}, "spare": {"a": 2}}, schema) == {
        "needed": {"a": 2},
        "spare": {"a": 2},
    }


def test_elements_of_an_array_of_objects_all_stay() -> None:
    part = {"type": "object", "properties": {"a": {"default": 1}, "b": {"default": 2}}}
    schema = {"type": "object", "properties": {"parts": {"type": "array", "items": part}}}
    values = {"parts": [{"a": 1, "b": 2}, {"a": 3, "b": 2}]}
    assert identity(values, schema) == {"parts": [{}, {"a": 3}]}


number = st.floats(min_value=1e-300, max_value=1e30, allow_nan=False)


@given(
    alpha=number,
    lr=number.filter(lambda lr: lr < 1e6),
    decay=number,
    split=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
@settings(max_examples=50, deadline=None)
def test_a_hash_survives_a_file(alpha: float, lr: float, decay: float, split: str) -> None:
    config = RunConfig.model_validate(
        {
            **SMALLEST,
            "dataset": {**SMALLEST["dataset"], "trainSplit": split},
            "mixMode": {"name": "mixup", "alpha": alpha},
            "optimizer": {"lr": lr, "weightDecay": decay},
        }
    )
    again = RunConfig.model_validate(json.loads(json.dumps(config.model_dump(mode="json", by_alias=True))))
    assert run_hash(again) == run_hash(config)
