"""One side of a comparison of training loops, in a process of its own that steps when it is told to.

    python benchmarks/sides.py SIDE WORKLOAD FOLDER THREADS

It takes a turn (a number of steps) for each line on its standard input, and writes the seconds that the turn
took on its standard output. `ours` is `mixlab.train` as anyone calls it; `timm` is the loop of timm's
`train.py`, once with its default memory format and once with `--channels-last`; `bare` trains on one batch
that lies on the device.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from workloads import Workload


class Turns:
    """Lets a loop go on for a turn at a time; `step` is called when a step is done."""

    def __init__(self, workload: Workload) -> None:
        self._steps, self._on_gpu, self._left = workload.steps, workload.on == "cuda", 1
        self._answers = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)  # what the loop prints is not an answer
        self._began = time.perf_counter()

    def step(self, *_: Any) -> None:
        """Ends the turn after its last step, and waits for the next one.

        Raises:
            SystemExit: there is none.
        """
        self._left -= 1
        if self._left > 0:
            return
        if self._on_gpu:
            import torch

            torch.cuda.synchronize()
        print(time.perf_counter() - self._began, file=self._answers)
        if not sys.stdin.readline():
            raise SystemExit
        self._left, self._began = self._steps, time.perf_counter()


def ours(workload: Workload, folder: Path, turns: Turns) -> None:
    from mixlab.config import RunConfig
    from mixlab.train import train

    os.environ["MIXLAB_DATA_MADE_UP"] = str(folder)
    config = RunConfig.model_validate(workload.run_config(), by_alias=True, by_name=False)
    train(config, None, device=workload.on, max_steps=10**9, after_step=turns.step)


def timms(workload: Workload, folder: Path, turns: Turns, *, channels_last: bool) -> None:
    """The loop of timm's `train.py`, over pixels in memory that are normalised as its loader does."""
    import torch

    from mixlab.core.vision import import_timm

    timm = import_timm()
    from timm.data import Mixup
    from timm.loss import SoftTargetCrossEntropy
    from timm.optim import create_optimizer_v2

    device = torch.device(workload.on)
    torch.backends.cudnn.benchmark = True
    model = timm.create_model(workload.backbone, num_classes=workload.classes).to(device).train()
    if channels_last:
        model.to(memory_format=torch.channels_last)
    if workload.compile != "none":
        model = torch.compile(model, mode=workload.compile)
    optimizer = create_optimizer_v2(
        model, opt="momentum", lr=0.1, momentum=0.9, weight_decay=1e-4, filter_bias_and_bn=False
    )
    criterion = SoftTargetCrossEntropy()
    mixup = Mixup(mixup_alpha=0.0, cutmix_alpha=1.0, label_smoothing=0.0, num_classes=workload.classes)
    for pixels, labels in _batches(workload, device):
        with _precision(workload):
            images, target = mixup(pixels, labels)
            if channels_last:
                images = images.contiguous(memory_format=torch.channels_last)
            loss = criterion(model(images), target)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        turns.step()


def bare(workload: Workload, folder: Path, turns: Turns) -> None:
    """Nothing but forward, backward and optimiser, over one batch that lies on the device."""
    import torch
    import torch.nn.functional as F

    from mixlab.config import RunConfig
    from mixlab.models import create_model

    config = RunConfig.model_validate(workload.run_config(), by_alias=True, by_name=False)
    device = torch.device(workload.on)
    torch.backends.cudnn.benchmark = True
    model = create_model(config).to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4, foreach=True)
    images, labels = next(_batches(workload, device))
    images = images.contiguous(memory_format=torch.channels_last)
    while True:
        with _precision(workload):
            loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        turns.step()


def _batches(workload: Workload, device: Any) -> Iterator[tuple[Any, Any]]:
    """Normalised batches from pixels that lie on the device, in any order."""
    import torch

    generator = torch.Generator().manual_seed(0)
    shape = (workload.images, 3, workload.size, workload.size)
    pixels = torch.randint(256, shape, dtype=torch.uint8, generator=generator).to(device)
    labels = torch.randint(workload.classes, (workload.images,), generator=generator).to(device)
    mean = torch.tensor([0.485, 0.456, 0.406], device=device).mul_(255).view(1, 3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225], device=device).mul_(255).view(1, 3, 1, 1)
    while True:
        order = torch.randperm(workload.images, generator=generator).to(device)
        for chosen in order.split(workload.batch):
            if len(chosen) == workload.batch:
                yield pixels[chosen].float().sub_(mean).div_(std), labels[chosen]


def _precision(workload: Workload) -> Any:
    import torch

    return torch.autocast("cuda", torch.bfloat16) if workload.precision == "bf16" else nullcontext()


SIDES: dict[str, Callable[[Workload, Path, Turns], None]] = {
    "ours": ours,
    "timm": lambda *given: timms(*given, channels_last=False),
    "timm, channels last": lambda *given: timms(*given, channels_last=True),
    "bare loop": bare,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("side", choices=SIDES)
    parser.add_argument("workload", type=json.loads, help="its fields, as JSON")
    parser.add_argument("folder", type=Path, help="the images, as `mixlab.train` reads them")
    parser.add_argument("threads", type=int, help="PyTorch's")
    options = parser.parse_args()
    if options.side == "ours":
        from mixlab.train.commands import share_cores

        share_cores()  # as the command does
    import torch

    torch.set_num_threads(options.threads)
    workload = Workload(**options.workload)
    SIDES[options.side](workload, options.folder, Turns(workload))


if __name__ == "__main__":
    main()
