"""oneOf: each batch is mixed by one of several methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from mixlab.core.cues import NO_CUES, Cues, Need
from mixlab.core.fields import ConfigModel
from mixlab.core.mixing import MixPlan
from mixlab.core.rules import Sum
from mixlab.core.teacher import Teacher

from .base import Method
from .mixer import Mixer, Setting, Step, Trained
from .registry import register
from .switch import Probability, pick

if TYPE_CHECKING:
    from mixlab.methods import SingleMethod


class Choice(ConfigModel):
    """One method of a mixture and how often it is drawn."""

    # The package completes this type when every method is registered.
    method: SingleMethod
    """Any method but `oneOf` itself."""

    probability: Probability
    """How often the method is drawn."""


@register(paper="2012.12877")
class OneOf(Method):
    """One of several methods, drawn for each batch with the given probabilities."""

    formula = "one of the methods, drawn for each batch"

    name: Literal["oneOf"] = "oneOf"

    choices: Annotated[tuple[Choice, ...], Field(min_length=1, strict=False)]
    """The methods and their probabilities, which sum to 1."""

    rules = (
        Sum(
            code="probabilities-sum",
            message="the probabilities do not sum to 1",
            sum="choices[].probability",
            equals=1,
            tolerance=1e-6,
        ),
    )

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the method, then what that method draws."""
        return self.choices[self.pick(generator)].method.draw(images, generator, cues)

    def pick(self, generator: torch.Generator) -> int:
        """Which of the choices a batch is mixed by."""
        return pick([choice.probability for choice in self.choices], generator)

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that lets one of the choices' mixers do each step."""
        return OneOfMixer(self, [choice.method.mixer(setting) for choice in self.choices])

    def demands(self) -> frozenset[Need]:
        """What any of the choices needs."""
        return frozenset().union(*(choice.method.demands() for choice in self.choices))

    def teachers(self) -> tuple[Teacher, ...]:
        """The teachers of all choices."""
        return tuple(teacher for choice in self.choices for teacher in choice.method.teachers())


class OneOfMixer(Mixer):
    """One of several mixers, drawn for each step."""

    def __init__(self, method: OneOf, mixers: list[Mixer]) -> None:
        super().__init__(method)
        self._one_of = method
        self.mixers = nn.ModuleList(mixers)

    def forward(self, step: Step) -> Tensor:
        """Draws the method, then takes that method's step."""
        loss: Tensor = self.mixers[self._one_of.pick(step.generator)](step)
        return loss

    def plan(self, step: Step) -> MixPlan:
        """Draws the method, then lets that method's mixer plan."""
        return self._all()[self._one_of.pick(step.generator)].plan(step)

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
