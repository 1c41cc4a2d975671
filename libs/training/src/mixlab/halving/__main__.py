"""`python -m mixlab.halving PLAN --work-dir DIR` decides who goes on, and says what is to be trained.

Prints `RUNG RUNGS EPOCH TEXT` (the rung's number, from 1, how many there are, the epoch that its trials train
to, and all that for people), then `HASH TRIAL` for each of its trials. The launch scripts call it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode

from .contest import Contest, read_contest
from .rungs import Rung, find_rung


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, decide, and return the exit code."""
    options = _parser().parse_args(arguments)
    awaited = frozenset(options.awaited or ())
    try:
        contest = read_contest(options.plan)
        rung = find_rung(contest, options.work_dir, awaited=awaited, may_write=not options.dry_run)
    except MixlabError as error:
        print(f"mixlab.halving: {error}", file=sys.stderr)
        return int(error.exit_code)
    except OSError as error:
        print(f"mixlab.halving: {error.filename}: {error.strerror}", file=sys.stderr)
        return ExitCode.FAILED
    print(rung.number + 1, len(contest.rungs), rung.epoch, _text(contest, rung))
    for entrant in rung.entrants:
        for trial in range(1, entrant.trials + 1):
            print(entrant.hash, trial)
    return ExitCode.COMPLETED


def _text(contest: Contest, rung: Rung) -> str:
    number, last = rung.number + 1, len(contest.rungs)
    if not rung.entrants:
        return f"rung {number} of {last}: no run is left, for all failed or were cancelled"
    going_on = f"rung {number} of {last}: {len(rung.entrants)} of {len(contest.entrants)} runs"
    then = "" if number == last else f", then the best {contest.size(number)} go on"
    return f"{going_on} to epoch {rung.epoch}{then}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.halving",
        description="Decide who goes on in a successive halving, as far as results are there, and print what "
        "is to be trained: a line RUNG RUNGS EPOCH TEXT, then a line HASH TRIAL for each trial of that rung.",
        epilog="Exit codes: 0 printed, 1 a decision can't be written, 2 what was decided is of another plan.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("plan", type=Path, metavar="PLAN", help="the experiment's plan.json")
    add("--work-dir", type=Path, required=True, metavar="DIR", help="where its run directories lie")
    add(
        "--await",
        dest="awaited",
        action="append",
        choices=("failed", "cancelled"),
        help="wait for trials in this state, which count as the worst otherwise; may be repeated",
    )
    add("--dry-run", action="store_true", help="write nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
