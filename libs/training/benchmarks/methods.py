"""How long each method takes: mixing a batch beside every peer that has it, and a whole training step.

    python benchmarks/methods.py [METHOD …] [--pairs 30] [--threads 2] [--json FILE] [--page FILE]

Goes over every registered method. Ours and each peer run in turns (`timing.py`), so that a ratio is the
median over pairs. Ours is `method.mix(images, labels, num_classes=K, generator=g, out=ready)`: random
numbers, images mixed into a ready batch, soft targets [B, K]; of a method that mixes features, its mixer on
features that are there. What a method learns from a network (gradients, features, attention) is given.

- Floor: `torch.lerp(images, images.flip(0), w, out=ready)`; no random numbers, no labels.
- Peers, and the settings of ours that do the same work: `peers.py`.
- Step: forward, backward and optimiser as in a training, beside vanilla's with the same backbone.
- Bars: what the project asks for. A method's default settings have a bar at the floor, other settings none.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from given import Batch, Ready
from peers import (
    LIBRARIES,
    NOT_BEHIND,
    OPENMIXUP,
    OPENMIXUP_FLOOR_MS,
    OPENMIXUP_TIMES,
    PEERS,
    Peer,
    work_of,
)
from report import page
from timing import Pairs, Work, compare, environment

from mixlab.config import RunConfig
from mixlab.core.vision import import_timm
from mixlab.methods import Method, Setting, Step, list_methods, method_class
from mixlab.methods.mixer import input_gradient
from mixlab.models import create_model
from mixlab.train.optimizers import create_optimizer
from mixlab.train.trainee import Trainee

SHAPES = (((64, 3, 224, 224), 1000), ((100, 3, 64, 64), 200))

FLOOR, VANILLA, GRADIENT = "floor", "vanilla", "vanilla and a gradient"
STATIC_BAR = 1.5
"""Of methods that need nothing of the training, in floors."""

FLOOR_BARS = {"fmix": 3.0, "saliencymix": 3.0, "gridmix": STATIC_BAR}
"""Of others and of exceptions."""

GPU_STATIC_BAR = 1.03
GPU_STEP_BARS = {"saliencymix": 1.10, "gridmix": GPU_STATIC_BAR}
"""Of a step on a GPU, in vanilla's steps."""

GPU_PUZZLEMIX_BAR = 1.15
"""Of a step with PuzzleMix, in vanilla's step and the pass for its gradient."""

MIXES_FEATURES = frozenset({"alignmix"})
"""Methods whose mixing is in the network: their mixer is timed, on features that are there."""

REQUIRED: dict[str, dict[str, Any]] = {
    "oneOf": {
        "choices": [
            {"method": {"name": "mixup"}, "probability": 0.5},
            {"method": {"name": "cutmix"}, "probability": 0.5},
        ]
    }
}
"""Parameters of the methods that have no defaults for all of theirs."""


@dataclass(frozen=True)
class Figure:
    """One comparison. Times in milliseconds, medians over `n` pairs; the ratio is the pairs' median."""

    method: str
    settings: dict[str, Any]
    """Those that differ from the defaults."""

    work: str
    """`mixing` or `step`."""

    on: str
    """`cpu` or `cuda`."""

    shape: tuple[int, ...]
    against: str
    ours_ms: float
    other_ms: float
    ratio: float
    n: int
    bar: float | None = None
    backbone: str | None = None

    @property
    def missed(self) -> bool:
        """Whether it is above its bar."""
        return self.bar is not None and self.ratio > self.bar


@dataclass(frozen=True)
class Absent:
    """A comparison that could not be made."""

    what: str
    why: str


def floor_bar(name: str) -> float | None:
    """How many floors a method's mixing may take, with its default settings."""
    return FLOOR_BARS.get(name, STATIC_BAR if is_static(name) else None)


def is_static(name: str) -> bool:
    """Whether a method needs nothing but images and labels."""
    return not create(name, {}).demands()


def create(name: str, settings: dict[str, Any]) -> Method:
    """A method with these settings, by their names in a config."""
    values = {"name": name, **REQUIRED.get(name, {}), **settings}
    return method_class(name).model_validate(values, by_alias=True)


def variants(name: str) -> list[dict[str, Any]]:
    """Settings that a method is timed with: its defaults, a draw for each sample, those that peers have."""
    found: list[dict[str, Any]] = [{}]
    if "per_sample" in method_class(name).model_fields:
        found.append({"perSample": True})
    for theirs in (*PEERS, *OPENMIXUP_TIMES):
        if theirs.method == name and theirs.settings not in found:
            found.append(theirs.settings)
    return found


