"""Files that are whole at every moment: written beside their place, synced, renamed."""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

_TEMPORARY = re.compile(r"^\..+\.[0-9a-f]{16}\.tmp$")


@contextmanager
def replacing(path: Path, check: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """Yields a free path in `path`'s folder to write to; afterwards that file is synced and takes `path`'s
    place.

    `check` may forbid that with an error. It is asked at the last moment: writing may take long, and a
    process may be stopped for hours meanwhile. On an error the temporary file is removed and `path` stays as
    it was. A process that is killed in between leaves the temporary file, which `remove_leftovers` finds.
    """
    temporary = temporary_beside(path)
    try:
        yield temporary
        descriptor = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        check()
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None  # what the reader of the message knows
        raise
    sync_folder(path.parent)


def temporary_beside(path: Path) -> Path:
    """A name in `path`'s folder that nothing else uses."""
    return path.with_name(f".{path.name[:200]}.{secrets.token_hex(8)}.tmp")


def remove_leftovers(folder: Path) -> None:
    """Removes what killed writers left in `folder`. Only for whoever may write there."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.match(entry.name):
                with suppress(OSError):
                    os.unlink(entry.path)


def sync_folder(folder: Path) -> None:
    """Makes a rename or a new name in `folder` outlast a power cut, where the file system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: Mapping[str, object], check: Callable[[], None] = lambda: None) -> None:
    """Replaces `path` by indented JSON, one key a line, so that bash can match a line of it.

    `check` is `replacing`'s.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with replacing(path, check) as temporary:
        temporary.write_bytes(text.encode(errors="replace"))


def overwrite_json(path: Path, value: Mapping[str, object]) -> None:
    """Writes JSON over what is in `path`, which a full disk still takes as long as it needs no more room.

    One write, with blanks to the old length. Only for where `write_json` has failed: a crash within it would
    leave neither the old nor the new.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).encode(errors="replace")
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.pwrite(descriptor, text.ljust(os.fstat(descriptor).st_size - 1) + b"\n", 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_json(path: Path) -> dict[str, object] | None:
    """The JSON object in `path`; None where there is no such file or no object in it.

    Raises OSError where the file is there and can't be read.
    """
    try:
        value = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def is_json(path: Path) -> bool:
    """Whether the file holds JSON of any kind; one that was cut off does not."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def append_json_line(path: Path, line: Mapping[str, object]) -> None:
    """Appends `line` to a JSON-lines file in one write; a last line that was cut off stays a line of its own.

    Numbers that JSON has no word for (NaN, infinity) are written as null.
    """
    try:
        text = json.dumps(line, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    except ValueError:
        text = json.dumps(_without_nan(line), ensure_ascii=False, allow_nan=False)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        size = os.fstat(descriptor).st_size
        cut_off = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        data = ("\n" if cut_off else "").encode() + text.encode(errors="replace") + b"\n"
        written = os.write(descriptor, data)
        if written != len(data):
            # A nearly full disk takes a part; the next attempt to write says why.
            os.write(descriptor, data[written:])
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(descriptor)


def _without_nan(value: object) -> object:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, Mapping):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(each) for each in value]
    return value
