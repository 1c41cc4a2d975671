"""Which device and ranks train: Fabric, set up for one process or for the ranks that torchrun started."""

from __future__ import annotations

import inspect
import logging
import os
import resource
import sys
from typing import Any

import torch
import torch.distributed
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from mixlab.config import RunConfig
from mixlab.core.interruption import Interruption
from mixlab.core.lightning import DDPStrategy, Fabric, LightningEnvironment, TorchElasticEnvironment

from .arithmetic import fabric_precision, set_arithmetic
from .commands import Device
from .preflight import world_size


def start_fabric(config: RunConfig, device: Device) -> Fabric:
    """Fabric, started: this process is a rank of its group, knows its device and how to compute."""
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    accelerator = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    ranks, local = world_size(), int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    fabric = Fabric(
        accelerator=accelerator,
        devices=local,
        num_nodes=ranks // local,
        precision=fabric_precision(config, on_gpu=accelerator == "cuda"),  # type: ignore[arg-type]
        strategy=_data_parallel(config) if ranks > 1 else "auto",
        # Given, so that nothing is guessed from a scheduler's variables.
        plugins=[TorchElasticEnvironment() if ranks > 1 else LightningEnvironment()],
    )
    fabric.launch()
    set_arithmetic(config, on_gpu=accelerator == "cuda")
    return fabric


def leave_group(fabric: Fabric) -> None:
    """Waits for the other ranks and leaves their group: one that exits before would make the others abort."""
    if torch.distributed.is_initialized():
        fabric.barrier()
        torch.distributed.destroy_process_group()


def _data_parallel(config: RunConfig) -> DDPStrategy:
    """Each rank keeps its own batch statistics between steps; rank 0's are evaluated and saved.

    A method that runs the network in evaluation mode reads them, so that it gets rank 0's in each step. A
    network of a method's own need not take part in every step.
    """
    needs = config.mix_mode.demands()
    options = inspect.signature(DistributedDataParallel.__init__).parameters
    name = "forward_sync_buffers" if "forward_sync_buffers" in options else "broadcast_buffers"
    choices: dict[str, Any] = {name: not needs.isdisjoint({"clean-pass", "input-gradient"})}
    choices |= {"gradient_as_bucket_view": True, "find_unused_parameters": "network" in needs}
    return DDPStrategy(**choices)


def peak_memory(device: torch.device) -> int:
    """Bytes that this process has taken at most so far: of the GPU's memory, or of the machine's."""
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved(device)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


class StopVote:
    """Whether any rank was asked to stop; every rank gets the same answer after the same step."""

    def __init__(self, fabric: Fabric, interruption: Interruption) -> None:
        self._interruption = interruption
        self._group = None
        if fabric.world_size > 1:
            # Over the CPU, so that no one waits for a GPU.
            self._group = torch.distributed.new_group(backend="gloo")

    def __call__(self) -> bool:
        """Call it on every rank at the same place."""
        if self._group is None:
            return self._interruption.requested
        vote = torch.tensor(int(self._interruption.requested))
        torch.distributed.all_reduce(vote, op=torch.distributed.ReduceOp.MAX, group=self._group)
        return bool(vote)

    def here(self) -> bool:
        """Whether this rank was asked, without asking the others."""
        return self._interruption.requested


def sum_over_ranks(values: Tensor) -> Tensor:
    """The sum of each rank's `values`, on every rank; leaves them as they are."""
    values = values.clone()
    if torch.distributed.is_initialized():
        torch.distributed.all_reduce(values)
    return values


def gather_on_rank_0(fabric: Fabric, value: Any) -> list[Any]:
    """Each rank's `value` (tensors on the CPU), in the order of ranks, on rank 0; elsewhere nothing."""
    if not torch.distributed.is_initialized():
        return [value]
    over_cpu = torch.distributed.new_group(backend="gloo")
    found = [None] * fabric.world_size if fabric.global_rank == 0 else None
    torch.distributed.gather_object(value, found, dst=0, group=over_cpu)
    torch.distributed.destroy_process_group(over_cpu)
    return found or []


def copy_buffers_from_rank_0(model: nn.Module) -> None:
    """Give every rank rank 0's buffers (batch statistics), which are the ones that checkpoints hold."""
    if torch.distributed.is_initialized():
        for buffer in model.buffers():
            torch.distributed.broadcast(buffer, 0)
