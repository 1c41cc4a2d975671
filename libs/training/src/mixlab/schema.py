"""Prints what TypeScript is generated from: the run config's JSON Schema, methods, backbones and rules, as
JSON.

    python -m mixlab.schema > mixlab.json
    python -m mixlab.schema --from my_pkg
    python -m mixlab.schema --fields

With `--from`, only what that package registers: `methods`, each with its own JSON Schema under `schema`,
`backbones` and `rules`.

`methods` come in the order of their names. `timmModels` are the names that the installed timm knows, and
`oneSizeModels` those of them that are built for images of one size. `rules` are those between fields
(`mixlab.core.rules`): each has a `kind`, a `code`, a `message`, perhaps `when` (a list of
`{"path", "equals"}`, which all have to be so), and by kind

    compare   left, op, right         the numbers at two paths
    bound     path, op, value         the value at a path and a constant
    matches   path, pattern, expected the whole string at a path; `expected` is the pattern in words
    sum       sum, equals, tolerance  the numbers at a path with `[]`

`migrations` are the versions of the run config after the first (`mixlab.core.versions`), each with `version`
and `changes`: a `kind`, a `path`, perhaps the `method` whose parameters that is of, and by kind

    renamed   to                      where the field is from that version on
    default   before                  the default that it had until then
"""

from __future__ import annotations

import argparse
import inspect
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from mixlab.config import SCHEMA_VERSION, RunConfig, run_config_schema
from mixlab.core.exit_codes import ExitCode
from mixlab.core.fields import rules_of
from mixlab.core.json_schema import JsonSchema, resolve
from mixlab.core.migrations import MIGRATIONS
from mixlab.core.packages import PackageError, import_package, package_of
from mixlab.core.vision import import_timm
from mixlab.methods import list_methods, method_class
from mixlab.models import list_backbones, takes_one_size


def export() -> dict[str, Any]:
    """The document, as plain JSON values."""
    models = _timm_models()
    return {
        "schemaVersion": SCHEMA_VERSION,
        "migrations": [migration.to_json() for migration in MIGRATIONS],
        "runConfig": run_config_schema(),
        "methods": [_describe(name) for name in list_methods()],
        "backbones": [asdict(backbone) for backbone in list_backbones()],
        "timmModels": models,
        "oneSizeModels": [name for name in models if takes_one_size(name)],
        "rules": [rule.to_json() for rule in rules_of(RunConfig)],
    }


def list_fields(schema: JsonSchema) -> dict[str, Any]:
    """Every field of the run config with its default, by path, a method's as `puzzlemix: alpha`."""
    found: dict[str, Any] = {}

    def walk(lead: str, model: JsonSchema) -> None:
        for key, field in model["properties"].items():
            reference = field.get("$ref")
            if "discriminator" in field:
                for name, member in field["discriminator"]["mapping"].items() if not lead else ():
                    walk(f"{name}: ", resolve({"$ref": member}, schema, None))
            elif reference is not None and "properties" in resolve(field, schema, None):
                walk(f"{lead}{key}.", resolve(field, schema, None))
                continue
            elif "const" not in field:
                found[lead + key] = field.get("default", "required")

    walk("", schema)
    return found


def export_package(package: str) -> dict[str, Any]:
    """What a package registers, as plain JSON values.

    Raises:
        PackageError: it cannot be imported, or registers nothing.
    """
    import_package(package)
    names = [name for name in list_methods() if package_of(name) == package]
    backbones = [backbone for backbone in list_backbones() if package_of(backbone.name) == package]
    if not names and not backbones:
        raise PackageError(
            f"{package} registers nothing: it has no method or backbone with a name like '{package}:halves' "
            "(see mixlab.methods.register and mixlab.models.register_backbone)"
        )
    return {
        "package": package,
        "schemaVersion": SCHEMA_VERSION,
        "methods": [
            {**_describe(name), "schema": method_class(name).model_json_schema(by_alias=True)}
            for name in names
        ],
        "backbones": [{"name": backbone.name, "family": backbone.family} for backbone in backbones],
        "rules": [
            rule.to_json() for rule in rules_of(RunConfig) if any(when.equals in names for when in rule.when)
        ],
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the document; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.schema", description="Prints the catalog as JSON."
    )
    parser.add_argument("--from", dest="package", help="only what this package registers")
    parser.add_argument(
        "--fields", action="store_true", help="only the fields of the run config, with their defaults"
    )
    options = parser.parse_args(arguments)
    try:
        if options.fields:
            document = list_fields(run_config_schema())
        else:
            document = export() if options.package is None else export_package(options.package)
    except PackageError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIG
    print(json.dumps(document, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
