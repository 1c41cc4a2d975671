"""`python -m mixlab.data check`: what it counts, what it finds wrong, how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from conftest import Processes
from made_data import cifar, listed_images, mnist, save_image, tiny_imagenet
from mixlab.data.__main__ import main
from tiny import image_folder


def check(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = main(["check", "--workers", "2", *map(str, arguments)])
    return code, capsys.readouterr().out


def check_json(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, Any]:
    code, output = check(capsys, "--json", *arguments)
    found: dict[str, Any] = json.loads(output)
    assert code == (0 if found["fine"] else 1)
    return found


def test_a_tree_that_is_fine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = image_folder(tmp_path / "shapes", sizes=[12, 20])
    save_image(root / "val" / "class1" / "more.jpg")
    code, output = check(capsys, root)
    assert code == 0
    assert output.splitlines() == [
        f"{root}: layout imagefolder",
        "",
        "split  images  classes  of a class  sizes                            colours",
        "train  18      3        6 to 6      12x16 (9), 20x24 (9)             RGB",
        "val    10      3        3 to 4      12x16 (6), 20x24 (3), 16x12 (1)  RGB",
        "",
        "fine",
    ]


def test_damaged_images_are_all_named(tmp_path: Path, processes: Processes) -> None:
    root = image_folder(tmp_path / "shapes")
    folder = root / "train" / "class0"
    save_image(folder / "a.jpg", size=(100, 80))
    cut = (folder / "a.jpg").read_bytes()
    (folder / "a.jpg").write_bytes(cut[: len(cut) // 2])
    (folder / "000.png").write_bytes(b"")
    (folder / "001.png").write_bytes(b"not an image")
    found = processes.python("-m", "mixlab.data", "check", root)
    assert found.returncode == 1
    assert "3 images can't be decoded" in found.stdout
    assert f"{folder}/000.png: the file is empty" in found.stdout
    assert f"{folder}/001.png: not an image that Pillow knows" in found.stdout
    assert f"{folder}/a.jpg: image file is truncated" in found.stdout
    assert found.stdout.endswith("not fine\n")
    assert found.stderr == ""  # no bar where there is no terminal


@pytest.mark.parametrize(
    ("split", "remove", "problem"),
    [
        ("val", "*", "no folder for the split 'val': {root}/val (there: train)"),
        ("train", "*", "no folder for the split 'train': {root}/train (there: val)"),
        ("val", "*/*", "no images"),
        ("val", "*/", "dataset.classes: expected several, {root}/val has 0 class folders"),
    ],
)
def test_a_split_that_a_training_needs_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], split: str, remove: str, problem: str
) -> None:
    root = image_folder(tmp_path / "shapes")
    if remove == "*":
        shutil.rmtree(root / split)
    for path in (root / split).glob(remove):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    found = check_json(capsys, root)
    assert not found["fine"]
    assert any(problem.format(root=root) in line for line in found["problems"])


def test_grey_cmyk_and_duplicates_are_noted_and_fine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = image_folder(tmp_path / "shapes")
    Image.fromarray(np.zeros((12, 12), np.uint8)).save(root / "train" / "class0" / "grey.png")
    Image.new("CMYK", (12, 12)).save(root / "train" / "class0" / "four.jpg")
    shutil.copy(root / "train" / "class1" / "000.png", root / "val" / "class1" / "again.png")
    found = check_json(capsys, root)
    assert found["fine"]
    assert found["splits"]["train"]["modes"] == {"RGB": 18, "L": 1, "CMYK": 1}
    assert found["splits"]["train"]["mostOfAClass"] == 8
    assert found["duplicates"] == [[f"{root}/train/class1/000.png", f"{root}/val/class1/again.png"]]
    assert "1 images lie in two splits:" in check(capsys, root)[1]


@pytest.mark.parametrize(
    ("make", "layout", "counts", "classes"),
    [
        (lambda root: tiny_imagenet(root), "tiny-imagenet", {"train": 6, "val": 3}, 3),
        (lambda root: cifar(root, 10), "cifar", {"train": 100, "test": 20}, 10),
        (lambda root: mnist(root / "raw"), "mnist", {"train": 30, "test": 20}, 10),
        (
            lambda root: listed_images(root, {"train": "meta/train.txt", "val": "meta/val.txt"}),
            "list",
            {"train": 6, "val": 6},
            3,
        ),
    ],
)
def test_each_layout_is_seen(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    make: Any,
    layout: str,
    counts: dict[str, int],
    classes: int,
) -> None:
    make(tmp_path / "root")
    found = check_json(capsys, tmp_path / "root")
    assert found["fine"]
    assert found["layout"] == layout
    assert {name: split["images"] for name, split in found["splits"].items()} == counts
    assert {split["classes"] for split in found["splits"].values()} == {classes}


def test_grey_images_of_mnist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist(tmp_path)
    assert check_json(capsys, tmp_path)["splits"]["test"]["modes"] == {"L": 20}


def test_a_flat_validation_folder_is_told_and_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = image_folder(tmp_path / "shapes")
    shutil.rmtree(root / "val")
    save_image(root / "val" / "a.png")
    code, output = check(capsys, root)
    assert code == 1
    assert f"expected several, {root}/val has 0 class folders but 1 images: sort them into class" in output


def test_the_number_of_classes_and_the_splits_that_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = image_folder(tmp_path / "shapes")
    found = check_json(capsys, root, "--classes", "4", "--split", "val")
    assert list(found["splits"]) == ["val"]
    assert found["problems"] == [f"dataset.classes: expected 4, {root}/val has 3 class folders"]
    assert "no folder for the split 'valid'" in check(capsys, root, "--split", "valid")[1]


@pytest.mark.parametrize("label", [10**12, 10**30])
def test_a_label_too_large_to_count_up_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], label: int
) -> None:
    root = listed_images(tmp_path / "shapes", {"train": "train.txt", "val": "val.txt"})
    with (root / "train.txt").open("a") as file:
        file.write(f"photo 1.png {label}\n")
    found = check_json(capsys, root, "--layout", "list")
    assert found["problems"] == [f"{root}/train.txt:7: label {str(label)[:20]} is not one of 0 to 999999"]
    assert found["splits"]["train"]["classes"] == 3


def test_a_link_that_leads_back(tmp_path: Path, processes: Processes) -> None:
    root = image_folder(tmp_path / "shapes")
    (root / "train" / "class1" / "again").symlink_to(root / "train")
    found = processes.python("-m", "mixlab.data", "check", root)
    assert found.returncode == 1
    assert found.stderr.startswith(f"python -m mixlab.data: dataset: cannot read {root}/train/class1/again/")
    assert len(found.stderr.splitlines()) == 1


def test_cifar_where_there_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = check_json(capsys, tmp_path, "--layout", "cifar")
    assert found["problems"] == [
        "dataset: CIFAR is cifar-10-batches-py (10 classes) and cifar-100-python (100 classes), "
        f"{tmp_path} has neither"
    ]


def test_pixels_of_unknown_range_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = image_folder(tmp_path / "shapes")
    bad = root / "val" / "class0" / "float.tif"
    Image.fromarray(np.full((8, 8), 0.5, np.float32)).save(bad)
    found = check_json(capsys, root)
    assert found["splits"]["val"]["unreadable"] == [
        f"{bad}: pixels of Pillow's mode F have no known range: save it with 8 bits"
    ]


def test_a_root_with_nothing_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, output = check(capsys, tmp_path)
    assert code == 1
    assert f"no folder for the split 'train': {tmp_path}/train (there: no folders)" in output


def test_lists_that_lie_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = listed_images(tmp_path / "root", {"train": "../a.txt", "val": "../b.txt"})
    lists = ("--train-list", tmp_path / "a.txt", "--val-list", tmp_path / "b.txt")
    assert check_json(capsys, root, *lists)["splits"]["val"]["images"] == 6
    (root / "val" / "photo 3.png").unlink()
    assert check_json(capsys, root, *lists)["problems"] == [
        f"{tmp_path}/b.txt:4: no such image: {root}/val/photo 3.png"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["check"], "the following arguments are required: PATH"),
        (["check", "/no/such/folder"], "/no/such/folder does not exist"),
        (["check", __file__], "is not a folder"),
        (["check", ".", "--layout", "voc"], "invalid choice: 'voc'"),
        (["check", ".", "--classes", "0"], "expected a whole number from 1, got '0'"),
        (["check", ".", "--layout", "cifar", "--val-list", "x"], "--layout cifar reads no list"),
    ],
)
def test_bad_arguments(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err
