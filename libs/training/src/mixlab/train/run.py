"""`train`: one attempt at one trial of a run, in its run directory."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import torch

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import write_json
from mixlab.core.hold import EndState, Hold, InterruptedBeforeStart, OwnHold
from mixlab.core.interruption import Interruption
from mixlab.core.provenance import provenance
from mixlab.core.run_directory import AlreadyCompleted, Run, RunDirectory
from mixlab.core.supervised_hold import SOCKET_VARIABLE, hold_or_join
from mixlab.data import Data, EvaluationBatches, TrainBatches, Workers, worker_deaths_explained
from mixlab.identity import run_hash
from mixlab.models import create_model, load_teachers

from .batch_norm import batch_norm_images, check_batch_norm, synchronise
from .checkpoints import Checkpoints
from .commands import Device
from .curves import Board
from .devices import StopVote, leave_group, start_fabric
from .division import Division, divide
from .event_file import EventFile
from .log import TrainingLog
from .loop import Loop
from .preflight import check_device, preflight, trial_of, world_size
from .trainee import Trainee
from .wandb_run import WandbRun


def train(
    config: RunConfig,
    run_directory: str | Path | None,
    *,
    trial: int = 1,
    device: Device = "auto",
    max_steps: int | None = None,
    until_epoch: int | None = None,
    resume_cancelled: bool = False,
    interruption: Interruption | None = None,
    after_step: Callable[[int, int], None] = lambda epoch, step: None,
) -> ExitCode:
    """Train one trial of a run, from its newest checkpoint if it has one. Call it in the main thread.

    On the CPU an interrupted and resumed training ends with the same weights, bit for bit, as one that was
    not, if every attempt has the same number of ranks and passes and the same version of PyTorch. The number
    of threads (`OMP_NUM_THREADS`) is the first attempt's.

    Args:
        config: the run.
        run_directory: where it trains; made if it is missing; None only with `max_steps`. This process holds
            it for that time, unless its supervisor does already.
        trial: counts from 1.
        device: `auto` takes a GPU if there is one.
        max_steps: train that many steps and evaluate as many batches in a temporary folder, to see whether
            the run works here. Nothing of it is kept, and `run_directory` is not touched.
        until_epoch: end after that epoch, with a checkpoint, where it is not yet the run's last; the next
            call goes on there. Schedules are those of the whole run.
        resume_cancelled: go on with a run that someone cancelled.
        interruption: what notes the signals that ask for an end; by default one that is made here.
        after_step: called with epoch and step, both counted from 1, when a step is done.

    Returns:
        COMPLETED, also when the run was completed before, and when it is paused after `until_epoch`;
        INTERRUPTED, with a checkpoint of the last finished step; HELD, with a checkpoint too, when the run
        was cancelled meanwhile.

    Raises:
        MixlabError: everything that its subclasses say; `exit_code` is the command's.
        OSError: the run directory can't be read or written.
    """
    config = trial_of(config, trial)
    run = Run(config.model_dump(mode="json", by_alias=True), run_hash(config), config.max_epochs)
    supervised = bool(os.environ.get(SOCKET_VARIABLE))
    with ExitStack() as stack:
        if interruption is None:
            interruption = Interruption()
            stack.callback(interruption.restore)
        if max_steps is not None and not supervised:
            run_directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlab-"))
        if run_directory is None:
            raise InvalidInput("a training needs a run directory")
        directory = RunDirectory(run_directory)
        cancel = interruption.cancel

        def take() -> Hold:
            return stack.enter_context(
                hold_or_join(directory, run, resume_cancelled=resume_cancelled, on_cancel=cancel)
            )

        try:
            # A supervisor has the directory already, and hears what goes wrong from here on. Without one,
            # nothing is written before everything is checked.
            hold = take() if supervised else None
            if not supervised:
                directory.check(run, resume_cancelled)
            check_device(device)
            division = divide(config, world_size())
            check_batch_norm(config, division.ranks)
            data = preflight(config)
            if interruption.requested and hold is None:  # a held run gets its checkpoint
                raise InterruptedBeforeStart("interrupted before the training began")
            # Pretrained weights are where a training begins; one that goes on does not need them.
            model = create_model(config, pretrained=not directory.last_checkpoint.exists())
            teachers = load_teachers(config)
            trainee = Trainee(config, model, teachers)
            hold = hold or take()
        except AlreadyCompleted as done:
            print(done, flush=True)
            return ExitCode.COMPLETED
        if isinstance(hold, OwnHold):
            _write_provenance(directory, run, hold, device)
        outcome = _train(
            config,
            run,
            trainee,
            division,
            data,
            directory,
            hold,
            interruption,
            device,
            max_steps,
            until_epoch,
            after_step,
        )
        if outcome == "interrupted" and isinstance(hold, OwnHold) and directory.cancel.exists():
            hold.finish("cancelled", ExitCode.HELD)
            return ExitCode.HELD
        code = ExitCode.INTERRUPTED if outcome == "interrupted" else ExitCode.COMPLETED
        hold.finish(outcome, code)
        return code


def _train(
    config: RunConfig,
    run: Run,
    trainee: Trainee,
    division: Division,
    data: Data,
    directory: RunDirectory,
    hold: Hold,
    interruption: Interruption,
    device: Device,
    max_steps: int | None,
    until_epoch: int | None,
    after_step: Callable[[int, int], None],
) -> EndState:
    fabric = start_fabric(config, device)
    place = (fabric.device, fabric.global_rank, fabric.world_size)
    workers = Workers(config.runtime.workers, fabric.device)
    train_split, val_split = config.dataset.train_split, config.dataset.val_split
    train_batches = TrainBatches(data.load(train_split), config, *place, division.passes, workers)
    test_batches = EvaluationBatches(data.load(val_split), config, *place, workers)
    trainee.place(fabric.device)
    boards: list[Board] = [EventFile(directory.tensorboard, hold.attempt)]
    if config.runtime.wandb is not None and max_steps is None:
        boards.append(WandbRun(config.runtime.wandb, run, directory.path))
    epochs, steps = config.max_epochs, train_batches.steps
    log = TrainingLog(directory, hold, fabric, epochs, steps, boards)
    completed = False
    try:
        with worker_deaths_explained(), workers:
            trainee.backbone = synchronise(trainee.backbone, config, division, fabric.device, log.say)
            log.environment(fabric, division, batch_norm_images(trainee.backbone, division))
            outcome = Loop(
                config,
                trainee,
                fabric,
                division,
                train_batches,
                test_batches,
                Checkpoints(directory, run.hash, config.seed, log.say, hold.check),
                log,
                hold,
                StopVote(fabric, interruption),
                max_steps,
                until_epoch,
                after_step,
            ).run()
        completed = outcome == "completed"
    finally:
        log.close(completed=completed)
    leave_group(fabric)
    return outcome


def _write_provenance(directory: RunDirectory, run: Run, hold: OwnHold, device: Device) -> None:
    gpus = world_size() if device != "cpu" and torch.cuda.is_available() else 0
    facts = provenance(run_hash=run.hash, attempt=hold.attempt, command=sys.argv, gpus=gpus)
    write_json(directory.provenance, facts)
