from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mixlab.config import Inputs, RunConfig
from mixlab.core.errors import InvalidInput, TrainingFailed
from mixlab.data import EvaluationBatches, TrainBatches, dataset_root, open_data
from mixlab.data.crops import draw_crops, random_resized_boxes
from mixlab.data.decoding import decode_if_small, open_image
from mixlab.data.resample import resized_crops
from mixlab.data.split import Decoded, Files
from tiny import folder_run, image_folder, tiny

CPU = torch.device("cpu")
Batches = list[tuple[torch.Tensor, torch.Tensor]]


@pytest.fixture
def shapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(tmp_path / "shapes"))
    return image_folder(tmp_path / "shapes")


class TestRoots:
    def test_environment_variable_of_a_name_with_punctuation(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MIXLAB_DATA_TINY_IMAGENET_200", str(tmp_path))
        assert dataset_root("tiny-imagenet.200") == tmp_path

    def test_local_file_above_the_current_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "images").mkdir()
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "mixlab.local.json").write_text('{"data": {"shapes": "images"}}')
        monkeypatch.chdir(tmp_path / "a" / "b")
        assert dataset_root("shapes", {}).samefile(tmp_path / "images")

    def test_mixlab_home_comes_before_the_current_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("home", "here"):
            (tmp_path / name / "images").mkdir(parents=True)
            (tmp_path / name / "mixlab.local.json").write_text('{"data": {"shapes": "images"}}')
        monkeypatch.chdir(tmp_path / "here")
        assert dataset_root("shapes", {"MIXLAB_HOME": str(tmp_path / "home")}) == tmp_path / "home" / "images"

    def test_the_environment_comes_before_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "mixlab.local.json").write_text('{"data": {"shapes": "elsewhere"}}')
        environment = {"MIXLAB_HOME": str(tmp_path), "MIXLAB_DATA_SHAPES": str(tmp_path)}
        assert dataset_root("shapes", environment) == tmp_path

    def test_no_root_names_both_ways(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput) as error:
            dataset_root("tiny-imagenet", {"MIXLAB_HOME": str(tmp_path)})
        assert "MIXLAB_DATA_TINY_IMAGENET=" in str(error.value)
        assert "mixlab.local.json" in str(error.value)

    def test_root_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match=r"does not exist: .*gone \(given by .*MIXLAB_DATA_SHAPES\)"):
            dataset_root("shapes", {"MIXLAB_DATA_SHAPES": str(tmp_path / "gone")})

    @pytest.mark.parametrize("text", ["{", '{"data": []}', "[]", '{"data": {"shapes": 3}}'])
    def test_malformed_local_file(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "mixlab.local.json").write_text(text)
        with pytest.raises(InvalidInput, match=r"mixlab\.local\.json: "):
            dataset_root("shapes", {"MIXLAB_HOME": str(tmp_path)})


class TestDigits:
    def test_split_is_stratified_disjoint_and_complete(self) -> None:
        data = open_data(tiny())
        train, val = data.load("train"), data.load("val")
        assert isinstance(train, Decoded)
        assert isinstance(val, Decoded)
        assert (len(train), len(val)) == (data.count("train"), data.count("val")) == (1442, 355)
        assert torch.bincount(val.labels).tolist() == [35, 36, 35, 36, 36, 36, 36, 35, 34, 36]
        assert train.images.shape == (1442, 3, 8, 8)
        images = torch.cat([train.images, val.images])
        assert len(images.flatten(1).unique(dim=0)) == 1797
        assert int(images.max()) == 255

    def test_images_are_those_of_scikit_learn(self) -> None:
        from sklearn.datasets import load_digits

        images = open_data(tiny()).load("train").images  # type: ignore[union-attr]
        levels = torch.from_numpy(load_digits().images)
        found = (images[0, 0].double() * 16 / 255).round()
        assert torch.equal(found, levels[0])

    def test_other_classes_and_splits_are_refused(self) -> None:
        dataset = {"name": "digits", "size": 8}
        with pytest.raises(InvalidInput, match="digits has 10 classes, the config says 7"):
            open_data(tiny(dataset={**dataset, "classes": 7}))
        with pytest.raises(InvalidInput, match=r"dataset\.valSplit: digits has the splits train and val"):
            open_data(tiny(dataset={**dataset, "classes": 10, "valSplit": "test"}))

    def test_a_batch_of_more_images_than_there_are(self) -> None:
        with pytest.raises(
            InvalidInput, match="batchSize: 2000 is more than the 1442 images of digits/train"
        ):
            open_data(tiny(batchSize=2000))


