"""Every random number of a training follows from the run's seed and from where in the training it is drawn.

Nothing keeps a random state between steps, so a resumed training draws what an uninterrupted one would have
drawn.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def derive_seed(seed: int, *place: str | int) -> int:
    """A seed in 0 .. 2^63 - 1 for one place of a training, for example `derive_seed(0, "order", epoch)`.

    The words and numbers are hashed, so that neighbouring epochs, steps and ranks share nothing.
    """
    text = "/".join(str(part) for part in (seed, *place))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def derived_generator(seed: int, *place: str | int) -> torch.Generator:
    """A CPU generator seeded with `derive_seed`."""
    return torch.Generator().manual_seed(derive_seed(seed, *place))


def seed_global_generators(seed: int) -> None:
    """Seed Python's, NumPy's and PyTorch's generators of the CPU, for libraries that draw from them.

    Args:
        seed: 0 .. 2^63 - 1.
    """
    random.seed(seed)
    np.random.seed(seed >> 31)
    torch.default_generator.manual_seed(seed)


@contextmanager
def kept_global_generators() -> Iterator[None]:
    """Python's, NumPy's and PyTorch's generators of the CPU are afterwards as they were before."""
    states = random.getstate(), np.random.get_state(), torch.default_generator.get_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.default_generator.set_state(states[2])


def seed_layers(device: torch.device, seed: int) -> None:
    """Seed the generators that layers on `device` draw from (drop-path, dropout): the CPU's and a GPU's own.

    As `torch.manual_seed` does for devices of every kind; for each kind that is not there it notes where it
    was called from, which takes a millisecond, a tenth of a small network's step.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
