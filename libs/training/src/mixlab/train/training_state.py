"""What a training has learnt so far, as a checkpoint holds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import torch

from mixlab.core.lightning import Fabric

from .batch_norm import batch_norm_images
from .checkpoints import Content
from .division import Division
from .trainee import Trainee
from .training_step import TrainingStep


class TrainingState:
    """Weights and their average, the method's networks and memories, the optimiser, the scaler of fp16."""

    def __init__(
        self,
        trainee: Trainee,
        step: TrainingStep,
        division: Division,
        fabric: Fabric,
    ) -> None:
        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._optimizer, self._memories, self._average = step.optimizer, step.memories, step.average
        self._division, self._fabric = division, fabric

    def is_finite(self) -> bool:
        """Whether no weight is infinite or NaN: what the last step did to them shows in no loss yet."""
        weights = [*self._model.parameters(), *self._mixer.parameters()]
        norms = torch._foreach_norm([weight.detach() for weight in weights])
        return bool(torch.isfinite(torch.stack(norms)).all())

    def collect(self) -> Content | None:
        """Everything, on rank 0; None on the others. Call it on every rank at the same place."""
        memories = self._memories.gather(self._fabric)
        if self._fabric.global_rank > 0:
            return None
        average = {} if self._average is None else {"ema": self._average.current(self._model).state_dict()}
        return {
            "model": self._model.state_dict(),
            **average,
            "mixer": self._mixer.state_dict(),
            "memories": memories,
            "optimizer": self._optimizer.state_dict(),
            "precision": self._fabric.strategy.precision.state_dict(),
            "division": asdict(self._division),
            "threads": torch.get_num_threads(),
        }

    def restore(self, content: Content, say: Callable[[str], None]) -> None:
        """Take back what `collect` gave, and say what does not go on as it was."""
        division = Division(**content["division"]) if "division" in content else self._division
        self._model.load_state_dict(content["model"])
        if self._average is not None:
            self._average.network.load_state_dict(content["ema"])
        self._mixer.load_state_dict(content.get("mixer", {}))
        kept = self._memories.restore(content.get("memories", []), self._fabric)
        self._optimizer.load_state_dict(content["optimizer"])
        self._fabric.strategy.precision.load_state_dict(content["precision"])
        if self._fabric.device.type == "cpu" and division.ranks == self._division.ranks:
            torch.set_num_threads(content["threads"])  # they decide in which order a CPU adds up
        if division != self._division:
            self._say_change(division, kept, say)

    def _say_change(self, before: Division, kept: bool, say: Callable[[str], None]) -> None:
        say(f"a step was {before}; from here on it is {self._division}")
        images = batch_norm_images(self._model, self._division)
        if images is not None and images != batch_norm_images(self._model, before):
            say(f"warning: the statistics of batch norm are of {images} images from here on")
        if not kept:
            say(f"warning: {self._mixer.method.name} forgets what it remembered of the last step")
