"""Where a run trains when nobody says so: under `work_dirs`, by its experiment, its name and its trial."""

from __future__ import annotations

import os
from pathlib import Path

from mixlab.core.errors import InvalidInput
from mixlab.core.files import read_json
from mixlab.core.run_directory import RunDirectory


def default_run_directory(config: Path, run_hash: str, trial: int) -> Path:
    """The run directory of trial `trial` of the run in the file `config`.

    `<home>/work_dirs/<experiment>/<run>/trial<k>` for a generated config, where home is the folder that the
    generator's output lies in; `<home>/work_dirs/<file's name>/trial<k>` for any other, where home is
    MIXLAB_HOME or the current folder. MIXLAB_WORK_DIR stands in for `<home>/work_dirs`. A directory that
    trains this very run already is found under whatever name it has; one that trains another run under this
    name is left alone, and eight digits of the hash make the difference. Raises InvalidInput where the plan
    beside the config is damaged.
    """
    config = config.absolute()
    experiment = _experiment_of(config)
    if experiment is None:
        home = Path(os.environ.get("MIXLAB_HOME") or Path.cwd())
        folder = _work_dir(home)
    else:
        name, out = experiment
        folder = _work_dir(out.parent) / name
    short = run_hash[:8]
    named = folder / config.stem / f"trial{trial}"
    others = sorted(folder.glob(f"*{short}*/trial{trial}"))
    for candidate in (named, *others):
        if _hash_in(candidate) == run_hash:
            return candidate
    if _hash_in(named) is not None and short not in config.stem:
        return folder / f"{config.stem}-{short}" / f"trial{trial}"
    return named


def home_of(config: Path) -> Path | None:
    """The folder that the output of `config`'s generator lies in; None for one that was not generated.

    Raises InvalidInput where the plan beside it is damaged.
    """
    experiment = _experiment_of(config.absolute())
    return None if experiment is None else experiment[1].parent


def _work_dir(home: Path) -> Path:
    return Path(os.environ.get("MIXLAB_WORK_DIR") or home / "work_dirs")


def _experiment_of(config: Path) -> tuple[str, Path] | None:
    """Name of the experiment that `config` was generated for, and the generator's output folder.

    Raises InvalidInput where that stands in a file that is damaged.
    """
    if len(config.parents) < 4 or config.parents[2].name != "configs":
        return None
    folder = config.parents[3]
    plan = read_json(folder / "plan.json")
    if not plan and (folder / "plan.json").exists():
        raise InvalidInput(
            f"{folder / 'plan.json'} is damaged: nothing tells which experiment {config.name} is of; "
            "`npx mixlab configs --force` writes it anew"
        )
    name = None if plan is None else plan.get("experiment")
    if not isinstance(name, str):
        return None
    parts = Path(name).parts
    if not parts or folder.parts[-len(parts) :] != parts:
        return None
    return name, folder.parents[len(parts) - 1]


def _hash_in(directory: Path) -> str | None:
    status = RunDirectory(directory).read_status()
    return None if status is None else status.hash
