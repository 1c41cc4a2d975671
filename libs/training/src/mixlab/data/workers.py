"""Processes that decode images, and what their death means."""

from __future__ import annotations

import atexit
import functools
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar
from weakref import WeakSet

import torch
from torch.utils.data import DataLoader, Dataset

from mixlab.core.errors import TrainingFailed
from mixlab.core.processes import end_with_parent

Anything = TypeVar("Anything")


class Workers:
    """Processes that live from the first load to `close`, for every load of training and evaluation.

    What differs from load to load, the draws of an epoch included, comes with the work. With a count of 0
    this process works itself. As a context it ends with `close`.
    """

    def __init__(self, count: int, device: torch.device) -> None:
        """`device` is where that goes which they decode."""
        self._count, self._device = count, device
        self._decoders: list[Callable[[Any], Any]] = []
        self._work = _Work()
        self._loads = 0
        self._iterator: Any = None
        """PyTorch's, of the load under way; with workers it is one and the same for all loads."""
        _open.add(self)

    def add(self, decode: Callable[[Any], Any]) -> Callable[[Iterable[Any]], Iterator[Any]]:
        """Have them know `decode` before they start.

        Returns:
            A function that loads: it has each piece of work decoded, and gives the results in this order.
            A load ends the one before, should that not be over; only one goes on at a time.
        """
        number = len(self._decoders)
        self._decoders.append(decode)
        return lambda work: self._load((number, piece) for piece in work)

    def _load(self, work: Generator[tuple[int, Any], None, None]) -> Iterator[Any]:
        self._loads += 1
        own = self._loads
        self._work.pieces = work
        self._iterator = iter(self._loader)
        try:
            for decoded in self._iterator:
                yield decoded
                if own != self._loads:
                    raise RuntimeError("another load has begun since")
        finally:
            work.close()  # which may refer to whoever has these workers, so that they would not end with it

    @functools.cached_property
    def _loader(self) -> DataLoader[Any]:
        return DataLoader(
            _Decoders(self._decoders),
            sampler=self._work,
            batch_size=None,
            collate_fn=_unchanged,
            num_workers=self._count,
            persistent_workers=self._count > 0,
            pin_memory=self._device.type == "cuda",
            worker_init_fn=_start,
            generator=torch.Generator(),  # without it, the global one would be drawn from
        )

    def close(self) -> None:
        """End the processes, alive, dead or stuck; nothing can be loaded any more.

        Python waits for those that are left when it exits, and they do not heed its SIGTERM.
        """
        iterator, self._iterator = self._iterator, None
        if iterator is not None and self._count > 0:
            iterator._shutdown_workers()  # lets them end their piece of work, for at most some seconds
            for process in iterator._workers:
                process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_open: WeakSet[Workers] = WeakSet()


@atexit.register  # after multiprocessing's own function, so it is called before
def _close_all() -> None:
    for workers in list(_open):
        workers.close()


class _Work:
    """The work of the load that begins next."""

    pieces: Iterator[tuple[int, Any]] = iter(())

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return self.pieces


class _Decoders(Dataset[Any]):
    def __init__(self, decoders: list[Callable[[Any], Any]]) -> None:
        self._decoders = decoders

    def __getitem__(self, work: tuple[int, Any]) -> Any:
        number, piece = work
        return self._decoders[number](piece)


def _unchanged(decoded: Anything) -> Anything:
    return decoded


def _start(worker: int) -> None:
    """A signal to the whole process group is for the process that trains; the workers end with it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    end_with_parent(worker)


@contextmanager
def worker_deaths_explained() -> Iterator[None]:
    """Around all that goes on while workers live: PyTorch tells of a death wherever that happens to be.

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
