"""Fine-grained static saliency of images: how much each pixel differs from windows around it.

Montabone and Soto, "Human detection using a mobile platform and novel features derived from a visual saliency
mechanism", Image and Vision Computing 2010, as OpenCV's `StaticSaliencyFineGrained` computes it. For 8-bit
images the maps are OpenCV's to the bit.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import torch
from torch import Tensor

from .chunks import chunks
from .cues import Normalisation

RADII = (12, 24, 48, 28, 56, 112)
"""A pixel is compared with the mean of the 2r x 2r pixels around it (centre aside), for each of these r."""

GRAY = (3735, 19235, 9798)
"""Weights of the three channels in a gray pixel, of 2^15. OpenCV takes the first channel for blue."""

_FIRST_WEIGHT, _THIRD_WEIGHT = torch.tensor((0.114, 0.299)).tolist()


def fine_grained_saliency(images: Tensor, normalisation: Normalisation) -> Tensor:
    """Saliency of each pixel, uint8 [B, H, W].

    Args:
        images: [B, 3, H, W] or [B, 1, H, W], floating point.
        normalisation: what their pixels went through; they are taken back to 0 .. 255, in whole numbers.

    Raises:
        ValueError: the images have another number of channels.
    """
    size, _, height, width = images.shape
    maps = torch.empty(size, height, width, dtype=torch.uint8, device=images.device)
    for rows in chunks(images):
        part = images[rows].float()
        work = _work_for(len(part), height, width, images.device)
        gray = work.total.copy_(_gray(part, normalisation, work))
        for _ in range(2):
            _smooth(_smooth(gray, 1, work.off), 2, gray).add_(8).bitwise_right_shift_(4)
        pixels = work.gray.copy_(gray)
        _saliency(pixels, pixels, work, maps[rows])
    return maps


def saliency_of_bytes(images: Tensor) -> Tensor:
    """What OpenCV makes of images that are no 8-bit ones, uint8 [B, H, W].

    It takes the first bytes of each row of a float32 gray image for its pixels, and compares them with means
    of the floats. SaliencyMix's authors and OpenMixup call it so, with normalised images.

    Args:
        images: [B, 3, H, W], floating point, as they are.

    Raises:
        ValueError: the images have another number of channels.
    """
    size, channels, height, width = images.shape
    if channels != 3:
        raise ValueError(f"expected images of 3 channels, got {channels}")
    work = _work_for(size, height, width, images.device)
    # Order and precision are OpenCV's: the pixels are the last bits of the sums.
    first, second, third = images.float().unbind(1)
    gray = second * 0.587
    for channel, weight in ((first, _FIRST_WEIGHT), (third, _THIRD_WEIGHT)):
        gray = torch.add(gray.double(), channel.double(), alpha=weight).float()
    for _ in range(2):
        gray = _smooth(_smooth(gray, 2, work.spare), 1, work.gray).div_(16)
    pixels = gray.view(torch.uint8)[:, :, :width].float()
    maps = torch.empty(size, height, width, dtype=torch.uint8, device=images.device)
    return _saliency(pixels, gray, work, maps)


class _Kept(threading.local):
    """What a thread worked in last, on a CPU."""

    work: _Work | None = None


_kept = _Kept()


def _work_for(count: int, height: int, width: int, device: torch.device) -> _Work:
    """Memory for so many images; on a CPU the same again, as long as they are of one size."""
    if device.type != "cpu":
        return _Work(count, height, width, device)
    work = _kept.work
    if work is None or work.gray.shape != (count, height, width):
        work = _kept.work = _Work(count, height, width, device)
    return work


class _Work:
    """Memory for n images, used again for each n: allocating it anew takes longer than computing."""

    def __init__(self, count: int, height: int, width: int, device: torch.device) -> None:
        def empty(high: int, wide: int, dtype: torch.dtype) -> Tensor:
            return torch.empty(count, high, wide, dtype=dtype, device=device)

        # Sums of more than 2^24 do not fit a float32.
        exact = torch.float32 if height * width * 255 < 1 << 24 else torch.float64
        self.gray = empty(height, width, torch.float32)
        self.wide = empty(height, width, torch.float64)
        self.contrast = empty(height, width, torch.int16)
        self.total = empty(height, width, torch.int16)
        self.off = empty(height, width, torch.int16)
        self.integral = empty(height + 1, width + 1, exact).zero_()
        self.bands = empty(height, width + 1, exact)
        self.sums = empty(height, width, exact)
        # Never needed at once.
        self.spare = self.sums if exact == torch.float32 else empty(height, width, torch.float32)
        self.windows = [self._windows(radius) for radius in RADII]

    def _windows(self, radius: int) -> _Windows:
        _, height, width = self.gray.shape
        extents = _extent(height, radius, self.gray.device)[:, None] * _extent(
            width, radius, self.gray.device
        )
        count = extents.float()
        return _Windows(
            _WindowSums.of(self.integral, radius, 1, self.bands),
            _WindowSums.of(self.bands, radius, 2, self.sums),
            count,
            (count - 1).clamp_(min=1),
        )


def _gray(images: Tensor, normalisation: Normalisation, work: _Work) -> Tensor:
    """Gray pixels of 0 .. 255, to be cut to whole numbers, float32 [n, H, W]."""
    channels = images.shape[1]
    if channels not in (1, 3):
        raise ValueError(f"expected images of 1 or 3 channels, got {channels}")
    out, pixel = work.gray, work.spare
    weights = GRAY if channels == 3 else (1 << 15,)
    for index, weight in enumerate(weights):
        mean, std = normalisation.mean[index], normalisation.std[index]
        level = torch.full((), 255 * mean, device=images.device)
        torch.add(level, images[:, index], alpha=255 * std, out=pixel).round_().clamp_(0, 255)
        torch.mul(pixel, weight / 32768, out=out) if index == 0 else out.add_(pixel, alpha=weight / 32768)
    return out.add_(0.5)


def _smooth(values: Tensor, dim: int, out: Tensor) -> Tensor:
    """1 2 1 along one side; beyond the border the image is mirrored, border pixels once."""
    size = values.size(dim)
    if size == 1:
        return torch.mul(values, 4, out=out)
    inner, last = size - 2, size - 1
    torch.add(values.narrow(dim, 0, inner), values.narrow(dim, 2, inner), out=out.narrow(dim, 1, inner))
    torch.mul(values.narrow(dim, 1, 1), 2, out=out.narrow(dim, 0, 1))
    torch.mul(values.narrow(dim, last - 1, 1), 2, out=out.narrow(dim, last, 1))
    return out.add_(values, alpha=2)


def _saliency(pixels: Tensor, gray: Tensor, work: _Work, out: Tensor) -> Tensor:
    """Maps of pixels [n, H, W], compared with means of `gray`."""
    inside = work.integral[:, 1:, 1:]
    torch.cumsum(gray, 1, out=inside)
    torch.cumsum(inside, 2, out=inside)
    work.total.zero_()
    work.off.zero_()
    for windows in work.windows:
        windows.along_columns.run()
        windows.along_rows.run()
        # Window's mean without the pixel, less the pixel; converting cuts off what is behind the point.
        work.contrast.copy_(work.sums.addcmul_(pixels, windows.count, value=-1).div_(windows.others))
        if pixels is not gray:
            # Pixels that are no part of the mean may be further from it than a byte holds.
            work.contrast.add_((work.contrast <= -256).to(torch.int16), alpha=256)
        work.total.add_(work.contrast)
        work.off.add_(work.contrast.clamp_(min=0))
    on = work.total.neg_().add_(work.off)
    # OpenCV adds them as 8-bit numbers: from 256 on they begin at 0 again.
    return out.copy_(_scaled(on, work).add_(_scaled(work.off, work)))


def _scaled(values: Tensor, work: _Work) -> Tensor:
    """Each image's values as shares of 255 of its greatest, cut to whole numbers, in place."""
    greatest = values.amax((1, 2), keepdim=True).clamp_(min=1)
    torch.div(values, greatest, out=work.spare)
    # A product of float32s could be rounded up to the next whole number.
    return values.copy_(work.wide.copy_(work.spare).mul_(255))