class TestImageFolder:
    def test_lists_nested_images_in_order_and_nothing_else(self, shapes: Path) -> None:
        inner = shapes / "train" / "class1" / "images"
        inner.mkdir()
        (shapes / "train" / "class1" / "000.png").rename(inner / "z.PNG")
        (shapes / "train" / "class1" / "notes.txt").write_text("no image")
        (shapes / "train" / ".cache").mkdir()
        files = open_data(folder_run()).sources
        assert isinstance(files["train"], Files)
        assert files["train"].names[6:12] == [
            *(f"class1/00{i}.png" for i in range(1, 6)),
            "class1/images/z.PNG",
        ]
        assert files["train"].labels.tolist() == [0] * 6 + [1] * 6 + [2] * 6

    def test_missing_split_lists_what_there_is(self, shapes: Path) -> None:
        (shapes / "val").rename(shapes / "valid")
        with pytest.raises(
            InvalidInput, match=r"no folder for the split 'val': .*val \(there: train, valid\)"
        ):
            open_data(folder_run())

    def test_a_test_split_may_lie_in_val_as_in_trees_made_of_cifar(self, shapes: Path) -> None:
        config = folder_run(dataset={**folder_run().dataset.model_dump(by_alias=True), "valSplit": "test"})
        assert open_data(config).count("test") == open_data(folder_run()).count("val")
        (shapes / "val").rename(shapes / "test")
        assert open_data(config).count("test") > 0

    def test_wrong_number_of_classes_says_both(self, shapes: Path) -> None:
        with pytest.raises(InvalidInput, match=r"expected 4, .*train has 3 class folders"):
            open_data(folder_run(dataset={"name": "shapes", "classes": 4, "size": 12}))

    def test_class_without_images(self, shapes: Path) -> None:
        for image in (shapes / "val" / "class2").iterdir():
            image.unlink()
        with pytest.raises(InvalidInput, match=r"no images .* in these classes of .*val: class2"):
            open_data(folder_run())

    def test_a_link_that_leads_back_into_its_folder(self, shapes: Path) -> None:
        (shapes / "train" / "class1" / "again").symlink_to(shapes / "train")
        with pytest.raises(InvalidInput, match=r"cannot read .*class1/again.*: Too many levels of symbolic"):
            open_data(folder_run())

    def test_splits_with_different_classes(self, shapes: Path) -> None:
        (shapes / "val" / "class2").rename(shapes / "val" / "class9")
        with pytest.raises(InvalidInput, match="train and val have different class folders: class2, class9"):
            open_data(folder_run())

    def test_evaluation_needs_the_evaluation_split_alone(self, shapes: Path) -> None:
        (shapes / "train").rename(shapes / "gone")
        assert open_data(folder_run(), training=False).count("val") == 9

    def test_small_images_of_one_size_are_decoded(self, shapes: Path) -> None:
        split = open_data(folder_run()).load("val")
        assert isinstance(split, Decoded)
        assert split.images.shape == (9, 3, 16, 12)
        first = np.asarray(Image.open(shapes / "val" / "class0" / "000.png"))
        assert np.array_equal(split.images[0].permute(1, 2, 0).numpy(), first)

    def test_images_of_different_sizes_stay_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=[12, 20])))
        assert isinstance(open_data(folder_run()).load("train"), Files)

    def test_damaged_image_of_a_small_folder_is_named(self, shapes: Path) -> None:
        damaged = shapes / "train" / "class1" / "003.png"
        damaged.write_bytes(damaged.read_bytes()[:60])
        with pytest.raises(TrainingFailed, match=rf"unreadable image: {damaged}: "):
            open_data(folder_run()).load("train")

    @pytest.mark.parametrize("workers", [0, 2])
    def test_damaged_image_is_named_when_it_is_met(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
    ) -> None:
        root = image_folder(tmp_path / "shapes", sizes=[12, 20])
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(root))
        damaged = root / "train" / "class1" / "003.png"
        damaged.write_bytes(b"not an image")
        config = folder_run(runtime={"workers": workers}, batchSize=6)
        batches = TrainBatches(open_data(config).load("train"), config, CPU, 0, 1)
        with pytest.raises(TrainingFailed, match=rf"^unreadable image: {damaged}: "):
            list(batches.epoch(0))


