"""How much each pixel of an image matters to a network, from the gradient of its loss."""

from __future__ import annotations

from torch import Tensor


def gradient_saliency(gradient: Tensor) -> Tensor:
    """The root of the channels' summed squares, float32 [B, H, W].

    Args:
        gradient: of a loss with respect to the images, [B, C, H, W], any floating-point type. Its scale does
            not matter to shares.
    """
    first, *others = gradient.unbind(1)
    squares = first.float().square()
    for channel in others:
        channel = channel.float()
        squares.addcmul_(channel, channel)
    return squares.sqrt_()
