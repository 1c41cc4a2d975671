"""SGD, AdamW and LAMB over groups of parameters that decay and that don't."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from mixlab.config import Optimizer
from mixlab.core.vision import import_timm
from mixlab.methods import Trained


def create_optimizer(
    model: nn.Module, config: Optimizer, also: Sequence[Trained] = ()
) -> torch.optim.Optimizer:
    """The optimiser of a run; its learning rates are set before each step, see `mixlab.train.schedules`.

    Args:
        model: the backbone, whose groups come first, on the device that it is trained on.
        config: the optimiser.
        also: what a method trains beside the backbone, a group each, in this order.
    """
    groups = parameter_groups(model, config) + [_group(trained) for trained in also]
    on_gpu = next(model.parameters()).is_cuda
    if config.name == "sgd":
        return torch.optim.SGD(
            groups,
            lr=config.lr,
            momentum=config.momentum,
            nesterov=config.nesterov,
            weight_decay=config.weight_decay,
            foreach=on_gpu,  # on a CPU it takes a fifth longer than one parameter after the other
        )
    beta1, beta2 = config.betas
    if config.name == "lamb":
        import_timm()
        from timm.optim.lamb import Lamb

        return Lamb(
            groups, lr=config.lr, betas=(beta1, beta2), eps=config.eps, weight_decay=config.weight_decay
        )
    return torch.optim.AdamW(
        groups,
        lr=config.lr,
        betas=(beta1, beta2),
        eps=config.eps,
        weight_decay=config.weight_decay,
        **{"foreach" if on_gpu else "fused": True},  # on a CPU, a third of the time
    )


def separated(also: Sequence[Trained], config: Optimizer) -> list[Trained]:
    """What a method trains, with `decayNormAndBias: false` apart by what decays and what does not.

    As in OpenMixup, whose rules by name take a method's networks in. Does not touch what has a weight decay
    of its own.
    """
    parts: list[Trained] = []
    for trained in also:
        if config.decay_norm_and_bias or trained.weight_decay is not None:
            parts.append(trained)
            continue
        decaying = [parameter for parameter in trained.parameters if parameter.ndim > 1]
        kept = [parameter for parameter in trained.parameters if parameter.ndim <= 1]
        parts.append(replace(trained, parameters=decaying))
        parts.append(replace(trained, parameters=kept, weight_decay=0.0))
    return [part for part in parts if part.parameters]


def _group(trained: Trained) -> dict[str, Any]:
    own = {} if trained.weight_decay is None else {"weight_decay": trained.weight_decay}
    return {"params": trained.parameters, **own}


def parameter_groups(model: nn.Module, config: Optimizer) -> list[dict[str, Any]]:
    """One group, or with `decayNormAndBias: false` two: what decays, and what does not.

    What does not decay are parameters of one dimension (normalisation, biases, layer scale) and those that
    the network lists itself (`no_weight_decay`: position embeddings and class tokens of timm's transformers).
    """
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    if config.decay_norm_and_bias:
        return [{"params": [parameter for _, parameter in named]}]
    listed = set(getattr(model, "no_weight_decay", set)())
    decaying = [p.ndim > 1 and name not in listed and not name.endswith(".bias") for name, p in named]
    groups: list[dict[str, Any]] = [
        {"params": [p for (_, p), decays in zip(named, decaying, strict=True) if decays]},
        {
            "params": [p for (_, p), decays in zip(named, decaying, strict=True) if not decays],
            "weight_decay": 0.0,
        },
    ]
    return [group for group in groups if group["params"]]
