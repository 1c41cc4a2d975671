"""Saliency from an image's spectrum alone, without a network."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .blur import gaussian_blur

SIDE = 128
"""Larger images are made this small first."""

LUMA = (0.2989, 0.587, 0.114)


def spectral_residual(images: Tensor) -> Tensor:
    """How far each place stands out from what the image's spectrum repeats, float32 [B, H, W].

    Hou and Zhang, CVPR 2007: the logarithm of the amplitudes less its mean over 3 x 3 neighbours, with the
    phases as they were, taken back to pixels, and blurred. Sizes, kernels and the constant beside the
    amplitudes are those of 3neutronstar/GuidedMixup: `FGVC/Utils/spectral_residual.py`.

    Args:
        images: [B, 3, H, W] or of any other number of channels, of which the mean is taken; normalised.
    """
    weights = LUMA if images.shape[1] == len(LUMA) else (1 / images.shape[1],) * images.shape[1]
    gray = torch.zeros_like(images[:, 0], dtype=torch.float32)
    for index, weight in enumerate(weights):
        gray = torch.add(gray, images[:, index].float(), alpha=weight)
    height, width = gray.shape[1:]
    large = height > SIDE
    if large:
        gray = _resized(gray, SIDE, SIDE)
    spectrum = torch.fft.fft2(gray)
    amplitude = (torch.view_as_real(spectrum).square().sum(-1) + 1e-10).sqrt()
    logarithm = amplitude.log()
    around = F.avg_pool2d(F.pad(logarithm[:, None], (1, 1, 1, 1), mode="replicate"), 3, stride=1)[:, 0]
    residual = (logarithm - around).exp() / amplitude
    found = gaussian_blur(torch.fft.ifft2(spectrum * residual).abs())
    return _resized(found, height, width) if large else found


def _resized(maps: Tensor, height: int, width: int) -> Tensor:
    return F.interpolate(
        maps[:, None], size=(height, width), mode="bilinear", align_corners=False, antialias=True
    )[:, 0]
