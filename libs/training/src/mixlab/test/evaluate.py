"""`evaluate_checkpoint`: what a checkpoint is worth on the evaluation split of a config."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mixlab.core.errors import InvalidInput
from mixlab.core.run_directory import checkpoint_file
from mixlab.train.commands import Device

from .result import Tested

if TYPE_CHECKING:
    from mixlab.config import RunConfig


DUMPS = (".npz", ".jsonl")
"""Endings of files of predictions."""


def evaluate_checkpoint(
    config: RunConfig,
    checkpoint: str | Path,
    *,
    device: Device = "auto",
    ema: bool = False,
    occlusion: Sequence[float] = (),
    grid: int = 14,
    dump: str | Path | None = None,
    run_directory: str | Path | None = None,
) -> Tested:
    """Evaluate a checkpoint of `mixlab.train`, and append the result to its run's `test.jsonl`.

    Args:
        config: the run, or one with the same network and another evaluation.
        checkpoint: a file, or a run directory, whose `best.pt` is taken.
        device: `auto` takes a GPU if there is one.
        ema: evaluate the moving average of the weights.
        occlusion: evaluate with these shares of the images' patches black, too.
        grid: patches along a side of an image.
        dump: write each image's five likeliest classes to this `.npz` or `.jsonl`.
        run_directory: where the result is written; by default the one that the checkpoint lies in. A result
            of another config than the run's is not written.

    Raises:
        InvalidInput: no such checkpoint, or of another network, or without an average; a missing dataset; a
            ratio or grid that the images can't have; a dump that can't be written.
        TrainingFailed: the checkpoint is damaged, an image can't be decoded, or the loss is not finite.
    """
    from mixlab.data import EvaluationBatches, Workers, open_data, worker_deaths_explained
    from mixlab.models import check_backbone
    from mixlab.train.devices import leave_group, start_fabric
    from mixlab.train.preflight import check_device
    from mixlab.train.trained_network import trained_network

    from .measure import measure
    from .predictions import Predictions

    file = check_request(config, checkpoint, occlusion, grid, dump)
    check_device(device)
    check_backbone(config.backbone)
    data = open_data(config, training=False)
    network = trained_network(config, file, ema=ema)

    fabric = start_fabric(config, device)
    split = data.load(config.dataset.val_split)
    place = (fabric.device, fabric.global_rank, fabric.world_size)
    workers = Workers(config.runtime.workers, fabric.device)
    batches = EvaluationBatches(split, config, *place, workers)
    predictions = None if dump is None else Predictions()
    with worker_deaths_explained(), workers:
        found = measure(
            fabric.to_device(network.model), batches, config, fabric, occlusion, grid, predictions
        )
    if fabric.global_rank == 0:
        folder = file.absolute().parent.parent if run_directory is None else Path(run_directory)
        _record(folder, config, file, network.weights, network.epoch, found)
    if dump is not None and predictions is not None:
        predictions.write(Path(dump), split, fabric)
    leave_group(fabric)
    return found


def check_request(
    config: RunConfig,
    checkpoint: str | Path,
    occlusion: Sequence[float],
    grid: int,
    dump: str | Path | None,
) -> Path:
    """Check what needs neither dataset nor PyTorch, and return the file of the checkpoint.

    Raises:
        InvalidInput: no such checkpoint, or a ratio, a grid or a dump that can't be.
    """
    size = config.inputs.test_size or config.dataset.size
    for ratio in occlusion:
        if not 0 <= ratio <= 1:
            raise InvalidInput(f"--occlusion: expected shares of 0 to 1, got {ratio}")
    if occlusion and not 1 <= grid <= size:
        raise InvalidInput(f"--occlusion-grid: images of {size} pixels cannot have {grid} patches a side")
    if dump is not None and Path(dump).suffix not in DUMPS:
        raise InvalidInput(f"--dump: expected a file ending with {' or '.join(DUMPS)}, got {dump}")
    if dump is not None and not Path(dump).absolute().parent.is_dir():
        raise InvalidInput(f"--dump: there is no folder {Path(dump).absolute().parent}")
    return checkpoint_file(Path(checkpoint))


def _record(
    folder: Path, config: RunConfig, checkpoint: Path, weights: str, epoch: int, found: Tested
) -> None:
    from mixlab.core.run_directory import RunDirectory
    from mixlab.identity import run_hash

    directory, tested = RunDirectory(folder), run_hash(config)
    status = directory.read_status()
    if status is None:
        return
    if status.hash != tested:
        print(f"not recorded in {directory.test_log}: the config is not that run's", file=sys.stderr)
        return
    of = {"checkpoint": checkpoint.name, "weights": weights, "epoch": epoch}
    directory.append_test({"mode": "test", "hash": tested, **of, **found.as_json()})