def files_of(config: RunConfig) -> dict[str, Files]:
    return {name: source for name, source in open_data(config).sources.items() if isinstance(source, Files)}


def training(config: RunConfig, split: Decoded | Files, epoch: int = 0, start: int = 0) -> Batches:
    return list(TrainBatches(split, config, CPU, 0, 1).epoch(epoch, start))


def assert_equal_batches(ours: Batches, theirs: Batches) -> None:
    assert len(ours) == len(theirs) > 0
    for (images, labels), (other_images, other_labels) in zip(ours, theirs, strict=True):
        assert torch.equal(images, other_images)
        assert torch.equal(labels, other_labels)


CROPS = [
    {"crop": "none", "flip": 0.5},
    {"crop": "pad", "padding": 2, "flip": 0.5},
    {"crop": "pad", "padding": 3, "paddingMode": "reflect", "flip": 0},
    {"crop": "random-resized", "flip": 0.5},
]


def test_an_image_of_sixteen_bits_is_not_white(tmp_path: Path) -> None:
    root = image_folder(tmp_path / "shapes")
    path = root / "train" / "class0" / "000.png"
    levels = np.arange(192, dtype=np.uint16).reshape(16, 12) * 300
    Image.fromarray(levels).save(path)
    with Image.open(path) as image:
        assert image.mode.startswith("I;16")
    pixels = np.asarray(open_image(str(path)))
    assert np.array_equal(pixels, np.repeat((levels // 256)[:, :, None], 3, axis=2))


class TestBatches:
    @pytest.mark.parametrize("inputs", CROPS)
    def test_an_epoch_begins_at_any_step(self, inputs: dict[str, object]) -> None:
        config = tiny(inputs=inputs)
        split = open_data(config).load("train")
        whole = training(config, split)
        assert_equal_batches(whole[4:], training(config, split, start=4))
        assert_equal_batches(whole, training(config, split))
        assert not torch.equal(whole[0][0], training(config, split, epoch=1)[0][0])

    def test_shape_memory_and_normalisation(self) -> None:
        config = tiny(inputs={"crop": "none", "flip": 0})
        split = open_data(config).load("train")
        assert isinstance(split, Decoded)
        images, labels = training(config, split)[0]
        assert images.shape == (240, 3, 8, 8)
        assert images.dtype == torch.float32
        assert images.is_contiguous(memory_format=torch.channels_last)
        assert labels.dtype == torch.int64
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in (config.dataset.mean, config.dataset.std))
        pixels = ((images * std + mean) * 255).round().byte()
        place = {
            bytes(image.flatten().tolist()): int(label)
            for image, label in zip(split.images, split.labels, strict=True)
        }
        assert [place[bytes(image.flatten().tolist())] for image in pixels] == labels.tolist()

    @pytest.mark.parametrize("sizes", [[12], [12, 20]])
    def test_ranks_share_each_batch(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
    ) -> None:
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=sizes)))
        config = folder_run(inputs={"crop": "random-resized"})
        split = open_data(config).load("train")
        ranks = [list(TrainBatches(split, config, CPU, rank, 2).epoch(0)) for rank in (0, 1)]
        together = [
            (torch.cat([ours[0], theirs[0]]), torch.cat([ours[1], theirs[1]]))
            for ours, theirs in zip(*ranks, strict=True)
        ]
        assert_equal_batches(training(config, split), together)

    @pytest.mark.parametrize("world_size", [1, 2, 4])
    def test_each_test_image_is_evaluated_once(self, shapes: Path, world_size: int) -> None:
        config = folder_run(testBatchSize=4)
        split = open_data(config).load("val")
        assert isinstance(split, Decoded)
        labelled = Decoded(split.images, torch.arange(len(split)))
        ranks = [EvaluationBatches(labelled, config, CPU, rank, world_size) for rank in range(world_size)]
        seen = torch.cat([labels for rank in ranks for _, labels in rank])
        assert sorted(seen.tolist()) == list(range(9))

    @pytest.mark.parametrize("inputs", CROPS)
    def test_workers_change_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: dict[str, object]
    ) -> None:
        monkeypatch.setenv("MIXLAB_DATA_SHAPES", str(image_folder(tmp_path / "shapes", sizes=[12, 20])))
        alone = folder_run(inputs=inputs)
        helped = folder_run(inputs=inputs, runtime={"workers": 2})
        split = open_data(alone).load("train")
        assert_equal_batches(training(alone, split), training(helped, split))

    @pytest.mark.parametrize("inputs", CROPS)
    def test_decoded_and_streamed_images_are_the_same(self, shapes: Path, inputs: dict[str, object]) -> None:
        config = folder_run(inputs=inputs)
        files = files_of(config)
        std = torch.tensor(config.dataset.std).view(3, 1, 1)
        streamed, decoded = (
            training(config, files["train"]),
            training(config, decode_if_small(files["train"])),
        )
        for (images, labels), (other_images, other_labels) in zip(streamed, decoded, strict=True):
            assert torch.equal(labels, other_labels)
            assert (
                float(((images - other_images) * std).abs().max()) * 255 < 2.01
            )  # levels; Pillow rounds twice

    @pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
    @pytest.mark.parametrize("inputs", CROPS)
    def test_a_gpu_augments_as_a_cpu_does_and_is_not_waited_for(self, inputs: dict[str, object]) -> None:
        config = tiny(inputs=inputs)
        split = open_data(config).load("train")
        on_gpu = TrainBatches(split, config, torch.device("cuda"), 0, 1)
        list(on_gpu.epoch(1))
        torch.cuda.set_sync_debug_mode("error")
        try:
            batches = list(on_gpu.epoch(0))
        finally:
            torch.cuda.set_sync_debug_mode("default")
        std = torch.tensor(config.dataset.std).view(3, 1, 1)
        for (images, labels), (other, other_labels) in zip(batches, training(config, split), strict=True):
            assert torch.equal(labels.cpu(), other_labels)
            assert float(((images.cpu() - other) * std).abs().max()) * 255 < 1.01  # rounded after other sums

    def test_evaluation_resizes_and_takes_the_centre(self, shapes: Path) -> None:
        config = folder_run(inputs={"testSize": 8, "testCropRatio": 0.8, "interpolation": "bilinear"})
        files = files_of(config)
        image = Image.open(files["val"].path(0)).resize((10, 13), Image.Resampling.BILINEAR)
        expected = torch.from_numpy(np.array(image.crop((1, 2, 9, 10)))).permute(2, 0, 1).float() / 255
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in (config.dataset.mean, config.dataset.std))
        for split in (files["val"], decode_if_small(files["val"])):
            images, _ = next(iter(EvaluationBatches(split, config, CPU, 0, 1)))
            assert torch.allclose(images[0] * std + mean, expected, atol=1e-5)

    @pytest.mark.parametrize(("mode", "numpy_mode"), [("zeros", "constant"), ("reflect", "reflect")])
    def test_padding(self, mode: str, numpy_mode: str) -> None:
        config = tiny(inputs={"crop": "pad", "padding": 3, "paddingMode": mode, "flip": 0})
        split = open_data(config).load("train")
        assert isinstance(split, Decoded)
        single = Decoded(split.images[:1].expand(240, -1, -1, -1), split.labels[:1].expand(240))
        padded = np.pad(split.images[0].numpy(), ((0, 0), (3, 3), (3, 3)), mode=numpy_mode)  # type: ignore[call-overload]
        possible = {padded[:, y : y + 8, x : x + 8].tobytes() for y in range(7) for x in range(7)}
        mean, std = (torch.tensor(v).view(3, 1, 1) for v in (config.dataset.mean, config.dataset.std))
        images, _ = training(config, single)[0]
        crops = {image.numpy().tobytes() for image in ((images * std + mean) * 255).round().byte()}
        assert crops <= possible
        assert len(crops) > 30


