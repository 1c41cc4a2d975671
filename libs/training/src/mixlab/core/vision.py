"""Makes `import torchvision` work beside a build of PyTorch that its compiled extension does not fit.

Without the extension the import stops at `operator torchvision::nms does not exist`; declaring the two
operators' schemas is enough for models and transforms. Import this module before timm or torchvision.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import torch

_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def _extension_loads() -> bool:
    """Whether torchvision's extension is there and fits this PyTorch; loading it registers its operators."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None:
        return True  # nothing to repair: the import itself says what is missing
    for library in sorted(Path(spec.origin).parent.glob("_C*")):
        try:
            torch.ops.load_library(str(library))  # type: ignore[no-untyped-call]
            return True
        except OSError:
            continue
    return False


def _declare_operators() -> torch.library.Library:
    library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for name, schema in _SCHEMAS.items():
        library.define(name + schema)  # type: ignore[no-untyped-call]
    return library


# The declarations last as long as this object does.
_operators = None if "torchvision" in sys.modules or _extension_loads() else _declare_operators()


def import_timm() -> ModuleType:
    """timm, imported after the repair that torchvision may need."""
    return importlib.import_module("timm")
