"""A close look at every image of a split: whether it can be decoded, its size and colours, its content."""

from __future__ import annotations

import hashlib
import os
import signal
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import torch
from PIL import Image, UnidentifiedImageError
from tqdm import tqdm

from mixlab.core.errors import TrainingFailed

from .decoding import as_rgb
from .split import Decoded, Files, Source


@dataclass(frozen=True)
class Seen:
    """What one image file turned out to be."""

    size: str = ""
    """`500x375`, width first."""

    mode: str = ""
    """Pillow's name of its colours: RGB, L (grey), CMYK …"""

    digest: bytes = b""
    error: str = ""
    """Why it can't be decoded; empty where it can."""


@dataclass
class SplitReport:
    """What a split holds."""

    images: int
    per_class: list[int]
    """Images of each class."""

    sizes: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    """`path: why`, of each file that can't be decoded."""

    digests: dict[bytes, str] = field(default_factory=dict)
    """A name of an image by its content."""


def inspect_split(name: str, source: Source, workers: int) -> SplitReport:
    """Decode every image of a split, in `workers` processes where they are files, with a bar on a terminal.

    Raises:
        TrainingFailed: a process that decodes was ended, as where memory does not suffice.
    """
    if isinstance(source, Files):
        return _inspect_files(name, source, workers)
    return _inspect_decoded(name, source.read())


def look_at(path: str) -> Seen:
    """Read and decode one file."""
    try:
        content = Path(path).read_bytes()
        if not content:
            return Seen(error="the file is empty")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that nobody reads
            image = Image.open(BytesIO(content))
            image.load()
            as_rgb(image)
    except UnidentifiedImageError:
        return Seen(error="not an image that Pillow knows")
    except Exception as error:  # Pillow's decoders raise what they like
        return Seen(error=str(error) or type(error).__name__)
    return Seen(
        f"{image.width}x{image.height}", image.mode, hashlib.blake2b(content, digest_size=16).digest()
    )


def _inspect_files(name: str, files: Files, workers: int) -> SplitReport:
    report = SplitReport(len(files), torch.bincount(files.labels).tolist())
    paths = [files.path(index) for index in range(len(files))]
    for path, seen in zip(paths, _look_at_all(name, paths, workers), strict=True):
        if seen.error:
            report.unreadable.append(f"{path}: {seen.error}")
            continue
        report.sizes[seen.size] += 1
        report.modes[seen.mode] += 1
        report.digests.setdefault(seen.digest, path)
    return report


def _look_at_all(name: str, paths: list[str], workers: int) -> Iterator[Seen]:
    tqdm.monitor_interval = 0  # its thread would be there when the next split's processes are forked
    pool = ProcessPoolExecutor(max(1, min(workers, len(paths))), initializer=_leave_signals)
    try:
        found = pool.map(look_at, paths, chunksize=max(1, min(64, len(paths) // (4 * workers))))
        yield from tqdm(found, name, len(paths), unit=" images", disable=None, leave=False)
    except BrokenProcessPool as error:
        raise TrainingFailed(f"a process that decodes images of {name} was ended (out of memory?)") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals() -> None:
    """Ctrl-C is for the process that has these."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _inspect_decoded(name: str, images: Decoded) -> SplitReport:
    count, _, height, width = images.images.shape
    grey = int((images.images == images.images[:, :1]).flatten(1).all(1).sum())
    report = SplitReport(count, torch.bincount(images.labels).tolist())
    report.sizes[f"{width}x{height}"] = count
    report.modes.update({mode: n for mode, n in (("RGB", count - grey), ("L", grey)) if n})
    for index, image in enumerate(images.images.numpy()):
        digest = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
        report.digests.setdefault(digest, f"image {index} of {name}")
    return report


def default_workers() -> int:
    """One process a core that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
