"""`python -m mixlab.export RUN OUT.safetensors`: a network's weights for timm and others.

`timm.create_model(…, checkpoint_path=OUT)` loads those of timm's networks, as the file's metadata say under
`create`; `mixlab.models.load_exported(OUT)` loads those of any.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlab.core.errors import InvalidInput
from mixlab.core.run_directory import RunDirectory, checkpoint_file
from mixlab.train.commands import exit_code_of, share_cores

if TYPE_CHECKING:
    from mixlab.config import RunConfig
    from mixlab.train.trained_network import TrainedNetwork


def export(
    checkpoint: str | Path,
    out: str | Path,
    *,
    config: str | Path | None = None,
    ema: bool = False,
    force: bool = False,
) -> dict[str, str]:
    """Write the weights of a checkpoint's network, float32 and by timm's names, and return the metadata.

    Args:
        checkpoint: a file, or a run directory, whose `best.pt` is taken.
        out: the file to write, whole or not at all; ends with `.safetensors`.
        config: of the run; by default the one in the run directory that the checkpoint lies in.
        ema: take the moving average of the weights.
        force: replace `out` where it is there.

    Raises:
        InvalidInput: there is no such checkpoint, config or average, or they do not fit each other; `out` is
            there, or can't be.
        TrainingFailed: the checkpoint is damaged.
    """
    from safetensors.torch import save_file

    from mixlab.config import load_config
    from mixlab.core.files import replacing
    from mixlab.identity import run_hash
    from mixlab.train.trained_network import trained_network

    file, out = checkpoint_file(Path(checkpoint)), Path(out)
    _check_out(out, force)
    place = RunDirectory(file.absolute().parent.parent).config if config is None else Path(config)
    if not place.is_file():
        raise InvalidInput(f"no run config at {place}: give it with --config")
    run = load_config(place)
    network = trained_network(run, file, ema=ema)
    if network.hash != run_hash(run):
        raise InvalidInput(
            f"{place} is not the config of {file}: its hash is {run_hash(run)[:8]}, not {network.hash[:8]}"
        )
    told = _metadata(run, network)
    weights = {name: value.contiguous() for name, value in network.model.state_dict().items()}
    with replacing(out) as temporary:
        save_file(weights, temporary, metadata=told)
    return told


def _check_out(out: Path, force: bool) -> None:
    if out.suffix != ".safetensors":
        raise InvalidInput(f"expected a file ending with .safetensors, got {out}")
    if not out.absolute().parent.is_dir():
        raise InvalidInput(f"there is no folder {out.absolute().parent}")
    if out.exists() and not force:
        raise InvalidInput(f"{out} is there already; --force replaces it")


def _metadata(config: RunConfig, network: TrainedNetwork) -> dict[str, str]:
    """What whoever finds the file has to know; values of safetensors' metadata are texts."""
    from mixlab.models import timm_call
    from mixlab.models.exported import CONFIG_KEY

    size = config.inputs.test_size or config.dataset.size
    told = {
        "backbone": config.backbone,
        "num_classes": str(config.dataset.classes),
        "input_size": json.dumps([3, size, size]),
        "mean": json.dumps(config.dataset.mean),
        "std": json.dumps(config.dataset.std),
        "hash": network.hash,
        "epoch": str(network.epoch),
        "weights": network.weights,
        CONFIG_KEY: config.model_dump_json(by_alias=True),
    }
    call = timm_call(config)
    if call is None:
        return told | {"note": "timm has no such network: mixlab.models.load_exported(FILE) loads it"}
    return told | {"create": call}


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, export, tell how to load the file, and return the exit code."""
    share_cores()
    parser = argparse.ArgumentParser(
        prog="python -m mixlab.export",
        description="Write the weights of a trained network as safetensors.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("checkpoint", metavar="RUN", help="a run directory, whose best.pt is taken, or a checkpoint")
    add("out", metavar="OUT.safetensors", help="the file to write")
    add("--ema", action="store_true", help="the moving average of the weights (`ema.decay`)")
    add("--config", metavar="CONFIG", help="the run config (default: that of the checkpoint's run directory)")
    add("--force", action="store_true", help="replace OUT")
    options = parser.parse_args(arguments)

    def run() -> int:
        told = export(
            options.checkpoint, options.out, config=options.config, ema=options.ema, force=options.force
        )
        call = told.get("create", "mixlab.models.load_exported(FILE)")
        print(f"{options.out}: {told['backbone']} of epoch {told['epoch']}; {call}")
        return 0

    return exit_code_of(parser.prog, run)


if __name__ == "__main__":
    sys.exit(main())
