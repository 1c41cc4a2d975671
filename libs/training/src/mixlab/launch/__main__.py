"""`python -m mixlab.launch CONFIG`: trains one trial of one run, supervised. What every script calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.console import print_line
from mixlab.core.errors import InvalidInput, MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import write_json
from mixlab.core.gpus import Claims, claim_gpus, visible_gpus
from mixlab.core.hold import InterruptedBeforeStart, check_free, hold
from mixlab.core.interruption import Interruption
from mixlab.core.provenance import provenance
from mixlab.core.run_directory import AlreadyCompleted, Run, RunDirectory
from mixlab.core.supervision import Outcome

from .location import default_run_directory, home_of
from .options import Options, parse_options
from .supervisor import Supervisor, Training
from .trial_run import write_result


class CheckFailed(MixlabError):
    """The check of a run has said already what is wrong."""

    def __init__(self, exit_code: int) -> None:
        super().__init__("")
        self.exit_code = exit_code


@dataclass(frozen=True)
class Devices:
    """What a training runs on."""

    gpus: int
    """0 is the CPU."""

    visible: tuple[str, ...]
    """UUIDs to choose from."""

    processes: int

    def __str__(self) -> str:
        if self.gpus:
            return "1 GPU" if self.gpus == 1 else f"{self.gpus} GPUs"
        return "the CPU" if self.processes == 1 else f"the CPU, {self.processes} processes"


def main(arguments: list[str]) -> int:
    """Runs the command line and returns its exit code; prints errors as messages, without a traceback."""
    with Interruption() as interruption:
        options = parse_options(arguments)

        def say(line: str) -> None:
            if not options.quiet:
                print_line(f"mixlab: {line}")

        try:
            if options.list_gpus:
                for uuid in visible_gpus(options.gpu_ids):
                    print(uuid)
                return ExitCode.COMPLETED
            return _launch(options, interruption, say)
        except AlreadyCompleted as done:
            say(str(done))
            return ExitCode.COMPLETED
        except CheckFailed as error:
            return error.exit_code
        except MixlabError as error:
            print(f"mixlab: {error}", file=sys.stderr)
            return int(error.exit_code)
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            print(f"mixlab: {place}{error.strerror or error}", file=sys.stderr)
            return ExitCode.FAILED


def _launch(options: Options, interruption: Interruption, say: Callable[[str], None]) -> int:
    assert options.config is not None
    devices = _devices(options)
    if (home := home_of(options.config)) is not None and (home / "mixlab.local.json").is_file():
        os.environ.setdefault("MIXLAB_HOME", str(home))  # says where datasets lie
    run = _check(options, devices, interruption)
    with ExitStack() as stack:
        if options.max_steps is not None:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlab-try-")))
        else:
            path = options.run_dir or default_run_directory(options.config, run.hash, options.trial)
        directory = RunDirectory(path)
        # Nobody waits for a GPU for nothing; the same is asked again under the lock.
        check_free(directory, run, options.resume_cancelled)
        claims = _claim(options, devices, interruption, say)
        holding = hold(
            directory,
            run,
            resume_cancelled=options.resume_cancelled,
            heartbeat_seconds=options.heartbeat_seconds,
            takeover_seconds=options.takeover_seconds,
            interrupted=lambda: interruption.requested,
            on_cancel=interruption.cancel,
            say=say,
        )
        with holding as held:
            facts = provenance(
                run_hash=run.hash, attempt=held.attempt, command=sys.orig_argv, gpus=devices.gpus
            )
            write_json(directory.provenance, facts)
            training = Training(
                command=_trainer_command(options, directory, devices),
                world_size=devices.processes,
                device_ids=_device_ids(options, devices, claims),
                own_trainer=options.trainer is None,
            )
            subject = options.config if options.max_steps is not None else directory.path
            say(f"{subject}: attempt {held.attempt} on {devices}")
            outcome = Supervisor(held, training, claims, interruption, say=say, quiet=options.quiet).run()
            if outcome.state == "interrupted" and directory.cancel.exists():
                outcome = Outcome("cancelled", ExitCode.HELD)
            if options.result is not None:
                write_result(options.result, directory, outcome)
            held.finish(outcome.state, outcome.exit_code, outcome.error)
        _report(f"{subject}", held.epoch, outcome, options, say)
        return outcome.exit_code


def _devices(options: Options) -> Devices:
    if options.gpus == 0:
        return Devices(0, (), options.processes)
    visible = tuple(visible_gpus(options.gpu_ids))
    gpus = options.gpus if options.gpus is not None else min(1, len(visible))
    if gpus > len(visible) or (options.claim and not visible):
        raise InvalidInput(f"GPUs: {gpus or 1} asked for, {len(visible)} visible; --gpus 0 trains on the CPU")
    return Devices(gpus, visible, gpus or 1)


def _check(options: Options, devices: Devices, interruption: Interruption) -> Run:
    """Checks the run in a process of its own, which prints what is wrong with it."""
    checker = options.checker or (sys.executable, "-m", "mixlab.launch.check")
    command = [*checker, str(options.config), str(options.trial)]
    environment = {**os.environ, "WORLD_SIZE": str(devices.processes)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, start_new_session=True) as check:
        while True:
            try:
                found, _ = check.communicate(timeout=0.2)
                break
            except subprocess.TimeoutExpired:
                if interruption.requested:
                    check.kill()
    if interruption.requested:
        raise InterruptedBeforeStart("interrupted before the training started")
    if check.returncode != 0:
        raise CheckFailed(check.returncode if check.returncode > 0 else 128 - check.returncode)
    return Run(**json.loads(found))


def _claim(
    options: Options, devices: Devices, interruption: Interruption, say: Callable[[str], None]
) -> Claims:
    if not options.claim:
        return Claims((), ())
    return claim_gpus(devices.visible, devices.gpus, interrupted=lambda: interruption.requested, say=say)


def _device_ids(options: Options, devices: Devices, claims: Claims) -> str | None:
    """CUDA_VISIBLE_DEVICES of what trains; None leaves it as it is."""
    if devices.gpus == 0:
        return ""
    if claims.uuids:
        return ",".join(claims.uuids)
    return None if options.gpu_ids is None else ",".join(devices.visible[: devices.gpus])


def _trainer_command(options: Options, directory: RunDirectory, devices: Devices) -> list[str]:
    command = options.trainer or (sys.executable, "-m", "mixlab.train")
    device = "cuda" if devices.gpus else "cpu"
    steps = [] if options.max_steps is None else ["--max-steps", str(options.max_steps)]
    # The directory's own config.json, so that what trains is what was checked; the trial's seed is in it.
    return [*command, str(directory.config), "--run-dir", str(directory.path), "--device", device, *steps]


def _report(subject: str, epoch: int, outcome: Outcome, options: Options, say: Callable[[str], None]) -> None:
    if outcome.state != "failed":
        say(f"{subject}: {outcome.state} after epoch {epoch}")
        return
    error = outcome.error or "no reason is known"
    # What the training printed has been shown already, unless it was asked to be quiet.
    shown = error if options.quiet else error.partition("\n")[0]
    print(f"mixlab: {subject}: failed: {shown}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
