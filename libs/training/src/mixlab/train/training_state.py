"""What a training has learnt so far, as a checkpoint holds it."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric
from torch import Tensor

from .checkpoints import Content
from .devices import gather_on_rank_0
from .trainee import Trainee


class TrainingState:
    """Weights, the method's networks and memories, the optimiser's moments and the scaler of fp16."""

    def __init__(self, trainee: Trainee, optimizer: torch.optim.Optimizer, fabric: Fabric) -> None:
        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._optimizer, self._fabric = optimizer, fabric

    def collect(self) -> Content | None:
        """Everything, on rank 0; None on the others. Call it on every rank at the same place."""
        memories = self._gather_memories()
        if self._fabric.global_rank > 0:
            return None
        return {
            "model": self._model.state_dict(),
            "mixer": self._mixer.state_dict(),
            "memories": memories,
            "optimizer": self._optimizer.state_dict(),
            "precision": self._fabric.strategy.precision.state_dict(),
            "threads": torch.get_num_threads(),
        }

    def restore(self, content: Content) -> None:
        """Take back what `collect` gave. A CPU gets its number of threads: they decide how it adds up."""
        self._model.load_state_dict(content["model"])
        self._mixer.load_state_dict(content.get("mixer", {}))
        memories = content.get("memories", [])
        if len(memories) == self._fabric.world_size:
            self._mixer.recall(memories[self._fabric.global_rank])
        self._optimizer.load_state_dict(content["optimizer"])
        self._fabric.strategy.precision.load_state_dict(content["precision"])
        if self._fabric.device.type == "cpu":
            torch.set_num_threads(content["threads"])

    def _gather_memories(self) -> list[dict[str, Tensor]]:
        """What the mixer of each rank remembers, on rank 0."""
        if "memory" not in self._mixer.method.demands():
            return []
        memory = {name: value.cpu() for name, value in self._mixer.memory().items()}
        return gather_on_rank_0(self._fabric, memory)
