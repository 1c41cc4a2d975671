"""Testing a checkpoint: `evaluate_checkpoint` is the way in, `python -m mixlab.test` the command."""

from .evaluate import evaluate_checkpoint
from .result import Occluded, Tested

__all__ = ["Occluded", "Tested", "evaluate_checkpoint"]
