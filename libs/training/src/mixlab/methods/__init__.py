"""Mixing methods, one a file."""

from .base import Method
from .cutmix import CutMix
from .mixup import MixUp
from .one_of import RSB, Choice, DeiT, OneOf
from .registry import list_methods, method_class
from .vanilla import Vanilla

__all__ = ["RSB", "Choice", "CutMix", "DeiT", "Method", "MixUp", "OneOf", "Vanilla", "list_methods", "method_class"]
