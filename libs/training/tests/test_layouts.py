"""Datasets in the layouts that they are published in, and what is said of those that are not whole."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import mixlab.core.vision  # noqa: F401  before torchvision
from made_data import TINY_WNIDS, cifar, idx, listed_images, mnist, save_image, tiny_imagenet
from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.data import EvaluationBatches, TrainBatches, open_data
from mixlab.data.layouts import detect_layout
from mixlab.data.split import Decoded, Files
from mixlab.data.wanted import Wanted
from mixlab.identity import run_hash
from tiny import folder_run, image_folder, run, tiny

CPU = torch.device("cpu")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the dataset `shapes` lies."""
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(tmp_path / "shapes"))
    (tmp_path / "shapes").mkdir()
    return tmp_path / "shapes"


def run_of(classes: int, name: str = "shapes", size: int = 12, **dataset: Any) -> RunConfig:
    return tiny(dataset={"name": name, "classes": classes, "size": size, **dataset}, batchSize=3)


def problems_of(config: RunConfig) -> list[str]:
    with pytest.raises(InvalidInput) as error:
        open_data(config)
    return str(error.value).split("\n")


def files(config: RunConfig, split: str) -> Files:
    source = open_data(config).sources[split]
    assert isinstance(source, Files)
    return source


def decoded(config: RunConfig, split: str) -> Decoded:
    images = open_data(config).load(split)
    assert isinstance(images, Decoded)
    return images


