"""`--check PLAN`: whether the trainer accepts every run of a plan, and agrees on its hash."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mixlab.config import ConfigError, load_config
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.versions import version_of
from mixlab.identity import run_hash
from mixlab.models import check_backbone

PLAN_SCHEMA_VERSION = 2


def check_plan(path: str | Path) -> int:
    """Check every run config that a plan names, print all problems, and return 0 or 2.

    The config of a run that is not selected need not be there. Datasets and files of this machine are not
    looked at.
    """
    file = Path(path)
    try:
        runs = _read_runs(file)
    except InvalidInput as error:
        print(f"mixlab.train: {error}", file=sys.stderr)
        return ExitCode.BAD_CONFIG
    problems = 0
    checked = 0
    for run in runs:
        config = file.parent / run["config"]
        if not config.exists() and not run["selected"]:
            continue
        checked += 1
        for problem in _problems(config, run["hash"]):
            problems += 1
            print(f"{run['name']}: {problem}", file=sys.stderr)
    if problems:
        print(f"{file}: {problems} problems in {checked} runs", file=sys.stderr)
        return ExitCode.BAD_CONFIG
    print(f"{file}: {checked} runs are good")
    return ExitCode.COMPLETED


def _problems(path: Path, expected_hash: str) -> Iterator[str]:
    try:
        config = load_config(path)
    except ConfigError as error:
        yield from (str(issue) for issue in error.issues)
        return
    try:
        check_backbone(config.backbone)
    except InvalidInput as error:
        yield f"{path}: {error}"
    found = run_hash(config)
    if found != expected_hash:
        yield f"{path}: hash: the plan says {expected_hash[:8]}, the trainer {found[:8]}; generate it again"


def _read_runs(path: Path) -> list[dict[str, Any]]:
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InvalidInput(f"{path}: is not JSON: {error}") from error
    version = version_of(plan)
    if version is None or version < 1:
        raise InvalidInput(f"{path}: is not a plan of schema version {PLAN_SCHEMA_VERSION} or an older one")
    if version > PLAN_SCHEMA_VERSION:
        raise InvalidInput(
            f"{path}: is a plan of schema version {version}, and this Mixlab knows versions up to "
            f"{PLAN_SCHEMA_VERSION}: generate it again, or train with the Mixlab that generated it"
        )
    if plan.get("engine") != "mixlab":
        raise InvalidInput(
            f"{path}: its configs are for the engine {plan.get('engine')!r}, not for this trainer"
        )
    runs = plan.get("runs")
    shape = {"name": str, "hash": str, "config": str, "selected": bool}
    if not isinstance(runs, list) or not all(
        isinstance(run, dict) and all(isinstance(run.get(key), kind) for key, kind in shape.items())
        for run in runs
    ):
        raise InvalidInput(f"{path}: `runs` is not a list of runs, each with {', '.join(shape)}")
    return runs
