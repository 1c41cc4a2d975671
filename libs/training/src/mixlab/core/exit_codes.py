"""Exit codes of every command that trains, and what a scheduler does about each."""

from __future__ import annotations

import signal
from enum import IntEnum


class ExitCode(IntEnum):
    """What a process says when it ends. An unhandled signal n gives 128 + n instead."""

    COMPLETED = 0
    """Trained to the end, now or earlier."""

    FAILED = 1
    """Stopped by an error; may be retried."""

    BAD_CONFIG = 2
    """Bad config or arguments; nothing was written. Never retried."""

    HELD = 3
    """The run belongs to another process, and nothing was changed; or it was cancelled. Counts as skipped."""

    INTERRUPTED = 75
    """Stopped by a signal, resumable (EX_TEMPFAIL). Starts again without using up a retry."""


def code_of_signal(number: int) -> int:
    """The exit code of a process that died of signal `number`, as shells report it."""
    return 128 + number


def signal_name(number: int) -> str:
    """`SIGKILL` for 9; `signal 77` for a number without a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
