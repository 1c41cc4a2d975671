"""`python -m mixlab.launch CONFIG`: trains one trial of one run, under supervision. What every script calls."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from mixlab.core.errors import InvalidInput, MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import write_json
from mixlab.core.gpus import Claims, claim_gpus, visible_gpus
from mixlab.core.hold import InterruptedBeforeStart, hold
from mixlab.core.interruption import Interruption
from mixlab.core.provenance import provenance
from mixlab.core.run_directory import AlreadyCompleted, Run, RunDirectory
from mixlab.core.supervision import Outcome

from .location import default_run_directory
from .options import Options, parse_options
from .supervisor import Supervisor, Training


def main(arguments: list[str]) -> int:
    """Runs the command line and returns its exit code; prints every error as a message, without a traceback."""
    with Interruption() as interruption:
        options = parse_options(arguments)
        try:
            if options.list_gpus:
                print("\n".join(visible_gpus(options.gpu_ids)))
                return ExitCode.COMPLETED
            return _launch(options, interruption)
        except AlreadyCompleted as done:
            if not options.quiet:
                print(f"mixlab: {done}")
            return ExitCode.COMPLETED
        except MixlabError as error:
            print(f"mixlab: {error}", file=sys.stderr)
            return int(error.exit_code)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            print(f"mixlab: {place}{error.strerror or error}", file=sys.stderr)
            return ExitCode.FAILED


def _launch(options: Options, interruption: Interruption) -> int:
    assert options.config is not None
    run = _read_run(options.config, options.trial)
    if interruption.requested:
        raise InterruptedBeforeStart("interrupted before the training started")
    smoke = options.max_steps is not None and options.run_dir is None
    if smoke:
        path = Path(tempfile.mkdtemp(prefix="mixlab-smoke-"))
    else:
        path = options.run_dir or default_run_directory(options.config, run.hash, options.trial)
    code = _train(RunDirectory(path), run, options, interruption)
    if smoke and code == ExitCode.COMPLETED:
        shutil.rmtree(path, ignore_errors=True)
    return code


def _read_run(config_file: Path, trial: int) -> Run:
    """Checks the config, and whether its images are where this machine has them. Raises InvalidInput."""
    # These import PyTorch, which takes a second; `--help` and `--list-gpus` need none of it.
    from mixlab.config import load_config
    from mixlab.data.open import is_digits
    from mixlab.data.roots import dataset_root
    from mixlab.identity import run_hash

    config = load_config(config_file)
    if not is_digits(config.dataset):
        dataset_root(config.dataset.name)
    config = config.model_copy(update={"seed": config.seed + trial - 1})
    return Run(config.model_dump(mode="json", by_alias=True), run_hash(config), config.max_epochs)


def _train(directory: RunDirectory, run: Run, options: Options, interruption: Interruption) -> int:
    def say(line: str) -> None:
        if not options.quiet:
            print(f"mixlab: {line}", flush=True)

    # Nobody waits for a GPU for nothing; the same is asked again under the lock.
    directory.check(run, options.resume_cancelled)
    gpus, device_ids, claims = _gpus(options, interruption, say)
    holding = hold(
        directory,
        run,
        resume_cancelled=options.resume_cancelled,
        heartbeat_seconds=options.heartbeat_seconds,
        takeover_seconds=options.takeover_seconds,
        interrupted=lambda: interruption.requested,
        say=say,
    )
    with holding as held:
        facts = provenance(run_hash=run.hash, attempt=held.attempt, command=sys.orig_argv, gpus=gpus)
        write_json(directory.provenance, facts)
        world_size = gpus or options.processes
        training = Training(
            command=_trainer_command(options, directory, gpus),
            world_size=world_size,
            device_ids=device_ids,
            own_trainer=options.trainer is None,
        )
        where = f"{gpus} GPUs" if gpus > 1 else "1 GPU" if gpus else "the CPU"
        where += f", {world_size} processes" if world_size > max(1, gpus) else ""
        say(f"{directory.path}: attempt {held.attempt} on {where}")
        outcome = Supervisor(held, training, claims, interruption, options.quiet).run()
        held.finish(outcome.state, outcome.exit_code, outcome.error)
    _report(directory, outcome, options)
    return outcome.exit_code


def _gpus(
    options: Options, interruption: Interruption, say: Callable[[str], None]
) -> tuple[int, str | None, Claims]:
    """How many GPUs to train on, what CUDA_VISIBLE_DEVICES is to be (None: as it is), and the claims on them."""
    nothing = Claims((), ())
    visible = [] if options.gpus == 0 else visible_gpus(options.gpu_ids)
    count = options.gpus if options.gpus is not None else min(1, len(visible))
    if count == 0:
        if options.claim:
            raise InvalidInput("--claim: no GPU is visible; --gpus 0 trains on the CPU")
        return 0, "", nothing
    if count > len(visible):
        raise InvalidInput(f"--gpus {count}: only {len(visible)} are visible; --gpus 0 trains on the CPU")
    if options.claim:
        claims = claim_gpus(visible, count, interrupted=lambda: interruption.requested, say=say)
        return count, ",".join(claims.uuids), claims
    return count, None if options.gpu_ids is None else ",".join(visible[:count]), nothing


def _trainer_command(options: Options, directory: RunDirectory, gpus: int) -> list[str]:
    command = options.trainer or (sys.executable, "-m", "mixlab.train")
    steps = [] if options.max_steps is None else ["--max-steps", str(options.max_steps)]
    # The directory's own config.json, so that what trains is what was checked; the trial's seed is in it.
    return [*command, str(directory.config), "--run-dir", str(directory.path), "--gpus", str(gpus), *steps]


def _report(directory: RunDirectory, outcome: Outcome, options: Options) -> None:
    status = directory.read_status()
    epoch = 0 if status is None else status.epoch
    if outcome.state == "failed":
        error = outcome.error or "no reason is known"
        # What the training printed has been shown already, unless it was asked to be quiet.
        shown = error if options.quiet else error.partition("\n")[0]
        print(f"mixlab: {directory.path}: failed: {shown}", file=sys.stderr)
    elif not options.quiet:
        print(f"mixlab: {directory.path}: {outcome.state} after epoch {epoch}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
