"""Who goes on in a successive halving. How scripts use it is tested with them (libs/engines)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mixlab.halving import Contest, Entrant, find_rung, read_contest
from mixlab.halving.__main__ import main

NAMES = ("a", "b", "c", "d")


def hash_of(name: str) -> str:
    return name * 64


def plan(folder: Path, **changes: Any) -> Path:
    runs = [{"name": name, "hash": hash_of(name), "trials": 1, "selected": True} for name in NAMES]
    unselected = {"name": "e", "hash": hash_of("e"), "trials": 1, "selected": False}
    halving = {"metric": "loss", "goal": "min", "eta": 2, "rungs": [1, 3]}
    path = folder / "plan.json"
    path.write_text(json.dumps({"halving": {**halving, **changes}, "runs": [*runs, unselected]}))
    return path


def leave(work: Path, name: str, state: str, *lines: str, epoch: int = 1, folder: str = "") -> Path:
    """A run directory with a status and the lines of a log."""
    directory = work / (folder or name) / "trial1"
    directory.mkdir(parents=True)
    (directory / "status.json").write_text(
        json.dumps({"state": state, "hash": hash_of(name), "attempt": 1, "epoch": epoch})
    )
    (directory / "log.jsonl").write_text("".join(f"{line}\n" for line in lines))
    return directory


def val(loss: str, epoch: int = 1, attempt: int = 1) -> str:
    return f'{{"mode": "val", "attempt": {attempt}, "epoch": {epoch}, "step": 6, "loss": {loss}}}'


def names_of(work: Path, contest: Contest, **options: Any) -> list[str]:
    return [entrant.name for entrant in find_rung(contest, work, **options).entrants]


def test_logs_as_crashes_leave_them(tmp_path: Path) -> None:
    contest = read_contest(plan(tmp_path))
    work = tmp_path / "work"
    assert names_of(work, contest) == list(NAMES)
    # The last attempt at an epoch counts, a line that was cut off does not, nor does another epoch.
    leave(work, "a", "paused", val("0.1"), '{"mode": "val", "att', val("0.9", attempt=2), val("0", epoch=2))
    leave(work, "b", "paused", val("0.5"), folder="renamed")
    leave(work, "c", "completed", val("0.4"), val("0.3", epoch=3), epoch=3)
    # Killed behind its log line: nobody knows of a checkpoint.
    killed = leave(work, "d", "running", val("0.2"))
    assert find_rung(contest, work).number == 0
    (killed / "status.json").write_text(
        json.dumps({"state": "paused", "hash": hash_of("d"), "attempt": 2, "epoch": 1})
    )
    assert names_of(work, contest, may_write=False) == ["c", "d"]
    assert not (work / ".halving").exists()
    rung = find_rung(contest, work)
    assert (rung.number, rung.epoch) == (1, 3)
    # It holds, whatever becomes of the logs.
    (killed / "log.jsonl").unlink()
    assert names_of(work, contest) == ["c", "d"]


def test_what_never_goes_on(tmp_path: Path) -> None:
    contest = read_contest(plan(tmp_path))
    leave(tmp_path, "a", "paused", val("null"))
    leave(tmp_path, "b", "failed", epoch=0)
    cancelled = leave(tmp_path, "c", "interrupted", epoch=0)
    (cancelled / "cancel").touch()
    leave(tmp_path, "d", "failed", epoch=0)
    for state in ("failed", "cancelled"):
        assert find_rung(contest, tmp_path, awaited=frozenset([state])).number == 0
    assert names_of(tmp_path, contest) == []


def test_two_that_decide_at_once(tmp_path: Path) -> None:
    contest = Contest("top1", "max", 2, [1, 2, 4], [Entrant(name, hash_of(name), 1) for name in NAMES])
    for number, name in enumerate(NAMES):
        leave(tmp_path, name, "paused", val("0").replace("loss", "top1").replace(": 0}", f": {number}}}"))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: names_of(tmp_path, contest), range(8)))
    assert found == [["c", "d"]] * 8
    assert [path.name for path in (tmp_path / ".halving").iterdir()] == ["rung-1.json"]


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def refused(path: Path) -> str:
        assert main([str(path), f"--work-dir={tmp_path}"]) == 2
        return capsys.readouterr().err

    (tmp_path / "other.json").write_text('{"runs": []}')
    assert "other.json: is no plan with a halving" in refused(tmp_path / "other.json")
    assert "nowhere.json: cannot be read" in refused(tmp_path / "nowhere.json")
    for name in NAMES:
        leave(tmp_path, name, "paused", val("0.5"))
    assert main([str(plan(tmp_path)), f"--work-dir={tmp_path}"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 2 3 rung 2 of 2: 2 of 4 runs to epoch 3",
        f"{hash_of('a')} 1",
        f"{hash_of('b')} 1",
    ]
    said = refused(plan(tmp_path, eta=4, metric="top1"))
    assert "rung-1.json: was decided before the experiment changed" in said
    assert "metric was loss and is top1; eta was 2 and is 4" in said
    (tmp_path / ".halving/rung-1.json").write_text("{")
    assert "rung-1.json: is damaged; move its folder away" in refused(plan(tmp_path))