class TestLists:
    @pytest.mark.parametrize(
        "lists",
        [
            {"train": "meta/train.txt", "val": "meta/val.txt"},
            {"train": "train.txt", "val": "val.txt"},
            {"train": "meta/train_labeled_full.txt", "val": "meta/val_labeled.txt"},
            {"train": "../meta/shapes/train_labeled.txt", "val": "../meta/shapes/val_labeled.txt"},
        ],
    )
    def test_lists_are_found_where_they_usually_are(self, root: Path, lists: dict[str, str]) -> None:
        listed_images(root, lists)
        found = files(folder_run(), "train")
        assert found.labels.tolist() == [0, 1, 2, 0, 1, 2]
        assert found.path(4) == str(root / "train" / "photo 4.png")  # a path with a space
        assert Path(files(folder_run(), "val").path(0)).is_file()

    def test_lists_that_the_config_names_count_alone(self, root: Path, tmp_path: Path) -> None:
        listed_images(root, {"train": "meta/train.txt", "val": "meta/val.txt"})
        image_folder(root / "folders")
        other = tmp_path / "few.txt"
        other.write_text("train/photo 2.png 2\r\ntrain/photo 0.png 0\r\n\r\ntrain/photo 1.png 1\r\n")
        config = run_of(3, trainList=str(other), valList="meta/val.txt")
        found = files(config, "train")
        assert (found.folder, found.labels.tolist()) == (root, [2, 0, 1])

    def test_lists_without_labels_beside_those_with(self, root: Path) -> None:
        listed_images(root, {"train": "meta/train_labeled_full.txt", "val": "meta/val_labeled.txt"})
        for split in ("train", "val"):  # as in OpenMixup's meta.zip
            (root / "meta" / f"{split}.txt").write_text("photo 0.png\n")
        assert len(files(folder_run(), "train")) == 6

    def test_absolute_paths(self, root: Path, tmp_path: Path) -> None:
        paths = [tmp_path / "elsewhere" / f"{label}.png" for label in range(3)]
        for path in paths:
            save_image(path)
        for split in ("train", "val"):
            lines = [f"{path} {label}" for label, path in enumerate(paths)]
            (root / f"{split}.txt").write_text("\n".join(lines))
        assert files(run_of(3), "train").path(2) == str(paths[2])

    def test_class_folders_count_before_lists(self, root: Path) -> None:
        image_folder(root)
        listed_images(root, {"train": "meta/train.txt", "val": "meta/val.txt"})
        assert detect_layout(Wanted(root, ("train", "val"), classes=3)) == "imagefolder"
        assert detect_layout(Wanted(root, ("train", "val"), classes=4)) == "list"
        assert len(files(run_of(3, layout="list"), "train")) == 6

    def test_labels_of_a_subset_mean_the_same_when_only_the_evaluation_is_asked_for(self, root: Path) -> None:
        image_folder(root)
        (root / "few.txt").write_text("class2/000.png 0\nclass1/000.png 1\nclass0/000.png 2\n")
        (root / "meta").mkdir()
        (root / "meta" / "val_labeled.txt").write_text(
            "class2/000.png 0\nclass1/000.png 1\nclass0/001.png 2\n"
        )
        config = run_of(3, trainList="few.txt")
        for training in (True, False):
            val = open_data(config, training=training).sources["val"]
            assert isinstance(val, Files)
            assert val.names[0] == "class2/000.png"

    def test_every_problem_has_its_line(self, root: Path) -> None:
        listed_images(root, {"train": "train.txt", "val": "val.txt"})
        (root / "train.txt").write_text(
            "photo 0.png 0\nphoto 1.png 7\nphoto 9.png 0\nphoto 3.png\n3.png 1 x\nphoto 2.png -1\n"
        )
        train = root / "train.txt"
        assert problems_of(run_of(3, layout="list")) == [
            f"{train}:2: label 7 is not one of 0 to 2",
            f"{train}:4: expected `path label`, the label a whole number, got 'photo 3.png'",
            f"{train}:5: expected `path label`, the label a whole number, got '3.png 1 x'",
            f"{train}:6: expected `path label`, the label a whole number, got 'photo 2.png -1'",
            f"{train}:3: no such image: {root}/train/photo 9.png",
            f"{train}: no images of these of 3 classes: 1, 2",
        ]

    def test_a_thousand_problems_are_counted_and_some_told(self, root: Path) -> None:
        listed_images(root, {"train": "train.txt", "val": "val.txt"})
        (root / "train.txt").write_text("".join(f"gone/{index}.png 0\n" for index in range(1000)))
        problems = problems_of(run_of(3, layout="list"))
        assert len(problems) == 21
        assert problems[20] == "and 981 more problems"
        assert problems[0] == f"{root}/train.txt:1: no such image: {root}/train/gone/0.png"

    def test_an_image_that_is_listed_as_two_classes(self, root: Path) -> None:
        listed_images(root, {"train": "train.txt", "val": "val.txt"})
        with (root / "train.txt").open("a") as file:
            file.write("photo 1.png 1\nphoto 1.png 2\n")
        assert problems_of(run_of(3, layout="list")) == [
            f"{root}/train.txt:8: photo 1.png is of class 2 here, of 1 further up"
        ]

    def test_a_list_that_is_not_there(self, root: Path) -> None:
        listed_images(root, {"train": "train.txt", "val": "val.txt"})
        assert problems_of(run_of(3, valList="meta/valid.txt")) == [
            f"{root}/meta/valid.txt: cannot be read: No such file or directory",
            f"{root}/meta/valid.txt: lists no images",
            f"dataset.layout: {root} was taken for list; `python -m mixlab.data check {root}` tells more, "
            "`dataset.layout` names another",
        ]
        problems = problems_of(run_of(3, layout="list", valSplit="valid"))
        assert problems[0].startswith(
            f"dataset.valList: no list of the split 'valid'; looked for {root}/meta/"
        )

    def test_a_list_in_a_layout_that_reads_none(self, root: Path) -> None:
        image_folder(root)
        (problem,) = problems_of(run_of(3, layout="imagefolder", trainList="train.txt"))
        assert problem.startswith("dataset.layout: imagefolder reads no list")

    def test_the_layout_changes_nothing_of_what_is_trained(self, root: Path, tmp_path: Path) -> None:
        image_folder(root)
        for split in ("train", "val"):
            found = files(folder_run(), split)
            lines = [
                f"{name} {label}" for name, label in zip(found.names, found.labels.tolist(), strict=True)
            ]
            (root / f"{split}.txt").write_text("\n".join(lines))
        configs = (run_of(3), run_of(3, layout="list"))
        folders, lists = (
            list(TrainBatches(open_data(config).load("train"), config, CPU, 0, 1).epoch(0))
            for config in configs
        )
        assert len(folders) == len(lists) == 6
        for (images, labels), (other_images, other_labels) in zip(folders, lists, strict=True):
            assert torch.equal(labels, other_labels)
            assert torch.equal(images, other_images)
        assert run_hash(configs[0]) == run_hash(configs[1])


