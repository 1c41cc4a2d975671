"""Backbones: timm's by name, and ResNets for small images."""

from .backbones import Backbone, check_backbone, list_backbones
from .create import create_model
from .pretrained import check_pretrained

__all__ = ["Backbone", "check_backbone", "check_pretrained", "create_model", "list_backbones"]
