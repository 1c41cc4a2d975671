"""Where a dataset lies on this machine: an environment variable, or `mixlab.local.json`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from mixlab.core.errors import InvalidInput

LOCAL_FILE = "mixlab.local.json"


def root_variable(name: str) -> str:
    """The environment variable of a dataset's root: `MIXLAB_DATA_TINY_IMAGENET` for `tiny-imagenet`."""
    return "MIXLAB_DATA_" + re.sub(r"[^A-Z0-9]", "_", name.upper())


def dataset_root(name: str, environment: Mapping[str, str] | None = None) -> Path:
    """The folder that holds a dataset's splits.

    The environment variable counts first, then the entry `data.<name>` of `mixlab.local.json` in
    `$MIXLAB_HOME`, else in the current folder or the nearest one above that has the file. A relative path
    there is relative to the file's folder.

    Raises:
        InvalidInput: neither names a root, the file is malformed, or the root is not a folder.
    """
    environment = os.environ if environment is None else environment
    variable = root_variable(name)
    if value := environment.get(variable):
        return _existing(Path(value).expanduser(), name, f"the environment variable {variable}")
    file = _local_file(environment)
    roots = _roots(file) if file else {}
    if file and name in roots:
        return _existing(file.parent / Path(roots[name]).expanduser(), name, str(file))
    looked = f"{file} has no entry for it" if file else f"there is no {LOCAL_FILE} here or above"
    raise InvalidInput(
        f"dataset.name: where {name!r} lies on this machine is not known ({looked}). Set "
        f'{variable}=/path/to/{name}, or write {{"data": {{"{name}": "/path/to/{name}"}}}} into {LOCAL_FILE}'
    )


def _existing(root: Path, name: str, source: str) -> Path:
    if not root.is_dir():
        wrong = "is not a folder" if root.exists() else "does not exist"
        raise InvalidInput(f"dataset.name: the root of {name!r} {wrong}: {root} (given by {source})")
    return root


def _local_file(environment: Mapping[str, str]) -> Path | None:
    here = Path.cwd()
    folders = [Path(home)] if (home := environment.get("MIXLAB_HOME")) else [here, *here.parents]
    return next((folder / LOCAL_FILE for folder in folders if (folder / LOCAL_FILE).is_file()), None)


def _roots(file: Path) -> dict[str, str]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{file}: cannot be read as JSON: {error}") from error
    roots = content.get("data", {}) if isinstance(content, dict) else None
    if not isinstance(roots, dict) or not all(isinstance(root, str) for root in roots.values()):
        raise InvalidInput(f'{file}: expected {{"data": {{"<dataset>": "<path>"}}}}')
    return roots
