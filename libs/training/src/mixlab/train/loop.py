"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from mixlab.config import RunConfig
from mixlab.core.errors import TrainingFailed
from mixlab.core.exit_codes import ExitCode
from mixlab.core.hold import Hold
from mixlab.core.seeding import derive_seed, derived_generator
from mixlab.data import EvaluationBatches, TrainBatches

from .checkpoints import Best, Checkpoints, Position
from .devices import StopVote, copy_buffers_from_rank_0, gather_on_rank_0, sum_over_ranks
from .evaluation import Accuracy, evaluate
from .log import TrainingLog
from .losses import evaluation_loss
from .optimizers import create_optimizer
from .schedules import learning_rate
from .trainee import Trainee


class Loop:
    """One attempt at a training: from its newest checkpoint to its end, or to where it is interrupted.

    Position, learning rate and every random number follow from the config, the seed and (epoch, step), so
    that an attempt that begins in the middle of an epoch does what one that never stopped would do.
    """

    def __init__(
        self,
        config: RunConfig,
        trainee: Trainee,
        fabric: Fabric,
        train_batches: TrainBatches,
        test_batches: EvaluationBatches,
        checkpoints: Checkpoints,
        log: TrainingLog,
        hold: Hold,
        vote: StopVote,
        max_steps: int | None = None,
        after_step: Callable[[int, int], None] = lambda epoch, step: None,
    ) -> None:
        self._config, self._fabric = config, fabric
        self._train_batches, self._test_batches = train_batches, test_batches
        self._checkpoints, self._log, self._hold, self._vote = checkpoints, log, hold, vote
        self._max_steps, self._after_step = max_steps, after_step
        self._steps = train_batches.steps

        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        also = self._mixer.trained()
        self._optimizer = create_optimizer(self._model, config.optimizer, also)
        self._rates = [trained.rate for trained in also]
        """Learning rates of the last groups of the optimiser, None where they have the backbone's."""
        self._parallel, self._stepper = fabric.setup(trainee, self._optimizer)
        self._mixed: Tensor | None = None
        """Memory that mixed images are written to, the same for every step."""

        self._position = Position()
        self._saved: Position | None = None
        self._done = 0
        """Steps of this attempt."""
        self._loss_sum = torch.zeros((), device=fabric.device)
        """Over the steps since the last line of the log, on the device, so that no step waits for it."""
        self._logged_step = 0
        self._logged_time = self._epoch_began = 0.0

    def run(self) -> ExitCode:
        """Train to the end: `COMPLETED`, or `INTERRUPTED` with a checkpoint of the last finished step.

        Raises:
            TrainingFailed: a loss that is not finite, an image or a checkpoint that can't be read or written.
            HoldLost: another process trains this run now.
        """
        self._resume()
        while self._position.epoch < self._config.max_epochs:
            went_on = self._train_epoch()
            if self._max_steps is not None and self._done >= self._max_steps:
                self._try_the_rest()
                return ExitCode.COMPLETED
            if not went_on or not self._finish_epoch():
                self._save()
                self._log.say(
                    f"interrupted in epoch {self._position.epoch + 1}, after step {self._position.step}"
                )
                return ExitCode.INTERRUPTED
        return ExitCode.COMPLETED

    def _train_epoch(self) -> bool:
        """The steps that are left of the epoch under way; false if it was interrupted."""
        self._parallel.train()
        self._epoch_began = self._logged_time = time.monotonic()
        self._logged_step = self._position.step
        if self._vote():
            return False
        epoch = self._position.epoch
        for images, labels in self._train_batches.epoch(epoch, self._position.step):
            self._loss_sum += self._step(images, labels)
            self._position.step += 1
            self._done += 1
            self._after_step(epoch + 1, self._position.step)
            stopping = self._vote() or self._done == self._max_steps
            if stopping or self._position.step % self._config.runtime.log_every == 0:
                self._log_interval()
            if stopping:
                return False
        if self._position.step > self._logged_step:
            self._log_interval()
        return True

    def _step(self, images: Tensor, labels: Tensor) -> Tensor:
        config, place = self._config, (self._position.epoch, self._position.step)
        # Layers (drop-path, dropout) draw from the global generators, which begin anew with every step.
        torch.manual_seed(derive_seed(config.seed, "layers", *place, self._fabric.global_rank))
        progress = self._set_learning_rates(*place)
        if self._mixed is None:
            self._mixed = torch.empty_like(images)
        draws = derived_generator(config.seed, "mix", *place, self._fabric.global_rank)
        loss: Tensor = self._parallel(images, labels, draws, progress, self._mixed)
        self._fabric.backward(loss)
        if config.optimizer.clip_norm is not None:
            self._fabric.clip_gradients(
                self._parallel, self._stepper, max_norm=config.optimizer.clip_norm, error_if_nonfinite=False
            )
        self._stepper.step()
        self._stepper.zero_grad()
        self._mixer.update(self._model, progress)
        return loss.detach()

    def _set_learning_rates(self, epoch: int, step: int) -> float:
        """Also tells the progress of the training, 0 .. 1."""
        progress = (epoch + step / self._steps) / self._config.max_epochs
        groups = self._optimizer.param_groups
        rate = learning_rate(self._config, epoch, step, self._steps)
        for group in groups:
            group["lr"] = rate
        for group, own in zip(groups[len(groups) - len(self._rates) :], self._rates, strict=True):
            if own is not None:
                group["lr"] = own(progress)
        return progress

    def _log_interval(self) -> None:
        loss_sum = float(sum_over_ranks(self._loss_sum)) / self._fabric.world_size
        epoch, step = self._position.epoch + 1, self._position.step
        if not math.isfinite(loss_sum):
            raise TrainingFailed(
                f"the loss is {loss_sum} at epoch {epoch}, step {step}: the training diverged; "
                "try a smaller learning rate, a longer warm-up or another precision"
            )
        steps, now = step - self._logged_step, time.monotonic()
        self._log.training(epoch, step, loss_sum / steps, self._rate(), (now - self._logged_time) / steps)
        self._position.loss_sum += loss_sum
        self._loss_sum.zero_()
        self._logged_step, self._logged_time = step, now

    def _rate(self) -> float:
        """The learning rate of the last step."""
        return learning_rate(self._config, self._position.epoch, self._position.step - 1, self._steps)

    def _finish_epoch(self) -> bool:
        """Evaluate, log and save what is due at the end of an epoch; false if it was interrupted."""
        config, position = self._config, self._position
        epoch = position.epoch + 1
        is_last = epoch == config.max_epochs
        accuracy: Accuracy | None = None
        others: dict[str, Accuracy] = {}
        if is_last or epoch % config.runtime.evaluate_every == 0:
            accuracy, others = self._evaluate()
            if self._vote():
                return False
        seconds = time.monotonic() - self._epoch_began
        self._log.epoch(epoch, position.loss_sum / self._steps, self._rate(), seconds, accuracy, others)
        position.epoch, position.step, position.loss_sum = epoch, 0, 0.0
        self._mixer.end_epoch()
        improved = accuracy is not None and (position.best is None or accuracy.top1 > position.best.top1)
        if accuracy is not None and improved:
            position.best = Best(accuracy.top1, epoch)
        if is_last or improved or epoch % config.runtime.checkpoint_every == 0:
            self._save()
        self._hold.beat(epoch)
        return True

    def _evaluate(self, most: int | None = None) -> tuple[Accuracy, dict[str, Accuracy]]:
        """Of the backbone, and of the method's further networks by their suffix."""
        loss = evaluation_loss(self._config.loss)

        def accuracy_of(model: nn.Module) -> Accuracy:
            copy_buffers_from_rank_0(model)
            return evaluate(model, self._test_batches, loss, self._fabric, self._vote.here, most)

        others = {suffix: accuracy_of(model) for suffix, model in self._mixer.evaluated().items()}
        return accuracy_of(self._model), others

    def _try_the_rest(self) -> None:
        """At the end of a trial run: an evaluation of a few batches, and a checkpoint."""
        accuracy, _ = self._evaluate(self._max_steps)
        self._save()
        self._log.say(
            f"{self._done} steps work, and so does the evaluation ({accuracy.images} images); nothing is kept"
        )

    def _save(self) -> None:
        position = replace(self._position)
        if position == self._saved:
            return
        memories = self._gather_memories()
        if self._fabric.global_rank > 0:
            self._saved = position
            return
        self._hold.check()
        states = {
            "model": self._model.state_dict(),
            "mixer": self._mixer.state_dict(),
            "memories": memories,
            "optimizer": self._optimizer.state_dict(),
            "precision": self._fabric.strategy.precision.state_dict(),
            "threads": torch.get_num_threads(),
        }
        self._checkpoints.save(position, self._steps, states)
        self._saved = position
        self._keep_best()

    def _gather_memories(self) -> list[dict[str, Tensor]]:
        """What the mixer of each rank remembers, on rank 0."""
        if "memory" not in self._config.mix_mode.demands():
            return []
        memory = {name: value.cpu() for name, value in self._mixer.memory().items()}
        return gather_on_rank_0(self._fabric, memory)

    def _keep_best(self) -> None:
        best = self._position.best
        if best is not None and (self._position.epoch, self._position.step) == (best.epoch, 0):
            self._checkpoints.keep_as_best()

    def _resume(self) -> None:
        writes = self._fabric.global_rank == 0
        found = self._checkpoints.load(self._steps, may_repair=True) if writes else None
        self._fabric.barrier()  # rank 0 may have replaced an unreadable file
        if not writes:
            found = self._checkpoints.load(self._steps, may_repair=False)
        if found is None:
            return
        self._position, content = found
        self._saved = replace(self._position)
        self._model.load_state_dict(content["model"])
        self._mixer.load_state_dict(content.get("mixer", {}))
        memories = content.get("memories", [])
        if len(memories) == self._fabric.world_size:
            self._mixer.recall(memories[self._fabric.global_rank])
        self._optimizer.load_state_dict(content["optimizer"])
        self._fabric.strategy.precision.load_state_dict(content["precision"])
        if self._fabric.device.type == "cpu":
            torch.set_num_threads(content["threads"])  # they decide in which order the CPU adds up
        if writes:
            self._keep_best()  # the last attempt may have ended between the two files
            self._hold.beat(self._position.epoch)
        self._log.say(f"going on from epoch {self._position.epoch + 1}, step {self._position.step + 1}")
