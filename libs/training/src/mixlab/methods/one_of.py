"""oneOf: each batch is mixed by one of several methods; DeiT's and RSB's switches are presets of it.

Papers: DeiT, Touvron et al., ICML 2021, https://arxiv.org/abs/2012.12877;
RSB, Wightman et al., 2021, https://arxiv.org/abs/2110.00476
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from mixlab.core.fields import ConfigModel

from .base import Method
from .cutmix import CutMix
from .mixup import MixUp
from .registry import register
from .vanilla import Vanilla

Probability = Annotated[float, Field(ge=0, le=1)]


class Choice(ConfigModel):
    """One method of a mixture and how often it is drawn."""

    method: Annotated[Vanilla | MixUp | CutMix, Field(discriminator="name")]
    probability: Probability


@register(paper="2012.12877")
class OneOf(Method):
    """One of several methods, drawn for each batch with the given probabilities."""

    name: Literal["oneOf"] = "oneOf"

    choices: list[Choice] = Field(min_length=1)
    """The methods and their probabilities, which sum to 1."""


@register(paper="2012.12877")
class DeiT(Method):
    """DeiT's switch: MixUp or CutMix, drawn for each batch."""

    name: Literal["deit"] = "deit"

    mixup_alpha: PositiveFloat = 0.8
    """alpha of MixUp."""

    cutmix_alpha: PositiveFloat = 1.0
    """alpha of CutMix."""

    switch_probability: Probability = 0.5
    """How often CutMix is drawn."""


@register(paper="2110.00476")
class RSB(Method):
    """The switch of "ResNet strikes back": MixUp with a small alpha, or CutMix."""

    name: Literal["rsb"] = "rsb"

    mixup_alpha: PositiveFloat = 0.1
    """alpha of MixUp."""

    cutmix_alpha: PositiveFloat = 1.0
    """alpha of CutMix."""

    switch_probability: Probability = 0.5
    """How often CutMix is drawn."""
