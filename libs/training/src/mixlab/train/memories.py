"""What a method keeps from step to step, for each pass of each rank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor

from mixlab.core.lightning import Fabric
from mixlab.methods import Mixer

from .devices import gather_on_rank_0

Memory = dict[str, Tensor]


class Memories:
    """One memory for each pass of this rank: a pass goes on where the same pass of the step before ended."""

    def __init__(self, mixer: Mixer, passes: int) -> None:
        self._mixer = mixer
        remembers = "memory" in mixer.method.demands()
        self._kept = [mixer.memory() for _ in range(passes)] if remembers else []

    @contextmanager
    def of_pass(self, index: int) -> Iterator[None]:
        """The mixer has the memory of that pass, which gets what it remembers at the end."""
        if self._kept:
            self._mixer.recall(self._kept[index])
        yield
        if self._kept:
            self._kept[index] = self._mixer.memory()

    def end_epoch(self) -> None:
        """End the mixer's epoch with each of the memories."""
        for index in range(len(self._kept)):
            with self.of_pass(index):
                self._mixer.end_epoch()
        if not self._kept:
            self._mixer.end_epoch()

    def gather(self, fabric: Fabric) -> list[Memory]:
        """Those of all ranks, on rank 0, in the order of the parts of a batch; elsewhere nothing."""
        if not self._kept:
            return []
        own = [{name: value.cpu() for name, value in memory.items()} for memory in self._kept]
        return [memory for memories in gather_on_rank_0(fabric, own) for memory in memories]

    def restore(self, gathered: list[Memory], fabric: Fabric) -> bool:
        """Take this rank's of what `gather` gave; false if a step has another number of parts by now."""
        rank, passes = fabric.global_rank, len(self._kept)
        if len(gathered) != fabric.world_size * passes:
            return False
        self._kept = gathered[rank * passes : (rank + 1) * passes]
        return True
