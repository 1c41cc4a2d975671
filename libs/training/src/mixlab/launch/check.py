"""Checks a run on this machine: `python -m mixlab.launch.check CONFIG TRIAL`.

A process of its own, so that the supervisor, which lives as long as the training, never loads PyTorch. Prints
the run as JSON; on a bad one it prints what is wrong with it and exits with 2.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from mixlab.config import load_config
from mixlab.core.errors import MixlabError
from mixlab.core.processes import end_with_parent
from mixlab.core.run_directory import Run
from mixlab.identity import run_hash
from mixlab.train.batch_norm import check_batch_norm
from mixlab.train.division import divide
from mixlab.train.preflight import preflight, trial_of, world_size


def main(config_file: str, trial: int) -> int:
    """Returns the exit code. The number of ranks comes from WORLD_SIZE."""
    end_with_parent()
    try:
        config = trial_of(load_config(config_file), trial)
        divide(config, world_size())
        check_batch_norm(config, world_size())
        preflight(config)
    except MixlabError as error:
        print(f"mixlab: {error}", file=sys.stderr)
        return int(error.exit_code)
    run = Run(config.model_dump(mode="json", by_alias=True), run_hash(config), config.max_epochs)
    print(json.dumps(asdict(run)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
