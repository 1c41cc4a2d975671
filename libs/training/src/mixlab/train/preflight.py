"""What can be known to be wrong with a run before anything is written."""

from __future__ import annotations

from mixlab.config import RunConfig
from mixlab.data import Data, open_data
from mixlab.models import check_backbone, check_pretrained


def preflight(config: RunConfig) -> Data:
    """Check a run's backbone, pretrained weights and dataset on this machine, and return the dataset.

    Raises:
        InvalidInput: one of them is not there, or does not fit the config.
    """
    check_backbone(config.backbone)
    check_pretrained(config.model.pretrained)
    return open_data(config)
