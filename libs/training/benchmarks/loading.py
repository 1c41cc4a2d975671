"""How fast images become batches, beside timm's and torchvision's loaders.

    python benchmarks/loading.py [GROUP …] [--rounds 9] [--files 2048] [--workers 2] [--threads 2]
                                 [--json FILE] [--page FILE]

- `files`: JPEGs of ImageNet's size, decoded, cut by a random resized crop to 224 pixels, mirrored and
  normalised, beside `timm.data.create_loader` with the same transforms, with and without its prefetcher.
- `augmented`: the same with RandAugment.
- `memory`: an epoch of CIFAR-10, padded, cut, mirrored and normalised, beside `torchvision.datasets.CIFAR10`
  with `torchvision.transforms.v2` in a `DataLoader`. Pixels are those of `MIXLAB_DATA_CIFAR10`, else made up.

Each side gives whole epochs of float32 batches to the process that would train, in turns in one process; a
ratio is the median over rounds of ours by the other's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mixlab.train.commands import share_cores

share_cores()  # as a training does, before PyTorch is imported

import torch  # noqa: E402
from photographs import write_photographs  # noqa: E402
from timing import environment  # noqa: E402
from turns import OURS, Figure, median_ratio, take_turns  # noqa: E402

from mixlab.config import RunConfig  # noqa: E402
from mixlab.core.vision import import_timm  # noqa: E402
from mixlab.data import TrainBatches, open_data  # noqa: E402
from mixlab.data.split import Decoded, Split  # noqa: E402
from mixlab.train.arithmetic import set_arithmetic  # noqa: E402

CPU = torch.device("cpu")
Epoch = Callable[[], Iterable[tuple[torch.Tensor, Any]]]

RAND_AUGMENT = "rand-m7-mstd0.5-inc1"
"""timm's loader cannot do magnitudes that come near 10 with Pillow 13, which posterises to 1 bit at least."""

BARS = {"files": 1.0, "augmented": 1.0, "memory": 1 / 1.5}
"""Time of ours over that of the fastest other."""

TITLES = {
    "files": "JPEGs to 224 pixels",
    "augmented": "JPEGs to 224 pixels with RandAugment",
    "memory": "CIFAR-10 from memory",
}


@dataclass(frozen=True)
class Sizes:
    """How much there is to load."""

    files: int = 2048
    cifar: int = 50_000
    files_batch: int = 64
    cifar_batch: int = 128


def measure(group: str, sizes: Sizes, rounds: int, workers: int) -> Iterator[Figure]:
    """Ours beside each other loader; the bar is for the fastest of them."""
    sides = {
        "files": lambda: _files(sizes, workers),
        "augmented": lambda: _files(sizes, workers, RAND_AUGMENT),
        "memory": lambda: _memory(sizes, workers),
    }
    n = max(1, rounds // 3) if group == "memory" else rounds  # whose epochs are long
    with sides[group]() as (what, epochs):
        times = take_turns(list(epochs), lambda name: _epoch_time(epochs[name]), n, warm_up=1)
    medians = {name: statistics.median(found) for name, found in times.items()}
    others = [name for name in epochs if name != OURS]
    fastest = min(others, key=lambda name: medians[name])
    for name in others:
        yield Figure(
            group=group,
            what=what,
            against=name,
            ours=1 / medians[OURS],
            other=1 / medians[name],
            ratio=median_ratio(times, name),
            n=n,
            bar=BARS[group] if name == fastest else None,
        )


def _epoch_time(epoch: Epoch) -> float:
    """Seconds an image of a whole epoch."""
    began = time.perf_counter()
    images = sum(len(batch) for batch, _ in epoch())
    return (time.perf_counter() - began) / images


def _ours(config: RunConfig, split: Split) -> Epoch:
    set_arithmetic(config, on_gpu=False)  # as a training does; it is for the whole process
    batches = TrainBatches(split, config, CPU, 0, 1)
    epoch = iter(range(10**9))
    return lambda: batches.epoch(next(epoch))


def _config(
    name: str, classes: int, size: int, batch: int, workers: int, inputs: dict[str, Any]
) -> RunConfig:
    settings = {
        "schemaVersion": 2,
        # Nothing is evaluated.
        "dataset": {"name": name, "classes": classes, "size": size, "valSplit": "train"},
        "backbone": "resnet18",
        "maxEpochs": 1,
        "batchSize": batch,
        "inputs": inputs,
        "runtime": {"workers": workers},
    }
    return RunConfig.model_validate(settings, by_alias=True, by_name=False)


@contextmanager
def _files(
    sizes: Sizes, workers: int, rand_augment: str | None = None
) -> Iterator[tuple[str, dict[str, Epoch]]]:
    """JPEGs on disk, read from memory after the round that is not counted."""
    import_timm()
    from timm.data import ImageDataset, create_loader

    with tempfile.TemporaryDirectory(prefix="mixlab-bench-") as folder:
        kilobytes = write_photographs(Path(folder), sizes.files)
        os.environ["MIXLAB_DATA_PHOTOGRAPHS"] = folder
        inputs = {"crop": "random-resized", "interpolation": "bilinear", "randAugment": rand_augment}
        config = _config("photographs", 2, 224, sizes.files_batch, workers, inputs)

        def timms(prefetcher: bool) -> Any:
            return create_loader(
                ImageDataset(f"{folder}/train"),
                input_size=224,
                batch_size=sizes.files_batch,
                is_training=True,
                color_jitter=0.0,
                auto_augment=rand_augment,
                interpolation="bilinear",
                num_workers=workers,
                device=CPU,
                use_prefetcher=prefetcher,
            )

        prefetching, plain = timms(True), timms(False)
        yield (
            f"{sizes.files} JPEGs of {kilobytes:.0f} kB, batches of {sizes.files_batch}"
            f"{f', {rand_augment}' if rand_augment else ''}",
            {
                OURS: _ours(config, open_data(config).load("train")),
                "timm": lambda: prefetching,
                "timm without prefetcher": lambda: plain,
            },
        )


@contextmanager
def _memory(sizes: Sizes, workers: int) -> Iterator[tuple[str, dict[str, Epoch]]]:
    config = _config("cifar10", 10, 32, sizes.cifar_batch, workers, {"crop": "pad", "padding": 4})
    made_up = "MIXLAB_DATA_CIFAR10" not in os.environ
    split = _made_up(sizes.cifar) if made_up else open_data(config).load("train")
    assert isinstance(split, Decoded)
    loader = _torchvisions(config, split, workers)
    source = "made up" if made_up else "CIFAR-10's"
    yield (
        f"{len(split)} images of 32 pixels ({source}), batches of {sizes.cifar_batch}",
        {
            OURS: _ours(config, split),
            "torchvision": lambda: loader,
        },
    )


def _made_up(images: int) -> Decoded:
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (images, 3, 32, 32), dtype=torch.uint8, generator=generator)
    return Decoded(pixels, torch.arange(images) % 10)


