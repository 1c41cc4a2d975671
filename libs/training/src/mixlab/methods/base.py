"""What every mixing method is: its parameters, and how it draws and applies them."""

from __future__ import annotations

from typing import ClassVar

from mixlab.core.fields import ConfigModel


class Method(ConfigModel):
    """A mixing policy and its parameters. Subclasses are entered with `register`."""

    name: str
    paper: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()
