"""The backbone and the method's mixer as one module: images and labels in, loss out.

One module, so that what spreads a training over ranks sees one forward pass a step, whatever a method does
inside it.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mixlab.config import RunConfig
from mixlab.core.attention import require_attention
from mixlab.core.cues import Normalisation
from mixlab.core.errors import InvalidInput
from mixlab.core.seeding import derive_seed
from mixlab.core.teacher import Teacher
from mixlab.methods import Mixer, Setting, Step

from .losses import training_loss


class Trainee(nn.Module):
    """What a training trains. The weights of a method's networks follow from the seed alone.

    Raises:
        InvalidInput: the method does not work with this backbone, or its parameters not with this size.
    """

    def __init__(self, config: RunConfig, backbone: nn.Module, teachers: Mapping[Teacher, nn.Module]) -> None:
        super().__init__()
        method, size = config.mix_mode, config.inputs.train_size or config.dataset.size
        self.backbone = backbone
        try:
            if "attention" in method.demands():
                require_attention(backbone)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(derive_seed(config.seed, "mixer"))
                self.mixer: Mixer = method.mixer(Setting(backbone, config.dataset.classes, size, teachers))
        except TypeError as error:
            raise InvalidInput(
                f"mixMode: {method.name} does not work with {config.backbone}: {error}"
            ) from error
        except ValueError as error:
            raise InvalidInput(f"mixMode: {method.name}: {error}") from error
        self._classes = config.dataset.classes
        self._normalisation = Normalisation(config.dataset.mean, config.dataset.std)
        self._criterion = training_loss(config.loss)
        self._teachers = dict(teachers)  # no submodules: they are neither trained nor saved

    def place(self, device: torch.device) -> None:
        """Move the teachers, which Fabric does not know of."""
        for teacher in self._teachers.values():
            teacher.to(device)

    def forward(
        self, images: Tensor, labels: Tensor, generator: torch.Generator, progress: float, out: Tensor
    ) -> Tensor:
        """The loss of one step: see `Step` for the arguments."""
        step = Step(
            backbone=self.backbone,
            images=images,
            labels=labels,
            num_classes=self._classes,
            criterion=self._criterion,
            generator=generator,
            progress=progress,
            out=out,
            teachers=self._teachers,
            normalisation=self._normalisation,
        )
        loss: Tensor = self.mixer(step)
        return loss
