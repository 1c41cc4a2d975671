"""Runs in Weights & Biases, with its own package, without a network."""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Processes, read_lines
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.train.wandb_run import check_wandb
from tiny import STEPS, run, tiny, write

CONFIG = tiny(runtime={"workers": 0, "logEvery": 2, "wandb": "mixing"})

needs_wandb = pytest.mark.skipif(not importlib.util.find_spec("wandb"), reason="wandb is not installed")


@pytest.fixture(autouse=True)
def _of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No account, no server, and no files outside of the test's folder."""
    for name in ("WANDB_API_KEY", "MIXLAB_WORK_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "WANDB_CONFIG_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("WANDB_MODE", "offline")


def records(file: Path) -> Iterator[Any]:
    """The records of an offline run: a log of LevelDB's format, of protobuf messages."""
    from wandb.proto.wandb_internal_pb2 import Record

    data, place, whole = file.read_bytes(), 7, b""
    while place + 7 <= len(data):
        if 32768 - place % 32768 < 7:
            place += 32768 - place % 32768
            continue
        length, kind = struct.unpack("<HB", data[place + 4 : place + 7])
        whole += data[place + 7 : place + 7 + length]
        place += 7 + length
        if kind in (1, 4):  # whole, or the last part
            record = Record()
            record.ParseFromString(whole)
            yield record
            whole = b""


def attempts(directory: Path) -> list[tuple[Any, dict[int, dict[str, float]]]]:
    """What each attempt said of the run, and its numbers by step."""
    found = []
    for file in sorted(directory.glob("wandb/offline-run-*/run-*.wandb")):
        about, history = None, {}
        for record in records(file):
            if record.HasField("run"):
                about = about or record.run
            if record.HasField("history"):
                items = {
                    "/".join(item.nested_key) or item.key: item.value_json for item in record.history.item
                }
                step = int(items.pop("_step"))
                numbers = {key: json.loads(value) for key, value in items.items() if not key.startswith("_")}
                history[step] = numbers
        found.append((about, history))
    return found


@needs_wandb
def test_two_attempts_are_one_run_with_the_numbers_of_the_log(tmp_path: Path) -> None:
    directory = tmp_path / "work_dirs" / "digits" / "short" / "resnet8-vanilla" / "trial1"
    assert run(CONFIG, directory, stop_at=(1, 3)) == ExitCode.INTERRUPTED
    assert run(CONFIG, directory) == ExitCode.COMPLETED
    (first, before), (second, after) = attempts(directory)
    for about in (first, second):
        assert (about.project, about.run_group) == ("mixing", "digits/short")
        assert about.display_name == "resnet8-vanilla trial1"
    assert first.run_id == second.run_id
    settings = {item.key: json.loads(item.value_json) for item in first.config.update}
    assert settings["backbone"] == "resnet8"
    assert settings["optimizer"]["lr"] == 0.1
    assert list(before) == [2, 3]
    assert list(after) == [4, 6, 8, 10, 12]
    numbers = {**before, **after}
    for line in read_lines(directory / "log.jsonl"):
        if line["mode"] == "env":
            continue
        step = (line["epoch"] - 1) * STEPS + line["step"]
        for key in line.keys() - {"mode", "attempt", "epoch", "step"}:
            assert numbers[step][f"{line['mode']}/{key}"] == pytest.approx(line[key])
        assert numbers[step][f"{line['mode']}/epoch"] == pytest.approx(step / STEPS)


@needs_wandb
def test_runs_have_ids_of_their_own(tmp_path: Path) -> None:
    """Of another experiment, config or trial: but not of another machine or method of logging."""
    short = tiny(maxEpochs=1, runtime={"workers": 0, "wandb": "mixing"})
    other = tiny(maxEpochs=1, optimizer={"lr": 0.2}, runtime={"workers": 0, "wandb": "mixing"})
    places = {
        "a/work_dirs/one/x/trial1": (short, 1),
        "b/work_dirs/one/y/trial1": (short, 1),
        "a/work_dirs/one/x/trial2": (short, 2),
        "a/work_dirs/one/z/trial1": (other, 1),
        "a/work_dirs/two/x/trial1": (short, 1),
    }
    ids = []
    for place, (config, trial) in places.items():
        run(config, tmp_path / place, trial=trial)
        ((about, _),) = attempts(tmp_path / place)
        ids.append(about.run_id)
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4


@needs_wandb
def test_a_trial_of_two_steps_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(CONFIG, None, max_steps=2) == ExitCode.COMPLETED
    assert not list(tmp_path.rglob("*.wandb"))


@needs_wandb
@pytest.mark.parametrize(("key", "said"), [("", "No API key configured"), ("a" * 40, "")])
def test_without_login_or_network_the_training_goes_on(
    key: str, said: str, tmp_path: Path, processes: Processes
) -> None:
    """A process of its own: wandb reads its environment once."""
    config = write(CONFIG, tmp_path / "run.json")
    also = {"WANDB_MODE": "online", "WANDB_INIT_TIMEOUT": "2", "WANDB_API_KEY": key, "OMP_NUM_THREADS": "1"}
    ran = processes.python("-m", "mixlab.train", config, "--run-dir", tmp_path / "run", **also)
    assert ran.returncode == 0, ran.stderr
    (warning,) = [line for line in ran.stdout.splitlines() if line.startswith("warning")]
    assert warning.startswith(f"warning: nothing goes to Weights & Biases any more: {said}")
    assert len(read_lines(tmp_path / "run" / "log.jsonl")) == 9
    assert list((tmp_path / "run" / "tensorboard").iterdir())


def test_the_missing_package_is_named_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(
        InvalidInput, match=r"runtime\.wandb: the package wandb is not installed: pip install"
    ):
        run(CONFIG, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_of_wandbs_is_not_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wandb").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    for name in [name for name in sys.modules if name.partition(".")[0] == "wandb"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InvalidInput, match="not installed"):
        check_wandb(CONFIG)


def test_an_account_before_the_projects_name_is_told_before_the_training(tmp_path: Path) -> None:
    config = tiny(runtime={"wandb": "account/mixing"})
    with pytest.raises(
        InvalidInput, match=r"runtime\.wandb: expected the name of a project, without /.* WANDB_ENTITY"
    ):
        run(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
