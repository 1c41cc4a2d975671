"""Backbones: timm's by name, and ResNets for small images."""

from .backbones import Backbone, check_backbone, list_backbones, register_backbone
from .create import create_model, takes_one_size, timm_call
from .exported import load_exported
from .pretrained import check_pretrained
from .teachers import check_teachers, load_teachers

__all__ = [
    "Backbone",
    "check_backbone",
    "check_pretrained",
    "check_teachers",
    "create_model",
    "list_backbones",
    "load_exported",
    "load_teachers",
    "register_backbone",
    "takes_one_size",
    "timm_call",
]
