"""The two photographs that scikit-learn ships, and small networks that can tell them apart."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from sklearn.datasets import load_sample_images
from torch import Tensor, nn

from mixlab.core.vision import import_timm
from mixlab.models.cifar_resnet import CifarResNet

SIDE = 160
"""Pixels of a picture's side."""

NAMES = ("temple", "flower")


def photographs() -> Tensor:
    """Both, cropped to squares: float32 [2, 3, SIDE, SIDE] in 0..1."""
    squares = []
    for pixels in load_sample_images().images:
        image = Image.fromarray(pixels)
        left = (image.width - image.height) // 2
        square = image.crop((left, 0, left + image.height, image.height))
        small = square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        squares.append(torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1) / 255)
    return torch.stack(squares)


def small_cnn() -> nn.Module:
    """A ResNet-8 that tells crops of the photographs apart, so that its gradients say something."""
    torch.manual_seed(0)
    return _trained(CifarResNet(8, 2), SIDE)


def small_vit() -> nn.Module:
    """A small vision transformer that does the same; it takes images of SIDE pixels."""
    torch.manual_seed(0)
    return _trained(import_timm().create_model("test_vit", num_classes=2, img_size=SIDE), SIDE)


def _trained(network: nn.Module, side: int, steps: int = 30) -> nn.Module:
    images = photographs()
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    network.train()
    for _ in range(steps):
        labels = torch.arange(16) % 2
        crops = []
        for label in labels.tolist():
            size = int(torch.randint(SIDE // 3, SIDE, (), generator=generator))
            top, left = torch.randint(0, SIDE - size + 1, (2,), generator=generator).tolist()
            crop = images[label : label + 1, :, top : top + size, left : left + size]
            crops.append(F.interpolate(crop, size=side, mode="bilinear"))
        optimizer.zero_grad()
        loss = F.cross_entropy(network(torch.cat(crops)), labels)
        loss.backward()
        optimizer.step()
    return network
