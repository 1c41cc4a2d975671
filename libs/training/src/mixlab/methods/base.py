"""What every mixing method is: its parameters, and how it draws a mix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues, Need
from mixlab.core.fields import ConfigModel
from mixlab.core.mixing import MixPlan, mix_images, mix_labels
from mixlab.core.teacher import Teacher

from .mixer import Mixer, Setting


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

    needs: ClassVar[frozenset[Need]] = frozenset()
    """What the training has to bring beyond images and labels."""

    compat_needs: ClassVar[frozenset[Need] | None] = None
    """What it needs with `compat: 'openmixup'`, where that is something else."""

    formula: ClassVar[str] = ""
    """What it does in a line: a is an image, b its partner, M the weight of a's pixels, lam of a's label."""

    differences: ClassVar[tuple[str, ...]] = ()
    """How it differs from OpenMixup's, a short sentence each."""

    @abstractmethod
    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draw how a batch is mixed.

        Args:
            images: the batch, [B, C, H, W]. Static methods look at its shape and device alone.
            generator: a CPU generator, the only source of random numbers.
            cues: what is known of the batch; what the method listed in `needs` is there.

        Raises:
            LookupError: a cue that the method needs is not given.
        """

    def mixer(self, setting: Setting) -> Mixer:
        """The method at work in one training; overridden where that is not the ordinary way.

        Raises:
            TypeError: the backbone is none that the method works with.
            ValueError: parameters do not fit each other, the images' size or the number of classes.
        """
        return Mixer(self)

    def demands(self) -> frozenset[Need]:
        """What this method needs, and the methods inside it."""
        if self.compat_needs is not None and getattr(self, "compat", "none") == "openmixup":
            return self.compat_needs
        return self.needs

    def draws_passes(self) -> bool:
        """Whether it draws how often its mixer runs the backbone in training mode in a step."""
        return False

    def teachers(self) -> tuple[Teacher, ...]:
        """The teachers that it asks, and the methods inside it."""
        teacher = getattr(self, "teacher", None)
        return (teacher,) if isinstance(teacher, Teacher) and "teacher" in self.demands() else ()

    def mix(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        num_classes: int,
        generator: torch.Generator,
        out: Tensor | None = None,
        cues: Cues = NO_CUES,
    ) -> Mixed:
        """Draw a mix of a batch and apply it: `mix_images` and `mix_labels` in one.

        Args:
            images: [B, C, H, W]; never written to.
            labels: class indices [B], or probabilities [B, num_classes].
            num_classes: K.
            generator: a CPU generator, the only source of random numbers.
            out: a ready batch to write the mixed images into. It is left alone where nothing is mixed: use
                what comes back.
            cues: what is known of the batch; what the method listed in `needs` has to be there.

        Raises:
            ValueError: images, labels and `out` do not fit each other.
            LookupError: a cue that the method needs is not given.
        """
        plan = _draw(self, images, generator, cues)
        return Mixed(mix_images(plan, images, out), mix_labels(plan, labels, num_classes))


# torch.compiler.disable, but the compiler is loaded at the first call: that alone takes a second, and whoever
# only checks a config never calls.
@torch._disable_dynamo  # type: ignore[attr-defined]
def _draw(method: Method, images: Tensor, generator: torch.Generator, cues: Cues) -> MixPlan:
    """Random numbers stay outside a compiled graph: they come from the same generator, in the same order."""
    return method.draw(images, generator, cues)
