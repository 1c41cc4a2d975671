"""Drawing and applying mixes: what every mixing method shares.

A method draws a `MixPlan`: which image is mixed with which, how their pixels combine, and what share of the
label stays. `mix_images` and `mix_labels` apply a plan, as often as wanted. All randomness is in the drawing,
from a CPU generator: a few numbers a batch, so that one seed gives the same mixes on every device and no step
waits for a GPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from numpy.typing import NDArray
from torch import Tensor

ALL = slice(None)

GATHERED = 8
"""Images that a CPU gathers at a time."""


class Pairing(Protocol):
    """Which image of a batch is mixed with which."""

    def segments(self, size: int) -> Iterator[tuple[slice, slice | Tensor]]:
        """Runs of a batch of `size` images, each with its images' partners: slices where that can be."""


@dataclass(frozen=True)
class Roll:
    """Image i is mixed with image (i - shift) mod B.

    With a shift drawn from 1 .. B - 1, no image is its own partner, any size of batch will do, and a shuffled
    batch is paired as randomly as by a permutation. Partners lie in two runs, so that none of them is copied
    first: that is where the speed comes from. OpenMixup draws a permutation (about one image a batch is its
    own partner), timm flips the batch (even sizes only), torchvision rolls by one.
    """

    shift: int

    @staticmethod
    def draw(size: int, generator: torch.Generator) -> Roll:
        """A shift that leaves no image its own partner; 0 for a batch of one."""
        return Roll(int(torch.randint(1, size, (), generator=generator)) if size > 1 else 0)

    def segments(self, size: int) -> Iterator[tuple[slice, slice | Tensor]]:
        if size > 0:
            cut = self.shift % size
            yield slice(cut, size), slice(0, size - cut)
            if cut:
                yield slice(0, cut), slice(size - cut, size)


@dataclass(frozen=True)
class Permutation:
    """Image i is mixed with image `index[i]`; `index` is int64 [B], on the images' device."""

    index: Tensor

    def segments(self, size: int) -> Iterator[tuple[slice, slice | Tensor]]:
        if size != len(self.index):
            raise ValueError(f"a permutation of {len(self.index)} images does not pair a batch of {size}")
        # What a CPU gathers of a few images stays in its caches until it is mixed.
        step = GATHERED if self.index.device.type == "cpu" else max(size, 1)
        for start in range(0, size, step):
            rows = slice(start, min(start + step, size))
            yield rows, self.index[rows]


def partners_of(pairing: Pairing, values: Tensor) -> Tensor:
    """The values of each image's partner, from those of the images, [B, ...]."""
    partners = torch.empty_like(values)
    for rows, others in pairing.segments(len(values)):
        partners[rows] = values[others]
    return partners