class TestTinyImageNet:
    def test_classes_are_numbered_by_their_wordnet_ids(self, root: Path) -> None:
        tiny_imagenet(root)
        config = run_of(3, size=64)
        train, val = files(config, "train"), files(config, "val")
        assert [Path(name).name for name in train.names[:3]] == ["n01_0.JPEG", "n01_1.JPEG", "n02_0.JPEG"]
        assert train.labels.tolist() == [0, 0, 1, 1, 2, 2]
        assert [(Path(val.path(index)).name, val.labels[index]) for index in range(3)] == [
            (f"val_{number}.JPEG", sorted(TINY_WNIDS).index(wnid)) for number, wnid in enumerate(TINY_WNIDS)
        ]

    def test_evaluation_needs_no_training_images(self, root: Path) -> None:
        tiny_imagenet(root)
        (root / "train").rename(root / "gone")
        assert open_data(run_of(3), training=False).count("val") == 3

    def test_it_is_trained_on(self, root: Path) -> None:
        tiny_imagenet(root)
        config = run_of(3, size=8, layout="tiny-imagenet")
        assert run(config.model_copy(update={"max_epochs": 1}), None, max_steps=1) == 0

    def test_problems(self, root: Path) -> None:
        tiny_imagenet(root)
        table = root / "val" / "val_annotations.txt"
        table.write_text("val_0.JPEG\tn09\t0\t0\t1\t1\nval_1.JPEG n02\nval_7.JPEG\tn03\t0\t0\t1\t1\n")
        for image in (root / "train" / "n03" / "images").iterdir():
            image.unlink()
        problems = problems_of(run_of(200, layout="tiny-imagenet"))
        assert problems[0] == f"dataset.classes: expected 200, {root} has 3 classes"
        assert problems[1].endswith(f"in these classes of {root}/train: n03")
        assert problems[2:] == [
            f"{table}:1: n09 is not one of the 3 classes",
            f"{table}:2: expected image, class and box with tabs, got 'val_1.JPEG n02'",
            f"{table}:3: no such image: {root}/val/images/val_7.JPEG",
            f"{table}: no images of these of 3 classes: 0, 1",
        ]

    def test_the_unlabelled_split_is_refused(self, root: Path) -> None:
        tiny_imagenet(root)
        assert problems_of(run_of(3, layout="tiny-imagenet", valSplit="test")) == [
            "dataset.valSplit: the layout tiny-imagenet has the splits train and val, not 'test'"
        ]


