"""Settings that the tests of every method run with: a row for each registered method, one or more."""

from __future__ import annotations

from typing import Any

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "vanilla": [{}],
    "mixup": [{}, {"alpha": 0.2}, {"alpha": 0.2, "perSample": True}],
    "cutmix": [{}, {"alpha": 0.2}, {"alpha": 1, "perSample": True}],
    "deit": [{}],
    "rsb": [{}, {"switchProbability": 1}],
    "oneOf": [
        {
            "choices": [
                {"method": {"name": "mixup", "perSample": True}, "probability": 0.25},
                {"method": {"name": "cutmix"}, "probability": 0.25},
                {"method": {"name": "rsb"}, "probability": 0.25},
                {"method": {"name": "vanilla"}, "probability": 0.25},
            ]
        }
    ],
}
