"""What a training says: lines of `log.jsonl`, and readable ones on standard output. Rank 0 alone speaks."""

from __future__ import annotations

import platform
from importlib.metadata import version

import torch
from lightning_fabric import Fabric

from mixlab.core.run_directory import RunDirectory

from .division import Division
from .evaluation import Accuracy


class TrainingLog:
    """The log of one attempt. Epochs and steps count from 1; a step counts within its epoch."""

    def __init__(
        self, directory: RunDirectory, attempt: int, fabric: Fabric, epochs: int, steps: int
    ) -> None:
        self._directory, self._attempt = directory, attempt
        self._speaks = fabric.global_rank == 0
        self._epochs, self._steps = epochs, steps

    def say(self, line: str) -> None:
        """Print a line at once."""
        if self._speaks:
            print(line, flush=True)

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
            threads=torch.get_num_threads(),
            python=platform.python_version(),
            torch=torch.__version__,
            timm=version("timm"),
        )
        if division.passes > 1:
            self.say(f"gradients are accumulated: a step is {division}")

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
    ) -> None:
        """A finished epoch: mean training loss, last learning rate, seconds, its evaluation if any.

        `others` are further networks' accuracies, by the suffix of their fields (`top1_ema`).
        """
        found = ""
        if accuracy is not None:
            numbers = {"top1": accuracy.top1, "top5": accuracy.top5, "loss": accuracy.loss}
            for suffix, other in others.items():
                further = {"top1": other.top1, "top5": other.top5, "loss": other.loss}
                numbers |= {f"{name}_{suffix}": number for name, number in further.items()}
            self._append("val", epoch=epoch, step=self._steps, **numbers)
            beside = "".join(f" ({suffix} {other.top1:.2f})" for suffix, other in others.items())
            found = f"top-1 {accuracy.top1:.2f}{beside}  top-5 {accuracy.top5:.2f}  "
        self.say(f"epoch {epoch}/{self._epochs}  loss {loss:.4g}  {found}{seconds:.1f} s  lr {rate:.3g}")

    def _append(self, mode: str, **fields: object) -> None:
        if self._speaks:
            self._directory.append_log({"mode": mode, "attempt": self._attempt, **fields})
