"""What a method is given to mix: a batch, and all that it would have learned of it from a network."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.attention import watch_attention
from mixlab.core.cues import NO_CUES, Cues
from mixlab.core.vision import import_timm
from mixlab.methods import Method


class Batch:
    """Images with large structures, labels, and the gradient of a loss that is larger in some places.

    On white noise masks by saliency would be simpler than they are on photographs.
    """

    def __init__(self, shape: tuple[int, int, int, int], classes: int, device: torch.device) -> None:
        generator = torch.Generator().manual_seed(0)
        size, channels, height, width = shape

        def smooth(channels: int) -> Tensor:
            coarse = torch.randn(size, channels, 12, 12, generator=generator)
            return F.interpolate(coarse, size=(height, width), mode="bilinear")

        noise = torch.randn(shape, generator=generator)
        gradient = torch.randn(shape, generator=generator) * smooth(1).mul(1.5).exp()
        self.images = (smooth(channels) + 0.2 * noise).to(device)
        self.gradient = gradient.to(device)
        self.labels = torch.randint(classes, (size,), generator=generator).to(device)
        self.classes = classes
        self.ready = torch.empty_like(self.images)
        self.generator = generator

    @property
    def saliency(self) -> Tensor:
        """Of each pixel, [B, H, W]."""
        return self.gradient.square().sum(1).sqrt()

    def one_hot(self) -> Tensor:
        """The labels, float32 [B, K]."""
        return F.one_hot(self.labels, self.classes).float()

    def cues(self, method: Method) -> Cues:
        """What the training would tell this method, none of it still to be computed."""
        needs = method.demands()
        if not needs:
            return NO_CUES
        backbone = Ready(self.images, self.classes)
        known: dict[str, Any] = {
            "labels": self.labels,
            "gradient": self.gradient,
            "features": backbone.features,
            "logits": backbone.logits,
            "teacher": backbone,
        }
        if "attention" in needs:
            vit = _vit(self.images.shape[-1], self.classes).to(self.images.device)
            with torch.no_grad(), watch_attention(vit) as watched:
                vit(self.images)
            known["attention"] = watched
        return Cues(**known)


class Ready(nn.Module):
    """A network that has its features [B, 512, H / 32, W / 32] and logits ready, whatever it is shown."""

    def __init__(self, images: Tensor, classes: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        size, _, height, width = images.shape
        features = torch.randn(size, 512, max(height // 32, 1), max(width // 32, 1), generator=generator)
        self.features = features.relu_().to(images.device)
        places = torch.randn(size * self.features[0, 0].numel(), classes, generator=generator)
        self.register_parameter("places", nn.Parameter(places.to(images.device), requires_grad=False))
        self.logits = self.places[:size]

    def forward_features(self, images: Tensor) -> Tensor:
        return self.features

    def forward_head(self, features: Tensor) -> Tensor:
        """Of each image, or of each place of each image by itself."""
        return self.places[: len(features)]

    def forward(self, images: Tensor) -> Tensor:
        return self.logits


def _vit(side: int, classes: int) -> nn.Module:
    """One block of a ViT-Tiny with patches of 16 pixels."""
    torch.manual_seed(0)
    network: nn.Module = import_timm().models.vision_transformer.VisionTransformer(
        img_size=side, patch_size=16, embed_dim=192, depth=1, num_heads=3, num_classes=classes
    )
    return network
