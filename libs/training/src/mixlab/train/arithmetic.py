"""How a process computes: which precision, and whether the same way each time."""

from __future__ import annotations

import os

import torch

from mixlab.config import RunConfig
from mixlab.core.allocator import keep_freed_memory

FABRIC_PRECISIONS = {"fp32": "32-true", "tf32": "32-true", "fp16": "16-mixed", "bf16": "bf16-mixed"}
"""Lightning's words for a run config's `precision`; fp16 scales its loss."""


def fabric_precision(config: RunConfig, *, on_gpu: bool) -> str:
    """The precision to ask Fabric for: a CPU always computes in float32."""
    return FABRIC_PRECISIONS[config.precision if on_gpu else "fp32"]


def set_arithmetic(config: RunConfig, *, on_gpu: bool) -> None:
    """Set PyTorch up for a run, in the whole process.

    On a GPU TensorFloat-32 is for `tf32` alone: PyTorch's own default rounds what convolutions take in,
    whatever the precision. A CPU is deterministic for a given number of threads, and so is a GPU on request;
    PyTorch names a kernel that can't be in its error.
    """
    deterministic = config.runtime.deterministic or not on_gpu
    if on_gpu:
        tf32 = config.precision == "tf32"
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        torch.backends.cudnn.deterministic = deterministic
        torch.backends.cudnn.benchmark = not deterministic
        if deterministic:
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read with the first product
    else:
        keep_freed_memory()
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.use_deterministic_algorithms(deterministic)
