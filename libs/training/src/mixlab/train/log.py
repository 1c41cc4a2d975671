"""What a training says: lines of `log.jsonl`, curves, and readable lines on standard output, by rank 0."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version

import torch

from mixlab.core.console import print_line
from mixlab.core.errors import TrainingFailed
from mixlab.core.hold import Hold
from mixlab.core.lightning import Fabric
from mixlab.core.run_directory import RunDirectory

from .curves import Board, Curves
from .division import Division
from .evaluation import Accuracy


class TrainingLog:
    """The log of one attempt. Epochs and steps count from 1; a step counts within its epoch."""

    def __init__(
        self,
        directory: RunDirectory,
        hold: Hold,
        fabric: Fabric,
        epochs: int,
        steps: int,
        boards: Sequence[Board] = (),
    ) -> None:
        self._directory, self._hold = directory, hold
        self._speaks = fabric.global_rank == 0
        self._epochs, self._steps = epochs, steps
        self._curves = Curves(boards if self._speaks else (), self.say)

    def say(self, line: str) -> None:
        """Print a line at once."""
        if self._speaks:
            print_line(line)

    def environment(self, fabric: Fabric, division: Division, batch_norm_images: int | None) -> None:
        """The first line of an attempt: what it runs on, and how it divides a step.

        `batch_norm_images` is how many images the statistics of batch norm are of; None without batch norm.
        """
        cuda = fabric.device.type == "cuda"
        self._append(
            "env",
            device=torch.cuda.get_device_name(fabric.device) if cuda else "cpu",
            ranks=division.ranks,
            passes=division.passes,
            imagesPerPass=division.images,
            batchNormImages=batch_norm_images,
            stepsPerEpoch=self._steps,
            threads=torch.get_num_threads(),
            python=platform.python_version(),
            torch=torch.__version__,
            timm=version("timm"),
        )
        if division.passes > 1:
            self.say(f"gradients are accumulated: a step is {division}")

    def going_on(self, epochs: int, steps: int) -> None:
        """Where this attempt goes on: so many epochs are done, and steps of the next one."""
        self._curves.begin(epochs * self._steps + steps)
        self.say(f"going on from epoch {epochs + 1}, step {steps + 1}")

    def training(self, epoch: int, step: int, loss: float, rate: float, seconds: float) -> None:
        """An interval of steps: mean loss, current learning rate, mean seconds a step."""
        self._append("train", epoch=epoch, step=step, loss=loss, lr=rate, time=seconds)
        if step < self._steps:
            self.say(
                f"epoch {epoch}/{self._epochs}  step {step}/{self._steps}  loss {loss:.4g}  "
                f"{seconds:.3g} s/step  lr {rate:.3g}"
            )

    def epoch(
        self,
        epoch: int,
        loss: float,
        rate: float,
        seconds: float,
        accuracy: Accuracy | None,
        others: dict[str, Accuracy],
        evaluation_seconds: float,
    ) -> None:
        """A finished epoch: mean training loss, last learning rate, seconds, its evaluation if any, whose
        seconds are among them.

        `others` are further networks' accuracies, by the suffix of their fields (`top1_ema`).
        """
        found = ""
        if accuracy is not None:
            numbers = {"top1": accuracy.top1, "top5": accuracy.top5, "loss": accuracy.loss}
            for suffix, other in others.items():
                further = {"top1": other.top1, "top5": other.top5, "loss": other.loss}
                numbers |= {f"{name}_{suffix}": number for name, number in further.items()}
            self._append("val", epoch=epoch, step=self._steps, **numbers, time=evaluation_seconds)
            beside = "".join(f" ({suffix} {other.top1:.2f})" for suffix, other in others.items())
            found = f"top-1 {accuracy.top1:.2f}{beside}  top-5 {accuracy.top5:.2f}  "
        self.say(f"epoch {epoch}/{self._epochs}  loss {loss:.4g}  {found}{seconds:.1f} s  lr {rate:.3g}")

    def tried(
        self, steps: int, images: int, *, step_seconds: float, evaluation_seconds: float, memory_bytes: int
    ) -> None:
        """A trial run is over: seconds of a step after the warm-up and of a whole evaluation, and the most
        memory that a rank took."""
        self._append(
            "try",
            stepsPerEpoch=self._steps,
            secondsPerStep=step_seconds,
            secondsPerEvaluation=evaluation_seconds,
            memoryBytes=memory_bytes,
        )
        self.say(f"{steps} steps work, and so does the evaluation ({images} images); nothing is kept")

    def close(self, *, completed: bool) -> None:
        """The attempt is over, and with it the training, or not."""
        self._curves.close(completed=completed)

    def _append(self, mode: str, **fields: object) -> None:
        if not self._speaks:
            return
        self._hold.check()  # a process that was stopped for long may wake up in a directory of another's
        try:
            self._directory.append_log({"mode": mode, "attempt": self._hold.attempt, **fields})
        except OSError as error:
            raise TrainingFailed(f"cannot write {self._directory.log}: {error.strerror or error}") from error
        epoch, step = fields.pop("epoch", None), fields.pop("step", None)
        if isinstance(epoch, int) and isinstance(step, int):
            numbers = {key: value for key, value in fields.items() if isinstance(value, int | float)}
            scalars = {**numbers, "epoch": epoch - 1 + step / self._steps}
            total = (epoch - 1) * self._steps + step
            self._curves.write(total, {f"{mode}/{key}": value for key, value in scalars.items()})