def mixing(method: Method, batch: Batch) -> Work:
    """A method's mixing, with all that it has to know at hand."""
    cues = batch.cues(method)
    if method.name not in MIXES_FEATURES:
        return partial(
            method.mix,
            batch.images,
            batch.labels,
            num_classes=batch.classes,
            generator=batch.generator,
            out=batch.ready,
            cues=cues,
        )
    backbone = Ready(batch.images, batch.classes)
    mixer = method.mixer(Setting(backbone, batch.classes, batch.images.shape[-1]))
    step = Step(
        backbone=backbone,
        images=batch.images,
        labels=batch.labels,
        num_classes=batch.classes,
        criterion=torch.nn.functional.cross_entropy,
        generator=batch.generator,
        out=batch.ready,
    )

    def mix() -> Any:
        plan = method.draw(batch.images, batch.generator, cues)
        return mixer.logits(step, plan), mixer.target(step, plan)

    return mix


@torch.no_grad()
def measure_mixing(
    name: str, batch: Batch, pairs: int, peers: tuple[Peer, ...] | None = None
) -> Iterator[Figure | Absent]:
    """One method's mixing of one batch, beside the floor and all peers."""
    images, device = batch.images, batch.images.device
    shape, side = tuple(images.shape), images.shape[-1]
    compared = PEERS if peers is None else peers

    def floor() -> Any:
        return torch.lerp(images, images.flip(0), 0.3, out=batch.ready)

    for settings in variants(name):
        theirs = [peer for peer in compared if (peer.method, peer.settings) == (name, settings)]
        published = [
            known
            for known in OPENMIXUP_TIMES
            if (known.method, known.side, known.settings) == (name, side, settings) and device.type == "cpu"
        ]
        if settings not in ({}, {"perSample": True}) and not theirs and not published:
            continue
        ours = mixing(create(name, settings), batch)
        bar = floor_bar(name) if settings == {} and device.type == "cpu" else None
        over_floor = compare(ours, floor, pairs, device)
        figure = _figure(name, settings, shape, FLOOR, over_floor, bar, on=device.type)
        yield figure
        for known in published:
            scaled = known.ms / OPENMIXUP_FLOOR_MS[side]
            yield replace(
                figure,
                against=OPENMIXUP,
                other_ms=scaled * figure.other_ms,
                ratio=figure.ratio / scaled,
                bar=known.bar,
            )
        for peer in theirs:
            work = work_of(peer, batch)
            if isinstance(work, str):
                yield Absent(f"{peer.library}'s {name} on {device.type}, {side} px", work)
            else:
                found = compare(ours, work, pairs, device)
                yield _figure(name, settings, shape, peer.library, found, NOT_BEHIND, on=device.type)


def _figure(
    name: str,
    settings: dict[str, Any],
    shape: tuple[int, ...],
    against: str,
    found: Pairs,
    bar: float | None,
    **more: Any,
) -> Figure:
    return Figure(
        method=name,
        settings=settings,
        work=more.pop("work", "mixing"),
        shape=shape,
        against=against,
        ours_ms=1e3 * found.ours,
        other_ms=1e3 * found.other,
        ratio=found.ratio,
        n=found.n,
        bar=bar,
        **more,
    )


@dataclass(frozen=True)
class Place:
    """Where whole steps are timed."""

    device: torch.device
    backbone: str
    attention_backbone: str
    """For methods that read attention."""

    size: int
    side: int
    classes: int
    pairs: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return self.size, 3, self.side, self.side


CPU = Place(torch.device("cpu"), "resnet18", "vit_tiny_patch16_224", 32, 64, 100, pairs=15)
GPU = Place(torch.device("cuda"), "resnet50", "deit_small_patch16_224", 64, 224, 1000, pairs=30)


class Training:
    """Steps of a training, as the training loop takes them."""

    def __init__(self, method: dict[str, Any], backbone: str, place: Place) -> None:
        settings = {
            "schemaVersion": 2,
            "dataset": {"name": "made-up", "classes": place.classes, "size": place.side},
            "backbone": backbone,
            "mixMode": method,
            "maxEpochs": 100,
            "batchSize": place.size,
        }
        config = RunConfig.model_validate(settings, by_alias=True, by_name=False)
        model = create_model(config)
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        teachers = {
            teacher: import_timm()
            .create_model(teacher.backbone, num_classes=place.classes)
            .eval()
            .requires_grad_(False)
            for teacher in config.mix_mode.teachers()
        }
        self.trainee = Trainee(config, model, teachers).to(place.device).train()
        self.trainee.place(place.device)
        self._optimizer = create_optimizer(model, config.optimizer, self.trainee.mixer.trained())
        batch = Batch(place.shape, place.classes, place.device)
        self._images = batch.images.contiguous(memory_format=torch.channels_last)
        self._labels, self._generator = batch.labels, batch.generator
        self._mixed = torch.empty_like(self._images)
        # A GPU computes as fast as it can: what mixing adds weighs more.
        fast = place.device.type == "cuda"
        self._precision: Callable[[], Any] = (
            partial(torch.autocast, "cuda", torch.bfloat16) if fast else nullcontext
        )

    def __call__(self) -> None:
        """One step, in the middle of the training."""
        with self._precision():
            loss = self.trainee(self._images, self._labels, self._generator, 0.5, self._mixed)
        loss.backward()
        self._optimizer.step()
        self._optimizer.zero_grad()
        self.trainee.mixer.update(self.trainee.backbone, 0.5)

    def with_gradient(self) -> None:
        """One step, and the pass for the gradient that some methods mix by."""
        with self._precision():
            input_gradient(
                Step(
                    backbone=self.trainee.backbone,
                    images=self._images,
                    labels=self._labels,
                    num_classes=1,
                    criterion=torch.nn.functional.cross_entropy,
                    generator=self._generator,
                )
            )
        self()


