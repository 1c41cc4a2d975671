from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from conftest import Processes, folder_state, read_lines, wait_for
from mixlab.identity import run_hash
from mixlab.train.__main__ import main
from mixlab.train.commands import share_cores
from tiny import TINY, tiny, write


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "CONFIG and --run-dir are needed"),
        (["run.json"], "CONFIG and --run-dir are needed"),
        (["run.json", "--run-dir", "r", "--trial", "0"], "expected a whole number from 1, got '0'"),
        (["run.json", "--run-dir", "r", "--max-steps", "two"], "expected a whole number from 1, got 'two'"),
        (["run.json", "--run-dir", "r", "--device", "tpu"], "invalid choice: 'tpu'"),
        (["run.json", "--run-dir", "r", "--steps", "3"], "unrecognized arguments: --steps 3"),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_help_describes_every_option(processes: Processes) -> None:
    found = processes.python("-m", "mixlab.train", "--help")
    assert found.returncode == 0
    for option in (
        "--run-dir",
        "--trial",
        "--device",
        "--max-steps",
        "--resume-cancelled",
        "--check",
        "75 interrupted",
    ):
        assert option in found.stdout


def test_a_bad_config_exits_2_with_all_problems_and_writes_nothing(
    tmp_path: Path, processes: Processes
) -> None:
    bad = {**TINY, "mixMode": {"name": "mixup", "alpha": 0}, "maxEpoch": 3}
    (tmp_path / "run.json").write_text(json.dumps(bad))
    found = processes.python("-m", "mixlab.train", tmp_path / "run.json", "--run-dir", tmp_path / "run")
    assert found.returncode == 2
    assert "mixMode.alpha" in found.stderr
    assert "maxEpoch" in found.stderr
    assert "Traceback" not in found.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_signals_end_with_a_checkpoint_and_75(tmp_path: Path, processes: Processes, number: int) -> None:
    config = write(tiny(maxEpochs=1000), tmp_path / "run.json")
    command = ("mixlab.train", config, "--run-dir", tmp_path / "run", "--device", "cpu")
    process = processes.start_module(*command)
    wait_for(lambda: any(line["mode"] == "train" for line in read_lines(tmp_path / "run" / "log.jsonl")))

    if number == signal.SIGTERM:  # while it trains, a second one changes nothing
        before = folder_state(tmp_path / "run" / "attempts")
        second = processes.module(*command)
        assert second.returncode == 3
        assert "is held by process" in second.stderr
        assert folder_state(tmp_path / "run" / "attempts") == before

    process.send_signal(number)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 75, errors
    assert "interrupted in epoch" in output
    assert (tmp_path / "run" / "checkpoints" / "last.pt").exists()
    status = json.loads((tmp_path / "run" / "status.json").read_text())
    assert (status["state"], status["exitCode"]) == ("interrupted", 75)


class TestCheck:
    """`--check PLAN`, in this process."""

    @pytest.fixture
    def plan(self, tmp_path: Path) -> dict[str, Any]:
        runs = []
        for name, config in (("a", tiny()), ("b", tiny(maxEpochs=7))):
            folder = tmp_path / "configs" / "resnet8"
            folder.mkdir(parents=True, exist_ok=True)
            write(config, folder / f"{name}.json")
            path = f"configs/resnet8/{name}.json"
            runs.append({"name": name, "hash": run_hash(config), "config": path, "selected": True})
        return {"schemaVersion": 1, "experiment": "tiny", "engine": "mixlab", "runs": runs}

    def check(self, tmp_path: Path, plan: object) -> int:
        (tmp_path / "plan.json").write_text(plan if isinstance(plan, str) else json.dumps(plan))
        return main(["--check", str(tmp_path / "plan.json")])

    def test_good(self, tmp_path: Path, plan: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
        assert self.check(tmp_path, plan) == 0
        assert "2 runs are good" in capsys.readouterr().out

    def test_all_problems_at_once(
        self, tmp_path: Path, plan: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        plan["runs"][0]["hash"] = "0" * 64
        bad = {**TINY, "batchSize": 0, "optimizer": {"lr": -1}}
        (tmp_path / plan["runs"][1]["config"]).write_text(json.dumps(bad))
        assert self.check(tmp_path, plan) == 2
        printed = capsys.readouterr().err
        assert "a: " in printed
        assert "hash: the plan says 00000000" in printed
        assert "batchSize" in printed
        assert "optimizer.lr" in printed
        assert "3 problems in 2 runs" in printed

    def test_unknown_backbone(
        self, tmp_path: Path, plan: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = tiny(backbone="resnet5o")
        write(config, tmp_path / plan["runs"][1]["config"])
        plan["runs"][1]["hash"] = run_hash(config)
        assert self.check(tmp_path, plan) == 2
        assert "no network is called 'resnet5o'" in capsys.readouterr().err

    def test_a_run_that_is_not_selected_need_not_be_there(self, tmp_path: Path, plan: dict[str, Any]) -> None:
        (tmp_path / plan["runs"][1]["config"]).unlink()
        plan["runs"][1]["selected"] = False
        assert self.check(tmp_path, plan) == 0

    def test_a_missing_config(
        self, tmp_path: Path, plan: dict[str, Any], capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / plan["runs"][1]["config"]).unlink()
        assert self.check(tmp_path, plan) == 2
        assert "b.json: cannot be read" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "is not JSON"),
            ("[]", "is not a plan of schema version 2"),
            ('{"schemaVersion": 9}', "is a plan of schema version 9, and this Mixlab knows versions up to 2"),
            ('{"schemaVersion": 1, "engine": "openmixup", "runs": []}', "for the engine 'openmixup'"),
            (
                '{"schemaVersion": 1, "engine": "mixlab", "runs": [{"name": "a"}]}',
                "`runs` is not a list of runs",
            ),
        ],
    )
    def test_corrupt_plan(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
    ) -> None:
        assert self.check(tmp_path, text) == 2
        assert message in capsys.readouterr().err

    def test_missing_plan(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--check", str(tmp_path / "plan.json")]) == 2
        assert "plan.json: cannot be read: No such file or directory" in capsys.readouterr().err


class TestThreadsThatWait:
    """Whether they sleep or spin is for the OpenMP library to read when PyTorch is imported."""

    def test_more_threads_than_cores_sleep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", str((os.cpu_count() or 1) + 1))
        monkeypatch.setenv("OMP_WAIT_POLICY", "")  # so that it is put back afterwards, whatever it was
        monkeypatch.delenv("OMP_WAIT_POLICY")
        share_cores()
        assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"

    def test_they_do_as_the_user_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OMP_NUM_THREADS", str((os.cpu_count() or 1) + 1))
        monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
        share_cores()
        assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
