"""`python -m mixlab.train CONFIG --run-dir DIR` trains a trial of a run, `--check PLAN` checks a plan."""

from __future__ import annotations

import argparse
import sys

from mixlab.core.interruption import Interruption
from mixlab.core.option_types import positive
from mixlab.core.supervised_hold import end_with_supervisor_if_any

from .commands import add_device_argument, exit_code_of, share_cores


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, train or check, and return the exit code."""
    share_cores()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.check is not None:
        from .check_plan import check_plan

        return exit_code_of(parser.prog, lambda: check_plan(options.check))
    if options.config is None or (options.run_dir is None and options.max_steps is None):
        parser.error("CONFIG and --run-dir are needed (or CONFIG and --max-steps, or --check PLAN)")
    # The slow imports come after this, so that a signal that comes during them is noted as well.
    with Interruption() as interruption:
        return exit_code_of(parser.prog, lambda: _train(options, interruption))


def _train(options: argparse.Namespace, interruption: Interruption) -> int:
    end_with_supervisor_if_any()
    from mixlab.config import load_config

    config = load_config(options.config)
    if options.init is not None:
        model = config.model.model_copy(update={"pretrained": options.init})
        config = config.model_copy(update={"model": model})
    from .run import train

    return train(
        config,
        options.run_dir,
        trial=options.trial,
        device=options.device,
        max_steps=options.max_steps,
        until_epoch=options.until_epoch,
        resume_cancelled=options.resume_cancelled,
        interruption=interruption,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.train",
        description="Train one trial of a run, from its newest checkpoint if it has one.",
        epilog="Exit codes: 0 completed (also when it already was), 1 failed, 2 bad config or arguments, "
        "3 held by another process, 75 interrupted with a checkpoint.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("config", nargs="?", metavar="CONFIG", help="the run config, a JSON file")
    add("--run-dir", metavar="DIR", help="the run directory; made if it is missing")
    add("--trial", type=positive, default=1, metavar="K", help="adds K - 1 to the seed (default: 1)")
    add_device_argument(parser)
    add(
        "--init",
        metavar="FILE",
        help="weights to begin with: a checkpoint, also of OpenMixup, or a state dict, in place of "
        "`model.pretrained`",
    )
    add(
        "--max-steps",
        type=positive,
        metavar="N",
        help="try N steps and an evaluation in a temporary folder; nothing of it is kept",
    )
    add("--until-epoch", type=positive, metavar="K", help="end after epoch K; the next start goes on there")
    add("--resume-cancelled", action="store_true", help="go on with a run that was cancelled")
    add(
        "--check",
        metavar="PLAN",
        help="check the config and the hash of every run of a plan.json; print all problems",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
