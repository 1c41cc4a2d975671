"""How long mixing a batch takes on a CPU: ours beside one torch.lerp, timm and torchvision.

    python benchmarks/mixing.py [--json FILE] [--pairs 30] [--threads 2]

Ours and each peer run in turn, `--pairs` times; a ratio is the median over the pairs of ours by the peer's,
below 1 where ours is faster. Timed, on float32 batches of 64x3x224x224 and 100x3x64x64:

ours         `method.mix(images, labels, num_classes=K, generator=g, out=ready)`: random numbers, mixed images
             written into a ready batch, and soft targets [B, K]; one lam or box a batch, or one a sample
torch.lerp   `torch.lerp(images, images.flip(0), w, out=ready)`: flip and mix; no random numbers, no labels
timm         `timm.data.Mixup(mode="batch")` without label smoothing; it overwrites its input, so the batch is
             copied into a ready one first. Random numbers and soft targets as ours
torchvision  `torchvision.transforms.v2.MixUp` and `CutMix`, which allocate what they return. Random numbers
             and soft targets as ours
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import mixlab.core.vision  # noqa: F401  timm and torchvision may need it
from mixlab.methods import CutMix, Method, MixUp

SHAPES = (((64, 3, 224, 224), 1000), ((100, 3, 64, 64), 200))
LERP_LIMIT = 1.5
PEER_LIMIT = 1.05
"""Ratios that the project asks for; none for `per sample`, which no peer here can do in one call."""


@dataclass(frozen=True)
class Row:
    """One comparison; times in milliseconds a batch, medians over the pairs."""

    method: str
    shape: tuple[int, ...]
    against: str
    pairs: int
    ours_ms: float
    peer_ms: float
    ratio: float
    limit: float | None


def compare(ours: Callable[[], Any], peer: Callable[[], Any], pairs: int) -> tuple[float, float, float]:
    """Median times of both in ms and the median of the pairs' ratios; each pair starts with the other one."""
    repeats = max(1, round(0.01 / min(_seconds(peer, 1), _seconds(peer, 1))))
    _seconds(ours, repeats)
    own_times, peer_times = [], []
    for pair in range(pairs):
        if pair % 2:
            own_times.append(_seconds(ours, repeats))
            peer_times.append(_seconds(peer, repeats))
        else:
            peer_times.append(_seconds(peer, repeats))
            own_times.append(_seconds(ours, repeats))
    ratio = statistics.median(own / other for own, other in zip(own_times, peer_times, strict=True))
    return 1e3 * statistics.median(own_times), 1e3 * statistics.median(peer_times), ratio


def _seconds(work: Callable[[], Any], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


def peers(method: Method, images: Tensor, labels: Tensor, classes: int) -> dict[str, Callable[[], Any]]:
    """What a method is compared with, by name."""
    from timm.data import Mixup
    from torchvision.transforms import v2

    ready = torch.empty_like(images)
    blends = isinstance(method, MixUp)
    overwriting = Mixup(
        mixup_alpha=1.0 if blends else 0.0,
        cutmix_alpha=0.0 if blends else 1.0,
        label_smoothing=0.0,
        num_classes=classes,
    )
    allocating = (v2.MixUp if blends else v2.CutMix)(alpha=1.0, num_classes=classes)
    return {
        "torch.lerp": lambda: torch.lerp(images, images.flip(0), 0.3, out=ready),
        "timm": lambda: overwriting(ready.copy_(images), labels),
        "torchvision": lambda: allocating(images, labels),
    }


def measure(pairs: int) -> list[Row]:
    """All comparisons."""
    rows = []
    for shape, classes in SHAPES:
        generator = torch.Generator().manual_seed(0)
        images = torch.randn(shape, generator=generator)
        labels = torch.randint(classes, shape[:1], generator=generator)
        ready = torch.empty_like(images)
        for method in (MixUp(), CutMix(), MixUp(per_sample=True), CutMix(per_sample=True)):
            per_sample = bool(method.per_sample)
            ours = partial(method.mix, images, labels, num_classes=classes, generator=generator, out=ready)
            for name, peer in peers(method, images, labels, classes).items():
                limit = None if per_sample else LERP_LIMIT if name == "torch.lerp" else PEER_LIMIT
                times = compare(ours, peer, pairs)
                label = f"{method.name}{' per sample' if per_sample else ''}"
                rows.append(Row(label, shape, name, pairs, *times, limit))
                print(_line(rows[-1]), flush=True)
    return rows


def _line(row: Row) -> str:
    shape = "x".join(map(str, row.shape))
    limit = f"  limit {row.limit}" if row.limit else ""
    times = f"{row.ours_ms:8.3f} ms  {row.peer_ms:8.3f} ms"
    return f"{row.method:18}{shape:14}{row.against:12}{times}  ratio {row.ratio:.3f}{limit}"


def environment(threads: int) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "threads": threads,
        "python": platform.python_version(),
        **{package: version(package) for package in ("torch", "timm", "torchvision")},
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--pairs", type=int, default=30, help="pairs of runs for each ratio (default 30)")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (default 2)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"{'method':18}{'batch':14}{'against':12}{'ours':>11}  {'peer':>11}")
    rows = measure(options.pairs)
    if options.json:
        result = {
            "benchmark": "mixing",
            "command": f"python benchmarks/mixing.py --pairs {options.pairs} --threads {options.threads}",
            "environment": environment(options.threads),
            "rows": [asdict(row) for row in rows],
        }
        options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
