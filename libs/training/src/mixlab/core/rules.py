"""Rules between fields of a config, as data in a small closed form.

JSON Schema cannot carry them. A model lists its own in `rules` and checks them; `mixlab.schema` exports them,
and the TypeScript side evaluates the same list. Paths are dotted JSON paths; a number is an index, `[]`
stands for every element of an array. A rule holds where a field that it reads is absent or null, or not of
the type that it compares.
"""

from __future__ import annotations

import math
import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal, Self

from .issues import ConfigIssue, shown

Comparison = Literal["<=", "<", "==", ">=", ">"]
Scalar = str | int | float | bool

_compare = {"<=": operator.le, "<": operator.lt, "==": operator.eq, ">=": operator.ge, ">": operator.gt}
_words = {"<=": "at most ", "<": "less than ", "==": "", ">=": "at least ", ">": "more than "}


@dataclass(frozen=True)
class When:
    """A condition of a rule: the field at `path` (of any element, where it has a `[]`) equals `equals`.

    Conditions on the elements of one array hold where one and the same element meets all of them.
    """

    path: str
    equals: Scalar


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """A rule that holds between fields, where all of `when` is so."""

    kind: ClassVar[str]
    paths: ClassVar[tuple[str, ...]]
    """Names of the attributes that hold paths."""

    code: str
    message: str
    when: tuple[When, ...] = ()

    @abstractmethod
    def check(self, config: Any) -> ConfigIssue | None:
        """The problem that `config` (plain JSON values) has with this rule, `when` aside."""

    def reads(self) -> list[str]:
        """The paths that the rule looks at, conditions aside."""
        return [getattr(self, name) for name in self.paths]

    def below(self, prefix: str, *conditions: When) -> Self:
        """The same rule for a config that holds this one at `prefix`, under further absolute conditions."""
        moved = {name: f"{prefix}.{getattr(self, name)}" for name in self.paths}
        when = tuple(When(f"{prefix}.{condition.path}", condition.equals) for condition in self.when)
        return replace(self, when=conditions + when, **moved)

    def to_json(self) -> dict[str, Any]:
        """The rule as `mixlab.schema` exports it."""
        fields = asdict(self)
        when = fields.pop("when")
        return {"kind": self.kind, **fields, **({"when": list(when)} if when else {})}


@dataclass(frozen=True, kw_only=True)
class Compare(Rule):
    """The number at `left` compares so with the number at `right`."""

    kind = "compare"
    paths = ("left", "right")

    left: str
    op: Comparison
    right: str

    def check(self, config: Any) -> ConfigIssue | None:
        left, right = _value(config, self.left), _value(config, self.right)
        if not (_is_number(left) and _is_number(right)) or _compare[self.op](left, right):
            return None
        expected = f"{_words[self.op]}{shown(right)}, which is {self.right}"
        return ConfigIssue(
            code=self.code, message=self.message, path=self.left, expected=expected, got=shown(left)
        )


@dataclass(frozen=True, kw_only=True)
class Bound(Rule):
    """The value at `path` compares so with a constant."""

    kind = "bound"
    paths = ("path",)

    path: str
    op: Comparison
    value: Scalar

    def check(self, config: Any) -> ConfigIssue | None:
        got = _value(config, self.path)
        comparable = got is not None if self.op == "==" else _is_number(got)
        if not comparable or _compare[self.op](got, self.value):
            return None
        expected = f"{_words[self.op]}{shown(self.value)}"
        return ConfigIssue(
            code=self.code, message=self.message, path=self.path, expected=expected, got=shown(got)
        )


@dataclass(frozen=True, kw_only=True)
class Matches(Rule):
    """The whole string at `path` matches a pattern that Python and JavaScript read alike."""

    kind = "matches"
    paths = ("path",)

    path: str
    pattern: str
    expected: str
    """What the pattern stands for, in words."""

    def check(self, config: Any) -> ConfigIssue | None:
        got = _value(config, self.path)
        if not isinstance(got, str) or re.fullmatch(self.pattern, got):
            return None
        return ConfigIssue(
            code=self.code, message=self.message, path=self.path, expected=self.expected, got=shown(got)
        )


@dataclass(frozen=True, kw_only=True)
class Sum(Rule):
    """The numbers at `sum` (a path with one `[]`) add up to `equals`, give or take `tolerance`."""

    kind = "sum"
    paths = ("sum",)

    sum: str
    equals: float
    tolerance: float

    def check(self, config: Any) -> ConfigIssue | None:
        array, _, field = self.sum.partition("[].")
        elements = _value(config, array)
        if not isinstance(elements, list | tuple) or not elements:
            return None
        numbers = [_value(element, field) for element in elements]
        if not all(_is_number(number) for number in numbers):
            return None
        total = math.fsum(numbers)
        if abs(total - self.equals) <= self.tolerance:
            return None
        return ConfigIssue(
            code=self.code, message=self.message, path=array, expected=shown(self.equals), got=shown(total)
        )


def broken(rules: Iterable[Rule], config: Any) -> list[ConfigIssue]:
    """The problems that a config, as plain JSON values, has with any of the rules."""
    found = (rule.check(config) for rule in rules if _hold(rule.when, config))
    return [issue for issue in found if issue]


def _hold(conditions: Iterable[When], config: Any) -> bool:
    arrays: dict[str, list[When]] = {}
    for condition in conditions:
        array, _, field = condition.path.rpartition("[].")
        arrays.setdefault(array, []).append(When(field, condition.equals))
    return all(
        any(all(_is(place, condition) for condition in own) for place in _places(config, array))
        for array, own in arrays.items()
    )


def _places(config: Any, array: str) -> Iterable[Any]:
    """The elements of an array; the config itself where there is no name of one."""
    if not array:
        return (config,)
    elements = _value(config, array)
    return elements if isinstance(elements, list | tuple) else ()


def _is(place: Any, condition: When) -> bool:
    value = _value(place, condition.path)
    return type(value) is type(condition.equals) and bool(value == condition.equals)


def _value(config: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    value = config
    for key in path.split("."):
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list | tuple) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
