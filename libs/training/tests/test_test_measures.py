"""What `mixlab.test` measures beside accuracy: calibration, robustness to occlusion, predictions."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from conftest import Processes, read_lines
from mixlab.core.errors import InvalidInput
from mixlab.test import evaluate_checkpoint
from mixlab.test.__main__ import main
from mixlab.test.calibration import Calibration
from mixlab.test.occlusion import PatchDrop
from tiny import folder_run, image_folder, run, tiny, write

CONFIG = tiny(maxEpochs=1)
TEST_LINES = Path(__file__).parent / "data" / "test-lines.jsonl"


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


@pytest.mark.parametrize("sharpness", [0.1, 1, 5, 100])
def test_calibration_is_torchmetrics(sharpness: float) -> None:
    from torchmetrics.functional.classification import multiclass_calibration_error

    generator = torch.Generator().manual_seed(0)
    logits = sharpness * torch.randn(400, 7, generator=generator)
    labels = torch.randint(7, (400,), generator=generator)
    ours = Calibration(torch.device("cpu"))
    for part in range(0, 400, 150):
        ours.add(logits[part : part + 150], labels[part : part + 150])
    theirs = multiclass_calibration_error(logits, labels, 7, n_bins=15, norm="l1")
    assert ours.error() == pytest.approx(100 * float(theirs), abs=1e-4)


def test_a_network_that_knows_what_it_knows_is_calibrated() -> None:
    ours = Calibration(torch.device("cpu"))
    labels = torch.tensor([0, 1, 1, 1])
    ours.add(torch.tensor([[0.25, 0.75]]).log().expand(4, 2), labels)  # right three times of four
    assert ours.error() == pytest.approx(0, abs=1e-5)
    ours.add(torch.tensor([[100.0, 0.0]]).expand(4, 2), torch.ones(4, dtype=torch.int64))  # sure, and wrong
    assert ours.error() == pytest.approx(50, abs=1e-4)


@pytest.mark.parametrize(("grid", "side"), [(14, 28), (4, 8), (3, 8)])
def test_patches_are_black_before_the_images_are_normalised(grid: int, side: int) -> None:
    patches = PatchDrop(tiny(), grid, torch.device("cpu"))
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (CONFIG.dataset.mean, CONFIG.dataset.std))
    pixels = torch.rand(5, 3, side, side) / 2 + 0.5
    order = patches.order(torch.arange(5))
    before = torch.zeros(5, side, side, dtype=torch.bool)
    for ratio in (0, 0.1, 0.5, 0.9, 1):
        seen = patches.hide((pixels - mean) / std, order, ratio) * std + mean
        black = (seen.abs() < 1e-5).all(1)
        torch.testing.assert_close(
            seen[~black[:, None].expand_as(seen)], pixels[~black[:, None].expand_as(seen)]
        )
        if side % grid == 0:
            assert (black.sum((1, 2)) == math.floor(ratio * grid**2) * (side // grid) ** 2).all()
        assert (black | ~before).all()  # a higher ratio hides what a lower one does
        before = black
    assert before.all()
    assert not torch.equal(order[0], order[1])
    assert torch.equal(patches.order(torch.tensor([3])), order[3:4])


@pytest.mark.parametrize(("grid", "all_"), [(14, 196), (10, 100)])
def test_more_patches_were_hidden_than_the_authors_hide(grid: int, all_: int) -> None:
    """Their `evaluate.py` hides d * 196 // 10 patches, for d tenths of 196."""
    patches = PatchDrop(tiny(), grid, torch.device("cpu"))
    order = patches.order(torch.arange(1))
    for d in range(11):
        seen = patches.hide(torch.ones(1, 3, grid, grid), order, d / 10)
        assert int((seen[0, 0] != 1).sum()) == d * all_ // 10


def test_occlusion_is_measured_and_recorded(finished: Path) -> None:
    found = evaluate_checkpoint(CONFIG, finished, device="cpu", occlusion=(0, 0.5, 1), grid=4)
    none, half, all_ = found.occlusion
    assert (none.top1, none.top5, none.loss) == (found.top1, found.top5, found.loss)
    assert none.loss < half.loss
    assert half.top1 < none.top1
    assert all_.top1 < 20  # every image looks the same
    other = evaluate_checkpoint(
        tiny(maxEpochs=1, testBatchSize=7), finished, device="cpu", occlusion=[0.5], grid=4
    )
    assert other.occlusion[0].top1 == half.top1
    line = read_lines(finished / "test.jsonl")[0]
    assert line["ece"] == found.ece
    assert line["occlusion"][1] == {
        "ratio": 0.5,
        "grid": 4,
        "top1": half.top1,
        "top5": half.top5,
        "loss": half.loss,
    }
    assert "occlusion" not in evaluate_checkpoint(CONFIG, finished, device="cpu").as_json()


