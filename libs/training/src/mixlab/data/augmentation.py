"""RandAugment and colour jitter of one cropped image: timm's and torchvision's own code on Pillow images.

RandAugment: Cubuk et al., NeurIPS 2020, https://arxiv.org/abs/1909.13719, as timm varies it.
Order, fill colour and interpolation are those of timm's `create_transform`. timm drops colour jitter where
there is RandAugment; here both act.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageOps

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.seeding import kept_global_generators, seed_global_generators
from mixlab.core.vision import import_timm


class Augmentation:
    """From a cropped image to another of its size."""

    def __init__(self, steps: list[Callable[[Image.Image], Image.Image]]) -> None:
        self._steps = steps

    def __call__(self, image: Image.Image, seed: int) -> Image.Image:
        """Draws from the global generators, which it seeds; see `kept_global_generators`."""
        seed_global_generators(seed)
        for step in self._steps:
            image = step(image)
        return image


def create_augmentation(config: RunConfig, size: int) -> Augmentation | None:
    """What the config asks for, of images of `size` pixels; None where it asks for neither."""
    inputs = config.inputs
    if inputs.rand_augment is None and inputs.color_jitter == 0:
        return None
    import_timm()
    from timm.data.auto_augment import rand_augment_transform
    from torchvision.transforms import ColorJitter

    steps: list[Callable[[Image.Image], Image.Image]] = []
    if inputs.rand_augment is not None:
        settings = {
            "translate_const": int(size * 0.45),
            "img_mean": tuple(min(255, round(255 * mean)) for mean in config.dataset.mean),
            "interpolation": Image.Resampling[inputs.interpolation.upper()],
        }
        rand_augment = rand_augment_transform(inputs.rand_augment, settings)
        for operation in rand_augment.ops:
            if operation.name.startswith("Posterize"):
                operation.aug_fn = _posterize
        steps.append(rand_augment)
    if inputs.color_jitter > 0:
        steps.append(ColorJitter(*[inputs.color_jitter] * 3))
    return Augmentation(steps)


def _posterize(image: Image.Image, bits: int, **_: object) -> Image.Image:
    """timm asks for 0 bits at magnitude 10, which is black; Pillow 13 raises a ValueError there."""
    if bits == 0:
        return Image.new(image.mode, image.size)
    return image if bits >= 8 else ImageOps.posterize(image, bits)


def check_augmentation(config: RunConfig) -> None:
    """Raise `InvalidInput` where timm cannot do what the notation of RandAugment says."""
    blank = Image.new("RGB", (8, 8))
    try:
        with kept_global_generators():
            if augmentation := create_augmentation(config, 8):
                augmentation(blank, 0)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        notation = config.inputs.rand_augment
        raise InvalidInput(f"inputs.randAugment: timm cannot do {notation!r}: {error}") from error
