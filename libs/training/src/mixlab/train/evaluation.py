"""Top-1, top-5 and loss over a whole split, exact whatever the number of ranks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.errors import TrainingFailed
from mixlab.core.lightning import Fabric

from .devices import sum_over_ranks
from .failures import memory_explained
from .losses import Criterion


@dataclass(frozen=True)
class Accuracy:
    """What an evaluation found; percentages of the split's images."""

    top1: float
    top5: float
    loss: float
    images: int


class Tally:
    """Counts what a network gets right, on the device; no batch waits for it."""

    def __init__(self, criterion: Criterion, device: torch.device) -> None:
        self._criterion = criterion
        self._sums = torch.zeros(4, dtype=torch.float64, device=device)

    def add(self, logits: Tensor, labels: Tensor) -> None:
        """Count a batch: logits [b, K] and labels [b]."""
        target = F.one_hot(labels, logits.shape[1]).float()
        hits = logits.topk(min(5, logits.shape[1])).indices == labels[:, None]
        n = len(labels)
        loss = self._criterion(logits, target) * n
        self._sums += torch.stack([hits[:, 0].sum(), hits.sum(), loss, self._sums.new_tensor(n)])

    def accuracy(self) -> Accuracy:
        """Of all ranks' images.

        Raises:
            TrainingFailed: the loss is not finite.
        """
        top1, top5, loss, images = sum_over_ranks(self._sums).tolist()
        count = max(1, round(images))
        if not math.isfinite(loss):
            raise TrainingFailed(f"the loss of the evaluation is {loss / count}: the training diverged")
        return Accuracy(100 * top1 / count, 100 * top5 / count, loss / count, round(images))


@torch.inference_mode()
def evaluate(
    model: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    criterion: Criterion,
    fabric: Fabric,
    stop: Callable[[], bool] = lambda: False,
    most: int | None = None,
) -> Accuracy:
    """Evaluate a network over the batches of all ranks; leaves it in evaluation mode.

    Args:
        model: the network itself, not a wrapper that talks to other ranks.
        batches: the batches of this rank; a test image belongs to one rank.
        criterion: loss over logits and one-hot targets, averaged over the batch.
        fabric: sums over ranks.
        stop: asked before each batch; true ends early, with a result to throw away.
        most: batches after which to end, for a trial run.

    Raises:
        TrainingFailed: the loss is not finite, or there is too little memory.
    """
    model.eval()
    tally = Tally(criterion, fabric.device)
    for index, (images, labels) in enumerate(batches):
        if stop() or index == most:
            break
        with memory_explained("an evaluation", images, "set testBatchSize to less"), fabric.autocast():
            logits = model(images)
        tally.add(logits, labels)
    return tally.accuracy()
