"""The backbone compiled by torch.compile, where a run asks for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from mixlab.core.errors import InvalidInput, TrainingFailed

NONE = "none"


def check_compiler(mode: str) -> None:
    """Raise `InvalidInput` where `runtime.compile` has nothing to compile with on this machine."""
    if mode == NONE:
        return
    if torch.cuda.is_available():
        if importlib.util.find_spec("triton") is None:
            raise InvalidInput(f"runtime.compile: {mode} needs Triton for a GPU; install it, or set none")
        return
    compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
    if shutil.which(compiler) is None:
        raise InvalidInput(
            f"runtime.compile: {mode} needs a C++ compiler for a CPU, and {compiler} is not there; "
            "install one, name it by CXX, or set none"
        )
    folder = Path(torch.__file__).parent
    if len(str(folder).split()) > 1:
        raise InvalidInput(
            f"runtime.compile: {mode} does not work on a CPU where PyTorch lies in a folder with a blank in "
            f"its path, {folder}, which it does not quote for the compiler; install it elsewhere, or set none"
        )


def compile_backbone(backbone: nn.Module, mode: str) -> None:
    """Have a backbone's ordinary training passes run compiled; it stays the module that it was.

    Passes that something looks into by a hook, those without gradients and those in evaluation mode run as
    they are: compiled code does not see hooks that come and go, and an evaluation then gives what
    `mixlab.test` gives. So does a method that calls the network's parts (`forward_features`). Copies of the
    module are not compiled; names in its state dict are as before.
    """
    if mode == NONE:
        return
    # A method may take two gradients of one pass.
    torch._functorch.config.donated_buffer = False
    backbone.compile(mode=mode, dynamic=False)
    compiled: Callable[..., Any] | None = backbone._compiled_call_impl
    plain: Callable[..., Any] = backbone._call_impl
    assert compiled is not None
    modules = list(backbone.modules())
    own_hooks = _hooks(modules)

    def call(*inputs: Any, **named: Any) -> Any:
        if not backbone.training or not torch.is_grad_enabled() or _hooks(modules) != own_hooks:
            return plain(*inputs, **named)
        try:
            return compiled(*inputs, **named)
        except Exception as error:
            if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
                raise
            raise TrainingFailed(
                f"runtime.compile: {mode} does not work with this network; set none: {_first_line(error)}"
            ) from error

    backbone._compiled_call_impl = call


def begin_step(mode: str) -> None:
    """Tell CUDA graphs that what the step before has computed is no longer needed."""
    if mode != NONE and torch.cuda.is_available():
        torch.compiler.cudagraph_mark_step_begin()  # type: ignore[no-untyped-call]


def _hooks(modules: list[nn.Module]) -> int:
    return sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in modules)


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
