"""The network of this workspace: one matrix, so that a checkpoint is small."""

from torch import nn

from mixlab.models import register_backbone


@register_backbone("frozen_net:Linear", family="linear")
class Linear(nn.Sequential):
    """Pixels of 8 x 8, flat, times a matrix."""

    def __init__(self, classes: int, size: int) -> None:
        super().__init__(nn.Flatten(), nn.Linear(3 * size * size, classes))
