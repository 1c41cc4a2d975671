"""FMix: a binary mask of any shape, cut out of low-frequency noise at the height that gives its area.

Paper: Harris et al., 2020, https://arxiv.org/abs/2002.12047
As in the official code, the label has the lam that was drawn, from which the mask's share differs by less
than a pixel. Differs from it: explicit generator, a mask a sample on request, partners by a random roll. Its
reformulated objective (lam ~ Beta(alpha + 1, alpha)) is not offered. Noise has all directions, as in the
paper: the official code, and OpenMixup's copy of it, takes the first two rows of the spectrum for its real
and imaginary part, and of the frequencies across an image the lowest two are left.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.fields import Positive
from mixlab.core.mixing import Mask, MixPlan, Roll, batch_shape, sample_beta

from .base import Method
from .registry import register


@register(paper="2002.12047")
class FMix(Method):
    """FMix: the partner shows through a mask cut out of low-frequency noise; labels mix by its area."""

    formula = "λ ~ Beta(α, α); M = the λHW highest pixels of noise with spectrum 1 / f^δ; x = M a + (1 − M) b"
    differences: ClassVar[tuple[str, ...]] = (
        "OpenMixup's mask has a size that the config says and that has to be the input's.",
        "OpenMixup's noise, as the authors', goes through one cycle at most across the image, for rows "
        "of its spectrum are taken for real and imaginary parts, as with compat: 'openmixup'; here all "
        "directions are alike, as in the paper.",
    )

    name: Literal["fmix"] = "fmix"

    alpha: Positive = 1.0
    """lam ~ Beta(alpha, alpha), the share of pixels that are kept."""

    decay: Positive = 3.0
    """delta: the noise's spectrum falls with frequency to this power."""

    max_soft: Annotated[float, Field(ge=0, le=0.5)] = 0.0
    """Half the share of pixels over which the mask's edge fades from 1 to 0; 0 is a sharp edge."""

    per_sample: bool = False
    """Draw a mask for each sample instead of one for the batch (the benchmark's way)."""

    compat: Literal["none", "openmixup"] = "none"
    """`openmixup` draws noise that goes through one cycle at most across the image."""

    def draw(self, images: Tensor, generator: torch.Generator, cues: Cues = NO_CUES) -> MixPlan:
        """Draws the pairing, lam, the noise, and whether the number of kept pixels is rounded up or down.

        Raises:
            ValueError: the images are not [B, C, H, W].
        """
        size, height, width = batch_shape(images)
        pairing = Roll.draw(size, generator)
        count = size if self.per_sample else 1
        lam = sample_beta(self.alpha, count, generator)
        draw_noise = low_frequency_noise if self.compat == "none" else noise_of_two_rows
        noise = draw_noise(count, height, width, self.decay, generator)
        up = torch.rand(count, generator=generator) > 0.5
        mask = highest_pixels(noise, lam, up, self.max_soft).to(images.device, non_blocking=True)
        shares = lam.float().expand(size).to(images.device, non_blocking=True)
        return MixPlan(pairing, Mask(mask), shares)


def low_frequency_noise(
    count: int, height: int, width: int, decay: float, generator: torch.Generator
) -> Tensor:
    """Gaussian noise whose amplitude falls as 1 / f^decay: float32 [count, H, W].

    f is in cycles a pixel, and not less than 1 / max(H, W), where the amplitude is 1: the noise's scale does
    not matter to masks, and so no decay lets it overflow.
    """
    rows = torch.fft.fftfreq(height)[:, None]
    columns = torch.fft.rfftfreq(width)
    least = 1 / max(height, width)
    frequency = (rows.square() + columns.square()).sqrt_().clamp_(min=least)
    amplitude = (least / frequency).pow_(decay)
    spectrum = torch.randn(2, count, *frequency.shape, generator=generator) * amplitude
    if count == 0:
        return torch.empty(0, height, width)  # transforms refuse an empty batch
    noise: Tensor = torch.fft.irfft2(torch.complex(spectrum[0], spectrum[1]), s=(height, width))
    return noise


def noise_of_two_rows(
    count: int, height: int, width: int, decay: float, generator: torch.Generator
) -> Tensor:
    """The official code's noise: float32 [count, H, W].

    The spectrum's frequencies across lie along its rows, the two lowest alone along its columns. Its real
    parts fall as the amplitudes in the first row of the spectrum that was meant, its imaginary ones as those
    in the second.
    """
    down = torch.tensor([[0.0], [1 / height]])
    across = torch.fft.fftfreq(width)[: width // 2 + 1 + width % 2]
    least = 1 / max(height, width)
    amplitude = (least / (down.square() + across.square()).sqrt_().clamp_(min=least)).pow_(decay)
    parts = torch.randn(2, count, len(across), 2, generator=generator) * amplitude[:, None, :, None]
    if count == 0:
        return torch.empty(0, height, width)
    noise: Tensor = torch.fft.irfft2(torch.complex(parts[0], parts[1]), s=(height, width))
    return noise


def highest_pixels(noise: Tensor, lam: Tensor, up: Tensor, max_soft: float) -> Tensor:
    """The mask of the lam H W highest pixels of each map.

    Args:
        noise: float [n, H, W].
        lam: share of the pixels, float64 [n].
        up: whether lam H W is rounded up, bool [n].
        max_soft: half the share of pixels over which the edge fades.

    Returns:
        Bool [n, 1, H, W] with a sharp edge; else float32, in which the 2 soft H W pixels around the edge fade
        linearly from 1 to 0 in their order.
    """
    count, height, width = noise.shape
    pixels = height * width
    kept = torch.where(up, torch.ceil(lam * pixels), torch.floor(lam * pixels)).long()
    if max_soft == 0:
        # One sort costs more than everything else: with a sharp edge only its height is needed.
        mask = torch.empty(count, pixels, dtype=torch.bool)
        for row, flat, number in zip(mask, noise.flatten(1), kept.tolist(), strict=True):
            row[:] = _above(flat, number)
        return mask.reshape(count, 1, height, width)
    soft = (pixels * torch.minimum(lam, 1 - lam).clamp(max=max_soft)).long()
    rank = noise.flatten(1).argsort(1, descending=True).argsort(1)
    first, last = (kept - soft)[:, None], (kept + soft)[:, None]
    ramp = 1 - (rank - first) / (last - first - 1).clamp(min=1)
    faded = torch.where(rank < first, 1.0, torch.where(rank < last, ramp, 0.0))
    return faded.float().reshape(count, 1, height, width)


def _above(flat: Tensor, number: int) -> Tensor:
    """Where the `number` highest of [P] values are, bool [P]."""
    if number == 0:
        return torch.zeros_like(flat, dtype=torch.bool)
    lowest: Tensor = flat.kthvalue(len(flat) - number + 1).values
    return flat >= lowest
