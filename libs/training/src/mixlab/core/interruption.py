"""Signals that ask a training to stop: noted when they come, acted on after the step."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Interruption:
    """Notes SIGTERM, SIGINT and SIGUSR1 from its creation on; a trainer asks `requested` after each step.

    Works where a signal is ignored or blocked on entry, as in the background jobs of bash. Further signals
    change nothing, so that they can't break a checkpoint that is being written. As a context it ends with
    `close`. Only the main thread may make one.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        """The first signal that came, or None."""
        self.cancelled = False
        """Whether it is the run that was cancelled, and not this process alone that is to end."""
        self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    @property
    def requested(self) -> bool:
        """Whether any of the signals has come."""
        return self.signal is not None

    def cancel(self) -> None:
        """Does what SIGTERM would; any thread may call it."""
        self.cancelled = True
        self._note(signal.SIGTERM, None)

    def close(self) -> None:
        """Ignores the signals from now on, for a process that is about to end: its exit code stays 75.

        Python's own shutdown leaves an ignored signal ignored, and would make any other deadly again.
        """
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def restore(self) -> None:
        """Handles the signals as before, for a process that goes on with something else."""
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal is None:
            self.signal = number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
