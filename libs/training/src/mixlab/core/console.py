"""Lines for whoever watches; that nobody can be reached is no reason to stop."""

from __future__ import annotations

import os
import sys


def print_line(line: str) -> None:
    """Print a line at once; from one that can't be written (`… | head`, a full disk) on, be silent."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
