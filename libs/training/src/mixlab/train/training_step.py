"""One step of the optimiser."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from mixlab.config import RunConfig
from mixlab.core.lightning import Fabric
from mixlab.core.seeding import derive_seed, derived_generator, seed_layers

from .compilation import begin_step, compile_backbone
from .division import Division
from .failures import memory_explained
from .memories import Memories
from .optimizers import create_optimizer, separated
from .schedules import learning_rate
from .trainee import Trainee
from .weight_average import WeightAverage


class TrainingStep:
    """Call it with the batches of a step's passes for one step of the optimiser.

    What is random in a pass follows from the seed and from (epoch, step, number of the pass among those of
    all ranks), so that it does not matter which rank takes it.
    """

    def __init__(
        self, config: RunConfig, trainee: Trainee, fabric: Fabric, division: Division, steps: int
    ) -> None:
        self._config, self._fabric, self._steps = config, fabric, steps
        self._passes = division.passes
        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._model.to(fabric.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        compile_backbone(self._model, config.runtime.compile)
        also = separated(self._mixer.trained(), config.optimizer)
        self.optimizer = create_optimizer(self._model, config.optimizer, also)
        self._rates = [trained.rate for trained in also]
        """Learning rates of the last groups of the optimiser, None where they have the backbone's."""
        self._parallel, self._stepper = fabric.setup(trainee, self.optimizer)
        self.memories = Memories(self._mixer, self._passes)
        self.average = WeightAverage(self._model, config.ema, steps) if config.ema.decay > 0 else None
        self._mixed: Tensor | None = None
        """Memory that mixed images are written to, the same for every pass."""

    def train(self) -> None:
        """Put the networks into training mode."""
        self._parallel.train()

    def __call__(self, epoch: int, step: int, batches: Iterable[tuple[Tensor, Tensor]]) -> Tensor:
        """Train on this rank's passes and give their mean loss; epoch and step count from 0."""
        begin_step(self._config.runtime.compile)
        progress = self._set_learning_rates(epoch, step)
        losses = [
            self._pass(index, (epoch, step), images, labels, progress)
            for index, (images, labels) in enumerate(batches)
        ]
        clip_norm = self._config.optimizer.clip_norm
        if clip_norm is not None:
            self._fabric.clip_gradients(
                self._parallel, self._stepper, max_norm=clip_norm, error_if_nonfinite=False
            )
        self._stepper.step()
        self._stepper.zero_grad()
        self._mixer.update(self._model, progress)
        if self.average is not None:
            self.average.follow_step(self._model, epoch * self._steps + step)
        return losses[0] if len(losses) == 1 else torch.stack(losses).mean()

    def _pass(
        self, index: int, place: tuple[int, int], images: Tensor, labels: Tensor, progress: float
    ) -> Tensor:
        """Add a pass's share of the gradients; the ranks exchange them in the last one."""
        seed, number = self._config.seed, self._fabric.global_rank * self._passes + index
        # Layers (drop-path, dropout) draw from the global generators, which begin anew with every pass.
        seed_layers(self._fabric.device, derive_seed(seed, "layers", *place, number))
        draws = derived_generator(seed, "mix", *place, number)
        if self._mixed is None:
            self._mixed = torch.empty_like(images)
        is_last = index == self._passes - 1
        where, remedy = f"epoch {place[0] + 1}, step {place[1] + 1}", _smaller_pass(len(images))
        with (
            memory_explained(where, images, remedy),
            self.memories.of_pass(index),
            self._fabric.no_backward_sync(self._parallel, enabled=not is_last),
        ):
            loss: Tensor = self._parallel(images, labels, draws, progress, self._mixed)
            self._fabric.backward(loss / self._passes)
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


def _smaller_pass(images: int) -> str:
    if images == 1:
        return "one image is too much: take smaller images or a smaller network"
    return f"set runtime.gpuBatchSize to {images // 2}"
