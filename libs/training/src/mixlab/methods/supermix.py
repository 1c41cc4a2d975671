"""SuperMix: masks that a teacher sees both images in, found for each pair by following its gradient.

Paper: Dabouei et al., CVPR 2021, https://arxiv.org/abs/2003.05034

A frozen teacher f names the classes c_a and c_b of two images. Weights l ~ Dirichlet(alpha, alpha) make the
target y = l c_a + (1 - l) c_b, and mask logits m_a and m_b on a small grid, 0 at first, follow the gradient
of

    KL(y || softmax f(M a + (1 - M) b)) + 25 mean|M (M - 1)|,
    M = sigmoid(m_a) / (sigmoid(m_a) + sigmoid(m_b)),

smoothed by a Gaussian filter, with steps as long as would bring a linear loss to 0. A mix is done when the
two classes that the teacher sees first are those of the pair.

Verified against the authors' code (alldbi/SuperMix: `supermix.py`): target, masks, loss, filter, length of
the steps and when a mix is done. Differs from it:

- The authors make a data set before the training and keep mixes that are done, of a batch of which 3 of 10
  are. Here each batch is mixed as it comes, with `iterations` steps; what is not done then is used as it is.
- The authors train on a teacher's view of the mixes. Here labels mix by l, as the search was asked for.
- Images whose classes are one to the teacher are done when it names that class; theirs wait for a second
  class that no image has.
- Pairs alone, not sets of three.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from mixlab.core.blur import gaussian_weights
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Count, NonNegative, Pixels, Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, partners_of, sample_beta, unmixed
from mixlab.core.teacher import Teacher
from mixlab.core.teaching import seen_by

from .base import Method
from .registry import register


@register(paper="2003.05034")
class SuperMix(Method):
    """SuperMix: masks that show a teacher both images, found by its gradient."""

    name: Literal["supermix"] = "supermix"

    formula = (
        "λ ~ Beta(α, α); x = M a + (1 − M) b; M minimises KL(λ c_a + (1 − λ) c_b ‖ teacher(x)) "
        "+ 25 mean|M (M − 1)|; λ as drawn"
    )

    needs = frozenset({"teacher"})

    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup lists the method and its results, from the authors' code, and has none for it.",
    )

    alpha: Positive = 3.0
    """lam ~ Beta(alpha, alpha) for each sample: a Dirichlet draw for two."""

    mask_size: Count = 16
    """Side of the grid that masks are found on; 8 for images of 32 pixels."""

    sigma: NonNegative = 1.0
    """Of the Gaussian filter over that grid, in its cells; 2 for ImageNet, 0 for none."""

    sparsity: NonNegative = 25.0
    """Weight of the loss that draws masks to 0 and 1."""

    iterations: Count = 50
    """Steps for each batch, each a forward and a backward pass of the teacher."""

    teacher_size: Pixels | None = None
    """Side, in pixels, that images are resized to for the teacher; null leaves them as they are."""

    teacher: Teacher = Teacher()
    """The network that the masks are made for."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, then lam; the teacher leads to the masks.

        Raises:
            LookupError: no teacher is given.
            ValueError: the images are not [B, C, H, W].
        """
        size, _, _ = batch_shape(images)
        if size == 0:
            return unmixed(images)
        pairing = Roll.draw(size, generator)
        lam = sample_beta(self.alpha, size, generator).float().to(images.device, non_blocking=True)
        search = Search(self, images.detach(), partners_of(pairing, images.detach()), lam, cues)
        return MixPlan(pairing, Mask(search.run()), lam)


class Search:
    """Finds masks for pairs of images.

    Args:
        method: its parameters.
        first: images, [B, 3, H, W].
        second: their partners.
        lam: weight of each first image's class, float32 [B].
        cues: the teacher, and how the images were normalised.
    """

    def __init__(self, method: SuperMix, first: Tensor, second: Tensor, lam: Tensor, cues: Cues) -> None:
        self._method, self._cues, self._lam = method, cues, lam
        self._first, self._second = first.float(), second.float()
        with torch.no_grad():
            self.classes = torch.stack(
                [self._logits(images).argmax(1) for images in (self._first, self._second)], 1
            )
        """What the teacher sees in either image, int64 [B, 2]."""

    def run(self) -> Tensor:
        """Weights of the first images' pixels, float32 [B, 1, H, W]."""
        method, first = self._method, self._first
        side = method.mask_size
        found = torch.zeros(len(first), 2, side, side, device=first.device)
        open_ = torch.ones(len(first), device=first.device)
        for step in range(method.iterations):
            logits_of_masks = found.detach().requires_grad_()
            with torch.enable_grad():
                mask = self.mask(logits_of_masks)
                seen = self._logits(torch.lerp(self._second, first, mask))
                if step > 0:
                    open_ = (~self.done(seen)).float()
                loss = self.loss(seen, mask) * open_
                (gradient,) = torch.autograd.grad(loss.sum(), logits_of_masks)
            # On a CPU asking costs nothing, and those that are done do not move.
            if first.device.type == "cpu" and not open_.any():
                break
            smooth = smoothed(gradient, method.sigma)
            slope = (gradient * smooth).sum((1, 2, 3)) + 1e-10
            length = (loss.detach() / slope).clamp(1e-4, 2000) * open_
            found = found - length.view(-1, 1, 1, 1) * smooth
        with torch.no_grad():
            return self.mask(found)

    def mask(self, found: Tensor) -> Tensor:
        """The mask's logits on the grid, [B, 2, w, w], as weights of the first images' pixels."""
        size = self._first.shape[2:]
        weights = F.interpolate(found, size=size, mode="bilinear", align_corners=False).sigmoid()
        mask: Tensor = weights[:, :1] / weights.sum(1, keepdim=True)
        return mask

    def loss(self, logits: Tensor, mask: Tensor) -> Tensor:
        """Of each mix, [B], from what the teacher says of it."""
        logarithms = logits.log_softmax(1).gather(1, self.classes)
        shares = torch.stack((self._lam, 1 - self._lam), 1)
        same = self.classes[:, 0] == self.classes[:, 1]
        entropy: Tensor = torch.special.xlogy(shares, shares).sum(1).masked_fill(same, 0.0)
        sparsity = (mask * (mask - 1)).abs().mean((1, 2, 3))
        return entropy - (shares * logarithms).sum(1) + self._method.sparsity * sparsity

    def done(self, logits: Tensor) -> Tensor:
        """Whether the classes that the teacher sees first are those of the pair, bool [B]."""
        own, partner = self.classes.unbind(1)
        best = logits.topk(2, 1).indices
        both = (best == own[:, None]).any(1) & (best == partner[:, None]).any(1)
        return torch.where(own == partner, best[:, 0] == own, both)

    def _logits(self, images: Tensor) -> Tensor:
        method = self._method
        seen = seen_by(method.teacher, images, self._cues.normalisation, method.teacher_size)
        logits: Tensor = self._cues.teacher(seen)
        return logits.float()


def smoothed(values: Tensor, sigma: float) -> Tensor:
    """A Gaussian filter of int(5 sigma) taps over [B, C, h, w]; there are zeros beyond the border."""
    taps = int(5 * sigma)
    if taps == 0:
        return values
    kernel = torch.tensor(gaussian_weights(taps, sigma)).to(values.device, non_blocking=True)
    before, after = taps // 2 - (1 - taps % 2), taps // 2
    flat = F.pad(values.flatten(0, 1).unsqueeze(1), (before, after, before, after))
    return F.conv2d(F.conv2d(flat, kernel.view(1, 1, -1, 1)), kernel.view(1, 1, 1, -1)).view_as(values)
