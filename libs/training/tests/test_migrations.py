"""Versions of the run config: what one wrote reads for ever, and none changes without being a new one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mixlab.config import SCHEMA_VERSION, ConfigError, RunConfig, load_config, run_config_schema
from mixlab.core.json_schema import resolve
from mixlab.core.migrations import MIGRATIONS, as_newest
from mixlab.core.versions import (
    Migration,
    NewDefault,
    Renamed,
    Renaming,
    renaming_of,
    upgraded,
    with_first_names,
)
from mixlab.identity import identity
from mixlab.schema import list_fields

DATA = Path(__file__).parent / "data"
FROZEN = DATA / "version-1"
"""A workspace as version 1 of the run config left it; `mixlab.schema` of that time is not there any more."""

PLAN = json.loads((FROZEN / "generated/frozen/plan.json").read_text())
RUNS = {run["name"]: run for run in PLAN["runs"]}
INTERRUPTED = "frozen_net-linear-puzzlemix-ep2-a1-advp0.5-9ab27aba"


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(FROZEN))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    shutil.copytree(FROZEN, tmp_path / "workspace")
    return tmp_path / "workspace"


READ = """
import json, sys
from mixlab.config import load_config
from mixlab.identity import run_hash
from mixlab.train.check_plan import check_plan
read = {}
for run in json.load(open("generated/frozen/plan.json"))["runs"]:
    files = [f"generated/frozen/{run['config']}", f"work_dirs/frozen/{run['name']}/trial1/config.json"]
    configs = [load_config(file) for file in files]
    methods = [config.mix_mode.model_dump(by_alias=True) for config in configs]
    read[run["name"]] = [[run_hash(config) for config in configs], methods]
