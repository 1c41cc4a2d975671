"""Where a run trains when nobody says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mixlab.core.errors import InvalidInput
from mixlab.core.run_directory import RunDirectory
from mixlab.launch.location import default_run_directory, home_of

HASH = "3f9c2b7e" + "0" * 56
OTHER = "11111111" + "0" * 56
RUN = "resnet50-cutmix-ep100-3f9c2b7e"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MIXLAB_HOME", raising=False)
    monkeypatch.delenv("MIXLAB_WORK_DIR", raising=False)


def generated(out: Path, experiment: str) -> Path:
    """The config file of a run in a generated folder."""
    config = out / experiment / "configs" / "resnet50" / "cutmix" / f"{RUN}.json"
    config.parent.mkdir(parents=True)
    config.write_text("{}")
    (out / experiment / "plan.json").write_text(json.dumps({"experiment": experiment}))
    return config


def trained(path: Path, run_hash: str) -> Path:
    """A run directory of the run with this hash."""
    path.mkdir(parents=True)
    RunDirectory(path).status.write_text(json.dumps({"state": "interrupted", "hash": run_hash}))
    return path


def test_a_generated_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = generated(tmp_path / "a project" / "generated", "imagenet/pytorch-style")
    expected = tmp_path / "a project" / "work_dirs" / "imagenet" / "pytorch-style" / RUN / "trial2"
    assert default_run_directory(config, HASH, 2) == expected
    monkeypatch.chdir(config.parent)
    assert default_run_directory(Path(config.name), HASH, 2) == expected
    monkeypatch.setenv("MIXLAB_WORK_DIR", str(tmp_path / "scratch"))
    assert (
        default_run_directory(config, HASH, 1)
        == tmp_path / "scratch" / "imagenet" / "pytorch-style" / RUN / "trial1"
    )


def test_a_config_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "elsewhere" / "mine.json"
    assert default_run_directory(config, HASH, 1) == tmp_path / "work_dirs" / "mine" / "trial1"
    monkeypatch.setenv("MIXLAB_HOME", str(tmp_path / "home"))
    assert default_run_directory(config, HASH, 1) == tmp_path / "home" / "work_dirs" / "mine" / "trial1"


def test_a_run_is_found_by_its_hash_whatever_its_name(tmp_path: Path) -> None:
    config = generated(tmp_path / "generated", "digits")
    work_dirs = tmp_path / "work_dirs" / "digits"
    trained(work_dirs / "renamed-3f9c2b7e" / "trial2", HASH)
    namesake = "3f9c2b7e" + "f" * 56
    trained(work_dirs / "namesake-3f9c2b7e" / "trial1", namesake)
    old = trained(work_dirs / "old-name-3f9c2b7e5d" / "trial1", HASH)
    assert default_run_directory(config, HASH, 1) == old
    assert default_run_directory(config, HASH, 3) == work_dirs / RUN / "trial3"


def test_another_run_of_the_same_name_is_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "mine.json"
    trained(tmp_path / "work_dirs" / "mine" / "trial1", OTHER)
    expected = tmp_path / "work_dirs" / "mine-3f9c2b7e" / "trial1"
    assert default_run_directory(config, HASH, 1) == expected
    trained(expected, HASH)
    assert default_run_directory(config, HASH, 1) == expected
    assert default_run_directory(config, OTHER, 1) == tmp_path / "work_dirs" / "mine" / "trial1"


def test_a_folder_that_only_looks_generated(tmp_path: Path) -> None:
    config = tmp_path / "configs" / "a" / "b" / "mine.json"
    assert default_run_directory(config, HASH, 1) == tmp_path / "work_dirs" / "mine" / "trial1"
    (tmp_path / "plan.json").write_text('{"experiment": "digits"}')
    assert default_run_directory(config, HASH, 1) == tmp_path / "work_dirs" / "mine" / "trial1"


@pytest.mark.parametrize("text", ["", '{"schemaVersion": 1, "exp', "{}", "[]"])
def test_beside_a_damaged_plan_nobody_guesses_where_a_run_trains(tmp_path: Path, text: str) -> None:
    config = generated(tmp_path / "generated", "digits")
    plan = tmp_path / "generated" / "digits" / "plan.json"
    plan.write_text(text)
    for look in (lambda: default_run_directory(config, HASH, 1), lambda: home_of(config)):
        with pytest.raises(InvalidInput, match=f"{plan} is damaged.*configs --force"):
            look()