@dataclass(frozen=True)
class _WindowSums:
    """Sums along one side over i - radius + 1 .. i + radius of what is in the image, from cumulated ones.

    Holds views of where they are read and written: taking them anew for each chunk costs as much as adding.
    """

    copies: list[tuple[Tensor, Tensor]]
    """Where to, and from where."""
    differences: list[tuple[Tensor, Tensor, Tensor]]
    """Where to, of what, less what."""

    @staticmethod
    def of(cumulated: Tensor, radius: int, dim: int, out: Tensor) -> _WindowSums:
        size = out.size(dim)
        whole, rest = min(radius, size), max(size - radius, 0)
        end = cumulated.narrow(dim, size, 1)

        def upper(start: int, stop: int) -> Tensor:
            return cumulated.narrow(dim, start + radius + 1, stop - start)

        def lower(start: int, stop: int) -> Tensor:
            return cumulated.narrow(dim, start - radius + 1, stop - start)

        def part(start: int, stop: int) -> Tensor:
            return out.narrow(dim, start, stop - start)

        copies, differences = [], []
        if near := min(whole, rest):
            copies.append((part(0, near), upper(0, near)))
        if whole < rest:
            differences.append((part(whole, rest), upper(whole, rest), lower(whole, rest)))
        if rest < whole:
            copies.append((part(rest, whole), end.expand_as(part(rest, whole))))
        if (far := max(whole, rest)) < size:
            differences.append((part(far, size), end, lower(far, size)))
        return _WindowSums(copies, differences)

    def run(self) -> None:
        for target, source in self.copies:
            target.copy_(source)
        for target, upper, lower in self.differences:
            torch.sub(upper, lower, out=target)


@dataclass(frozen=True)
class _Windows:
    """Sums over the windows of one radius around each pixel."""

    along_columns: _WindowSums
    along_rows: _WindowSums
    count: Tensor
    """Pixels in each window, [H, W]."""
    others: Tensor
    """Those but the pixel itself, at least 1."""


def _extent(size: int, radius: int, device: torch.device) -> Tensor:
    """How many pixels of a side a window around each of them holds, int64 [size]."""
    place = torch.arange(size, device=device)
    return (place + radius + 1).clamp_(max=size) - (place - radius + 1).clamp_(min=0)
