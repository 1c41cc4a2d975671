"""A frozen network that guides a method: which one, as it stands in a run config."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .fields import ConfigModel


class Teacher(ConfigModel):
    """A trained network that a method asks about its images; it does not learn."""

    backbone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$", json_schema_extra={"x-backbone": True})] = (
        "resnet18"
    )
    """Its network, by its timm name."""

    weights: Annotated[str, Field(min_length=1)] = "timm"
    """`timm` for timm's weights of that name, or the path of a checkpoint."""
