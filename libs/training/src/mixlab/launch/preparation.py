"""What every node of a run does before it trains: choose devices, and check the run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from mixlab.core.errors import InvalidInput, MixlabError
from mixlab.core.gpus import visible_gpus
from mixlab.core.hold import InterruptedBeforeStart
from mixlab.core.interruption import Interruption
from mixlab.core.run_directory import Run, RunDirectory

from .location import home_of
from .options import Options


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
    """On this node."""

    nodes: int = 1

    def __str__(self) -> str:
        each = "the CPU" if self.processes == 1 else f"the CPU, {self.processes} processes"
        if self.gpus:
            each = "1 GPU" if self.gpus == 1 else f"{self.gpus} GPUs"
        return each if self.nodes == 1 else f"{self.nodes} nodes with {each} each"


def find_devices(options: Options) -> Devices:
    """Raises InvalidInput where there are too few GPUs."""
    nodes = 1 if options.place is None else options.place.nodes
    if options.gpus == 0:
        return Devices(0, (), options.processes, nodes)
    visible = tuple(visible_gpus(options.gpu_ids))
    gpus = options.gpus if options.gpus is not None else min(1, len(visible))
    if gpus > len(visible) or (options.claim and not visible):
        raise InvalidInput(f"GPUs: {gpus or 1} asked for, {len(visible)} visible; --gpus 0 trains on the CPU")
    return Devices(gpus, visible, gpus or 1, nodes)


def check_run(options: Options, devices: Devices, interruption: Interruption) -> Run:
    """Checks the run in a process of its own, which prints what is wrong with it.

    Raises CheckFailed then, and InterruptedBeforeStart.
    """
    assert options.config is not None
    # What the scripts say already is where datasets lie.
    home = None if os.environ.get("MIXLAB_HOME") else home_of(options.config)
    if home is not None and (home / "mixlab.local.json").is_file():
        os.environ["MIXLAB_HOME"] = str(home)
    checker = options.checker or (sys.executable, "-m", "mixlab.launch.check")
    command = [*checker, str(options.config), str(options.trial)]
    environment = {**os.environ, "WORLD_SIZE": str(devices.processes * devices.nodes)}
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


def trainer_command(options: Options, directory: RunDirectory, devices: Devices) -> list[str]:
    """What each rank runs."""
    command = options.trainer or (sys.executable, "-m", "mixlab.train")
    device = "cuda" if devices.gpus else "cpu"
    steps = [] if options.max_steps is None else ["--max-steps", str(options.max_steps)]
    until = [] if options.until_epoch is None else ["--until-epoch", str(options.until_epoch)]
    # The directory's own config.json, so that what trains is what was checked; the trial's seed is in it.
    return [
        *command,
        str(directory.config),
        "--run-dir",
        str(directory.path),
        "--device",
        device,
        *steps,
        *until,
    ]
