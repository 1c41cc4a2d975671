"""What every mixing method is: its parameters, and how it draws a mix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from mixlab.core.fields import ConfigModel
from mixlab.core.mixing import MixPlan, mix_images, mix_labels


class Mixed(NamedTuple):
    """A mixed batch."""

    images: Tensor
    """[B, C, H, W], of the type, device and memory format that came in."""

    target: Tensor
    """Soft targets, float32 [B, K]."""


class Method(ConfigModel, ABC):
    """A mixing policy and its parameters. A subclass says how to draw; `register` enters it."""

    name: str

    paper: ClassVar[str]
    """arXiv number, DOI or venue; `register` sets it."""

    needs: ClassVar[frozenset[str]] = frozenset()
    """What the training loop has to bring beyond images and labels."""

    @abstractmethod
    def draw(self, images: Tensor, generator: torch.Generator) -> MixPlan:
        """Draw how a batch is mixed.

        Args:
            images: the batch, [B, C, H, W]. Static methods look at its shape and device alone.
            generator: a CPU generator, the only source of random numbers.
        """

    def mix(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        num_classes: int,
        generator: torch.Generator,
        out: Tensor | None = None,
    ) -> Mixed:
        """Draw a mix of a batch and apply it: `mix_images` and `mix_labels` in one.

        Args:
            images: [B, C, H, W]; never written to.
            labels: class indices [B], or probabilities [B, num_classes].
            num_classes: K.
            generator: a CPU generator, the only source of random numbers.
            out: a ready batch to write the mixed images into. It is left alone where nothing is mixed: use
            what
                comes back.

        Raises:
            ValueError: images, labels and `out` do not fit each other.
        """
        plan = _draw(self, images, generator)
        return Mixed(mix_images(plan, images, out), mix_labels(plan, labels, num_classes))


# torch.compiler.disable, but the compiler is loaded at the first call: that alone takes a second, and whoever
# only checks a config never calls.
@torch._disable_dynamo  # type: ignore[attr-defined]
def _draw(method: Method, images: Tensor, generator: torch.Generator) -> MixPlan:
    """Random numbers stay outside a compiled graph: they come from the same generator, in the same order."""
    return method.draw(images, generator)
