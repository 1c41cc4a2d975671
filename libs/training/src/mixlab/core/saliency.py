"""How much each pixel of an image matters to a network, from the gradient of its loss."""

from __future__ import annotations

from torch import Tensor

from .mixing import ALL


def gradient_saliency(gradient: Tensor, images: Tensor, rows: slice = ALL) -> Tensor:
    """The root of the channels' summed squares, float32 [B, H, W].

    Args:
        gradient: of a loss with respect to the images, [B, C, H, W], any floating-point type. Its scale does
            not matter to shares.
        images: those images; only their shape is looked at.
        rows: of which of the images; all by default.

    Raises:
        ValueError: the gradient is of images of another shape.
    """
    if gradient.shape != images.shape:
        raise ValueError(
            f"the gradient is of images of shape {tuple(gradient.shape)}, these are {tuple(images.shape)}"
        )
    first, *others = gradient[rows].unbind(1)
    squares = first.float().square()
    for channel in others:
        channel = channel.float()
        squares.addcmul_(channel, channel)
    return squares.sqrt_()