class TestCrops:
    @given(
        st.integers(1, 300),
        st.integers(1, 300),
        st.integers(0, 10**6),
        st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
        st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)),
    )
    @settings(max_examples=100, deadline=None)
    def test_boxes_lie_inside(
        self, height: int, width: int, seed: int, area: tuple[float, float], aspect: tuple[float, float]
    ) -> None:
        inputs = Inputs(crop_area=tuple(sorted(area)), crop_aspect=tuple(sorted(aspect)))
        crops = draw_crops(inputs, 16, torch.Generator().manual_seed(seed))
        top, left, box_height, box_width = random_resized_boxes(crops, inputs, height, width).unbind(1)
        assert int(top.min()) >= 0
        assert int(left.min()) >= 0
        assert int(box_height.min()) >= 1
        assert int(box_width.min()) >= 1
        assert int((top + box_height).max()) <= height
        assert int((left + box_width).max()) <= width

    def test_boxes_have_the_area_and_aspect_that_were_asked_for(self) -> None:
        inputs = Inputs(crop_area=(0.2, 0.6), crop_aspect=(0.5, 2.0))
        crops = draw_crops(inputs, 2000, torch.Generator().manual_seed(0))
        boxes = random_resized_boxes(crops, inputs, 400, 400)
        none = random_resized_boxes(crops[:0], inputs, 400, 400)
        assert (boxes.shape, none.shape, none.dtype) == ((2000, 4), (0, 4), boxes.dtype)
        boxes = boxes.double()
        share, aspect = boxes[:, 2] * boxes[:, 3] / 160_000, boxes[:, 3] / boxes[:, 2]
        assert float(share.min()) > 0.19
        assert float(share.max()) < 0.61
        assert float(share.mean()) == pytest.approx(0.4, abs=0.01)
        assert float(aspect.log().mean()) == pytest.approx(0, abs=0.03)
        assert float(boxes[:, 0].mean()) == pytest.approx(float((400 - boxes[:, 2]).mean()) / 2, rel=0.05)

    @pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
    @pytest.mark.parametrize("size", [8, 24, 56])
    def test_resized_as_pillow_does(self, size: int, interpolation: str) -> None:
        generator = torch.Generator().manual_seed(1)
        coarse = torch.randint(60, 190, (40, 3, 8, 8), generator=generator).float()
        images = torch.nn.functional.interpolate(coarse, (40, 48), mode="bilinear").byte()
        crops = draw_crops(Inputs(), 40, generator)
        boxes = random_resized_boxes(crops, Inputs(), 40, 48)
        resized = resized_crops(images, boxes, size, crops.mirrored, interpolation)  # type: ignore[arg-type]
        for image, box, mirrored, found in zip(images, boxes.tolist(), crops.mirrored, resized, strict=True):
            top, left, height, width = box
            cut = Image.fromarray(image.permute(1, 2, 0).numpy()).crop(
                (left, top, left + width, top + height)
            )
            expected = np.asarray(cut.resize((size, size), Image.Resampling[interpolation.upper()]))
            expected = expected[:, ::-1] if mirrored else expected
            assert np.abs(found.permute(1, 2, 0).numpy() - expected.astype(float)).max() <= 2


def test_a_local_file_may_hold_more_than_data(tmp_path: Path) -> None:
    (tmp_path / "mixlab.local.json").write_text(
        json.dumps({"data": {"shapes": str(tmp_path)}, "python": "python3"})
    )
    assert dataset_root("shapes", {"MIXLAB_HOME": str(tmp_path)}) == tmp_path