class TestCifar:
    @pytest.mark.parametrize("classes", [10, 100])
    @pytest.mark.parametrize("protocol", [2, 5])
    def test_images_and_labels_are_those_of_torchvision(
        self, root: Path, classes: int, protocol: int
    ) -> None:
        from torchvision import datasets

        cifar(root, classes, protocol=protocol)
        base = datasets.CIFAR10 if classes == 10 else datasets.CIFAR100

        def checksums(entries: list[list[str]]) -> list[list[str]]:
            folder = root / base.base_folder
            return [[name, hashlib.md5((folder / name).read_bytes()).hexdigest()] for name, _ in entries]

        class Made(base):  # type: ignore[misc,valid-type]
            train_list = checksums(base.train_list)
            test_list = checksums(base.test_list)

            def _load_meta(self) -> None:
                """There is no file of class names."""

        config = run_of(classes, size=32, valSplit="test")
        for split in ("train", "test"):
            theirs, ours = Made(root, train=split == "train"), decoded(config, split)
            assert ours.labels.tolist() == theirs.targets
            assert np.array_equal(ours.images.permute(0, 2, 3, 1).numpy(), theirs.data)

    def test_both_versions_in_one_root_are_told_by_their_classes(self, root: Path) -> None:
        cifar(root, 10)
        cifar(root, 100)
        assert open_data(run_of(10, valSplit="test")).count("train") == 100
        assert open_data(run_of(100, valSplit="test")).count("train") == 100
        (problem, _) = problems_of(run_of(20, valSplit="test"))
        assert problem.startswith(
            "dataset.classes: expected 20; CIFAR is cifar-10-batches-py (10 classes) and"
        )

    def test_the_folder_of_the_batches_is_a_root_too(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cifar(root)
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root / "cifar-10-batches-py"))
        assert open_data(run_of(10, valSplit="test")).count("test") == 20

    def test_problems(self, root: Path) -> None:
        folder = cifar(root) / "cifar-10-batches-py"
        (folder / "data_batch_3").unlink()
        (folder / "test_batch").write_bytes((folder / "test_batch").read_bytes()[:500])
        problems = problems_of(run_of(10, layout="cifar", valSplit="test"))
        assert problems[0] == f"{folder}/data_batch_3: there is no such file"
        assert problems[1].startswith(f"{folder}/test_batch: not a batch of CIFAR: ")
        assert problems_of(run_of(10, layout="cifar")) == [
            "dataset.valSplit: the layout cifar has the splits train and test, not 'val'"
        ]

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            (
                {"data": np.zeros((20, 3000), np.uint8)},
                r"expected uint8 images \[20, 3072\], got uint8 \[20, 3",
            ),
            ({"labels": [11] * 20}, "expected labels in 0 to 9"),
            ({"labels": ["1"] * 20}, r"expected whole numbers as labels, got <U1 \[20\]"),
            ({"labels": [0.5] * 20}, r"expected whole numbers as labels, got float64 \[20\]"),
            ({"labels": [[1]] * 20}, r"expected whole numbers as labels, got int64 \[20, 1\]"),
            ({"labels": None}, r"expected whole numbers as labels, got object \[\]"),
            ({"labels": [1] * 20}, "no images of these classes in test_batch: 0, 2, 3, 4, 5 and 4 more"),
        ],
    )
    def test_malformed_batches(self, root: Path, changes: dict[str, Any], message: str) -> None:
        file = cifar(root) / "cifar-10-batches-py" / "test_batch"
        batch = {**pickle.loads(file.read_bytes()), **changes}
        file.write_bytes(pickle.dumps(batch))
        with pytest.raises(InvalidInput, match=message):
            open_data(run_of(10, layout="cifar", valSplit="test"))

    def test_any_damage_to_a_pickle_is_told(self, root: Path) -> None:
        file = cifar(root, each=10) / "cifar-10-batches-py" / "test_batch"
        whole = file.read_bytes()
        head = whole[:60] + whole[-600:]  # the pixels between may be anything
        for seed in range(100):
            damaged = bytearray(head)
            for place in np.random.default_rng(seed).integers(0, len(head), 8):
                damaged[place] = seed
            file.write_bytes(damaged)
            with pytest.raises(InvalidInput, match="test_batch"):
                open_data(run_of(10, valSplit="test"), training=False)

    def test_a_pickle_that_would_run_a_command_runs_none(self, root: Path) -> None:
        class Command:
            def __reduce__(self) -> Any:
                return os.mkdir, (str(root / "made"),)

        (cifar(root) / "cifar-10-batches-py" / "test_batch").write_bytes(pickle.dumps(Command()))
        with pytest.raises(InvalidInput, match=r"test_batch: not a batch of CIFAR: .* asks for posix\.mkdir"):
            open_data(run_of(10, valSplit="test"))
        assert not (root / "made").exists()


