"""What a method may know of a batch beyond its pixels, when it draws a mix."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeVar

from torch import Tensor, nn

from .attention import Attention

Need = Literal[
    "attention", "clean-pass", "features", "input-gradient", "memory", "network", "pixels", "teacher"
]
"""What a method may need of the training:

attention       the attention of the backbone's last block: plain vision transformers only
clean-pass      a forward pass of the clean batch before it is mixed, in evaluation mode
features        the backbone's stages or last feature map
input-gradient  the gradient of the clean batch's loss with respect to its pixels
memory          something kept from step to step
network         a network of its own that is trained along
pixels          the images as they were before they were normalised
teacher         a trained network that does not learn
"""


class Normalisation(NamedTuple):
    """What pixels in 0 .. 1 went through, for each RGB channel: less the mean, by the standard deviation."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


IMAGENET = Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


class Cues:
    """What is known of one batch. Whatever a method did not ask for (`Method.demands`) is not there."""

    def __init__(
        self,
        *,
        labels: Tensor | None = None,
        gradient: Tensor | None = None,
        logits: Tensor | None = None,
        features: Tensor | None = None,
        attention: Attention | None = None,
        teacher: nn.Module | None = None,
        normalisation: Normalisation = IMAGENET,
    ) -> None:
        self._labels, self._gradient, self._logits = labels, gradient, logits
        self._features, self._attention, self._teacher = features, attention, teacher
        self.normalisation = normalisation

    @property
    def labels(self) -> Tensor:
        """The batch's labels: class indices int64 [B], or probabilities [B, K]."""
        return _known(self._labels, "labels")

    @property
    def gradient(self) -> Tensor:
        """Gradient of each image's own loss with respect to its pixels, [B, C, H, W] (`input-gradient`)."""
        return _known(self._gradient, "input-gradient")

    @property
    def logits(self) -> Tensor:
        """The backbone's logits of the clean batch, [B, K], without a graph (`clean-pass`)."""
        return _known(self._logits, "clean-pass")

    @property
    def features(self) -> Tensor:
        """Last feature map of the clean batch, [B, C, h, w], without a graph (`clean-pass`, `features`)."""
        return _known(self._features, "clean-pass and features")

    @property
    def attention(self) -> Attention:
        """What the last block attended to in the clean batch (`clean-pass`, `attention`)."""
        return _known(self._attention, "clean-pass and attention")

    @property
    def teacher(self) -> nn.Module:
        """The teacher, in evaluation mode, on the images' device; none of its weights asks for a gradient."""
        return _known(self._teacher, "teacher")


T = TypeVar("T")

NO_CUES = Cues()


def _known(value: T | None, need: str) -> T:
    if value is None:
        raise LookupError(f"drawing this mix takes cues that are not given: {need}")
    return value
