"""The run directory: where one trial of one run trains, and all that is known of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.errors import InvalidInput, MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import append_json_line, is_json, read_json
from mixlab.core.migrations import as_newest

STATUS_SCHEMA_VERSION = 1


class AlreadyCompleted(MixlabError):
    """The run is trained; there is nothing to do."""

    exit_code = ExitCode.COMPLETED


class OtherRun(InvalidInput):
    """The directory belongs to another run, to another trial or to another program."""


class Cancelled(MixlabError):
    """Someone cancelled the run; it stays so until it is asked for."""

    exit_code = ExitCode.HELD


@dataclass(frozen=True)
class Run:
    """One trial of one run: what a run directory is made for."""

    config: Mapping[str, object]
    """The run config that trains, as JSON, with the trial's seed."""

    hash: str
    """The run's full hash, 64 hex digits."""

    max_epochs: int


@dataclass(frozen=True)
class Status:
    """`status.json`, as far as it could be read."""

    state: str
    hash: str
    attempt: int
    epoch: int
    """Epochs finished."""
    heartbeat: int
    exit_code: int | None
    error: str | None
    fields: Mapping[str, object]
    """The whole file."""

    @property
    def pulse(self) -> tuple[int, int]:
        """Changes while a supervisor lives."""
        return self.attempt, self.heartbeat


class RunDirectory:
    """The files of one run directory. Whoever writes them has a hold (mixlab.core.hold)."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.config = self.path / "config.json"
        self.log = self.path / "log.jsonl"
        self.test_log = self.path / "test.jsonl"
        self.tensorboard = self.path / "tensorboard"
        self.status = self.path / "status.json"
        self.lock = self.path / "lock"
        self.provenance = self.path / "provenance.json"
        self.checkpoints = self.path / "checkpoints"
        self.last_checkpoint = self.checkpoints / "last.pt"
        self.best_checkpoint = self.checkpoints / "best.pt"
        self.attempts = self.path / "attempts"
        self.cancel = self.path / "cancel"
        self.resume = self.path / "resume"
        """There while somebody wants this trial to end, and not to be started again. Anyone may make it."""

    def attempt_log(self, attempt: int) -> Path:
        """What attempt `attempt` printed."""
        return self.attempts / f"{attempt}.log"

    def append_log(self, line: Mapping[str, object]) -> None:
        """Appends a line to `log.jsonl`. Only the process of rank 0 that trains does."""
        append_json_line(self.log, line)

    def append_test(self, line: Mapping[str, object]) -> None:
        """Appends a line to `test.jsonl`."""
        append_json_line(self.test_log, line)

    def read_status(self) -> Status | None:
        """`status.json`; None where it is missing, damaged or another program's."""
        fields = read_json(self.status)
        if fields is None:
            return None
        state, hash_ = fields.get("state"), fields.get("hash")
        if not isinstance(state, str) or not isinstance(hash_, str):
            return None
        exit_code, error = fields.get("exitCode"), fields.get("error")
        return Status(
            state=state,
            hash=hash_,
            attempt=_count(fields.get("attempt")),
            epoch=_count(fields.get("epoch")),
            heartbeat=_count(fields.get("heartbeat")),
            exit_code=exit_code if isinstance(exit_code, int) else None,
            error=error if isinstance(error, str) else None,
            fields=fields,
        )

    def last_attempt(self) -> int:
        """The highest attempt that left a trace, 0 for none."""
        status = self.read_status()
        logs = [
            int(path.stem) for path in self.attempts.glob("*.log") if re.fullmatch(r"[0-9]{1,9}", path.stem)
        ]
        return max([0 if status is None else status.attempt, *logs])

    def check(self, run: Run, resume_cancelled: bool = False) -> None:
        """Returns where `run` may train here, as far as anyone can see without the lock. Writes nothing.

        Raises OtherRun, AlreadyCompleted or Cancelled; OSError where the directory can't be read.
        """
        self._check_identity(run)
        status = self.read_status()
        if status is not None and status.state == "completed":
            raise AlreadyCompleted(f"{self.path} is completed ({status.epoch} epochs)")
        ended = status is not None and status.state == "cancelled" and not self.resume.exists()
        if (self.cancel.exists() or ended) and not resume_cancelled:
            raise Cancelled(f"{self.path} was cancelled; --resume-cancelled takes it up again")

    def _check_identity(self, run: Run) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise OtherRun(f"{self.path} is not a folder")
        config, status, provenance = read_json(self.config), self.read_status(), read_json(self.provenance)
        known = status.hash if status is not None else None if provenance is None else provenance.get("hash")
        if known is not None and known != run.hash:
            raise OtherRun(
                f"{self.path} holds another run (hash {str(known)[:8]}, this one is {run.hash[:8]})"
            )
        if config is None:
            ours = [self.config, self.status, self.log, self.test_log, self.provenance]
            strange = [path.name for path in ours if path.exists()]
            # An empty file tells nothing. A crash at the very start may have left one, or a status that is no
            # JSON; nothing was trained then.
            told = [path for path in ours if path.exists() and path.stat().st_size > 0]
            nothing = not told or (told == [self.status] and not is_json(self.status))
            if known is None and strange and not nothing:
                raise OtherRun(
                    f"{self.path} holds {', '.join(strange)} of something that is not a run of Mixlab"
                )
        elif known is None and as_newest(config) != run.config:
            raise OtherRun(f"{self.path} holds a config.json that is not this run's")
        elif config.get("seed", 0) != run.config.get("seed", 0):
            there, here = config.get("seed", 0), run.config.get("seed", 0)
            raise OtherRun(f"{self.path} holds another trial (seed {there}, this one has {here})")


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def checkpoint_file(path: Path) -> Path:
    """A file as it is; of a run directory, its `best.pt`.

    Raises:
        InvalidInput: there is none.
    """
    if path.is_dir():
        best = RunDirectory(path).best_checkpoint
        if not best.is_file():
            raise InvalidInput(f"{path} has no checkpoints/best.pt")
        return best
    if not path.is_file():
        raise InvalidInput(f"no such checkpoint: {path}")
    return path
