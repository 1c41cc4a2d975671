"""Vanilla: no mixing, the baseline of every table."""

from __future__ import annotations

from typing import Literal

from .base import Method
from .registry import register


@register(paper="none")
class Vanilla(Method):
    """No mixing: images and labels pass as they are."""

    name: Literal["vanilla"] = "vanilla"
