"""Arguments of a method in a loop of one's own: what is wrong with one is said by its name."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from mixlab.core.cues import Normalisation


def whole_number(name: str, value: object, least: int) -> int:
    """A whole number of any type.

    Raises:
        TypeError: it is none.
        ValueError: it is below `least`.
    """
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number from {least}, got {value!r}")
    if number < least:
        raise ValueError(f"{name}: expected a whole number from {least}, got {number}")
    return number


def check_network(name: str, value: object) -> None:
    """Raise TypeError where a network is none; a method's name or a list stands there easily."""
    if not isinstance(value, nn.Module):
        raise TypeError(f"{name}: expected a torch.nn.Module, got {_kind(value)}")


def check_teachers(given: object) -> None:
    """Raise TypeError where there is something else than a network, or networks by teacher."""
    for network in given.values() if isinstance(given, Mapping) else (given,):
        check_network("teacher", network)


def normalisation(mean: Sequence[float], std: Sequence[float]) -> Normalisation:
    """How images are normalised.

    Raises:
        TypeError: one of the two is not three numbers.
        ValueError: a standard deviation is not above 0.
    """
    return Normalisation(_three("mean", mean), _three("std", std, above=0))


def _three(name: str, values: Sequence[float], above: float = -math.inf) -> tuple[float, ...]:
    try:
        found = tuple(float(value) for value in values)
    except (TypeError, ValueError):
        found = ()
    if len(found) != 3:
        raise TypeError(f"{name}: expected three numbers, one for each RGB channel, got {values!r}")
    if not min(found) > above:
        raise ValueError(f"{name}: expected numbers above {above}, got {values!r}")
    return found


def check_batch(images: object, labels: object) -> None:
    """Raise where images are not [B, C, H, W], or labels neither [B] nor [B, K].

    Raises:
        TypeError: one of them is no tensor.
        ValueError: their shapes are others.
    """
    for name, value in (("images", images), ("labels", labels)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name}: expected a tensor, got {_kind(value)}")
    assert isinstance(images, Tensor)
    assert isinstance(labels, Tensor)
    if images.ndim != 4:
        raise ValueError(f"images: expected [B, C, H, W], got {_shape(images)}")
    if labels.ndim not in (1, 2) or len(labels) != len(images):
        size = len(images)
        raise ValueError(
            f"labels: expected [{size}] or [{size}, K], for images of {_shape(images)}, got {_shape(labels)}"
        )


def check_labels(labels: Tensor, num_classes: int) -> None:
    """Raise ValueError where labels are no class indices [B] and no probabilities [B, K] of `num_classes`.

    A GPU is not waited for: indices are looked at on a CPU alone.
    """
    if labels.ndim == 2:
        if labels.shape[1] != num_classes:
            raise ValueError(
                f"labels: expected [B, {num_classes}] of {num_classes} classes, got {_shape(labels)}"
            )
        return
    if labels.is_floating_point():
        raise ValueError(
            f"labels: expected class indices [B] or probabilities [B, K], got {labels.dtype} [B]"
        )
    if labels.device.type == "cpu" and len(labels) and not torch.compiler.is_compiling():
        least, most = (int(value) for value in labels.long().aminmax())
        if least < 0 or most >= num_classes:
            wrong = least if least < 0 else most
            raise ValueError(f"labels: expected class indices of 0 to {num_classes - 1}, got {wrong}")


def _kind(value: object) -> str:
    return f"{value!r}, a str" if isinstance(value, str) else type(value).__name__


def _shape(tensor: Tensor) -> str:
    return f"[{', '.join(map(str, tensor.shape))}]"