class TestMnist:
    @pytest.mark.parametrize("zipped", [False, True])
    def test_images_and_labels_are_those_of_torchvision(self, root: Path, zipped: bool) -> None:
        from torchvision import datasets

        mnist(root / "MNIST" / "raw", zipped=zipped)
        if zipped:  # torchvision wants them unpacked
            mnist(root / "their" / "MNIST" / "raw", zipped=False)
        for split in ("train", "test"):
            theirs = datasets.MNIST(root / "their" if zipped else root, train=split == "train")
            ours = decoded(run_of(10, valSplit="test"), split)
            assert torch.equal(ours.labels, theirs.targets)
            assert torch.equal(ours.images, theirs.data[:, None].expand(-1, 3, -1, -1))

    def test_inputs_have_the_size_of_the_dataset(self, root: Path) -> None:
        mnist(root / "raw")
        config = run_of(10, size=32, valSplit="test")
        images, _ = next(TrainBatches(decoded(config, "train"), config, CPU, 0, 1).epoch(0))
        tests, _ = next(iter(EvaluationBatches(decoded(config, "test"), config, CPU, 0, 1)))
        assert images.shape[1:] == tests.shape[1:] == (3, 32, 32)

    def test_two_sets_in_one_root_are_told_by_the_name(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mnist(root / "MNIST" / "raw", images=30)
        mnist(root / "FashionMNIST" / "raw", images=40, seed=1)
        monkeypatch.setenv("MIXLAB_DATA_FASHION_MNIST", str(root))
        assert open_data(run_of(10, valSplit="test")).count("train") == 30
        assert open_data(run_of(10, "fashion-mnist", valSplit="test")).count("train") == 40

    def test_problems(self, root: Path) -> None:
        mnist(root, zipped=False)
        images, labels = root / "train-images-idx3-ubyte", root / "t10k-labels-idx1-ubyte"
        images.write_bytes(images.read_bytes()[:-100])
        labels.write_bytes(idx(np.zeros(7, np.uint8)))
        assert problems_of(run_of(10, layout="mnist", valSplit="test")) == [
            f"{images}: 23420 bytes for 30 by 28 by 28 values: it is cut short?",
            f"{labels}: 7 labels for the 20 images of {root}/t10k-images-idx3-ubyte",
        ]
        labels.unlink()
        (_, problem) = problems_of(run_of(10, layout="mnist", valSplit="test"))
        assert problem.startswith(
            "dataset: no t10k-images-idx3-ubyte[.gz] and t10k-labels-idx1-ubyte[.gz] for"
        )

    def test_images_without_pixels(self, root: Path) -> None:
        mnist(root, zipped=False)
        (root / "train-images-idx3-ubyte").write_bytes(idx(np.zeros((30, 0, 28), np.uint8)))
        with pytest.raises(InvalidInput, match="its images have no pixels: 30 by 0 by 28"):
            open_data(run_of(10, valSplit="test"))

    def test_a_damaged_archive(self, root: Path) -> None:
        mnist(root)
        file = root / "train-images-idx3-ubyte.gz"
        file.write_bytes(file.read_bytes()[:200])
        with pytest.raises(InvalidInput, match=r"train-images-idx3-ubyte\.gz: cannot be read: "):
            open_data(run_of(10, valSplit="test"))


class TestFolders:
    def test_every_problem_is_told(self, root: Path) -> None:
        image_folder(root)
        (root / "val" / "class2").rename(root / "val" / "class9")
        for image in (root / "train" / "class0").iterdir():
            image.unlink()
        problems = problems_of(run_of(4, layout="imagefolder"))
        assert [problem.split(":")[0] for problem in problems] == [
            "dataset.classes",
            "dataset",
            "dataset.classes",
            str(root),
        ]

    def test_a_folder_too_high(self, root: Path) -> None:
        image_folder(root / "shapes-v2")
        assert problems_of(run_of(3))[0].endswith(
            f"(there: shapes-v2); {root}/shapes-v2 has it: that may be the root"
        )

    def test_class_folders_in_the_root(self, root: Path) -> None:
        image_folder(root)
        for folder in (root / "train").iterdir():
            folder.rename(root / folder.name)
        (root / "train").rmdir()
        assert problems_of(run_of(3))[0].endswith(
            f"{root}/class0 holds images: class folders belong into {root}/train"
        )

    def test_an_archive_that_was_not_unpacked(self, root: Path) -> None:
        (root / "images.tar.gz").write_bytes(b"")
        assert problems_of(run_of(3))[0].endswith("(there: no folders); unpack images.tar.gz first")

    def test_a_flat_folder_of_validation_images(self, root: Path) -> None:
        image_folder(root)
        for image in list((root / "val").rglob("*.png")):
            image.rename(root / "val" / f"{image.parent.name}{image.name}")
        for folder in (root / "val").glob("class?"):
            folder.rmdir()
        problems = problems_of(run_of(3))
        assert problems[0].endswith(
            "val has 0 class folders but 9 images: sort them into class folders, or say their classes in a "
            "list file"
        )
