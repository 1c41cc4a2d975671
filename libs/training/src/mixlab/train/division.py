"""How the images of a step are divided: among the ranks, and each rank's share into passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput


@dataclass(frozen=True)
class Division:
    """A step of `ranks` times `passes` equal parts, whose gradients are averaged.

    A pass is to a method what a rank's share is: partners are in the same pass, and it draws for itself. So
    one rank with four passes does what four ranks with one pass do.
    """

    ranks: int
    passes: int
    """Of each rank."""

    images: int
    """In a pass."""

    def __str__(self) -> str:
        ranks = "1 process" if self.ranks == 1 else f"{self.ranks} processes"
        passes = "one pass" if self.passes == 1 else f"{self.passes} passes"
        return f"{ranks}, {passes} of {self.images} images each"


def divide(config: RunConfig, ranks: int) -> Division:
    """A run's batch among so many ranks, in the fewest equal passes that `runtime.gpuBatchSize` allows.

    Raises:
        InvalidInput: the ranks can't share the batch evenly, or a share not be cut into passes.
    """
    batch, most = config.batch_size, config.runtime.gpu_batch_size
    share, rest = divmod(batch, ranks)
    if rest:
        divisors = [count for count in range(1, batch + 1) if batch % count == 0]
        fitting = [max(count for count in divisors if count < ranks)]
        fitting += [count for count in divisors if count > ranks][:1]
        sizes = _or(size for size in (share * ranks, (share + 1) * ranks) if size)
        raise InvalidInput(
            f"batchSize: {batch} images cannot be shared evenly by {ranks} processes; "
            f"{_or(fitting)} can, or {ranks} can share {sizes}"
        )
    passes = 1
    if most is not None:
        passes = next(count for count in range(-(-share // most), share + 1) if share % count == 0)
        if passes == share and 1 < most < share:
            raise InvalidInput(
                f"runtime.gpuBatchSize: the {share} images of a process cannot be cut into equal passes of 2 "
                f"to {most}, and one image has no partner to mix with; expected {share}, or another batchSize"
            )
    return Division(ranks, passes, share // passes)


def _or(numbers: Iterable[int]) -> str:
    return " or ".join(str(number) for number in numbers)
