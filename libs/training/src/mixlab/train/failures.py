"""What stops a training in PyTorch's words, said in ours: where, how much, and what to change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from mixlab.core.errors import OUT_OF_MEMORY, TrainingFailed

_SIGNS = ("can't allocate memory", "out of memory", "_ALLOC_FAILED", "std::bad_alloc")
"""What messages say where there is too little memory: PyTorch's on a CPU, CUDA's, its libraries', C++'s."""


@contextmanager
def memory_explained(place: str, images: Tensor, remedy: str) -> Iterator[None]:
    """Turns an error for want of memory into one that a person can act on.

    Args:
        place: where in the training, as in `epoch 3, step 14`.
        images: the batch of the pass, [b, 3, H, W].
        remedy: what to set instead.

    Raises:
        TrainingFailed: there was too little memory.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        shape = "×".join(map(str, images.shape[1:]))
        wanted = _wanted(str(error))
        raise TrainingFailed(
            f"{OUT_OF_MEMORY}{place}: a pass of {len(images)} images of {shape} does not fit"
            f"{f' ({wanted} more were asked for)' if wanted else ''}; {remedy}"
        ) from error


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return any(sign in str(error) for sign in _SIGNS)


def _wanted(message: str) -> str:
    """How much was asked for, as far as the message tells."""
    found = re.search(r"[Tt]ried to allocate ([\d.]+) (\w+)", message)
    if found is None:
        return ""
    size, unit = found.groups()
    return f"{int(size) / 2**20:.0f} MiB" if unit == "bytes" else f"{size} {unit}"
