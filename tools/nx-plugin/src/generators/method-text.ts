/** What a method's file says of it. */
interface MethodWords {
  readonly name: string;
  readonly title: string;
  readonly paper: string;
  readonly summary: string;
}

/** The Python file of a method that is still to be written. */
export function methodText({ name, title, paper, summary }: MethodWords): string {
  const link = /^\d{4}\.\d{4,5}$/.test(paper) ? `https://arxiv.org/abs/${paper}` : paper;
  return `"""${title}: ${summary}

Paper: ${link}
Differs from the official code: to be filled in.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import Blend, MixPlan, Roll, constant_lam, sample_beta

from .base import Method
from .registry import register


@register(paper="${paper}")
class ${title}(Method):
    """${title}: ${summary}"""

    formula = "λ ~ Beta(α, α); x = λ a + (1 − λ) b"

    name: Literal["${name}"] = "${name}"

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the weight of the first image."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then lam. MixUp, to be replaced by what the paper does."""
        pairing = Roll.draw(len(images), generator)
        lam = float(sample_beta(self.alpha, 1, generator))
        return MixPlan(pairing, Blend(lam), constant_lam(lam, images))
`;
}

/** What the file imports: a class of such a name would hide it. */
export function importedNames(): string[] {
  const text = methodText({ name: '', title: '', paper: '', summary: '' });
  return [...text.matchAll(/^(?:from \S+ )?import (.+)$/gm)].flatMap(([, names]) => names!.split(', '));
}
