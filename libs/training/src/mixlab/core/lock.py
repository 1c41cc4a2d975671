"""The lock of a run directory: a file made by `link()`, so that it works over NFS too.

Who holds it follows from names that exactly one process can make. The first holder links its record to
`lock`. Whoever finds the holder of token T gone links its record to `lock.after.T`, which only one can, and
then renames it over `lock`. So the holder is the end of the chain lock → lock.after.<its token> → …, also
while a take-over is under way and after one that was killed halfway; nobody ever removes another's lock.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import temporary_beside
from mixlab.core.processes import Process


class HeldByOther(MixlabError):
    """Another process holds the run."""

    exit_code = ExitCode.HELD


class HoldLost(MixlabError):
    """The lock is another's now; nothing in the run directory may be written any more."""

    exit_code = ExitCode.HELD


@dataclass(frozen=True)
class Holder:
    """What a lock file says."""

    token: str
    process: Process | None
    """None where the file is damaged."""


class Lock:
    """The lock at `path`, not taken yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holder(self) -> Holder | None:
        """Who holds the lock now, or None. Reads only."""
        holder = _read(self.path)
        while holder is not None and (successor := _read(self._after(holder.token))) is not None:
            holder = successor
        return holder

    def acquire(self, is_gone: Callable[[Holder], bool]) -> str:
        """Takes the lock and returns its token; a holder that `is_gone` is followed by this process.

        Raises HeldByOther where the lock is held, OSError where it can't be written.
        """
        holder = self.holder()
        if holder is not None and not is_gone(holder):
            raise self.held_by(holder)
        token = secrets.token_hex(16)
        temporary = self._write_record(token)
        try:
            while True:
                holder = self.holder()
                if holder is None:
                    if _link(temporary, self.path):
                        return token
                elif not is_gone(holder):
                    raise self.held_by(holder)
                elif _link(temporary, self._after(holder.token)):
                    if self.holder_token() == token:
                        os.replace(temporary, self.path)
                        self._forget_predecessors(token)
                        return token
                    # The lock had moved on before the link: this name means nothing any more.
                    self._after(holder.token).unlink(missing_ok=True)
        except FileNotFoundError:
            if not temporary.exists() and self.path.parent.is_dir():
                # A new holder tidied up while this one still tried.
                return self.acquire(is_gone)
            raise
        finally:
            temporary.unlink(missing_ok=True)

    def release(self, token: str) -> None:
        """Gives the lock back; does nothing where it is another's by now."""
        if self.holder_token() != token:
            return
        # Being one's own successor first keeps another from taking over between the look and the removal.
        successor = secrets.token_hex(16)
        try:
            temporary = self._write_record(successor)
        except OSError:
            return  # on a full disk the lock stays, and counts for nothing once this process has ended
        try:
            if _link(temporary, self._after(token)) and self.holder_token() == successor:
                self.path.unlink(missing_ok=True)
                self._after(token).unlink(missing_ok=True)
        finally:
            temporary.unlink(missing_ok=True)

    def held_by(self, holder: Holder) -> HeldByOther:
        """The error that names `holder`."""
        who = "another process"
        if holder.process is not None:
            who = f"process {holder.process.pid} on {holder.process.host}"
        return HeldByOther(f"{self.path.parent} is held by {who}")

    def holder_token(self) -> str | None:
        """The token of whoever holds the lock now."""
        holder = self.holder()
        return None if holder is None else holder.token

    def _after(self, token: str) -> Path:
        return self.path.with_name(f"{self.path.name}.after.{token}")

    def _write_record(self, token: str) -> Path:
        temporary = temporary_beside(self.path)
        record = {**Process.current().to_json(), "token": token}
        try:
            with temporary.open("x", encoding="utf-8") as file:
                file.write(json.dumps(record, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            with suppress(OSError):
                temporary.unlink()
            if isinstance(error, OSError):
                error.filename = str(self.path)
            raise
        return temporary

    def _forget_predecessors(self, token: str) -> None:
        for name in self.path.parent.glob(f"{self.path.name}.after.*"):
            if name != self._after(token):
                with suppress(OSError):
                    name.unlink()


def _read(path: Path) -> Holder | None:
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        record = json.loads(data)
        token = record["token"]
        if isinstance(token, str) and token.isalnum():
            return Holder(token, Process.from_json(record))
    except (ValueError, TypeError, KeyError):
        pass
    return Holder(f"damaged{hashlib.sha256(data).hexdigest()[:16]}", None)


def _link(source: Path, name: Path) -> bool:
    """Whether `source` now bears `name` too; False where `name` was taken. One process at most gets True."""
    try:
        os.link(source, name)
    except FileExistsError:
        # Over NFS a repeated request may find its own success.
        try:
            return os.path.samefile(source, name)
        except FileNotFoundError:
            return False
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise MixlabError(
                f"{name.parent}: this file system has no hard links, which the lock is made of; "
                "MIXLAB_WORK_DIR names another place"
            ) from error
        raise
    return True
