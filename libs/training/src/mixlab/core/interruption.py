"""Signals that ask a training to stop: noted when they come, acted on after the step."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)


class Interruption:
    """Notes SIGTERM, SIGINT and SIGUSR1 from its creation on; whoever trains asks `requested` after each step.

    Works where a signal is ignored or blocked on entry, as in the background jobs of bash. Further signals
    change nothing, so that they can't break a checkpoint that is being written. After `close()` the signals are
    ignored until the process ends: an exit with a checkpoint stays an exit 75. Only the main thread may make one.
    """

    def __init__(self, on_signal: Callable[[int], None] | None = None) -> None:
        """`on_signal` is called with each signal's number, in the main thread, between two bytecodes."""
        self.signal: int | None = None
        """The first signal that came, or None."""
        self._on_signal = on_signal
        for number in SIGNALS:
            signal.signal(number, self._note)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    @property
    def requested(self) -> bool:
        """Whether any of the signals has come."""
        return self.signal is not None

    def close(self) -> None:
        """Ignores the signals from now on. Python's own shutdown leaves an ignored signal ignored."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.signal is None:
            self.signal = number
        if self._on_signal is not None:
            self._on_signal(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
