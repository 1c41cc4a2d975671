"""Prints what TypeScript is generated from: the run config's JSON Schema, methods, backbones and rules, as
JSON.

    python -m mixlab.schema > mixlab.json

`methods` come in the order of their names. `timmModels` are the names that the installed timm knows. `rules`
are those between fields (`mixlab.core.rules`): each has a `kind`, a `code`, a `message`, perhaps `when` (a
list of `{"path", "equals"}`, which all have to be so), and by kind

    compare   left, op, right         the numbers at two paths
    bound     path, op, value         the value at a path and a constant
    matches   path, pattern, expected the whole string at a path; `expected` is the pattern in words
    sum       sum, equals, tolerance  the numbers at a path with `[]`
"""

from __future__ import annotations

import inspect
import json
from dataclasses import asdict
from typing import Any

from mixlab.config import SCHEMA_VERSION, RunConfig, run_config_schema
from mixlab.core.fields import rules_of
from mixlab.core.vision import import_timm
from mixlab.methods import list_methods, method_class
from mixlab.models import list_backbones


def export() -> dict[str, Any]:
    """The document, as plain JSON values."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "runConfig": run_config_schema(),
        "methods": [_describe(name) for name in list_methods()],
        "backbones": [asdict(backbone) for backbone in list_backbones()],
        "timmModels": _timm_models(),
        "rules": [rule.to_json() for rule in rules_of(RunConfig)],
    }


def _timm_models() -> list[str]:
    models: list[str] = import_timm().list_models()
    return sorted(models)


def _describe(name: str) -> dict[str, Any]:
    cls = method_class(name)
    doc = inspect.cleandoc(cls.__doc__ or "")
    return {
        "name": name,
        "className": cls.__name__,
        "summary": doc.splitlines()[0],
        "doc": doc,
        "paper": cls.paper,
        "needs": sorted(cls.needs),
    }


if __name__ == "__main__":
    print(json.dumps(export(), indent=2))
