"""Mixing methods, one a file.

A new file in this folder is found by itself: the class that it registers enters the run config and `oneOf`.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from .base import Method, Mixed
from .cutmix import CutMix
from .deit import DeiT
from .mixer import Criterion, Mixer, Setting, Step, Trained
from .mixup import MixUp
from .one_of import Choice, OneOf
from .registry import list_methods, method_class, register, union_of
from .rsb import RSB
from .vanilla import Vanilla

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

if TYPE_CHECKING:
    AnyMethod = Method
    SingleMethod = Method
else:
    _classes = [method_class(name) for name in list_methods()]
    AnyMethod = union_of(_classes)
    SingleMethod = union_of(cls for cls in _classes if cls is not OneOf)
    Choice.model_rebuild(_types_namespace={"SingleMethod": SingleMethod})
    OneOf.model_rebuild(force=True)

__all__ = [
    "RSB",
    "AnyMethod",
    "Choice",
    "Criterion",
    "CutMix",
    "DeiT",
    "Method",
    "MixUp",
    "Mixed",
    "Mixer",
    "OneOf",
    "Setting",
    "SingleMethod",
    "Step",
    "Trained",
    "Vanilla",
    "list_methods",
    "method_class",
    "register",
]