def test_lines_are_those_that_the_contract_is_tested_with(finished: Path) -> None:
    evaluate_checkpoint(CONFIG, finished, device="cpu")
    evaluate_checkpoint(CONFIG, finished, device="cpu", occlusion=[0.5], grid=4)
    expected = read_lines(TEST_LINES)
    assert [_shape(line) for line in read_lines(finished / "test.jsonl")] == [
        _shape(line) for line in expected
    ]


def _shape(value: Any) -> Any:
    """Keys and types, down to the last."""
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return type(value).__name__


def test_a_dump_of_predictions(finished: Path, tmp_path: Path) -> None:
    config = str(write(CONFIG, tmp_path / "run.json"))
    for name in ("all.npz", "all.jsonl"):
        assert main([config, str(finished), "--device", "cpu", "--dump", str(tmp_path / name)]) == 0
    arrays, lines = np.load(tmp_path / "all.npz"), read_lines(tmp_path / "all.jsonl")
    assert sorted(arrays) == ["classes", "index", "label", "probabilities"]
    assert arrays["index"].tolist() == list(range(355))
    assert arrays["classes"].shape == arrays["probabilities"].shape == (355, 5)
    for name in arrays:
        assert [line[name] for line in lines] == arrays[name].tolist()
    last = read_lines(finished / "test.jsonl")[-1]
    hits = arrays["classes"] == arrays["label"][:, None]
    assert 100 * hits[:, 0].mean() == pytest.approx(last["top1"])
    assert 100 * hits.any(1).mean() == pytest.approx(last["top5"])
    assert (np.diff(arrays["probabilities"]) <= 0).all()


def test_a_dump_names_the_files_of_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = image_folder(tmp_path / "shapes", sizes=[12, 13])  # of two sizes, so that they stay files
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
    config = folder_run(maxEpochs=1)
    run(config, tmp_path / "run")
    evaluate_checkpoint(config, tmp_path / "run", device="cpu", dump=tmp_path / "all.jsonl")
    lines = read_lines(tmp_path / "all.jsonl")
    assert [line["path"] for line in lines] == sorted(str(path) for path in (root / "val").rglob("*.png"))
    assert [line["label"] for line in lines] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert len(lines[0]["classes"]) == 3  # there are no more classes


def test_two_ranks_find_what_one_does(finished: Path, tmp_path: Path, processes: Processes) -> None:
    """355 images do not divide by 2."""
    config = write(CONFIG, tmp_path / "run.json")
    torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "mixlab.test")
    also = (
        "--gpus",
        "0",
        "--occlusion",
        "0.3",
        "--occlusion-grid",
        "4",
        "--dump",
        tmp_path / "two.npz",
        "--json",
    )
    two = processes.python(*torchrun, config, finished, *also, OMP_NUM_THREADS="1")
    assert two.returncode == 0, two.stderr
    one = evaluate_checkpoint(
        CONFIG, finished, device="cpu", occlusion=[0.3], grid=4, dump=tmp_path / "one.npz"
    ).as_json()
    there = json.loads(two.stdout)
    for whole, part in ((one, there), (one["occlusion"][0], there["occlusion"][0])):
        assert (whole["top1"], whole["top5"]) == (part["top1"], part["top5"])
        assert whole["loss"] == pytest.approx(part["loss"], rel=1e-6)
    assert one["images"] == there["images"] == 355
    assert len(read_lines(finished / "test.jsonl")) == 2
    assert one["ece"] == pytest.approx(there["ece"], rel=1e-5)
    ours, theirs = np.load(tmp_path / "one.npz"), np.load(tmp_path / "two.npz")
    assert (ours["index"] == theirs["index"]).all()
    assert (ours["label"] == theirs["label"]).all()
    np.testing.assert_allclose(ours["probabilities"], theirs["probabilities"], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--occlusion", "0.5,1.5"), "--occlusion: expected shares of 0 to 1, got 1.5"),
        (("--occlusion", "0.5"), "--occlusion-grid: images of 8 pixels cannot have 14 patches a side"),
        (("--dump", "all.csv"), "--dump: expected a file ending with .npz or .jsonl, got all.csv"),
        (("--dump", "none/all.npz"), "--dump: there is no folder "),
    ],
)
def test_what_cannot_be_is_refused(
    finished: Path, tmp_path: Path, options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = str(write(CONFIG, tmp_path / "run.json"))
    assert main([config, str(finished), "--device", "cpu", *options]) == 2
    assert message in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main([config, str(finished), "--occlusion", "half"])
    assert not (finished / "test.jsonl").exists()


def test_no_average_to_test(finished: Path) -> None:
    with pytest.raises(InvalidInput, match="has no moving average of the weights"):
        evaluate_checkpoint(CONFIG, finished, device="cpu", ema=True)