code = check_plan("generated/frozen/plan.json")
print(json.dumps([code, read]))
"""
"""A process of its own: the package that the configs name registers a network."""


def test_a_frozen_plan_and_its_configs_read_and_keep_their_hashes(frozen: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=frozen, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    said, answer = done.stdout.splitlines()
    assert said.endswith("3 runs are good")
    code, read = json.loads(answer)
    assert code == 0
    for name, run in RUNS.items():
        hashes, methods = read[name]
        assert hashes == [run["hash"], run["hash"]]
        if run["axes"]["mixMode"] == "puzzlemix":
            assert [each["attackProbability"] for each in methods] == [run["axes"]["mixMode.advP"]] * 2
            assert [each["transportSize"] for each in methods] == [2, 2]


def test_a_frozen_run_that_was_interrupted_goes_on_and_its_config_stays(frozen: Path) -> None:
    directory = frozen / "work_dirs/frozen" / INTERRUPTED / "trial1"
    before = (directory / "config.json").read_bytes()
    config = frozen / "generated/frozen" / RUNS[INTERRUPTED]["config"]
    done = subprocess.run(
        [sys.executable, "-m", "mixlab.launch", str(config), "--run-dir", str(directory), "--gpus", "0"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "going on from epoch 2" in done.stdout + done.stderr
    status = json.loads((directory / "status.json").read_text())
    assert (status["state"], status["attempt"], status["epoch"]) == ("completed", 2, 2)
    assert (directory / "config.json").read_bytes() == before


def test_a_frozen_run_that_is_completed_stays_so(frozen: Path) -> None:
    name = next(name for name in RUNS if "mixup" in name)
    directory = frozen / "work_dirs/frozen" / name / "trial1"
    config = as_newest(json.loads((frozen / "generated/frozen" / RUNS[name]["config"]).read_text()))
    (frozen / "today.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "mixlab.launch", str(frozen / "today.json"), "--run-dir", str(directory)]
    done = subprocess.run([*command, "--gpus", "0"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads((directory / "status.json").read_text())["attempt"] == 1


def test_a_later_version_is_refused_with_both(tmp_path: Path) -> None:
    file = tmp_path / "later.json"
    file.write_text(json.dumps({"schemaVersion": 99, "no": "matter"}))
    with pytest.raises(ConfigError) as refused:
        load_config(file)
    (line,) = str(refused.value).splitlines()
    assert line.startswith(f"{file}: schemaVersion: written for version 99 of the run config")
    assert f"versions up to {SCHEMA_VERSION}" in line


INVENTED = (
    Migration(
        version=2,
        changes=(
            Renamed(path="inputs.erase", to="inputs.erasing"),
            NewDefault(path="optimizer.lr", before=0.5),
            Renamed(method="mixup", path="alpha", to="beta"),
        ),
    ),
    Migration(
        version=3,
        changes=(
            Renamed(path="inputs.erasing", to="inputs.eraseShare"),
            Renamed(path="testBatchSize", to="runtime.testBatchSize"),
            NewDefault(method="mixup", path="beta", before=3.0),
            NewDefault(path="optimizer.lr", before=0.4),
        ),
    ),
)


def test_every_version_is_gone_through_and_nothing_is_changed_in_place() -> None:
    mixture = {"name": "oneOf", "choices": [{"probability": 1, "method": {"name": "mixup", "alpha": 2}}]}
    config = {"schemaVersion": 1, "inputs": {"erase": 0.2}, "testBatchSize": 8, "mixMode": mixture}
    before = json.dumps(config)
    assert upgraded(config, INVENTED) == {
        "schemaVersion": 3,
        "inputs": {"eraseShare": 0.2},
        "runtime": {"testBatchSize": 8},
        "optimizer": {"lr": 0.5},
        "mixMode": {"name": "oneOf", "choices": [{"probability": 1, "method": {"name": "mixup", "beta": 2}}]},
    }
    assert json.dumps(config) == before
    second = {"schemaVersion": 2, "mixMode": {"name": "mixup"}}
    assert upgraded(second, INVENTED)["mixMode"] == {"name": "mixup", "beta": 3.0}
    assert upgraded(second, INVENTED)["optimizer"] == {"lr": 0.4}


@pytest.mark.parametrize(
    "config",
    [
        None,
        [],
        "text",
        {},
        {"schemaVersion": True},
        {"schemaVersion": 3},
        {"schemaVersion": 0},
        {"mixMode": 3},
    ],
)
def test_what_is_no_older_config_stays(config: Any) -> None:
    assert upgraded(config, INVENTED) is config


@pytest.mark.parametrize("part", [3, None, [], "text"])
def test_a_config_of_the_wrong_shape_is_left_to_the_check(part: Any) -> None:
    config = {"schemaVersion": 1, "inputs": part, "optimizer": part, "runtime": part, "mixMode": part}
    assert upgraded(config, INVENTED) == {**config, "schemaVersion": 3}


def test_both_names_are_left_to_the_check() -> None:
    config = {"schemaVersion": 1, "inputs": {"erase": 0.1, "erasing": 0.2, "eraseShare": 0.3}}
    assert upgraded(config, INVENTED)["inputs"] == {"erase": 0.1, "erasing": 0.2, "eraseShare": 0.3}


@pytest.mark.parametrize(
    ("path", "method", "renaming"),
    [
        ("inputs.erase", None, Renaming("inputs.eraseShare", 3)),
        ("inputs.erasing", None, Renaming("inputs.eraseShare", 3)),
        ("alpha", "mixup", Renaming("beta", 2)),
        ("alpha", "cutmix", None),
        ("alpha", None, None),
        ("optimizer.lr", None, None),
    ],
)
def test_a_former_name_leads_to_the_one_of_today(
    path: str, method: str | None, renaming: Renaming | None
) -> None:
    assert renaming_of(path, method, INVENTED) == renaming


def test_a_new_version_changes_no_identity() -> None:
    """Renames and another default, in the schema of today: the identity is what it was without them."""
    schema = json.loads(json.dumps(run_config_schema()))
    later = json.loads(json.dumps(schema))
    inputs, mixup = later["$defs"]["Inputs"]["properties"], later["$defs"]["MixUp"]["properties"]
    inputs["eraseShare"] = inputs.pop("erase")
    mixup["beta"] = {**mixup.pop("alpha"), "default": 2.0}
    later["$defs"]["Optimizer"]["properties"]["lr"]["default"] = 0.05
    first = schema["$defs"]["Optimizer"]["properties"]["lr"]["default"]
    migrations = (
        Migration(
            version=2,
            changes=(
                Renamed(path="inputs.erase", to="inputs.eraseShare"),
                Renamed(method="mixup", path="alpha", to="beta"),
                NewDefault(method="mixup", path="beta", before=1.0),
                NewDefault(path="optimizer.lr", before=first),
            ),
        ),
    )
    annotated = with_first_names(later, migrations)
    for alpha, erase, lr in [(1.0, 0.0, first), (2.0, 0.25, 0.05), (0.2, 0.1, 0.3)]:
        old = {
            "mixMode": {"name": "mixup", "alpha": alpha},
            "inputs": {"erase": erase},
            "optimizer": {"lr": lr},
        }
        new = {
            "mixMode": {"name": "mixup", "beta": alpha},
            "inputs": {"eraseShare": erase},
            "optimizer": {"lr": lr},
        }
        assert identity(new, annotated) == identity(old, schema)


def test_versions_count_without_a_gap() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(2, SCHEMA_VERSION + 1))
    assert RunConfig.model_fields["schema_version"].default == SCHEMA_VERSION


def test_no_two_fields_have_one_name_in_the_identity() -> None:
    root = run_config_schema()
    for model in [root, *root["$defs"].values()]:
        names = [field.get("x-identity-name", key) for key, field in model["properties"].items()]
        assert len(set(names)) == len(names)


def fields_of(version: int) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads((DATA / f"fields-of-version-{version}.json").read_text())
    return fields


def test_no_field_is_renamed_or_has_another_default_without_a_new_version() -> None:
    today, frozen = list_fields(run_config_schema()), fields_of(SCHEMA_VERSION)
    changed = {
        path: (was, today.get(path, "gone")) for path, was in frozen.items() if today.get(path, "gone") != was
    }
    assert not changed, f"a new version and its migration are missing (docs/migrations.md): {changed}"
    added = sorted(today.keys() - frozen.keys())
    file = f"libs/training/tests/data/fields-of-version-{SCHEMA_VERSION}.json"
    assert not added, f"new fields: python -m mixlab.schema --fields > {file} ({added})"


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda each: f"version {each.version}")
def test_a_migration_leads_from_one_version_to_the_next(migration: Migration) -> None:
    before, after = fields_of(migration.version - 1), fields_of(migration.version)
    for change in migration.changes:
        lead = "" if change.method is None else f"{change.method}: "
        path = lead + change.path
        if isinstance(change, Renamed):
            moved = {each: each for each in before if each == path or each.startswith(f"{path}.")}
            assert moved, f"{path} is not in version {migration.version - 1}"
            for each in moved:
                before[lead + change.to + each.removeprefix(path)] = before.pop(each)
            kept = change.path.rpartition(".")[0] == change.to.rpartition(".")[0]
            assert kept or outside_identity(change.to), (
                f"{path} is part of the identity: it stays in its object"
            )
        elif isinstance(change, NewDefault):
            assert before[path] == change.before
            before[path] = after[path]
    assert {path: default for path, default in after.items() if path in before} == before


def outside_identity(path: str) -> bool:
    node = root = run_config_schema()
    for key in path.split("."):
        node = resolve(node, root, None)["properties"][key]
        if node.get("x-identity") is False:
            return True
    return False
