"""Small data sets in the layouts that large ones are published in."""

from __future__ import annotations

import gzip
import pickle
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def save_image(path: Path, seed: int = 0, size: tuple[int, int] = (16, 12)) -> None:
    """An image file of smooth noise, by its ending; size is (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR).save(path)


def listed_images(root: Path, lists: dict[str, str], *, classes: int = 3, each: int = 2) -> Path:
    """Images `<root>/<split>/photo N.png` and for each split a list, at the path that `lists` gives."""
    for number, (split, file) in enumerate(lists.items()):
        lines = []
        for index in range(classes * each):
            save_image(root / split / f"photo {index}.png", seed=100 * number + index)
            lines.append(f"photo {index}.png {index % classes}")
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    return root


TINY_WNIDS = ("n02", "n03", "n01")
"""In the order of the published `wnids.txt`, which is not theirs."""


def tiny_imagenet(root: Path, *, each: int = 2) -> Path:
    """Three classes of Tiny-ImageNet, as it is published."""
    (root / "test" / "images").mkdir(parents=True)
    (root / "wnids.txt").write_text("\n".join(TINY_WNIDS))
    rows = []
    for number, wnid in enumerate(TINY_WNIDS):
        folder = root / "train" / wnid
        for index in range(each):
            save_image(folder / "images" / f"{wnid}_{index}.JPEG", seed=10 * number + index, size=(64, 64))
        (folder / f"{wnid}_boxes.txt").write_text(f"{wnid}_0.JPEG\t0\t0\t63\t63\n")
        save_image(root / "val" / "images" / f"val_{number}.JPEG", seed=500 + number, size=(64, 64))
        rows.append(f"val_{number}.JPEG\t{wnid}\t0\t32\t44\t62")
    (root / "val" / "val_annotations.txt").write_text("\n".join(rows) + "\n")
    return root


def cifar_batch(images: int, classes: int, seed: int) -> tuple[NDArray[np.uint8], list[int]]:
    """Images [n, 3072] and labels of one batch."""
    generator = np.random.default_rng(seed)
    data = generator.integers(0, 256, (images, 3072), dtype=np.uint8)
    return data, [index % classes for index in range(images)]


def cifar(root: Path, classes: int = 10, *, each: int = 20, protocol: int = 2) -> Path:
    """CIFAR-10's five batches and one, or CIFAR-100's two, as they are published."""
    if classes == 10:
        folder, labels = root / "cifar-10-batches-py", "labels"
        names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    else:
        folder, labels = root / "cifar-100-python", "fine_labels"
        names = ["train", "test"]
    folder.mkdir(parents=True)
    for number, name in enumerate(names):
        data, values = cifar_batch(max(each, classes), classes, number)
        batch = {"batch_label": name, labels: values, "data": data, "filenames": ["x.png"] * len(values)}
        with (folder / name).open("wb") as file:
            pickle.dump(batch, file, protocol=protocol)
    return root


def idx(values: NDArray[np.uint8]) -> bytes:
    """An idx file of bytes."""
    return struct.pack(f">4B{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def mnist(folder: Path, *, images: int = 30, zipped: bool = True, seed: int = 0) -> Path:
    """The four files of MNIST; `images` in `train`, ten fewer in `test`."""
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, count in (("train", images), ("t10k", images - 10)):
        generator = np.random.default_rng(seed)
        pixels = generator.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        for name, content in (("images-idx3", idx(pixels)), ("labels-idx1", idx(labels))):
            end, written = (".gz", gzip.compress(content)) if zipped else ("", content)
            (folder / f"{prefix}-{name}-ubyte{end}").write_bytes(written)
    return folder
