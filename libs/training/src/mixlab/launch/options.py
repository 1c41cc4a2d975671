"""The command line of `python -m mixlab.launch`."""

from __future__ import annotations

import argparse
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.hold import HEARTBEAT_SECONDS, TAKEOVER_SECONDS
from mixlab.core.option_types import count, positive

from .place import Place

DESCRIPTION = """\
Trains one trial of one run and watches over it: checks the config, takes the run directory, starts the
training (one process, or torchrun for several), passes SIGTERM, SIGINT and SIGUSR1 on, and waits for the
checkpoint that these ask for.
"""

EXIT_CODES = """\
exit codes: 0 completed, now or earlier, or paused after --until-epoch; 1 failed; 2 bad config or arguments,
nothing written; 3 held by another process, nothing changed, or cancelled; 75 interrupted, resumes when
started again; 128 + n killed by signal n.
"""


@dataclass(frozen=True)
class Options:
    """The command line, parsed."""

    config: Path | None
    """Missing only with `list_gpus`."""

    run_dir: Path | None
    trial: int
    gpus: int | None
    processes: int
    """Ranks on the CPU; a GPU has one each."""

    place: Place | None
    """Where the nodes of a run meet; None for a run on this machine alone."""

    claim: bool
    gpu_ids: str | None
    max_steps: int | None
    result: Path | None
    until_epoch: int | None
    resume_cancelled: bool
    quiet: bool
    heartbeat_seconds: float
    takeover_seconds: float
    trainer: tuple[str, ...] | None
    """Another engine's trainer; None is Mixlab's."""

    checker: tuple[str, ...] | None
    """Another engine's check of a config; None is Mixlab's."""

    list_gpus: bool


def parse_options(arguments: list[str]) -> Options:
    """Raises SystemExit with code 2, after a message, where the arguments are bad."""
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.launch",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("config", type=Path, nargs="?", metavar="CONFIG", help="the run config, a JSON file")
    add("--run-dir", type=Path, metavar="DIR", help="where to train (default: work_dirs/<run>/trial<k>)")
    add(
        "--trial",
        type=positive,
        default=1,
        metavar="K",
        help="trial, from 1; adds K - 1 to the seed (default: 1)",
    )
    add("--gpus", type=count, metavar="N", help="GPUs to train on; 0 is the CPU (default: 1 if there is one)")
    add("--nproc", type=positive, default=1, metavar="P", help="processes on the CPU (default: 1)")
    add("--nodes", type=positive, default=1, metavar="N", help="machines that train this run (default: 1)")
    add(
        "--node-rank",
        type=count,
        metavar="R",
        help="which of them this is: 0 is the first, which holds the run directory; all must see that",
    )
    add("--rendezvous", type=_address, metavar="HOST:PORT", help="the first node, and a free port there")
    add("--claim", action="store_true", help="wait for N GPUs that nobody else on this machine has claimed")
    add(
        "--gpu-ids",
        "--device-ids",
        metavar="IDS",
        help="GPUs to choose from: indices or UUIDs with commas (default: $CUDA_VISIBLE_DEVICES, else all)",
    )
    add("--max-steps", type=positive, metavar="N", help="try N steps in a temporary folder; nothing is kept")
    add(
        "--result",
        type=Path,
        metavar="FILE",
        help="with --max-steps: write what a step and an evaluation take there, as JSON",
    )
    add("--until-epoch", type=positive, metavar="K", help="end after epoch K; the next start goes on there")
    add("--resume-cancelled", action="store_true", help="take up a run that was cancelled")
    add("--quiet", action="store_true", help="show errors only; all output still goes to attempts/<n>.log")
    add("--list-gpus", action="store_true", help="print the UUIDs of the visible GPUs, one a line, and end")
    add(
        "--heartbeat",
        type=_seconds,
        default=_from_environment("MIXLAB_HEARTBEAT", HEARTBEAT_SECONDS),
        metavar="SECONDS",
        help="pause between two beats in status.json (default: %(default)s)",
    )
    add(
        "--takeover-after",
        type=_seconds,
        default=_from_environment("MIXLAB_TAKEOVER_AFTER", TAKEOVER_SECONDS),
        metavar="SECONDS",
        help="follow a holder on another machine that has not beaten for so long (default: %(default)s)",
    )
    engine = parser.add_argument_group("for another engine")
    engine.add_argument(
        "--trainer", metavar="COMMAND", help="train with COMMAND CONFIG --run-dir DIR --device cpu|cuda …"
    )
    engine.add_argument(
        "--checker",
        metavar="COMMAND",
        help="check with COMMAND CONFIG TRIAL, which prints {config, hash, max_epochs} or exits with 2",
    )
    found = parser.parse_args(arguments)
    if found.config is None and not found.list_gpus:
        parser.error("CONFIG is missing")
    if found.result is not None and found.max_steps is None:
        parser.error("--result is for --max-steps")
    if found.result is not None and not found.result.absolute().parent.is_dir():
        parser.error(f"--result: there is no folder {found.result.absolute().parent}")
    if found.until_epoch is not None and found.max_steps is not None:
        parser.error("--until-epoch and --max-steps exclude each other")
    if found.nproc > 1 and found.gpus:
        parser.error("--nproc is for the CPU (--gpus 0); a GPU has one process")
    if found.gpus == 0 and (found.claim or found.gpu_ids is not None):
        parser.error("--claim and --gpu-ids are for --gpus 1 and more")
    place = None
    if found.nodes > 1:
        if found.rendezvous is None or found.node_rank is None or found.node_rank >= found.nodes:
            parser.error(
                f"--nodes {found.nodes} needs --rendezvous HOST:PORT and --node-rank below {found.nodes}"
            )
        if found.claim or found.max_steps is not None:
            parser.error("--claim and --max-steps are for one node")
        place = Place(found.nodes, found.node_rank, *found.rendezvous)
    elif found.rendezvous is not None or found.node_rank is not None:
        parser.error("--rendezvous and --node-rank are for --nodes 2 and more")
    return Options(
        config=found.config,
        run_dir=found.run_dir,
        trial=found.trial,
        gpus=0 if found.nproc > 1 else found.gpus,
        processes=found.nproc,
        place=place,
        claim=found.claim,
        gpu_ids=found.gpu_ids,
        max_steps=found.max_steps,
        result=found.result,
        until_epoch=found.until_epoch,
        resume_cancelled=found.resume_cancelled,
        quiet=found.quiet,
        heartbeat_seconds=found.heartbeat,
        takeover_seconds=found.takeover_after,
        trainer=_words(found.trainer),
        checker=_words(found.checker),
        list_gpus=found.list_gpus,
    )


def _words(command: str | None) -> tuple[str, ...] | None:
    return tuple(shlex.split(command)) if command else None


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"expected HOST:PORT, got {text!r}")
    return host, int(port)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"expected seconds, got {text!r}")
    return seconds


def _from_environment(name: str, default: float) -> float | str:
    # argparse checks a default that is a string as if it were given on the command line.
    return os.environ.get(name) or default
