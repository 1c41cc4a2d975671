"""Datasets in the layouts that they are published in, as batches on the device."""

from .augmentation import check_augmentation
from .batches import EvaluationBatches, TrainBatches
from .open import Data, open_data
from .roots import dataset_root
from .workers import Workers, worker_deaths_explained

__all__ = [
    "Data",
    "EvaluationBatches",
    "TrainBatches",
    "Workers",
    "check_augmentation",
    "dataset_root",
    "open_data",
    "worker_deaths_explained",
]
