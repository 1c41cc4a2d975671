"""`python -m mixlab.test CONFIG CHECKPOINT`: evaluate a checkpoint on the evaluation split of a config."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.gpus import visible_gpus
from mixlab.train.commands import Device, add_device_argument, exit_code_of, share_cores

if TYPE_CHECKING:
    from mixlab.config import RunConfig
    from mixlab.train.evaluation import Accuracy


def evaluate_checkpoint(
    config: RunConfig,
    checkpoint: str | Path,
    *,
    device: Device = "auto",
    ema: bool = False,
    run_directory: str | Path | None = None,
) -> Accuracy:
    """Evaluate a checkpoint of `mixlab.train`, and append the result to its run's `test.jsonl`.

    Args:
        config: the run, or one with the same network and another evaluation.
        checkpoint: a file, or a run directory, whose `best.pt` is taken.
        device: `auto` takes a GPU if there is one.
        ema: evaluate the moving average of the weights.
        run_directory: where the result is written; by default the one that the checkpoint lies in. A result
            of another config than the run's is not written.

    Raises:
        InvalidInput: no such checkpoint, or of another network, or without an average; a missing dataset.
        TrainingFailed: the checkpoint is damaged, an image can't be decoded, or the loss is not finite.
    """
    from mixlab.data import EvaluationBatches, open_data, worker_deaths_explained
    from mixlab.models import check_backbone, create_model
    from mixlab.train.checkpoints import read_checkpoint
    from mixlab.train.devices import leave_group, start_fabric
    from mixlab.train.evaluation import evaluate
    from mixlab.train.losses import evaluation_loss
    from mixlab.train.preflight import check_device

    file = _checkpoint_file(Path(checkpoint))
    check_device(device)
    check_backbone(config.backbone)
    data = open_data(config, training=False)
    content = read_checkpoint(file)
    weights = "ema" if ema else "model"
    if weights not in content:
        raise InvalidInput(f"{file} has no moving average of the weights (`ema.decay` of its run is 0)")
    model = create_model(config, pretrained=False)
    try:
        model.load_state_dict(content[weights])
    except RuntimeError as error:
        reasons = [line.strip() for line in str(error).splitlines()[1:]]
        raise InvalidInput(
            f"{file} is not of {config.backbone} with {config.dataset.classes} classes: {reasons[0][:200]}"
        ) from error

    fabric = start_fabric(config, device)
    batches = EvaluationBatches(
        data.load(config.dataset.val_split), config, fabric.device, fabric.global_rank, fabric.world_size
    )
    with worker_deaths_explained():
        accuracy = evaluate(fabric.to_device(model), batches, evaluation_loss(config.loss), fabric)
    if fabric.global_rank == 0:
        folder = file.absolute().parent.parent if run_directory is None else Path(run_directory)
        _record(folder, config, file, weights, content["epoch"], accuracy)
    leave_group(fabric)
    return accuracy


def _checkpoint_file(path: Path) -> Path:
    if path.is_dir():
        best = path / "checkpoints" / "best.pt"
        if not best.is_file():
            raise InvalidInput(f"{path} has no checkpoints/best.pt")
        return best
    if not path.is_file():
        raise InvalidInput(f"no such checkpoint: {path}")
    return path


def _record(
    folder: Path, config: RunConfig, checkpoint: Path, weights: str, epoch: int, accuracy: Accuracy
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
    directory.append_test({"mode": "test", "hash": tested, **of, **asdict(accuracy)})


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, evaluate, print the result, and return the exit code."""
    share_cores()
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.test",
        description="Evaluate a checkpoint on the evaluation split of a run config.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("config", metavar="CONFIG", help="the run config, a JSON file")
    add("checkpoint", metavar="CHECKPOINT", help="a checkpoint, or a run directory, whose best.pt is taken")
    add("--run-dir", metavar="DIR", help="whose test.jsonl gets the result (default: the checkpoint's)")
    add_device_argument(parser)
    add("--ema", action="store_true", help="evaluate the moving average of the weights (`ema.decay`)")
    add("--gpus", type=int, metavar="N", help="0 is the CPU; more than 1 evaluates a share on each GPU")
    add("--json", action="store_true", help="print the result as JSON")
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(arguments)
    if options.gpus is not None:
        options.device = "cuda" if options.gpus else "cpu"
        if options.gpus > 1 and "RANK" not in os.environ:
            refused = exit_code_of(parser.prog, lambda: _check(options))
            if refused:
                return refused
            torchrun = ["torch.distributed.run", "--standalone", f"--nproc-per-node={options.gpus}"]
            os.execv(sys.executable, [sys.executable, "-m", *torchrun, "-m", "mixlab.test", *arguments])
    return exit_code_of(parser.prog, lambda: _test(options))


def _check(options: argparse.Namespace) -> int:
    """Tells what torchrun would bury: it turns every exit code into 1 and adds a page of its own."""
    from mixlab.config import load_config

    load_config(options.config)
    _checkpoint_file(Path(options.checkpoint))
    visible = len(visible_gpus())
    if options.gpus > visible:
        raise InvalidInput(f"GPUs: {options.gpus} asked for, {visible} visible; --gpus 0 tests on the CPU")
    return ExitCode.COMPLETED


def _test(options: argparse.Namespace) -> int:
    from mixlab.config import load_config

    config = load_config(options.config)
    accuracy = evaluate_checkpoint(
        config,
        options.checkpoint,
        device=options.device,
        ema=options.ema,
        run_directory=options.run_dir,
    )
    numbers = f"top-1 {accuracy.top1:.2f}  top-5 {accuracy.top5:.2f}  loss {accuracy.loss:.4g}"
    if os.environ.get("RANK", "0") == "0":
        print(json.dumps(asdict(accuracy)) if options.json else f"{numbers}  ({accuracy.images} images)")
    return ExitCode.COMPLETED


if __name__ == "__main__":
    sys.exit(main())
