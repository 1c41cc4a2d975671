"""Datasets: scikit-learn's digits and any folder of images, as batches on the device."""

from .batches import EvaluationBatches, TrainBatches
from .open import Data, open_data
from .roots import dataset_root

__all__ = ["Data", "EvaluationBatches", "TrainBatches", "dataset_root", "open_data"]
