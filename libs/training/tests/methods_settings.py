"""Settings that the tests of every method run with: a row for each registered method, one or more."""

from __future__ import annotations

from typing import Any, Literal

Property = Literal["seeds matter", "labels follow pixels", "own partner changes nothing"]
"""What holds for every method but those whose rows say otherwise."""


class Row(dict[str, Any]):
    """Settings that lack a property of all the others, each with the reason."""

    def __init__(self, settings: dict[str, Any], lacks: dict[Property, str]) -> None:
        super().__init__(settings)
        self.lacks = lacks


def lacks(row: dict[str, Any]) -> dict[Property, str]:
    """The properties that settings lack: mostly none."""
    return row.lacks if isinstance(row, Row) else {}


MOVES: dict[Property, str] = {"own partner changes nothing": "blocks move"}
MANY: dict[Property, str] = {"own partner changes nothing": "images are made of more than pairs"}

ROUNDS: dict[Property, str] = {"labels follow pixels": "labels have lam, pixels the nearest whole number"}
SHRINKS: dict[Property, str] = {"own partner changes nothing": "a small copy lies in the image"}

BY_SALIENCY: dict[Property, str] = {"labels follow pixels": "labels follow saliency"}
AS_DRAWN: dict[Property, str] = {"labels follow pixels": "labels have lam as drawn"}
FIXED: dict[Property, str] = {"seeds matter": "nothing is drawn"}

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "vanilla": [Row({}, lacks=FIXED)],
    "mixup": [{}, {"alpha": 0.2}, {"alpha": 0.2, "perSample": True}],
    "cutmix": [{}, {"alpha": 0.2}, {"alpha": 1, "perSample": True}],
    "deit": [{}],
    "rsb": [{}, {"switchProbability": 1}],
    "puzzlemix": [
        Row({}, lacks=MOVES),
        {"transport": False},
        Row({"transportSize": 2, "maskLevels": 4, "gamma": 1, "cleanLam": 1}, lacks=MOVES),
        Row({"blockCounts": [2, 4], "maskLevels": 2, "compat": "openmixup"}, lacks=MOVES),
    ],
    "comixup": [
        Row({}, lacks=MANY),
        Row({"blockCount": 2, "groupSize": 3, "resolve": False}, lacks=MANY),
        Row({"groupSize": 4, "cleanLam": 0}, lacks=MANY),
    ],
    "manifoldmix": [{}, {"perSample": True, "layers": [1]}],
    "transmix": [
        {},
        {"perSample": True, "mixupAlpha": 0.8},
        {"compat": "openmixup"},
    ],
    "smmix": [
        Row({}, lacks=MOVES),
        Row({"minSide": 0.5, "maxSide": 0.5, "fineGrainedWeight": 0, "consistencyWeight": 0.5}, lacks=MOVES),
        Row({"mixupAlpha": 0.8}, lacks=MOVES),
        Row({"compat": "openmixup"}, lacks=MOVES),
    ],
    "tokenmix": [
        Row({"teacherSize": 32}, lacks=BY_SALIENCY),
        Row(
            {"alpha": 0.5, "gridSize": 4, "minimumCells": 1, "perSample": True, "teacherSize": 32},
            lacks=BY_SALIENCY,
        ),
        Row({"compat": "openmixup"}, lacks=BY_SALIENCY),
    ],
    "mixpro": [{}, {"gridSize": 3, "perSample": True, "smoothing": 0}, {"compat": "openmixup"}],
    "fmix": [
        Row({}, lacks=ROUNDS),
        Row({"perSample": True}, lacks=ROUNDS),
        Row({"maxSoft": 0.2}, lacks=ROUNDS),
    ],
    "smoothmix": [
        {},
        {"perSample": True},
        Row({"compat": "openmixup"}, lacks={"labels follow pixels": "labels are swapped"}),
    ],
    "gridmixup": [
        {},
        {"alpha": 1, "holes": [3, 3], "cropArea": [1, 1], "cropAspect": [1, 1], "perSample": True},
        {"compat": "openmixup"},
    ],
    "resizemix": [
        Row({}, lacks=SHRINKS),
        Row({"perSample": True, "alpha": 0.2}, lacks=SHRINKS),
        Row({"compat": "openmixup"}, lacks=SHRINKS),
    ],
    "attentivemix": [
        {"teacherSize": 28},
        {"topK": 6, "gridSize": 4, "teacherSize": 32},
        Row(
            {"alpha": 0.5, "teacherSize": 28, "compat": "openmixup"},
            lacks={"labels follow pixels": "labels follow the first image's"},
        ),
    ],
    "saliencymix": [{}, {"alpha": 0.2, "perSample": True}, {"compat": "openmixup"}],
    "guidedmixup": [
        Row({}, lacks=FIXED),
        {"pairs": "random"},
        Row({"saliency": "spectral"}, lacks=FIXED),
        Row({"compat": "openmixup"}, lacks={"labels follow pixels": "labels have the batch's mean"}),
    ],
    "gridmix": [{}, {"gridSize": 3, "perSample": True, "localWeight": 0}],
    "grafting": [
        Row({}, lacks=BY_SALIENCY),
        Row({"perSample": True, "temperature": 0.3}, lacks=BY_SALIENCY),
    ],
    "supermix": [
        Row({"maskSize": 4, "iterations": 3}, lacks=AS_DRAWN),
        Row({"maskSize": 8, "iterations": 2, "sigma": 0, "teacherSize": 12}, lacks=AS_DRAWN),
    ],
    "recursivemix": [
        Row({}, lacks=SHRINKS),
        Row({"alpha": 1, "omega": 0.1, "interpolation": "bilinear"}, lacks=SHRINKS),
    ],
    "automix": [{}, {"lamConcat": False, "lamMargin": 0.3, "maskLossDecay": False, "switchOff": 0.8}],
    "samix": [{}, {"dropout": 0.0}],
    "adautomix": [
        Row({}, lacks=MANY),
        {"mixSamples": 2, "lamConcat": False},
        Row({"randomSamples": True, "lamMargin": 0.2, "switchOff": 0.8, "compat": "openmixup"}, lacks=MANY),
    ],
    "decouplemix": [
        {},
        {"mixing": "cutmix", "eta": 1, "perSample": True},
        {"mixing": "manifoldmix", "alpha": 0.2},
        {"compat": "openmixup"},
    ],
    "alignmix": [
        {},
        {"alignProbability": 1, "epsilon": 1, "perSample": True},
        {"alignProbability": 0.3, "compat": "openmixup"},
    ],
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
