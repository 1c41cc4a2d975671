"""Mixing methods, one a file.

A new file in this folder is found by itself: the class that it registers enters the run config and `oneOf`.
So does a class that another package registers, as soon as it is imported.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from mixlab.core.fields import retype

from .base import Method, Mixed
from .create import create
from .cutmix import CutMix
from .deit import DeiT
from .mix import Mix, MixState
from .mixer import Criterion, Mixer, Setting, Step, Trained
from .mixup import MixUp
from .one_of import Choice, OneOf
from .registry import any_method, list_methods, method_class, on_registration, register
from .rsb import RSB
from .vanilla import Vanilla

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

if TYPE_CHECKING:
    AnyMethod = Method
    SingleMethod = Method
else:
    AnyMethod = any_method()
    SingleMethod = any_method(but=OneOf)
    Choice.model_rebuild(_types_namespace={"SingleMethod": SingleMethod})
    OneOf.model_rebuild(force=True)


def _admit_to_mixtures() -> None:
    """Let a mixture hold a method that another package has registered."""
    retype(Choice, "method", any_method(but=OneOf))
    OneOf.model_rebuild(force=True)


on_registration(_admit_to_mixtures)

__all__ = [
    "RSB",
    "AnyMethod",
    "Choice",
    "Criterion",
    "CutMix",
    "DeiT",
    "Method",
    "Mix",
    "MixState",
    "MixUp",
    "Mixed",
    "Mixer",
    "OneOf",
    "Setting",
    "SingleMethod",
    "Step",
    "Trained",
    "Vanilla",
    "any_method",
    "create",
    "list_methods",
    "method_class",
    "on_registration",
    "register",
]
