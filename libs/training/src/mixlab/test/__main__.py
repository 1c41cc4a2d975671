"""`python -m mixlab.test CONFIG CHECKPOINT`: evaluate a checkpoint on the evaluation split of a config."""

from __future__ import annotations

import argparse
import json
import os
import sys

from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.gpus import visible_gpus
from mixlab.core.option_types import count, positive
from mixlab.train.commands import add_device_argument, exit_code_of, share_cores

from .evaluate import check_request, evaluate_checkpoint
from .result import Tested


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
    add(
        "--occlusion",
        type=_ratios,
        default=(),
        metavar="RATIOS",
        help="evaluate with these shares of the images' patches black, too, such as 0.25,0.5",
    )
    add("--occlusion-grid", type=positive, default=14, metavar="N", help="patches along a side (default: 14)")
    add("--dump", metavar="FILE", help="write each image's five likeliest classes to a .npz or .jsonl file")
    add("--gpus", type=count, metavar="N", help="0 is the CPU; more than 1 evaluates a share on each GPU")
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


def _ratios(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers such as 0.25,0.5, got {text!r}") from None


def _told(found: Tested) -> str:
    numbers = f"top-1 {found.top1:.2f}  top-5 {found.top5:.2f}  loss {found.loss:.4g}"
    lines = [f"{numbers}  ECE {found.ece:.2f}  ({found.images} images)"]
    for its in found.occlusion:
        lines.append(
            f"{its.ratio:.0%} of {its.grid} x {its.grid} patches black: top-1 {its.top1:.2f}  "
            f"top-5 {its.top5:.2f}  loss {its.loss:.4g}"
        )
    return "\n".join(lines)


def _check(options: argparse.Namespace) -> int:
    """Tells what torchrun would bury: it turns every exit code into 1 and adds a page of its own."""
    from mixlab.config import load_config

    config = load_config(options.config)
    check_request(config, options.checkpoint, options.occlusion, options.occlusion_grid, options.dump)
    visible = len(visible_gpus())
    if options.gpus > visible:
        raise InvalidInput(f"GPUs: {options.gpus} asked for, {visible} visible; --gpus 0 tests on the CPU")
    return ExitCode.COMPLETED


def _test(options: argparse.Namespace) -> int:
    from mixlab.config import load_config

    config = load_config(options.config)
    found = evaluate_checkpoint(
        config,
        options.checkpoint,
        device=options.device,
        ema=options.ema,
        occlusion=options.occlusion,
        grid=options.occlusion_grid,
        dump=options.dump,
        run_directory=options.run_dir,
    )
    if os.environ.get("RANK", "0") == "0":
        print(json.dumps(found.as_json()) if options.json else _told(found))
    return ExitCode.COMPLETED


if __name__ == "__main__":
    sys.exit(main())
