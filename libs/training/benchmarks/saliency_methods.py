"""How long PuzzleMix and Co-Mixup take on a CPU, given the input gradient, beside one torch.lerp.

    python benchmarks/saliency_methods.py [--pairs 30] [--threads 2]

A line for each number of blocks that PuzzleMix may draw, their mean, and Co-Mixup: `method.mix` with random
numbers, mixed images written into a ready batch, and soft targets. The ratio is the median over the pairs of
ours by `torch.lerp(images, images.flip(0), w, out=ready)`, flip included. Images have large structures, and
the gradient is larger in some places than in others: on white noise masks would be simpler.

To compare with: OpenMixup's PuzzleMix on a CPU, likewise given the gradient, takes 585 ms for 64x3x224x224
(325 with 2 blocks, 561 with 4, 2086 with 8), 29 times a torch.lerp of 19.9 ms on the same machine.
"""

from __future__ import annotations

import argparse
import statistics
from functools import partial

import torch
import torch.nn.functional as F
from mixing import SHAPES, compare
from torch import Tensor

from mixlab.core.cues import Cues
from mixlab.methods import Method
from mixlab.methods.comixup import CoMixup
from mixlab.methods.puzzlemix import PuzzleMix


def batch(shape: tuple[int, ...], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images and the gradient of a loss with respect to them, both made up."""
    size, channels, height, width = shape

    def smooth(channels: int) -> Tensor:
        coarse = torch.randn(size, channels, 12, 12, generator=generator)
        return F.interpolate(coarse, size=(height, width), mode="bilinear")

    images = smooth(channels) + 0.2 * torch.randn(shape, generator=generator)
    return images, torch.randn(shape, generator=generator) * smooth(1).mul(1.5).exp()


def report(name: str, shape: tuple[int, ...], own: float, ratio: float) -> None:
    print(f"{name:30}{'x'.join(map(str, shape)):14}{own:8.2f} ms  {ratio:6.2f} times torch.lerp", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=30, help="pairs of runs for each ratio (default 30)")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (default 2)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for shape, classes in SHAPES:
        for name, figures in measure(shape, classes, options.pairs).items():
            report(name, shape, *figures)


def measure(shape: tuple[int, ...], classes: int, pairs: int) -> dict[str, tuple[float, float]]:
    """Milliseconds and the ratio to torch.lerp of each method."""
    generator = torch.Generator().manual_seed(0)
    images, gradient = batch(shape, generator)
    labels = torch.randint(classes, shape[:1], generator=generator)
    ready, cues = torch.empty_like(images), Cues(gradient=gradient)

    def lerp() -> Tensor:
        return torch.lerp(images, images.flip(0), 0.3, out=ready)

    def mixed(method: Method) -> tuple[float, float]:
        known = {"num_classes": classes, "generator": generator, "out": ready, "cues": cues}
        own, _, ratio = compare(partial(method.mix, images, labels, **known), lerp, pairs)
        return own, ratio

    by_blocks = {blocks: mixed(PuzzleMix(block_counts=(blocks,))) for blocks in (2, 4, 8, 16)}
    found = {f"puzzlemix, {blocks} blocks": figures for blocks, figures in by_blocks.items()}
    for drawn in ((2, 4, 8), (2, 4, 8, 16)):
        own, ratio = (statistics.mean(part) for part in zip(*map(by_blocks.__getitem__, drawn), strict=True))
        found[f"puzzlemix, {', '.join(map(str, drawn))}"] = own, ratio
    return {**found, "comixup": mixed(CoMixup())}


if __name__ == "__main__":
    main()
