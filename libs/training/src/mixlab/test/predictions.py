"""What a network says of each test image, as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mixlab.core.files import replacing
from mixlab.core.lightning import Fabric
from mixlab.data.split import Files, Split
from mixlab.train.devices import gather_on_rank_0


class Predictions:
    """Collects the five likeliest classes of each image of this rank."""

    def __init__(self) -> None:
        self._parts: list[tuple[Tensor, ...]] = []

    def add(self, indices: Tensor, logits: Tensor, labels: Tensor) -> None:
        """Keep a batch: numbers of the images [b], logits [b, K] and labels [b]."""
        best = logits.float().softmax(1).topk(min(5, logits.shape[1]))
        self._parts.append((indices, labels.cpu(), best.indices.cpu(), best.values.cpu()))

    def write(self, path: Path, split: Split, fabric: Fabric) -> None:
        """Write all ranks' images in the order of the split; call it on every rank.

        `.npz` has the arrays `index` [N], `label` [N], `classes` [N, 5] and `probabilities` [N, 5], and
        `path` [N] where images are files; `.jsonl` has a line with the same keys for each image.
        """
        parts = [part for parts in gather_on_rank_0(fabric, self._parts) for part in parts]
        if fabric.global_rank > 0:
            return
        columns = [torch.cat(column) for column in zip(*parts, strict=True)]
        order = columns[0].argsort()
        names = ("index", "label", "classes", "probabilities")
        arrays: dict[str, Any] = {
            name: column[order].numpy() for name, column in zip(names, columns, strict=True)
        }
        if isinstance(split, Files):
            arrays["path"] = np.array([split.path(index) for index in arrays["index"]])
        with replacing(path) as temporary, temporary.open("wb") as file:
            if path.suffix == ".npz":
                np.savez(file, **arrays)
            else:
                file.writelines(f"{json.dumps(row)}\n".encode() for row in _rows(arrays))


def _rows(arrays: dict[str, Any]) -> Iterator[dict[str, Any]]:
    plain = {name: array.tolist() for name, array in arrays.items()}
    return (dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True))
