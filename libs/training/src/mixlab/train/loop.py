"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import torch
from torch import nn

from mixlab.config import RunConfig
from mixlab.core.errors import TrainingFailed
from mixlab.core.hold import EndState, Hold
from mixlab.core.lightning import Fabric
from mixlab.data import EvaluationBatches, TrainBatches

from .checkpoints import Best, Checkpoints, Position
from .devices import StopVote, copy_buffers_from_rank_0, peak_memory, sum_over_ranks
from .division import Division
from .evaluation import Accuracy, evaluate
from .log import TrainingLog
from .losses import evaluation_loss
from .trainee import Trainee
from .training_state import TrainingState
from .training_step import TrainingStep


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
        division: Division,
        train_batches: TrainBatches,
        test_batches: EvaluationBatches,
        checkpoints: Checkpoints,
        log: TrainingLog,
        hold: Hold,
        vote: StopVote,
        max_steps: int | None = None,
        until_epoch: int | None = None,
        after_step: Callable[[int, int], None] = lambda epoch, step: None,
    ) -> None:
        self._config, self._fabric = config, fabric
        self._train_batches, self._test_batches = train_batches, test_batches
        self._checkpoints, self._log, self._hold, self._vote = checkpoints, log, hold, vote
        self._after_step = after_step
        self._steps = train_batches.steps
        self._max_steps = None if max_steps is None else min(max_steps, self._steps * config.max_epochs)
        self._last_epoch = min(config.max_epochs, until_epoch or config.max_epochs)
        """Where this attempt ends; schedules are those of all epochs."""
        self._warm_up = (self._max_steps or 0) // 4
        """First steps of a trial run, which are not timed: libraries choose, compilers compile."""

        self._model, self._mixer = trainee.backbone, trainee.mixer
        self._step = TrainingStep(config, trainee, fabric, division, self._steps)
        self._state = TrainingState(trainee, self._step, division, fabric)

        self._position = Position()
        self._saved: Position | None = None
        self._done = 0
        """Steps of this attempt."""
        self._loss_sum = torch.zeros((), device=fabric.device)
        """Over the steps since the last line of the log, on the device, so that no step waits for it."""
        self._logged_step = 0
        self._logged_time = self._epoch_began = 0.0
        self._timed_steps, self._timed_seconds = 0, 0.0
        """Of a trial run, after its warm-up."""

    def run(self) -> EndState:
        """Train to the end: `completed`; `paused` where that is not yet the end of the run; or `interrupted`.

        The last two have a checkpoint, of the last finished step.

        Raises:
            TrainingFailed: a loss that is not finite, an image or a checkpoint that can't be read or written.
            HoldLost: another process trains this run now.
        """
        self._resume()
        while self._position.epoch < self._last_epoch:
            went_on = self._train_epoch()
            if self._max_steps is not None and self._done >= self._max_steps:
                self._try_the_rest()
                return "completed"
            if not went_on or not self._finish_epoch():
                self._save()
                self._log.say(
                    f"interrupted in epoch {self._position.epoch + 1}, after step {self._position.step}"
                )
                return "interrupted"
        if self._position.epoch < self._config.max_epochs:
            self._save()
            self._log.say(f"paused after epoch {self._position.epoch}, as far as was asked for")
            return "paused"
        return "completed"

    def _train_epoch(self) -> bool:
        """The steps that are left of the epoch under way; false if it was interrupted."""
        self._step.train()
        self._epoch_began = self._logged_time = time.monotonic()
        self._logged_step = self._position.step
        if self._vote():
            return False
        epoch, passes = self._position.epoch, self._train_batches.passes
        batches = self._train_batches.epoch(epoch, self._position.step)
        while self._position.step < self._steps:
            self._loss_sum += self._step(epoch, self._position.step, islice(batches, passes))
            self._position.step += 1
            self._done += 1
            self._after_step(epoch + 1, self._position.step)
            stopping = self._vote() or self._done == self._max_steps
            due = self._position.step % self._config.runtime.log_every == 0 or self._done == self._warm_up
            if stopping or due:
                self._log_interval()
            if stopping:
                return False
        if self._position.step > self._logged_step:
            self._log_interval()
        return True

    def _log_interval(self) -> None:
        loss_sum = float(sum_over_ranks(self._loss_sum)) / self._fabric.world_size
        epoch, step = self._position.epoch + 1, self._position.step
        if not math.isfinite(loss_sum):
            raise TrainingFailed(
                f"the loss is {loss_sum} at epoch {epoch}, step {step}: the training diverged; "
                "try a smaller learning rate, a longer warm-up or another precision"
            )
        steps, now = step - self._logged_step, time.monotonic()
        if self._done > self._warm_up:
            self._timed_steps += steps
            self._timed_seconds += now - self._logged_time
        self._log.training(epoch, step, loss_sum / steps, self._rate(), (now - self._logged_time) / steps)
        self._position.loss_sum += loss_sum
        self._loss_sum.zero_()
        self._logged_step, self._logged_time = step, time.monotonic()  # what logging took is no step's

    def _rate(self) -> float:
        """The learning rate of the last step."""
        return self._step.rate(self._position.epoch, self._position.step - 1)

    def _finish_epoch(self) -> bool:
        """Evaluate, log and save what is due at the end of an epoch; false if it was interrupted."""
        config, position = self._config, self._position
        epoch = position.epoch + 1
        is_last = epoch == config.max_epochs
        accuracy: Accuracy | None = None
        others: dict[str, Accuracy] = {}
        began = time.monotonic()
        if is_last or epoch % config.runtime.evaluate_every == 0:
            accuracy, others = self._evaluate()
            if self._vote():
                return False
        now = time.monotonic()
        loss, rate = position.loss_sum / self._steps, self._rate()
        self._log.epoch(epoch, loss, rate, now - self._epoch_began, accuracy, others, now - began)
        position.epoch, position.step, position.loss_sum = epoch, 0, 0.0
        self._step.memories.end_epoch()
        judged = others.get("ema", accuracy)
        improved = judged is not None and (position.best is None or judged.top1 > position.best.top1)
        if judged is not None and improved:
            position.best = Best(judged.top1, epoch)
        if is_last or improved or epoch % config.runtime.checkpoint_every == 0:
            self._save()
        self._hold.beat(epoch)
        return True

    def _evaluate(self, most: int | None = None) -> tuple[Accuracy, dict[str, Accuracy]]:
        """Of the backbone, and by their suffix of its average and the method's further networks."""
        loss = evaluation_loss(self._config.loss)

        def accuracy_of(model: nn.Module) -> Accuracy:
            copy_buffers_from_rank_0(model)
            return evaluate(model, self._test_batches, loss, self._fabric, self._vote.here, most)

        others = {suffix: accuracy_of(model) for suffix, model in self._mixer.evaluated().items()}
        accuracy = accuracy_of(self._model)
        if self._step.average is not None:
            others["ema"] = accuracy_of(self._step.average.current(self._model))
        return accuracy, others

    def _try_the_rest(self) -> None:
        """At the end of a trial run: an evaluation of a few batches, and a checkpoint."""
        self._evaluate(1)  # is not timed: libraries choose again
        began = time.monotonic()
        accuracy, _ = self._evaluate(self._max_steps)
        seconds = time.monotonic() - began
        self._save()
        self._log.tried(
            self._done,
            accuracy.images,
            step_seconds=self._timed_seconds / self._timed_steps,
            evaluation_seconds=seconds * self._test_batches.images / max(1, accuracy.images),
            memory_bytes=peak_memory(self._fabric.device),
        )

    def _save(self) -> None:
        position = replace(self._position)
        if position == self._saved:
            return
        if not self._state.is_finite():
            raise TrainingFailed(
                f"the weights are not finite after epoch {position.epoch + 1}, step {position.step}: the "
                "training diverged; the checkpoint before is kept"
            )
        states = self._state.collect()
        if states is not None:
            self._hold.check()
            self._checkpoints.save(position, self._steps, states)
        self._saved = position
        if states is not None:
            self._keep_best()

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
        self._log.going_on(self._position.epoch, self._position.step)
        self._state.restore(content, self._log.say)
        if writes:
            self._keep_best()  # the last attempt may have ended between the two files
            self._hold.beat(self._position.epoch)
