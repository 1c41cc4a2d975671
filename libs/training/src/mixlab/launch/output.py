"""Shows what a training prints, from the file it prints to, so that nobody who stops reading holds it up."""

from __future__ import annotations

import os
import threading
from pathlib import Path

_PAUSE_SECONDS = 0.2
_LAST_SECONDS = 5.0


class OutputFollower:
    """Copies `file` to this process's standard output as it grows, in a thread of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="output", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Copies what is left; gives up where standard output is blocked, as by a stopped terminal."""
        self._ended.set()
        self._thread.join(_LAST_SECONDS)

    def _follow(self) -> None:
        try:
            with self._file.open("rb") as file:
                last = False
                while not last:
                    last = self._ended.wait(_PAUSE_SECONDS)
                    while data := file.read(65536):
                        _write_all(data)
        except OSError:
            pass  # nobody reads any more; the file has it all


def _write_all(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


def last_lines(file: Path, count: int = 15, most_bytes: int = 4000) -> str:
    """The last lines of a text file; empty where there are none."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - most_bytes))
            text = stream.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-count:])
