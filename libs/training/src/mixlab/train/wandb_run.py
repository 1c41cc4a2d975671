"""A trial as a run of Weights & Biases, the same one in every attempt."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mixlab.config import RunConfig
from mixlab.core.errors import InvalidInput
from mixlab.core.run_directory import Run

INIT_SECONDS = FINISH_SECONDS = 30.0
"""The longest that a training waits for a server at its first line and after its last one."""


def check_wandb(config: RunConfig) -> None:
    """Raise `InvalidInput` where a run is to be logged to Weights & Biases, and the package is missing or the
    project's name is none."""
    project = config.runtime.wandb
    if project is None:
        return
    if wrong := [character for character in r"/\#?%:" if character in project]:
        raise InvalidInput(
            f"runtime.wandb: expected the name of a project, without {' '.join(wrong)}, got {project!r}; "
            "WANDB_ENTITY names the account"
        )
    spec = importlib.util.find_spec("wandb")
    if spec is None or spec.origin is None:  # a folder `wandb`, as the package makes them, is no package
        raise InvalidInput(
            "runtime.wandb: the package wandb is not installed: pip install 'mixlab[wandb]', or leave it null"
        )


class WandbRun:
    """Curves of one trial in Weights & Biases.

    The group is the experiment, the name the run's and the trial's. The id follows from the experiment, the
    run's hash and the seed, so that an attempt that goes on, on whatever machine, goes on in the same run;
    steps that this run has already are left as they are. What its environment variables say holds:
    WANDB_MODE=offline keeps everything in `wandb/` of the run directory, for `wandb sync` to send.

    Args:
        project: its name in Weights & Biases.
        run: the run.
        directory: the run directory.
    """

    name = "Weights & Biases"

    def __init__(self, project: str, run: Run, directory: Path) -> None:
        self._project, self._config, self._directory = project, run.config, directory
        experiment, self._name, trial = _place(directory)
        self._group = experiment or self._name
        self._title = f"{self._name} {trial}"
        identity = f"{experiment}/{run.hash}/{run.config.get('seed', 0)}"
        self._id = hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()
        self._run: Any = None

    def begin(self, steps: int) -> None:
        """Starts the run, or goes on with it.

        Raises:
            Exception: of wandb's own, where nobody is logged in, or no server answers in time.
        """
        import wandb

        self._run = wandb.init(
            project=self._project,
            group=self._group,
            name=self._title,
            id=self._id,
            resume="allow",
            config=dict(self._config),
            dir=str(self._directory),
            settings=wandb.Settings(
                console="off",
                init_timeout=float(os.environ.get("WANDB_INIT_TIMEOUT", INIT_SECONDS)),
                login_timeout=INIT_SECONDS,
                finish_timeout=FINISH_SECONDS,
            ),
        )

    def write(self, step: int, scalars: Mapping[str, float]) -> None:
        """Hands numbers to wandb, which sends them in a process of its own."""
        if step >= self._run.step:
            self._run.log(dict(scalars), step=step)

    def close(self, *, completed: bool) -> None:
        """Ends the attempt; a run that is not completed counts as failed until it goes on."""
        if self._run is not None:
            self._run.finish(exit_code=0 if completed else 1)


def _place(directory: Path) -> tuple[str, str, str]:
    """Experiment, run and trial of `work_dirs/<experiment>/<run>/trial<k>`; the experiment may be empty."""
    path = directory.absolute()
    root = Path(os.environ.get("MIXLAB_WORK_DIR") or _work_dirs(path)).absolute()
    above = path.parent.parent
    experiment = above.relative_to(root).as_posix() if above.is_relative_to(root) else above.name
    return experiment.removeprefix("."), path.parent.name, path.name


def _work_dirs(path: Path) -> Path:
    named = [parent for parent in path.parents if parent.name == "work_dirs"]
    return named[0] if named else path.parent.parent.parent
