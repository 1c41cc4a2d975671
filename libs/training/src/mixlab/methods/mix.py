"""A method at work in a training loop of one's own; `create` makes it, `docs/python.md` shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TypedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixlab.core.anatomy import evaluating
from mixlab.core.attention import require_attention
from mixlab.core.cues import IMAGENET, Normalisation
from mixlab.core.seeding import derive_seed, derived_generator
from mixlab.core.teacher import Teacher
from mixlab.core.wrappers import bare, is_spread

from .arguments import check_batch, check_labels, check_network, check_teachers, whole_number
from .base import Method, Mixed
from .mixer import Criterion, Mixer, Setting, Step

_LOOKS_AT_THE_MODEL = frozenset({"attention", "clean-pass", "features", "input-gradient", "network"})

Teachers = nn.Module | Mapping[Teacher, nn.Module]
"""The network of every teacher that a method names, or one for each."""


class MixState(TypedDict):
    """What a checkpoint needs of a `Mix`; tensors alone."""

    generator: Tensor
    networks: dict[str, Tensor]
    """Weights of what the method trains or averages."""
    memory: dict[str, Tensor]
    """What it keeps from step to step."""


class Mix:
    """A method at work in a loop of one's own, with its own generator.

    Call it for a mixed batch where the method does no more than that; `loss` gives that of a step with any.

    Args:
        method: the method and its parameters.
        num_classes: K; by default the model's `num_classes`, else the width of labels [B, K].
        seed: of all that is drawn; by default PyTorch's, which `torch.manual_seed` sets. Ranks of one
            training should have different ones.
        model: the network to be trained, on its device, for methods that train one of their own beside it.
        image_size: side of a training image in pixels; along with `model`.
        normalisation: how the images are normalised; by default as for ImageNet.

    Raises:
        TypeError: an argument is of another type; the method trains a network, and `model` or `image_size`
            is missing; or it does not work with that model.
        ValueError: a number is too small; the method's parameters do not fit each other, the images' size or
            the number of classes.
    """

    def __init__(
        self,
        method: Method,
        *,
        num_classes: int | None = None,
        seed: int | None = None,
        model: nn.Module | None = None,
        image_size: int | None = None,
        normalisation: Normalisation = IMAGENET,
    ) -> None:
        if num_classes is not None:
            num_classes = whole_number("num_classes", num_classes, 1)
        if image_size is not None:
            image_size = whole_number("image_size", image_size, 1)
        if model is not None:
            check_network("model", model)
        self.method = method
        self._num_classes, self._normalisation = num_classes, normalisation
        self._seed = torch.initial_seed() if seed is None else whole_number("seed", seed, 0)
        self._generator = derived_generator(self._seed, "mix")
        self._mixer: Mixer | None = None
        self._waiting: MixState | None = None
        """A state that was loaded before the mixer was there."""
        if model is not None and image_size is not None:
            self._mixer = self._make_mixer(model, self._classes(model), image_size, {})
        elif "network" in method.demands():
            raise TypeError(
                f"{method.name} trains a network of its own: give create model=… and image_size=…, and the "
                "optimiser mix.parameters()"
            )

    def __call__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        model: nn.Module | None = None,
        teacher: Teachers | None = None,
    ) -> Mixed:
        """Mix a batch.

        Args:
            images: [B, 3, H, W], on any device; never written to.
            labels: class indices [B], or probabilities [B, K].
            model: the network in training, for methods that look at it; they leave no trace in it.
            teacher: a trained network, for methods that ask one.

        Returns:
            The mixed images, and soft targets, float32 [B, K], as `F.cross_entropy` takes them; no graph.

        Raises:
            TypeError: the model or the teacher is missing, or the method does more than mix a batch.
            ValueError: images, labels and parameters do not fit each other, a class index is not below K
                (on a CPU; a GPU is not waited for, and fails later in its own way), or nothing tells K.
        """
        return self._mixed(images, labels, model, teacher)

    @torch._disable_dynamo  # type: ignore[attr-defined]  # as in `mixlab.methods.base`
    @torch.no_grad()
    def _mixed(
        self, images: Tensor, labels: Tensor, model: nn.Module | None, teacher: Teachers | None
    ) -> Mixed:
        if model is not None:
            check_network("model", model)
        network = None if model is None else bare(model)
        with self._teachers(teacher) as teachers:
            step = self._step(network, images, labels, teachers)
            mixer = self._mixer_for(step)
            if not mixer.only_mixes():
                raise TypeError(
                    f"{self.method.name} does more than mix images and labels before the network sees them: "
                    "take mix.loss(model, images, labels, criterion)"
                )
            plan = mixer.plan(step)
            return Mixed(step.mixed(plan), step.target(plan))

    def loss(
        self,
        model: nn.Module,
        images: Tensor,
        labels: Tensor,
        criterion: Criterion = F.cross_entropy,
        *,
        teacher: Teachers | None = None,
        progress: float = 0.0,
    ) -> Tensor:
        """The loss of one step, a scalar with a graph.

        Args:
            model: the network in training, [B, 3, H, W] -> logits [B, K].
            images: [B, 3, H, W], on the model's device; never written to.
            labels: class indices [B].
            criterion: logits [B, K] and soft targets [B, K] -> scalar.
            teacher: a trained network, for methods that ask one.
            progress: share of the training that is behind, 0 .. 1, for methods that change with it.

        Raises:
            TypeError: the teacher is missing, the labels are no class indices, or the method does not work
                with this model, or not with the way that it is wrapped.
            ValueError: images, labels and parameters do not fit each other, a class index is not below K
                (on a CPU; a GPU is not waited for, and fails later in its own way), or nothing tells K.
        """
        check_network("model", model)
        if not callable(criterion):
            raise TypeError(f"criterion: expected a function of logits and targets, got {criterion!r}")
        check_batch(images, labels)
        if labels.ndim != 1:
            raise TypeError(f"mix.loss takes class indices [B], not labels of shape {tuple(labels.shape)}")
        if is_spread(model):
            raise TypeError(
                f"{type(model).__name__} does not see what mix.loss does with the parts of the model: wrap a "
                "module that calls mix.loss, as docs/python.md does"
            )
        if not {"attention", "features"}.isdisjoint(self.method.demands()):
            model = bare(model)  # compiled, it would not notice who watches its parts
        with self._teachers(teacher) as teachers:
            step = self._step(model, images, labels, teachers, criterion, progress)
            loss: Tensor = self._mixer_for(step)(step)
            return loss

    @property
    def mixer(self) -> Mixer:
        """What trains, averages and remembers.

        Raises:
            TypeError: it is not there before the first step, as `create` was not told the model.
        """
        if self._mixer is None:
            raise TypeError("there is no mixer before the first step: give create model=… and image_size=…")
        return self._mixer

    def parameters(self) -> list[nn.Parameter]:
        """What the method trains beside the model, for the optimiser; mostly nothing."""
        trained = [] if self._mixer is None else self._mixer.trained()
        return [parameter for group in trained for parameter in group.parameters]

    def update(self, model: nn.Module, *, progress: float = 0.0) -> None:
        """Call it after each step of the optimiser: moving averages follow the model."""
        if self._mixer is not None:
            self._mixer.update(bare(model), progress)

    def end_epoch(self) -> None:
        """Call it when an epoch is over: some methods forget the batch before."""
        if self._mixer is not None:
            self._mixer.end_epoch()

    def state_dict(self) -> MixState:
        """What a checkpoint has to hold, so that a training goes on as if it had not stopped."""
        networks, memory = (
            ({}, {}) if self._mixer is None else (self._mixer.state_dict(), self._mixer.memory())
        )
        if self._waiting is not None:
            networks, memory = self._waiting["networks"], self._waiting["memory"]
        return {"generator": self._generator.get_state(), "networks": dict(networks), "memory": dict(memory)}

    def load_state_dict(self, state: MixState) -> None:
        """Go on from what `state_dict` gave.

        Raises:
            RuntimeError: it is of another method, or of one beside another model.
        """
        self._generator.set_state(state["generator"].cpu())
        self._waiting = state
        if self._mixer is not None:
            self._restore(self._mixer)

    def _restore(self, mixer: Mixer) -> None:
        if self._waiting is not None:
            mixer.load_state_dict(self._waiting["networks"])
            mixer.recall(self._waiting["memory"])
            self._waiting = None

    def _step(
        self,
        model: nn.Module | None,
        images: Tensor,
        labels: Tensor,
        teachers: Mapping[Teacher, nn.Module],
        criterion: Criterion = F.cross_entropy,
        progress: float = 0.0,
    ) -> Step:
        check_batch(images, labels)
        if model is None and not _LOOKS_AT_THE_MODEL.isdisjoint(self.method.demands()):
            raise TypeError(f"{self.method.name} looks at the network in training: give model=…")
        num_classes = self._classes(model, labels)
        check_labels(labels, num_classes)
        return Step(
            backbone=nn.Module() if model is None else model,
            images=images,
            labels=labels.long() if labels.ndim == 1 else labels,
            num_classes=num_classes,
            criterion=criterion,
            generator=self._generator,
            progress=progress,
            teachers=teachers,
            normalisation=self._normalisation,
        )

    def _classes(self, model: nn.Module | None, labels: Tensor | None = None) -> int:
        known = self._num_classes or getattr(model, "num_classes", None)
        if not known and labels is not None and labels.ndim == 2:
            known = labels.shape[1]
        if not isinstance(known, int) or known < 1:
            raise ValueError("nothing tells how many classes there are: give create num_classes=…")
        return known

    @contextmanager
    def _teachers(self, given: Teachers | None) -> Iterator[dict[Teacher, nn.Module]]:
        """The networks of the method's teachers, in evaluation mode."""
        wanted = self.method.teachers()
        if given is not None:
            check_teachers(given)
        found = dict.fromkeys(wanted, given) if isinstance(given, nn.Module) else dict(given or {})
        for teacher in wanted:
            if teacher not in found:
                raise TypeError(
                    f"{self.method.name} asks a trained network: give teacher=…, for example "
                    f'timm.create_model("{teacher.backbone}", pretrained=True)'
                )
        with ExitStack() as stack:
            for network in set(found.values()):
                stack.enter_context(evaluating(network))
            yield found

    def _mixer_for(self, step: Step) -> Mixer:
        if self._mixer is None:
            size = step.images.shape[-1]
            self._mixer = self._make_mixer(step.backbone, step.num_classes, size, step.teachers)
        return self._mixer

    def _make_mixer(
        self, model: nn.Module, num_classes: int, image_size: int, teachers: Mapping[Teacher, nn.Module]
    ) -> Mixer:
        model = bare(model)
        if "attention" in self.method.demands():
            require_attention(model)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive_seed(self._seed, "mixer"))
            mixer = self.method.mixer(Setting(model, num_classes, image_size, teachers))
        parameter = next(model.parameters(), None)
        if parameter is not None:
            mixer.to(parameter.device)
        self._restore(mixer)
        return mixer