def measure_step(name: str, place: Place, vanillas: dict[str, Training]) -> Iterator[Figure]:
    """A whole step with one method, beside vanilla's with the same backbone, made once in `vanillas`."""
    backbone = place.attention_backbone if "attention" in create(name, {}).demands() else place.backbone
    if backbone not in vanillas:
        vanillas[backbone] = Training({"name": "vanilla"}, backbone, place)
    vanilla = vanillas[backbone]
    ours = Training(create(name, {}).model_dump(mode="json", by_alias=True), backbone, place)
    shown = {"work": "step", "on": place.device.type, "backbone": backbone}
    found = compare(ours, vanilla, place.pairs, place.device)
    yield _figure(name, {}, place.shape, VANILLA, found, step_bar(name, place), **shown)
    if name == "puzzlemix" and place.device.type == "cuda":
        found = compare(ours, vanilla.with_gradient, place.pairs, place.device)
        yield _figure(name, {}, place.shape, GRADIENT, found, GPU_PUZZLEMIX_BAR, **shown)


def step_bar(name: str, place: Place) -> float | None:
    """How many of vanilla's steps a step may take; nothing is asked of a CPU."""
    if place.device.type != "cuda":
        return None
    return GPU_STEP_BARS.get(name, GPU_STATIC_BAR if is_static(name) else None)


def measure(names: list[str], pairs: int) -> Iterator[Figure | Absent]:
    """Everything: mixing and steps on the CPU, and on a GPU where there is one."""
    places = [CPU, *([GPU] if torch.cuda.is_available() else [])]
    for place in places:
        for shape, classes in SHAPES:
            batch = Batch(shape, classes, place.device)
            for name in names:
                yield from _attempt(measure_mixing(name, batch, pairs), f"{name}, mixing")
        vanillas: dict[str, Training] = {}
        for name in names:
            steps = measure_step(name, replace(place, pairs=min(place.pairs, pairs)), vanillas)
            yield from _attempt(steps, f"{name}, step on {place.device.type}")
    if GPU not in places:
        yield Absent("everything on a GPU", "not run: this machine has none")


def _attempt(found: Iterator[Figure | Absent], what: str) -> Iterator[Figure | Absent]:
    """One method that stops does not stop the others; the report says so."""
    try:
        yield from found
    except Exception as error:
        yield Absent(what, f"stops with {type(error).__name__}: {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("methods", nargs="*", metavar="METHOD", help="only these methods (default: all)")
    parser.add_argument("--pairs", type=int, default=30, help="pairs of runs for each ratio (default 30)")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (default 2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--page", type=Path, metavar="FILE", help="also write them as a page")
    options = parser.parse_args()
    unknown = sorted(set(options.methods) - set(list_methods()))
    if unknown:
        parser.error(f"no method {', '.join(unknown)}; there are {', '.join(list_methods())}")
    torch.set_num_threads(options.threads)
    surroundings = environment(options.threads, ("torch", "torchvision", "timm", *LIBRARIES[2:]))
    figures: list[Figure] = []
    absent: list[Absent] = []
    for found in measure(options.methods or list_methods(), options.pairs):
        if isinstance(found, Absent):
            absent.append(found)
            print(f"{found.what}: {found.why}", flush=True)
        else:
            figures.append(found)
            print(_line(found), flush=True)
    if options.json:
        result = {
            "benchmark": "methods",
            "environment": surroundings,
            "figures": [{**asdict(figure), "missed": figure.missed} for figure in figures],
            "absent": [asdict(one) for one in absent],
        }
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    if options.page:
        options.page.write_text(page(figures, absent, surroundings))


def _line(figure: Figure) -> str:
    what = f"{figure.method} {json.dumps(figure.settings) if figure.settings else ''}"
    shape = "x".join(map(str, figure.shape))
    verdict = f"  ABOVE {figure.bar}" if figure.missed else f"  within {figure.bar}" if figure.bar else ""
    times = f"{figure.ours_ms:9.3f} ms  {figure.other_ms:9.3f} ms  ratio {figure.ratio:.3f}  n {figure.n}"
    return f"{what:34}{figure.on:5}{figure.work:7}{shape:14}{figure.against:24}{times}{verdict}"


if __name__ == "__main__":
    main()
