"""oneOf: each batch is mixed by one of several methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.fields import ConfigModel
from mixlab.core.mixing import MixPlan
from mixlab.core.rules import Sum

from .base import Method
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

    def draw(self, images: Tensor, generator: torch.Generator) -> MixPlan:
        """Draws the method, then what that method draws."""
        methods = [choice.method for choice in self.choices]
        chosen = pick(methods, [choice.probability for choice in self.choices], generator)
        return chosen.draw(images, generator)
