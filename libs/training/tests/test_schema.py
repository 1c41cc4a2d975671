"""The document that TypeScript is generated from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from mixlab.config import run_config_schema
from mixlab.core.rules import Bound, Compare, Matches, Sum, When, broken
from mixlab.methods import list_methods
from mixlab.models import list_backbones


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "mixlab.schema"], capture_output=True, text=True, check=True, timeout=120
    )
    exported: dict[str, Any] = json.loads(done.stdout)
    return exported


def test_what_it_holds(document: dict[str, Any]) -> None:
    lists = {"methods", "backbones", "timmModels", "oneSizeModels", "rules", "migrations"}
    assert document.keys() == {"schemaVersion", "runConfig", *lists}
    sized = set(document["oneSizeModels"])
    assert sized < set(document["timmModels"])
    assert {"deit_tiny_patch16_224", "swin_tiny_patch4_window7_224"} <= sized
    assert "resnet50" not in sized
    assert document["schemaVersion"] == 2
    assert document["runConfig"] == run_config_schema()
    assert [backbone["name"] for backbone in document["backbones"]] == [
        each.name for each in list_backbones() if each.source != "package"
    ]


def test_every_method_stands_in_the_run_config(document: dict[str, Any]) -> None:
    assert [method["name"] for method in document["methods"]] == list_methods()
    mapping = document["runConfig"]["properties"]["mixMode"]["discriminator"]["mapping"]
    for method in document["methods"]:
        assert method.keys() == {"name", "className", "summary", "doc", "paper", "needs"}
        assert mapping[method["name"]] == f"#/$defs/{method['className']}"
        assert method["summary"] == method["doc"].splitlines()[0]


def test_any_method_but_one_of_itself_is_a_choice(document: dict[str, Any]) -> None:
    mapping = document["runConfig"]["$defs"]["Choice"]["properties"]["method"]["discriminator"]["mapping"]
    assert sorted(mapping) == [name for name in list_methods() if name != "oneOf"]


PATHS = {"compare": ["left", "right"], "bound": ["path"], "matches": ["path"], "sum": ["sum"]}
ALSO = {
    "compare": ["op"],
    "bound": ["op", "value"],
    "matches": ["pattern", "expected"],
    "sum": ["equals", "tolerance"],
}


def test_rules_have_their_form_and_name_fields_that_there_are(document: dict[str, Any]) -> None:
    codes = [rule["code"] for rule in document["rules"]]
    assert len(codes) == len(set(codes))
    for rule in document["rules"]:
        kind = rule["kind"]
        expected = {"kind", "code", "message", *PATHS[kind], *ALSO[kind]}
        assert rule.keys() - {"when"} == expected
        assert re.fullmatch("[a-z]+(-[a-z]+)*", rule["code"])
        for path in [rule[key] for key in PATHS[kind]] + [when["path"] for when in rule.get("when", [])]:
            assert is_field(path, document["runConfig"]), path


def is_field(path: str, root: dict[str, Any]) -> bool:
    """Whether a path leads to a field of the run config, in any member of a union."""
    places = [root]
    for key in path.replace("[]", ".[]").split("."):
        found = []
        for place in places:
            for member in place.get("oneOf", [place]):
                schema = root["$defs"][member["$ref"].rsplit("/")[-1]] if "$ref" in member else member
                if key == "[]" or key.isdecimal():
                    found += [schema["items"]] if "items" in schema else []
                elif key in schema.get("properties", {}):
                    found.append(schema["properties"][key])
        places = found
    return bool(places)


class TestRules:
    """The closed form itself, on plain values."""

    compare = Compare(code="c", message="m", left="a.x", op="<=", right="b.0")
    bound = Bound(
        code="b", message="m", when=(When("kind", "k"), When("on", True)), path="n", op=">", value=0
    )
    equal = Bound(code="e", message="m", path="name", op="==", value="x")
    matches = Matches(code="m", message="m", path="name", pattern="ab+", expected="a and bs")
    same = Bound(
        code="o", message="m", when=(When("of[].a", 1), When("of[].b.c", "x")), path="n", op=">", value=0
    )
    total = Sum(code="s", message="m", sum="parts[].share", equals=1, tolerance=1e-6)

    @pytest.mark.parametrize(
        ("rule", "config", "holds"),
        [
            ("compare", {"a": {"x": 1}, "b": [1]}, True),
            ("compare", {"a": {"x": 1.5}, "b": [1]}, False),
            ("compare", {"a": {"x": 9}, "b": []}, True),
            ("compare", {"a": {"x": 9}, "b": None}, True),
            ("compare", {"a": {"x": True}, "b": [0]}, True),
            ("compare", {"a": {"x": "9"}, "b": [0]}, True),
            ("compare", {"a": [9], "b": [0]}, True),
            ("compare", [], True),
            ("bound", {"kind": "k", "on": True, "n": 0}, False),
            ("bound", {"kind": "k", "on": True, "n": 1}, True),
            ("bound", {"kind": "k", "on": 1, "n": 0}, True),
            ("bound", {"kind": "l", "on": True, "n": 0}, True),
            ("bound", {"on": True, "n": 0}, True),
            ("same", {"of": [{"a": 2}, {"a": 1, "b": {"c": "x"}}], "n": 0}, False),
            ("same", {"of": [{"a": 1, "b": {"c": "y"}}, {"a": 2, "b": {"c": "x"}}], "n": 0}, True),
            ("same", {"of": None, "n": 0}, True),
            ("equal", {"name": "x"}, True),
            ("equal", {"name": "y"}, False),
            ("equal", {"name": None}, True),
            ("matches", {"name": "abb"}, True),
            ("matches", {"name": "abb\n"}, False),
            ("matches", {"name": "xab"}, False),
            ("matches", {"name": 3}, True),
            ("total", {"parts": [{"share": 0.1}] * 10}, True),
            ("total", {"parts": [{"share": 0.5}, {"share": 0.500002}]}, False),
            ("total", {"parts": [{"share": 0.5}, {"share": 0.5000009}]}, True),
            ("total", {"parts": [{"share": 0.5}, {}]}, True),
            ("total", {"parts": []}, True),
            ("total", {"parts": {"share": 3}}, True),
        ],
    )
    def test_when_a_rule_holds(self, rule: str, config: Any, holds: bool) -> None:
        assert (broken([getattr(self, rule)], config) == []) == holds

    def test_a_rule_inside_of_another_config(self) -> None:
        moved = self.bound.below("outer", When("outer.name", "z"))
        assert moved.to_json() == {
            "kind": "bound",
            "code": "b",
            "message": "m",
            "when": [
                {"path": "outer.name", "equals": "z"},
                {"path": "outer.kind", "equals": "k"},
                {"path": "outer.on", "equals": True},
            ],
            "path": "outer.n",
            "op": ">",
            "value": 0,
        }
