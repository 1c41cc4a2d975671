"""From a run config to its images: found and counted first, decoded when the training starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mixlab.config import Dataset, RunConfig
from mixlab.core.errors import InvalidInput

from .decoding import decode_if_small
from .digits import find_digits
from .layouts import detect_layout, find_splits
from .order import steps_per_epoch
from .problems import Problems
from .roots import dataset_root
from .split import Files, Source, Split
from .wanted import Wanted


@dataclass(frozen=True)
class Data:
    """The splits of a run, checked and counted, not decoded yet."""

    sources: dict[str, Source]
    """Where the images of each split come from."""

    def count(self, split: str) -> int:
        """Number of images in a split."""
        return len(self.sources[split])

    def load(self, split: str) -> Split:
        """A split, decoded if it is small.

        Raises:
            TrainingFailed: an image of it can't be decoded.
        """
        source = self.sources[split]
        return decode_if_small(source) if isinstance(source, Files) else source.read()


def is_digits(dataset: Dataset) -> bool:
    """Whether a dataset is scikit-learn's digits: by its layout, or by its name where that is `auto`."""
    return dataset.layout == "digits" or (dataset.layout == "auto" and dataset.name == "digits")


def open_data(config: RunConfig, *, training: bool = True) -> Data:
    """Find and check the images of a run without decoding any.

    Args:
        config: the run.
        training: false looks for the evaluation split alone.

    Raises:
        InvalidInput: every problem, with its place: a missing root, split or class, another number of classes
            than the config says, a class without images, listed images that are not there, a damaged binary
            file, fewer training images than a batch has.
    """
    dataset = config.dataset
    data = Data(find_digits(dataset) if is_digits(dataset) else _find(dataset, training))
    if training and steps_per_epoch(config, data.count(dataset.train_split)) == 0:
        raise InvalidInput(
            f"batchSize: {config.batch_size} is more than the {data.count(dataset.train_split)} images of "
            f"{dataset.name}/{dataset.train_split}"
        )
    return data


def _find(dataset: Dataset, training: bool) -> dict[str, Source]:
    wanted = _wanted(dataset, training)
    layout = detect_layout(wanted) if dataset.layout == "auto" else dataset.layout
    problems = Problems()
    if wanted.lists and layout != "list":
        problems.add(f"dataset.layout: {layout} reads no list; a trainList or valList is of the layout list")
    found = find_splits(layout, wanted, problems)
    if problems.count and dataset.layout == "auto":
        problems.add(
            f"dataset.layout: {wanted.root} was taken for {layout}; `python -m mixlab.data check "
            f"{wanted.root}` tells more, `dataset.layout` names another"
        )
    problems.raise_if_any()
    return found


def _wanted(dataset: Dataset, training: bool) -> Wanted:
    # A list decides the layout even where its split is not asked for, so that labels mean the same.
    lists = {dataset.train_split: dataset.train_list, dataset.val_split: dataset.val_list}
    roles: dict[str, Literal["train", "val"]] = {dataset.train_split: "train", dataset.val_split: "val"}
    return Wanted(
        root=dataset_root(dataset.name),
        splits=tuple(lists) if training else (dataset.val_split,),
        classes=dataset.classes,
        name=dataset.name,
        lists={split: path for split, path in lists.items() if path is not None},
        roles=roles,
    )
