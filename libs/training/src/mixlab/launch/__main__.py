"""`python -m mixlab.launch CONFIG`: trains one trial of one run, supervised. What every script calls."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from mixlab.core.console import print_line
from mixlab.core.errors import MixlabError
from mixlab.core.exit_codes import ExitCode
from mixlab.core.files import write_json
from mixlab.core.gpus import Claims, claim_gpus, visible_gpus
from mixlab.core.hold import check_free, hold
from mixlab.core.interruption import Interruption
from mixlab.core.provenance import provenance
from mixlab.core.run_directory import AlreadyCompleted, RunDirectory
from mixlab.core.supervision import Outcome

from .follower import follow
from .location import default_run_directory
from .nodes import Nodes
from .options import Options, parse_options
from .preparation import CheckFailed, Devices, check_run, find_devices, trainer_command
from .supervisor import Supervisor, Training
from .torchrun import Ranks
from .trial_run import write_result


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
            if options.place is None:
                return _launch(options, interruption, None, say)
            if options.place.node_rank > 0:
                return follow(options, options.place, interruption, say)
            with Nodes(options.place) as nodes:
                nodes.exit_code = _launch(options, interruption, nodes, say)
                return nodes.exit_code
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


def _launch(
    options: Options, interruption: Interruption, nodes: Nodes | None, say: Callable[[str], None]
) -> int:
    assert options.config is not None
    devices = find_devices(options)
    run = check_run(options, devices, interruption)
    with ExitStack() as stack:
        if options.max_steps is not None:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mixlab-try-")))
        else:
            path = options.run_dir or default_run_directory(options.config, run.hash, options.trial)
        directory = RunDirectory(path)
        # Nobody waits for a GPU for nothing; the same is asked again under the lock.
        check_free(directory, run, options.resume_cancelled)
        if nodes is not None:
            nodes.gather(run.hash, options.trial, lambda: interruption.requested)
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
                run_hash=run.hash,
                attempt=held.attempt,
                command=sys.orig_argv,
                gpus=devices.gpus * devices.nodes,
            )
            write_json(directory.provenance, facts)
            training = Training(
                command=trainer_command(options, directory, devices),
                ranks=Ranks(devices.processes, devices.nodes),
                device_ids=_device_ids(options, devices, claims),
                own_trainer=options.trainer is None,
            )
            if nodes is not None:
                training = nodes.join(training, directory, held)
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
