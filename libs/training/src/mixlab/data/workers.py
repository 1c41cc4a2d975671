"""What a process that decodes images does when it starts, and what its death means."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from mixlab.core.errors import TrainingFailed
from mixlab.core.processes import end_with_parent


def start_worker(worker: int) -> None:
    """A signal to the whole process group is for the process that trains; the workers end with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent(worker)


@contextmanager
def worker_deaths_explained() -> Iterator[None]:
    """Around all that goes on while images are decoded: PyTorch tells of a death wherever that happens to be.

    Raises:
        TrainingFailed: a worker died.
    """
    try:
        yield
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise TrainingFailed(
            f"a process that decodes images ended: {str(error).strip()} (out of memory? runtime.workers says "
            "how many there are)"
        ) from error