class Mixture:
    """How the pixels of an image and of its partner become one image.

    A mixture says how to `combine` two batches; one that takes pixels from elsewhere overrides
    `write_differentiably` instead.
    """

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        """Mix two batches of one shape into a new tensor, differentiably; they are the plan's `rows`."""
        raise NotImplementedError(f"{type(self).__name__} does not mix pair by pair")

    def write_differentiably(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        """Mix a batch with its partners into `out`."""
        for rows, partners in pairing.segments(len(images)):
            out[rows] = self.combine(images[rows], images[partners], rows)

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        """The same without gradients. Overridden where that saves copies."""
        self.write_differentiably(images, pairing, out)


@dataclass(frozen=True)
class Blend(Mixture):
    """A weighted average; `weight` is that of the first image, one for the batch or float [B]."""

    weight: float | Tensor

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        return torch.lerp(second, first, self._weight_for(first, rows))

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        for rows, partners in pairing.segments(len(images)):
            first = images[rows]
            torch.lerp(images[partners], first, self._weight_for(first, rows), out=out[rows])

    def _weight_for(self, first: Tensor, rows: slice) -> float | Tensor:
        if not first.is_floating_point():
            raise TypeError(f"only floating-point images can be averaged, got {first.dtype}")
        if not isinstance(self.weight, Tensor):
            return self.weight
        return _over_pixels(self.weight[rows], first).to(first.dtype)


@dataclass(frozen=True)
class Box(Mixture):
    """The partner's pixels inside one box for the whole batch.

    Counted in pixels: rows top .. bottom - 1, columns left .. right - 1.
    """

    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> int:
        """In pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        mixed = first.clone()
        self.inside(mixed).copy_(self.inside(second))
        return mixed

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        out.copy_(images)
        source, target = self.inside(images), self.inside(out)
        for rows, partners in pairing.segments(len(images)):
            target[rows] = source[partners]

    def inside(self, images: Tensor) -> Tensor:
        """The box's part of images [..., H, W]: a view."""
        return images[..., self.top : self.bottom, self.left : self.right]


@dataclass(frozen=True)
class Mask(Mixture):
    """Any mask: `weight` is that of the first image's pixels, bool or float in 0 .. 1, [B or 1, 1, H, W]."""

    weight: Tensor

    def combine(self, first: Tensor, second: Tensor, rows: slice = ALL) -> Tensor:
        if not first.is_floating_point():
            return torch.where(self._choice_for(first, rows), first, second)
        return torch.lerp(second, first, self._weight_for(rows).to(first.dtype))

    def write(self, images: Tensor, pairing: Pairing, out: Tensor) -> None:
        for rows, partners in pairing.segments(len(images)):
            first, second = images[rows], images[partners]
            if not first.is_floating_point():
                torch.where(self._choice_for(first, rows), first, second, out=out[rows])
            else:
                # Exact for weights of 0 and 1, and on a CPU several times as fast as torch.where.
                weight = _over_channels(self._weight_for(rows).to(first.dtype), first)
                torch.lerp(second, first, weight, out=out[rows])

    def _choice_for(self, first: Tensor, rows: slice) -> Tensor:
        if self.weight.dtype != torch.bool:
            raise TypeError(f"only floating-point images can be averaged, got {first.dtype}")
        return self._weight_for(rows)

    def _weight_for(self, rows: slice) -> Tensor:
        return self.weight if len(self.weight) == 1 else self.weight[rows]


@dataclass(frozen=True)
class MixPlan:
    """What a method drew for one batch. Applying it again gives the same mix."""

    pairing: Pairing
    mixture: Mixture | None
    """How pixels combine; None leaves the images as they are."""

    lam: Tensor
    """Share of each image's own label, float32 [B] on the images' device; its partner's has the rest."""

    weights: Tensor | None = None
    """Where labels do not mix in pairs: the share of each image's label in each target, float32 [B, B]."""


def mix_images(plan: MixPlan, images: Tensor, out: Tensor | None = None) -> Tensor:
    """Mix a batch as planned.

    Args:
        plan: drawn for a batch of this shape.
        images: [B, C, H, W], any floating-point type (a box or a bool mask takes any type). Never written to.
        out: where to write, of the images' shape, type and device, sharing no memory with them. It saves
            allocating a batch in each step, which on a CPU takes longer than mixing one.

    Returns:
        `out`, or a new tensor of the images' type and memory format; `images` itself if nothing is mixed.

    Raises:
        ValueError: `out` or the plan does not fit the images.
        TypeError: the images' type cannot be averaged.
    """
    if len(plan.lam) != len(images):
        raise ValueError(f"the plan is for {len(plan.lam)} images, the batch has {len(images)}")
    if plan.mixture is None:
        return images
    differentiable = torch.is_grad_enabled() and images.requires_grad
    if out is not None:
        _check_out(out, images, differentiable)
    mixed = torch.empty_like(images) if out is None else out
    # A compiler fuses `combine` into as little by itself.
    if differentiable or torch.compiler.is_compiling():
        plan.mixture.write_differentiably(images, plan.pairing, mixed)
    else:
        plan.mixture.write(images, plan.pairing, mixed)
    return mixed


def mix_labels(plan: MixPlan, labels: Tensor, num_classes: int) -> Tensor:
    """The soft targets of a mixed batch: lam of each image's own label, 1 - lam of its partner's;
    or by the plan's weights, where it has them.

    Args:
        plan: drawn for this batch.
        labels: class indices [B], or probabilities [B, num_classes].
        num_classes: K.

    Returns:
        float32 [B, K], each row summing to 1 where the labels do.

    Raises:
        ValueError: the labels do not fit the plan or `num_classes`.
        RuntimeError: a class index is not in 0 .. K - 1 (on a CPU; a GPU fails later, in its own way).
    """
    shape = (len(plan.lam), num_classes) if labels.ndim == 2 else (len(plan.lam),)
    if labels.shape != shape:
        raise ValueError(f"expected labels of shape {shape}, got {tuple(labels.shape)}")
    if labels.ndim == 2:
        own = labels.float()
    else:
        own = torch.zeros(len(labels), num_classes, dtype=torch.float32, device=labels.device)
        own.scatter_(1, labels.long().unsqueeze(1), 1.0)
    if plan.weights is not None:
        return plan.weights @ own
    mixed = torch.empty_like(own)
    Blend(plan.lam).write(own, plan.pairing, mixed)
    return mixed


def clipped_span(centre: int, length: int, side: int) -> tuple[int, int]:
    """First pixel of a cut of `length` around `centre`, and the one after its last, inside of 0 .. side.

    A cut reaches half of its length, rounded down, to each side; what sticks out is cut off.
    """
    half = length // 2
    return max(centre - half, 0), min(centre + half, side)


def batch_shape(images: Tensor) -> tuple[int, int, int]:
    """B, H and W of images [B, C, H, W].

    Raises:
        ValueError: the images have another number of dimensions.
    """
    if images.ndim != 4:
        raise ValueError(f"expected images of shape [B, C, H, W], got {tuple(images.shape)}")
    return images.shape[0], images.shape[2], images.shape[3]


def unmixed(images: Tensor) -> MixPlan:
    """The plan that leaves a batch as it is."""
    return MixPlan(Roll(0), None, constant_lam(1.0, images))


def as_array(images: Tensor) -> NDArray[Any]:
    """The memory of images on a CPU as an array of integers of their width, so that any type will do.

    To copy many small pieces: a slice of an array costs a tenth of a tensor's.
    """
    array: NDArray[Any] = images.detach().view(_INTEGERS[images.element_size()]).numpy()
    return array


_INTEGERS = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


def constant_lam(value: float, images: Tensor) -> Tensor:
    """One share for a whole batch, as a plan holds it: float32 [B] on the images' device."""
    return torch.full((len(images),), value, dtype=torch.float32, device=images.device)


def sample_beta(alpha: float, count: int, generator: torch.Generator, beta: float | None = None) -> Tensor:
    """`count` draws of Beta(alpha, beta), of Beta(alpha, alpha) without a `beta`; float64 on the CPU.

    torch.distributions takes no generator. A gamma variate of shape alpha is one of shape alpha + 1 times
    u^(1/alpha) (Marsaglia and Tsang, 2000, section 6); with the logarithms subtracted first, no alpha is too
    small, where as plain numbers both variates would underflow to 0.
    """
    beta = alpha if beta is None else beta
    shape = torch.tensor([[alpha], [beta]], dtype=torch.float64).add(1).repeat(1, count)
    gamma, other_gamma = torch._standard_gamma(shape, generator=generator).log_()
    # 1 - u is never 0, of which the logarithm would be infinite.
    u, other_u = torch.rand(2, count, dtype=torch.float64, generator=generator).neg_().log1p_()
    return torch.sigmoid(gamma - other_gamma + (u - other_u * (alpha / beta)) / alpha)


def _over_pixels(weight: Tensor, images: Tensor) -> Tensor:
    """[B] as [B, 1, 1, ...], with as many dimensions as the images."""
    return weight.reshape(-1, *[1] * (images.ndim - 1))


def _over_channels(weight: Tensor, images: Tensor) -> Tensor:
    """Weights [B or 1, 1, H, W] laid out as the images where a CPU would step through pixels one by one."""
    last = torch.channels_last
    if images.device.type != "cpu" or images.is_contiguous() or not images.is_contiguous(memory_format=last):
        return weight
    return weight.expand(-1, images.shape[1], -1, -1).contiguous(memory_format=last)


def _check_out(out: Tensor, images: Tensor, differentiable: bool) -> None:
    if (out.shape, out.dtype, out.device) != (images.shape, images.dtype, images.device):
        raise ValueError(
            f"out is {out.dtype} {tuple(out.shape)} on {out.device}, "
            f"the images are {images.dtype} {tuple(images.shape)} on {images.device}"
        )
    if differentiable:
        raise ValueError("images that need a gradient cannot be mixed into out; leave it out")
    if not torch.compiler.is_compiling() and _overlap(out, images):
        raise ValueError("out shares memory with the images, which are never written to")


def _overlap(one: Tensor, other: Tensor) -> bool:
    """Whether the spans of memory that two tensors of one device stretch over meet."""
    if one.numel() == 0:
        return False
    (start, end), (other_start, other_end) = _span(one), _span(other)
    return start < other_end and other_start < end


def _span(tensor: Tensor) -> tuple[int, int]:
    last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True))
    return tensor.data_ptr(), tensor.data_ptr() + (last + 1) * tensor.element_size()
