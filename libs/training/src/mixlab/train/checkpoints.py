"""Checkpoints: whole on disk at every moment, and read back as far as anything can be read.

`last.pt` is where the training stands, `last.prev.pt` the checkpoint before it, `best.pt` the one with the
best top-1 so far (of the average of the weights, where there is one). Each is written beside its place,
synced and renamed. A checkpoint holds no random state: every random number follows from the seed and the
position (`mixlab.core.seeding`).
"""

from __future__ import annotations

import io
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from mixlab.core.errors import TrainingFailed
from mixlab.core.files import replacing
from mixlab.core.run_directory import RunDirectory

FORMAT = 1

Content = dict[str, Any]


@dataclass(frozen=True)
class Best:
    """The best evaluation so far."""

    top1: float
    epoch: int
    """Counts from 1."""


@dataclass
class Position:
    """Where a training stands."""

    epoch: int = 0
    """Epochs finished, their evaluation included."""

    step: int = 0
    """Steps finished in the epoch under way."""

    loss_sum: float = 0.0
    """Training loss, summed over those steps."""

    best: Best | None = None


class Checkpoints:
    """The checkpoints of one run directory. Only rank 0 writes them."""

    def __init__(
        self,
        directory: RunDirectory,
        run_hash: str,
        seed: int,
        say: Callable[[str], None],
        check: Callable[[], None],
    ) -> None:
        """`check` raises where the directory is another's by now: then no file takes its place."""
        self.last = directory.last_checkpoint
        self.previous = self.last.with_name("last.prev.pt")
        self.best = directory.best_checkpoint
        self._identity = {"format": FORMAT, "hash": run_hash, "seed": seed}
        self._say, self._check = say, check

    def save(self, position: Position, steps: int, states: Content) -> None:
        """Make `last.pt` the checkpoint of `position`, and the one before it `last.prev.pt`.

        Args:
            position: where the training stands.
            steps: steps in an epoch, by which another dataset is noticed.
            states: state dicts of what is trained.

        Raises:
            TrainingFailed: it can't be written; the files are as they were.
        """
        buffer = io.BytesIO()
        torch.save({**self._identity, **asdict(position), "steps": steps, **states}, buffer)
        try:
            with replacing(self.last, self._check) as temporary:
                temporary.write_bytes(buffer.getbuffer())
                if self.last.exists():
                    with replacing(self.previous, self._check) as older:
                        _link(self.last, older)
        except OSError as error:
            raise TrainingFailed(f"cannot write {self.last}: {error.strerror or error}") from error

    def keep_as_best(self) -> None:
        """Make `best.pt` the same checkpoint as `last.pt`.

        Raises:
            TrainingFailed: it can't be written.
        """
        try:
            self._copy(self.last, self.best)
        except OSError as error:
            raise TrainingFailed(f"cannot write {self.best}: {error.strerror or error}") from error

    def load(self, steps: int, *, may_repair: bool) -> tuple[Position, Content] | None:
        """The newest checkpoint that can be read, and its position; None where there is none at all.

        Args:
            steps: steps in an epoch now.
            may_repair: whether a `last.pt` that can't be read is moved to `last.unreadable.pt`, and an older
                checkpoint takes its place. Rank 0 does that.

        Raises:
            TrainingFailed: there are checkpoints and none can be read, or they are of another run.
        """
        broken: list[str] = []
        for path in (self.last, self.previous, self.best):
            if not path.exists():
                continue
            try:
                content = read_checkpoint(path)
            except TrainingFailed as error:
                broken.append(str(error))
                continue
            for problem in broken:
                self._say(f"warning: {problem}")
            if path != self.last:
                self._say(f"warning: going on from {path.name}, which is older")
                if may_repair:
                    self._replace_last(path)
            return self._accepted(content, path, steps)
        if broken:
            raise TrainingFailed(
                f"no checkpoint can be read: {'; '.join(broken)}. "
                f"Move {self.last.parent} away to train from the start"
            )
        return None

    def _replace_last(self, path: Path) -> None:
        if self.last.exists():
            os.replace(self.last, self.last.with_name("last.unreadable.pt"))
        self._copy(path, self.last)

    def _copy(self, source: Path, place: Path) -> None:
        """A file of its own, so that damage to one is not damage to both."""
        with replacing(place, self._check) as temporary:
            shutil.copyfile(source, temporary)

    def _accepted(self, content: Content, path: Path, steps: int) -> tuple[Position, Content]:
        for key, expected in self._identity.items():
            if content.get(key) != expected:
                raise TrainingFailed(
                    f"{path} is of another run: its {key} is {content.get(key)}, not {expected}"
                )
        if content["steps"] != steps:
            raise TrainingFailed(
                f"{path} was written when an epoch had {content['steps']} steps; now it has {steps}: "
                "the dataset has changed"
            )
        best = content["best"]
        best = None if best is None else Best(**best)
        return Position(content["epoch"], content["step"], content["loss_sum"], best), content


def read_checkpoint(path: Path) -> Content:
    """A checkpoint's content, on the CPU.

    Raises:
        TrainingFailed: it is damaged or not a checkpoint of this trainer.
    """
    content = read_content(path)
    if not {"format", "hash", "model", "epoch"} <= content.keys():
        raise TrainingFailed(f"{path} is not a checkpoint of this trainer")
    return content


def read_content(path: Path) -> Content:
    """What a file of PyTorch's holds under names, on the CPU.

    Raises:
        TrainingFailed: it is damaged, or holds something else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()  # PyTorch writes checksums and does not look at them
        if damaged is not None:
            raise TrainingFailed(f"{path} cannot be read: its part {damaged} is damaged")
        content = torch.load(path, map_location="cpu", weights_only=True)
    except zipfile.BadZipFile as error:
        raise TrainingFailed(f"{path} cannot be read: it is cut off, or not a checkpoint") from error
    except pickle.UnpicklingError as error:
        raise TrainingFailed(
            f"{path} cannot be read: it holds other things than tensors and numbers"
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        raise TrainingFailed(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise TrainingFailed(f"{path} is not a checkpoint")
    return content


def _link(source: Path, name: Path) -> None:
    """Give a file a second name, or copy it where the file system has no links."""
    try:
        os.link(source, name)
    except OSError:
        shutil.copyfile(source, name)
