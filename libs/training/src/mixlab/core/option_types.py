"""Types of options of all commands, for argparse."""

from __future__ import annotations

import argparse


def count(text: str) -> int:
    """A whole number from 0."""
    return _from(0, text)


def positive(text: str) -> int:
    """A whole number from 1."""
    return _from(1, text)


def _from(least: int, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"expected a whole number from {least}, got {text!r}")
    return int(text)
