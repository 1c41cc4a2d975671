"""oneOf: each batch is mixed by one of several methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues, Need
from mixlab.core.fields import ConfigModel
from mixlab.core.mixing import MixPlan
from mixlab.core.rules import Sum
from mixlab.core.teacher import Teacher

from .base import Method
from .mixer import Mixer, Setting
from .registry import register
from .switch import Probability, SwitchMixer, pick

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
        return self.choices[pick(self._probabilities(), generator)].method.draw(images, generator, cues)

    def _probabilities(self) -> list[float]:
        return [choice.probability for choice in self.choices]

    def mixer(self, setting: Setting) -> Mixer:
        """A mixer that lets one of the choices' mixers do each step."""
        mixers = [choice.method.mixer(setting) for choice in self.choices]
        return SwitchMixer(self, self._probabilities(), mixers)

    def demands(self) -> frozenset[Need]:
        """What any of the choices needs."""
        return frozenset().union(*(choice.method.demands() for choice in self.choices))

    def draws_passes(self) -> bool:
        """Methods that train a network or read gradients may take a pass of the clean batch as well."""
        needs = [choice.method.demands() for choice in self.choices]
        return any(not need.isdisjoint({"network", "input-gradient"}) for need in needs)

    def teachers(self) -> tuple[Teacher, ...]:
        """The teachers of all choices."""
        return tuple(teacher for choice in self.choices for teacher in choice.method.teachers())