def _torchvisions(config: RunConfig, split: Decoded, workers: int) -> Iterable[tuple[torch.Tensor, Any]]:
    from torch.utils.data import DataLoader
    from torchvision.datasets import CIFAR10
    from torchvision.transforms import v2

    class InMemory(CIFAR10):  # type: ignore[misc]
        """The data set as it is once it has read its files."""

        def __init__(self) -> None:
            self.data = split.images.permute(0, 2, 3, 1).contiguous().numpy()
            self.targets = split.labels.tolist()
            self.target_transform = None
            self.transform = v2.Compose(
                [
                    v2.RandomCrop(32, padding=4),
                    v2.RandomHorizontalFlip(),
                    v2.ToImage(),
                    v2.ToDtype(torch.float32, scale=True),
                    v2.Normalize(list(config.dataset.mean), list(config.dataset.std)),
                ]
            )

    return DataLoader(
        InMemory(),
        config.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=True,
    )


PAGE = """\
# Data: how fast images become batches

Written by `npm run bench -- data`; do not edit it. {machine}, {workers} workers a loader. Load: processes
that wanted a core in the minute before; figures are worth little where it is not near 0.

Whole epochs of float32 batches, handed to the process that would train, in turns in one process; medians over
n rounds. Ratio: time of ours by the other's, below 1 where ours is faster. The bar is for the fastest of the
others. Workers live on from epoch to epoch, each loader's own; ours takes none from memory. timm's transforms
are a random resized crop (bilinear), a flip and normalisation, as ours, with RandAugment where that is said;
torchvision's are a crop after padding by 4, a flip and normalisation.

| what | ours, images/s | compared with | images/s | ratio | bar | n |
|---|---|---|---|---|---|---|
{rows}
"""


def page(figures: Iterable[Figure], surroundings: dict[str, Any], workers: int) -> str:
    """The whole page, as Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in surroundings.items())
    return PAGE.format(machine=machine, workers=workers, rows="\n".join(map(_row, figures)))


def _row(figure: Figure) -> str:
    return (
        f"| {TITLES[figure.group]}: {figure.what} | {figure.ours:.0f} | {figure.against} | "
        f"{figure.other:.0f} | {figure.verdict()} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(BARS)} (default: all)")
    parser.add_argument(
        "--rounds", type=int, default=9, help="epochs of each side, a third of them from memory (default 9)"
    )
    parser.add_argument("--files", type=int, default=Sizes.files, help="JPEGs in an epoch (default 2048)")
    parser.add_argument("--workers", type=int, default=2, help="of each loader (default 2)")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (default 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="also write them as a page")
    options = parser.parse_args()
    if unknown := sorted(set(options.groups) - set(BARS)):
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(BARS)}")
    torch.set_num_threads(options.threads)
    surroundings = environment(options.threads, ("torch", "torchvision", "timm", "pillow"))
    figures: list[Figure] = []
    for group in options.groups or BARS:
        for figure in measure(group, Sizes(files=options.files), options.rounds, options.workers):
            figures.append(figure)
            print(
                f"{TITLES[group]}: {figure.ours:.0f} images/s, {figure.against} {figure.other:.0f}, "
                f"ratio {figure.ratio:.3f}, n {figure.n}",
                flush=True,
            )
    if options.json:
        found = [{**asdict(figure), "title": TITLES[figure.group]} for figure in figures]
        result = {"benchmark": "data", "environment": surroundings, "figures": found}
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    if options.page:
        options.page.write_text(page(figures, surroundings, options.workers))


if __name__ == "__main__":
    main()
