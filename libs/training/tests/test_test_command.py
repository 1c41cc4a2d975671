from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import read_lines
from mixlab.core.errors import InvalidInput, TrainingFailed
from mixlab.test import evaluate_checkpoint
from mixlab.test.__main__ import main
from tiny import image_folder, run, tiny, write

CONFIG = tiny(maxEpochs=1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    run(CONFIG, folder)
    return folder


@pytest.fixture
def finished(trained: Path, tmp_path: Path) -> Path:
    """A run directory of the test's own."""
    shutil.copytree(trained, tmp_path / "run")
    return tmp_path / "run"


def test_gives_what_the_training_found_and_records_it(finished: Path) -> None:
    val = read_lines(finished / "log.jsonl")[-1]
    for checkpoint in (finished / "checkpoints" / "last.pt", finished):
        found = evaluate_checkpoint(CONFIG, checkpoint, device="cpu")
        assert (found.top1, found.top5, found.loss, found.images) == (
            val["top1"],
            val["top5"],
            val["loss"],
            355,
        )
    last, best = read_lines(finished / "test.jsonl")
    assert (last["checkpoint"], best["checkpoint"]) == ("last.pt", "best.pt")
    assert last["top1"] == val["top1"]
    assert last["epoch"] == 1
    assert last["hash"] == json.loads((finished / "status.json").read_text())["hash"]


def test_the_batch_size_of_the_test_does_not_matter(finished: Path) -> None:
    one = evaluate_checkpoint(CONFIG, finished, device="cpu")
    other = evaluate_checkpoint(tiny(maxEpochs=1, testBatchSize=7), finished, device="cpu")
    assert (one.top1, one.top5, one.images) == (other.top1, other.top5, other.images)
    assert one.loss == pytest.approx(other.loss, rel=1e-5)


def test_a_result_of_another_config_is_not_recorded(
    finished: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = tiny(maxEpochs=1, dataset={"name": "digits", "classes": 10, "size": 16})
    assert evaluate_checkpoint(other, finished, device="cpu").images == 355
    assert not (finished / "test.jsonl").exists()
    assert "not recorded" in capfd.readouterr().err


def test_a_checkpoint_that_lies_elsewhere(finished: Path, tmp_path: Path) -> None:
    shutil.copy(finished / "checkpoints" / "last.pt", tmp_path / "epoch1.pt")
    evaluate_checkpoint(CONFIG, tmp_path / "epoch1.pt", device="cpu")
    assert not (finished / "test.jsonl").exists()
    evaluate_checkpoint(CONFIG, tmp_path / "epoch1.pt", device="cpu", run_directory=finished)
    assert read_lines(finished / "test.jsonl")[0]["checkpoint"] == "epoch1.pt"


def test_missing(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no such checkpoint: .*gone\.pt"):
        evaluate_checkpoint(CONFIG, tmp_path / "gone.pt", device="cpu")
    (finished / "checkpoints" / "best.pt").unlink()
    with pytest.raises(InvalidInput, match=r"has no checkpoints/best\.pt"):
        evaluate_checkpoint(CONFIG, finished, device="cpu")


def test_truncated(finished: Path) -> None:
    last = finished / "checkpoints" / "last.pt"
    last.write_bytes(last.read_bytes()[:-100])
    with pytest.raises(TrainingFailed, match=r"last\.pt cannot be read: it is cut off"):
        evaluate_checkpoint(CONFIG, last, device="cpu")


def test_another_network(finished: Path) -> None:
    with pytest.raises(InvalidInput, match=r"best\.pt is not of resnet14 with 10 classes: Missing key"):
        evaluate_checkpoint(tiny(backbone="resnet14"), finished, device="cpu")


def test_another_number_of_classes(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes")))
    config = tiny(dataset={"name": "shapes", "classes": 3, "size": 8})
    with pytest.raises(InvalidInput, match=r"is not of resnet8 with 3 classes: size mismatch for fc\.weight"):
        evaluate_checkpoint(config, finished, device="cpu")


def test_exit_codes_and_json(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(write(CONFIG, tmp_path / "run.json"))
    assert main([config, str(finished), "--gpus", "0", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["images"] == 355
    assert main([config, str(finished), "--device", "cpu"]) == 0
    assert capsys.readouterr().out.startswith("top-1 ")
    assert main([config, str(tmp_path / "gone.pt")]) == 2
    (finished / "checkpoints" / "best.pt").write_bytes(b"")
    assert main([config, str(finished)]) == 1
    assert "Traceback" not in capsys.readouterr().err
