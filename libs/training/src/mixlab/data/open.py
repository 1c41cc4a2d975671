"""From a run config to its images: found and counted first, decoded when the training starts."""

from __future__ import annotations

from dataclasses import dataclass

from mixlab.config import Dataset, RunConfig
from mixlab.core.errors import InvalidInput

from .digits import check_digits, count_digits, load_digits
from .image_folder import decode_if_small, list_image_folder
from .order import steps_per_epoch
from .roots import dataset_root
from .split import Files, Split


@dataclass(frozen=True)
class Data:
    """The splits of a run, checked and counted, not decoded yet."""

    dataset: Dataset
    files: dict[str, Files] | None
    """Files by split; None for the digits, which have none."""

    def count(self, split: str) -> int:
        """Number of images in a split."""
        return count_digits(split) if self.files is None else len(self.files[split])

    def load(self, split: str) -> Split:
        """A split, decoded if it is small.

        Raises:
            TrainingFailed: an image of it can't be decoded.
        """
        if self.files is None:
            return load_digits(split, self.dataset.size)
        return decode_if_small(self.files[split])


def is_digits(dataset: Dataset) -> bool:
    """Whether a dataset is scikit-learn's digits: by its layout, or by its name where that is `auto`."""
    return dataset.layout == "digits" or (dataset.layout == "auto" and dataset.name == "digits")


def open_data(config: RunConfig, *, training: bool = True) -> Data:
    """Find and check the images of a run without decoding any.

    Args:
        config: the run.
        training: false looks for the evaluation split alone.

    Raises:
        InvalidInput: a missing root, split or class, another number of classes than the config says, a class
            without images, or fewer training images than a batch has.
    """
    dataset = config.dataset
    if is_digits(dataset):
        check_digits(dataset)
        data = Data(dataset, None)
    else:
        splits = (dataset.train_split, dataset.val_split) if training else (dataset.val_split,)
        data = Data(dataset, list_image_folder(dataset_root(dataset.name), dataset, splits))
    if training and steps_per_epoch(config, data.count(dataset.train_split)) == 0:
        raise InvalidInput(
            f"batchSize: {config.batch_size} is more than the {data.count(dataset.train_split)} images of "
            f"{dataset.name}/{dataset.train_split}"
        )
    return data
