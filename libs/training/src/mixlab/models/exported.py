"""Networks in the files that `mixlab.export` writes."""

from __future__ import annotations

from pathlib import Path

from torch import nn

from mixlab.config import parse_config
from mixlab.core.errors import InvalidInput

from .create import create_model

CONFIG_KEY = "config"
"""Of the file's metadata: the run config, as JSON."""


def load_exported(path: str | Path) -> nn.Module:
    """A network that `python -m mixlab.export` wrote, with any stem and of anybody; in training mode.

    It takes images [B, 3, S, S], normalised with the `mean` and `std` of the file's metadata.

    Raises:
        InvalidInput: no such file, or not one that was exported.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise InvalidInput(f"no such file: {path}")
    try:
        with safe_open(path, "pt") as file:
            config = (file.metadata() or {}).get(CONFIG_KEY)
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118, it is no dict
    except SafetensorError as error:
        raise InvalidInput(f"{path} cannot be read: {error}") from error
    if config is None:
        raise InvalidInput(f"{path} is not of mixlab.export: its metadata have no {CONFIG_KEY}")
    model = create_model(parse_config(config, path), pretrained=False)
    model.load_state_dict(weights)
    return model
