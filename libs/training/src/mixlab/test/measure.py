"""All measures of a network over a split, in one go through its images."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from mixlab.config import RunConfig
from mixlab.core.lightning import Fabric
from mixlab.data import EvaluationBatches
from mixlab.train.evaluation import Tally
from mixlab.train.losses import evaluation_loss

from .calibration import Calibration
from .occlusion import PatchDrop
from .predictions import Predictions
from .result import Occluded, Tested


@torch.inference_mode()
def measure(
    model: nn.Module,
    batches: EvaluationBatches,
    config: RunConfig,
    fabric: Fabric,
    ratios: Sequence[float],
    grid: int,
    predictions: Predictions | None,
) -> Tested:
    """Accuracy, loss, calibration and robustness to occlusion, over the images of all ranks.

    Args:
        model: on the device; left in evaluation mode.
        batches: of this rank.
        config: the run.
        fabric: sums over ranks.
        ratios: shares of patches that are black in further passes.
        grid: patches along a side.
        predictions: keeps what the network says of each image.

    Raises:
        TrainingFailed: the loss is not finite, or an image can't be decoded.
    """
    model.eval()
    criterion, device = evaluation_loss(config.loss), fabric.device
    tally, calibration = Tally(criterion, device), Calibration(device)
    occluded = [Tally(criterion, device) for _ in ratios]
    patches = PatchDrop(config, grid, device)

    def logits_of(images: Tensor) -> Tensor:
        with fabric.autocast():
            logits: Tensor = model(images)
        return logits

    for indices, (images, labels) in zip(batches.indices(), batches, strict=True):
        logits = logits_of(images)
        tally.add(logits, labels)
        calibration.add(logits, labels)
        if predictions is not None:
            predictions.add(indices, logits, labels)
        order = patches.order(indices) if ratios else None
        for ratio, its in zip(ratios, occluded, strict=True):
            assert order is not None
            its.add(logits_of(patches.hide(images, order, ratio)), labels)
    clean, robust = tally.accuracy(), [its.accuracy() for its in occluded]
    return Tested(
        top1=clean.top1,
        top5=clean.top5,
        loss=clean.loss,
        images=clean.images,
        ece=calibration.error(),
        occlusion=tuple(
            Occluded(ratio, grid, its.top1, its.top5, its.loss)
            for ratio, its in zip(ratios, robust, strict=True)
        ),
    )
