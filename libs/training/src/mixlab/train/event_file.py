"""Curves for TensorBoard, written as they come: no thread, no TensorFlow."""

from __future__ import annotations

import errno
import io
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class EventFile:
    """The event file of one attempt; made at the first write, which imports parts of TensorBoard.

    Args:
        folder: of all attempts of one run; its files sort by attempt.
        attempt: counts from 1.
    """

    name = "TensorBoard"

    def __init__(self, folder: Path, attempt: int) -> None:
        # Readers take any name with `tfevents` in it, in alphabetical order.
        self._path = folder / f"events.out.tfevents.{attempt:06d}.{socket.gethostname()}.{os.getpid()}"
        self._file: io.FileIO | None = None

    def begin(self, steps: int) -> None:
        """Makes the file, and marks what was written of steps after `steps` as void.

        Raises:
            OSError: it can't be made.
        """
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog

        self._path.parent.mkdir(exist_ok=True)
        self._file = io.FileIO(self._path, "a")
        start = SessionLog(status=SessionLog.START)
        self._append(Event(file_version="brain.Event:2"), Event(step=steps + 1, session_log=start))

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Appends numbers; to a file of the same name where someone has removed this one.

        Raises:
            OSError: they can't be written whole.
        """
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        assert self._file is not None
        if os.fstat(self._file.fileno()).st_nlink == 0:
            self._file.close()
            self.begin(step - 1)
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]
        self._append(Event(step=step, summary=Summary(value=values)))

    def close(self, *, completed: bool) -> None:
        """Closes the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def _append(self, *events: Any) -> None:
        """In one write, so that a killed process leaves no more than one record cut off."""
        from tensorboard.summary.writer.record_writer import RecordWriter

        assert self._file is not None
        buffer = io.BytesIO()
        writer = RecordWriter(buffer)
        for event in events:
            event.wall_time = time.time()
            writer.write(event.SerializeToString())
        data = buffer.getvalue()
        if self._file.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
