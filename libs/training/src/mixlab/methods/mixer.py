"""A method at work in a training: it turns a batch into a loss.

`Mixer` is the ordinary way: draw a mix, apply it, run the backbone, compare with the mixed labels. A method
whose training differs returns a subclass from `Method.mixer` that overrides the one hook that differs.
A mixer is a module: networks that it trains are its submodules, and what it keeps from step to step is in
`memory`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.anatomy import as_map, evaluating, forward_features, forward_head
from mixlab.core.attention import watch_attention
from mixlab.core.cues import IMAGENET, NO_CUES, Cues, Normalisation
from mixlab.core.mixing import MixPlan, mix_images, mix_labels
from mixlab.core.teacher import Teacher

if TYPE_CHECKING:
    from .base import Method

Criterion = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Setting:
    """What a mixer is made for."""

    backbone: nn.Module
    """The network to be trained: look at its shapes, keep no reference to it."""

    num_classes: int

    image_size: int
    """Side of a training image, in pixels."""

    teachers: Mapping[Teacher, nn.Module] = field(default_factory=dict)
    """The teachers that the run's methods name: keep no reference to them either."""


@dataclass(frozen=True)
class Step:
    """One step of a training."""

    backbone: nn.Module
    """The network in training, [B, 3, H, W] -> logits [B, K]."""

    images: Tensor
    """The clean batch, [B, 3, H, W]; never to be written to."""

    labels: Tensor
    """Class indices, int64 [B]."""

    num_classes: int

    criterion: Criterion
    """The run's loss, label smoothing included: logits [B, K] and soft targets [B, K] -> scalar."""

    generator: torch.Generator
    """A CPU generator, the only source of random numbers for drawing."""

    progress: float = 0.0
    """Share of the training that is behind, 0 .. 1."""

    out: Tensor | None = None
    """A ready batch to write mixed images into."""

    teachers: Mapping[Teacher, nn.Module] = field(default_factory=dict)
    """The teachers that the run's methods name."""

    normalisation: Normalisation = IMAGENET
    """How the images were normalised."""

    def mixed(self, plan: MixPlan) -> Tensor:
        """The batch, mixed as planned."""
        return mix_images(plan, self.images, self.out)

    def target(self, plan: MixPlan) -> Tensor:
        """Its soft targets, float32 [B, K]."""
        return mix_labels(plan, self.labels, self.num_classes)

    def one_hot(self) -> Tensor:
        """Targets of the clean batch, float32 [B, K]."""
        return F.one_hot(self.labels, self.num_classes).float()


@dataclass(frozen=True)
class Trained:
    """Parameters that a mixer trains beside the backbone, with the backbone's optimiser."""

    parameters: list[nn.Parameter]

    rate: Callable[[float], float] | None = None
    """Learning rate as a function of progress (0 .. 1); None is the backbone's."""

    weight_decay: float | None = None
    """None is the backbone's, and what decays at all follows from the backbone's rules too."""


class Mixer(nn.Module):
    """One method in one training. Call it with a `Step` for the loss of that step, a scalar with a graph.

    A rank that cannot take its share of a batch at once calls it for each of several passes, whose gradients
    are averaged. A pass is what a rank's whole share would be on more ranks, and has a memory of its own.
    """

    def __init__(self, method: Method) -> None:
        super().__init__()
        self.method = method

    def forward(self, step: Step) -> Tensor:
        """The loss of a step. Gradients reach the backbone's parameters and the mixer's own."""
        plan = self.plan(step)
        return step.criterion(self.logits(step, plan), self.target(step, plan))

    def plan(self, step: Step) -> MixPlan:
        """Draw the mix, with the cues that the method needs."""
        return self.method.draw(step.images, step.generator, self.cues(step))

    def logits(self, step: Step, plan: MixPlan) -> Tensor:
        """Run the backbone on the mixed batch: [B, K]."""
        logits: Tensor = step.backbone(step.mixed(plan))
        return logits

    def target(self, step: Step, plan: MixPlan) -> Tensor:
        """Soft targets, float32 [B, K]; the logits are computed already."""
        return step.target(plan)

    def cues(self, step: Step) -> Cues:
        """What the method asked for, and no more."""
        needs = self.method.demands()
        if needs.isdisjoint({"clean-pass", "input-gradient", "pixels", "teacher"}):
            return NO_CUES
        known: dict[str, Any] = {"labels": step.labels, "normalisation": step.normalisation}
        if "clean-pass" in needs:
            known |= clean_pass(step, features="features" in needs, attention="attention" in needs)
        if "input-gradient" in needs:
            known["gradient"] = input_gradient(step)
        for teacher in self.method.teachers():
            known["teacher"] = step.teachers[teacher]
        return Cues(**known)

    def only_mixes(self) -> bool:
        """Whether the loss is that of mixed images and labels which are known before the backbone runs."""
        hooks = ("forward", "logits", "target")
        return all(getattr(type(self), hook) is getattr(Mixer, hook) for hook in hooks)

    def trained(self) -> list[Trained]:
        """Its parameters, grouped by how they are trained; by default all like the backbone's."""
        own = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return [Trained(own)] if own else []

    def update(self, backbone: nn.Module, progress: float) -> None:
        """Called after each step of the optimiser, for moving averages and the like."""

    def end_epoch(self) -> None:
        """Called when an epoch is over, before its checkpoint is written; with the memory of each pass."""

    def memory(self) -> dict[str, Tensor]:
        """What a pass keeps for the same pass of the next step; a checkpoint holds it."""
        return {}

    def recall(self, memory: dict[str, Tensor]) -> None:
        """Take back what `memory` gave, on whatever device."""

    def evaluated(self) -> dict[str, nn.Module]:
        """Further networks to be evaluated, by the suffix of their metrics in the log (`k` of `top1_k`)."""
        return {}


@torch.no_grad()
def clean_pass(step: Step, *, features: bool, attention: bool) -> dict[str, Any]:
    """Run the clean batch through the backbone in evaluation mode: logits, and what else is asked for."""
    backbone = step.backbone
    with evaluating(backbone):
        if attention:
            with watch_attention(backbone) as watched:
                own = forward_features(backbone, step.images)
        else:
            own = forward_features(backbone, step.images)
        known: dict[str, Any] = {"logits": forward_head(backbone, own)}
    if features:
        known["features"] = as_map(backbone, own)
    if attention:
        known["attention"] = watched
    return known


def input_gradient(step: Step) -> Tensor:
    """Gradient of each image's own cross-entropy with respect to its pixels, [B, 3, H, W], no graph.

    The backbone is in evaluation mode, so that no image's gradient depends on its neighbours; its parameters
    get no gradient.
    """
    images = step.images.detach().requires_grad_()
    with evaluating(step.backbone), torch.enable_grad():
        loss = F.cross_entropy(step.backbone(images).float(), step.labels, reduction="sum")
        (gradient,) = torch.autograd.grad(loss, images)
    return gradient
