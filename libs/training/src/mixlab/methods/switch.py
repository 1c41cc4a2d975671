"""Drawing one of several methods for a batch: what `oneOf`, `deit`, `rsb` and recipes with MixUp share."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated

import torch
from pydantic import Field
from torch import Tensor, nn

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import MixPlan

from .base import Method
from .mixer import Mixer, Setting, Step, Trained
from .registry import method_class

Probability = Annotated[float, Field(ge=0, le=1)]


def pick(probabilities: Sequence[float], generator: torch.Generator) -> int:
    """An index drawn with these probabilities; one with probability 0 is never drawn."""
    steps = list(accumulate(probabilities))
    point = float(torch.rand((), dtype=torch.float64, generator=generator)) * steps[-1]
    last = max(index for index, probability in enumerate(probabilities) if probability > 0)
    return min(bisect_right(steps, point), last)


class MixUpOrCutMix(Method):
    """MixUp or CutMix, drawn for each batch."""

    mixup_alpha: Positive
    """alpha of MixUp."""

    cutmix_alpha: Positive
    """alpha of CutMix."""

    switch_probability: Probability
    """How often CutMix is drawn."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the method, then what that method draws."""
        mixup = method_class("mixup").model_construct(alpha=self.mixup_alpha)
        cutmix = method_class("cutmix").model_construct(alpha=self.cutmix_alpha)
        probabilities = (1 - self.switch_probability, self.switch_probability)
        return (mixup, cutmix)[pick(probabilities, generator)].draw(images, generator)


class WithMixUp(Method):
    """A method whose recipe lets MixUp take some of the batches."""

    mixup_alpha: Positive | None = None
    """Where given, MixUp of this alpha takes some of the batches, as in the method's published recipe."""

    mixup_probability: Probability = 0.5
    """How often it does."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws whose batch it is, where MixUp takes some; then what that method draws."""
        if self.mixup_alpha is not None and pick(self._probabilities(), generator) == 0:
            return self._mixup().draw(images, generator)
        return self.draw_own(images, generator, cues)

    @abstractmethod
    def draw_own(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws how a batch of the method itself is mixed: see `Method.draw`."""

    def mixer(self, setting: Setting) -> Mixer:
        """The method at work, beside MixUp where that takes some of the batches: see `Method.mixer`."""
        if self.mixup_alpha is None:
            return self.own_mixer(setting)
        alone = self.model_copy(update={"mixup_alpha": None})
        return SwitchMixer(self, self._probabilities(), [self._mixup().mixer(setting), alone.mixer(setting)])

    def own_mixer(self, setting: Setting) -> Mixer:
        """The method itself at work: see `Method.mixer`."""
        return Mixer(self)

    def _mixup(self) -> Method:
        return method_class("mixup").model_construct(alpha=self.mixup_alpha)

    def _probabilities(self) -> tuple[float, float]:
        return self.mixup_probability, 1 - self.mixup_probability


class SwitchMixer(Mixer):
    """One of several mixers, drawn for each step."""

    def __init__(self, method: Method, probabilities: Sequence[float], mixers: Sequence[Mixer]) -> None:
        super().__init__(method)
        self._probabilities = probabilities
        self.mixers = nn.ModuleList(mixers)

    def forward(self, step: Step) -> Tensor:
        """Draws the method, then takes that method's step."""
        loss: Tensor = self.mixers[pick(self._probabilities, step.generator)](step)
        return loss

    def plan(self, step: Step) -> MixPlan:
        """Draws the method, then lets that method's mixer plan."""
        return self._all()[pick(self._probabilities, step.generator)].plan(step)

    def only_mixes(self) -> bool:
        """Whether none of the choices does more."""
        return all(mixer.only_mixes() for mixer in self._all())

    def trained(self) -> list[Trained]:
        """What the choices' mixers train."""
        return [trained for mixer in self._all() for trained in mixer.trained()]

    def update(self, backbone: nn.Module, progress: float) -> None:
        """Updates every choice's mixer, whichever took the step."""
        for mixer in self._all():
            mixer.update(backbone, progress)

    def end_epoch(self) -> None:
        """Ends the epoch of every choice's mixer."""
        for mixer in self._all():
            mixer.end_epoch()

    def memory(self) -> dict[str, Tensor]:
        """The memories of all choices' mixers."""
        memories = enumerate(mixer.memory() for mixer in self._all())
        return {f"{index}.{key}": value for index, memory in memories for key, value in memory.items()}

    def recall(self, memory: dict[str, Tensor]) -> None:
        """Gives each mixer its memory back."""
        for index, mixer in enumerate(self._all()):
            own = f"{index}."
            mixer.recall(
                {key.removeprefix(own): value for key, value in memory.items() if key.startswith(own)}
            )

    def evaluated(self) -> dict[str, nn.Module]:
        """The networks of all choices' mixers; of one suffix, the first."""
        found: dict[str, nn.Module] = {}
        for mixer in self._all():
            found = {**mixer.evaluated(), **found}
        return found

    def _all(self) -> list[Mixer]:
        return [mixer for mixer in self.mixers if isinstance(mixer, Mixer)]
