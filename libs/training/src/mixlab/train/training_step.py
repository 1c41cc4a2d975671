"""One step of the optimiser."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.seeding import derive_seed, derived_generator

from .optimizers import create_optimizer
from .schedules import learning_rate
from .trainee import Trainee


class TrainingStep:
    """Call it with a batch for one step of the optimiser.

    What is random in it follows from the seed and from (epoch, step, rank).
    """

    def __init__(self, config: RunConfig, trainee: Trainee, fabric: Fabric, steps: int) -> None:
        self._config, self._fabric, self._steps = config, fabric, steps
        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        also = self._mixer.trained()
        self.optimizer = create_optimizer(self._model, config.optimizer, also)
        self._rates = [trained.rate for trained in also]
        """Learning rates of the last groups of the optimiser, None where they have the backbone's."""
        self._parallel, self._stepper = fabric.setup(trainee, self.optimizer)
        self._mixed: Tensor | None = None
        """Memory that mixed images are written to, the same for every step."""

    def train(self) -> None:
        """Put the networks into training mode."""
        self._parallel.train()

    def __call__(self, epoch: int, step: int, images: Tensor, labels: Tensor) -> Tensor:
        """Train on this rank's share of a batch and give its loss; epoch and step count from 0."""
        config, place = self._config, (epoch, step, self._fabric.global_rank)
        # Layers (drop-path, dropout) draw from the global generators, which begin anew with every step.
        torch.manual_seed(derive_seed(config.seed, "layers", *place))
        progress = self._set_learning_rates(epoch, step)
        if self._mixed is None:
            self._mixed = torch.empty_like(images)
        draws = derived_generator(config.seed, "mix", *place)
        loss: Tensor = self._parallel(images, labels, draws, progress, self._mixed)
        self._fabric.backward(loss)
        if config.optimizer.clip_norm is not None:
            self._fabric.clip_gradients(
                self._parallel, self._stepper, max_norm=config.optimizer.clip_norm, error_if_nonfinite=False
            )
        self._stepper.step()
        self._stepper.zero_grad()
        self._mixer.update(self._model, progress)
        return loss.detach()

    def rate(self, epoch: int, step: int) -> float:
        """The learning rate of the backbone in a step."""
        return learning_rate(self._config, epoch, step, self._steps)

    def _set_learning_rates(self, epoch: int, step: int) -> float:
        """Also tells the progress of the training, 0 .. 1."""
        progress = (epoch + step / self._steps) / self._config.max_epochs
        groups = self.optimizer.param_groups
        rate = self.rate(epoch, step)
        for group in groups:
            group["lr"] = rate
        for group, own in zip(groups[len(groups) - len(self._rates) :], self._rates, strict=True):
            if own is not None:
                group["lr"] = own(progress)
        return progress
