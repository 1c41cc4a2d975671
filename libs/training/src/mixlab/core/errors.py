"""Errors that a person caused or can mend: printed as one message, without a traceback."""

from __future__ import annotations

OUT_OF_MEMORY = "out of memory in "
"""What messages begin with, behind the rank, where a device has no room for a batch; the place follows."""


class MixlabError(Exception):
    """A problem, with a message for whoever runs the command; `exit_code` is what the process ends with."""

    exit_code = 1


class InvalidInput(MixlabError):
    """A bad config, argument, dataset root or checkpoint path, found before anything is written."""

    exit_code = 2


class TrainingFailed(MixlabError):
    """The training cannot go on: an unreadable image, a loss that is not finite, a full disk."""

    exit_code = 1
