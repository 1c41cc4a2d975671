"""What the commands `mixlab.train` and `mixlab.test` share: arguments, and errors as messages."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Literal

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode

Device = Literal["auto", "cpu", "cuda"]


def add_device_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds `--device` and `--gpus`, of which `device_of` makes one answer."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), help="default: auto, a GPU if there is one"
    )
    where.add_argument(
        "--gpus", type=int, metavar="N", help="0 is the CPU; torchrun starts a process for each GPU"
    )


def device_of(options: argparse.Namespace) -> Device:
    """The device that was asked for."""
    if options.gpus is not None:
        return "cuda" if options.gpus else "cpu"
    device: Device = options.device or "auto"
    return device


def positive(text: str) -> int:
    """An argument that counts from 1."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, got {text!r}")
    return int(text)


def exit_code_of(command: str, run: Callable[[], int]) -> int:
    """What `run` returns; an error with a message is printed without a traceback, and gives its exit code."""
    try:
        return int(run())
    except MixlabError as error:
        message, code = str(error), int(error.exit_code)
    except OSError as error:
        message, code = (
            f"{error.filename or ''}: {error.strerror or error}".lstrip(": "),
            int(ExitCode.FAILED),
        )
    print(f"{command}: {message}", file=sys.stderr, flush=True)
    return code
