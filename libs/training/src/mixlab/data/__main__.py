"""`python -m mixlab.data check PATH`: count the images of a dataset, and say what is wrong with it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from mixlab.core.errors import MixlabError
from mixlab.core.option_types import positive

from .check import check_dataset
from .inspection import default_workers
from .layouts import LAYOUTS
from .wanted import Wanted


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, check, print, and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    root = Path(options.path).expanduser()
    if not root.is_dir():
        parser.error(f"{root} {'is not a folder' if root.exists() else 'does not exist'}")
    lists = {"train": options.train_list, "val": options.val_list}
    wanted = Wanted(
        root=root.absolute(),
        splits=tuple(dict.fromkeys(options.split)),
        classes=options.classes,
        lists={split: str(Path(path).absolute()) for split, path in lists.items() if path},
    )
    if wanted.lists and options.layout not in (None, "list"):
        parser.error(f"--layout {options.layout} reads no list")
    try:
        report = check_dataset(wanted, options.layout, options.workers)
    except MixlabError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    print(json.dumps(report.as_json(), indent=2) if options.json else report.as_text())
    return 0 if report.fine else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.data", description="What lies in a dataset's root.", allow_abbrev=False
    )
    check = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "check",
        help="count classes and images, decode every one, say what is wrong",
        description="Count the classes and images of a dataset, decode every one, say what is wrong.",
        epilog="Exit codes: 0 fine, 1 something is wrong, 2 bad arguments.",
        allow_abbrev=False,
    )
    add = check.add_argument
    add("path", metavar="PATH", help="the dataset's root")
    add("--layout", choices=sorted(LAYOUTS), help="how the files lie (default: look at the root)")
    add("--classes", type=positive, metavar="N", help="how many there should be (default: as many as are)")
    add("--split", action="append", default=[], metavar="NAME", help="may be repeated (default: all)")
    add("--train-list", metavar="FILE", help="the list of the layout `list`, where it is not found")
    add("--val-list", metavar="FILE", help="the same of the evaluation split")
    add("--workers", type=positive, default=default_workers(), metavar="N", help="processes that decode")
    add("--json", action="store_true", help="print the result as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
