"""CutMix: one box of a partner image replaces the same box; labels mix by its area.

Paper: Yun et al., ICCV 2019, https://arxiv.org/abs/1905.04899
"""

from __future__ import annotations

from typing import Literal

from pydantic import PositiveFloat

from .base import Method
from .registry import register


@register(paper="1905.04899")
class CutMix(Method):
    """CutMix: a box of the partner image replaces the same box; labels mix by its area."""

    name: Literal["cutmix"] = "cutmix"

    alpha: PositiveFloat = 1.0
    """lam ~ Beta(alpha, alpha), the share of the area that is kept, before the box is clipped."""

    per_sample: bool = False
    """Draw a box for each sample instead of one for the batch (the benchmark's way)."""
