"""The run config: everything that one training needs, and nothing about where it happens.

The TypeScript side is generated from this file (`npx nx run catalog:generate`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeInt

from mixlab.core.cues import IMAGENET
from mixlab.core.fields import (
    LARGEST,
    MOST,
    ConfigModel,
    Count,
    CountFromZero,
    NonNegative,
    Pixels,
    Positive,
    outside_identity,
    retype,
)
from mixlab.core.issues import ConfigError, ConfigIssue, shown
from mixlab.core.json_file import read_json
from mixlab.core.migrations import MIGRATIONS, as_newest, newer_version
from mixlab.core.mismatches import mismatches
from mixlab.core.packages import PackageError, import_package, package_of
from mixlab.core.rules import Bound, Compare, Matches, Rule, When
from mixlab.core.versions import with_first_names
from mixlab.methods import AnyMethod, Vanilla, any_method, list_methods, method_class, on_registration

__all__ = [
    "SCHEMA_VERSION",
    "ConfigError",
    "ConfigIssue",
    "Dataset",
    "Ema",
    "Inputs",
    "Loss",
    "Model",
    "Optimizer",
    "RunConfig",
    "Runtime",
    "Schedule",
    "load_config",
    "parse_config",
    "run_config_schema",
]

SCHEMA_VERSION = 2
"""The newest version: what made it, and those before it, is in `mixlab.core.migrations`."""

ATTENTION_BACKBONES = (
    r"(vit|deit|deit3)_[a-z0-9]+_(patch|distilled_patch)\d+_.*|test_vit.*|pvt_(tiny|small)|swin_.*|.*:.*"
)
"""Backbones whose attention methods can read, by the whole of their names; building one says whether so."""

RAND_AUGMENT = (
    r"rand(?!.*-([a-z]+)\d.*-\1\d)"  # no part twice: timm would take the first of some, the last of others
    r"(-(m\d+|n[1-9]\d*|p(0(\.\d+)?|1(\.0+)?)|mstd\d+(\.\d+)?|mmax[1-9]\d*|inc[01]|tweights|t3aw?))*"
)
"""timm's notation of RandAugment."""

CIFAR_STEM_BACKBONES = r"[a-z_]*res(net|next)\d+[A-Za-z0-9_.-]*|wrn\d+_\d+"
"""Backbones that may have a stem for small images, by the whole of their names; building one tells."""

Share = Annotated[float, Field(gt=0, le=1)]
Probability = Annotated[float, Field(ge=0, le=1)]
Decay = Annotated[float, Field(ge=0, lt=1)]
ThreeShares = Annotated[tuple[Probability, ...], Field(min_length=3, max_length=3, strict=False)]
Deviation = Annotated[float, Field(ge=0.001, le=LARGEST)]
ThreeDeviations = Annotated[tuple[Deviation, ...], Field(min_length=3, max_length=3, strict=False)]
TwoShares = Annotated[tuple[Share, ...], Field(min_length=2, max_length=2, strict=False)]
TwoPositives = Annotated[tuple[Positive, ...], Field(min_length=2, max_length=2, strict=False)]
TwoDecays = Annotated[tuple[Decay, ...], Field(min_length=2, max_length=2, strict=False)]


def _not_a_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("true and false are not numbers")
    return value


class Dataset(ConfigModel):
    """What is trained on. Where it lies on a machine is not part of an experiment."""

    rules = (
        Bound(
            code="digits-name",
            message="the layout `digits` is of the dataset `digits` alone",
            when=(When("layout", "digits"),),
            path="name",
            op="==",
            value="digits",
        ),
        Bound(
            code="digits-classes",
            message="there are ten digits",
            when=(When("layout", "digits"),),
            path="classes",
            op="==",
            value=10,
        ),
    )

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    """Short name; the root on a machine comes from MIXLAB_DATA_<NAME> or mixlab.local.json."""

    layout: Literal["auto", "cifar", "digits", "imagefolder", "list", "mnist", "tiny-imagenet"] = (
        outside_identity("auto")
    )
    """How the files lie; `auto` looks at the root. `digits` is scikit-learn's, and needs no root."""

    classes: Annotated[int, Field(ge=2, le=MOST)]
    """Number of classes."""

    size: Pixels
    """Side of the square input, in pixels, unless `inputs` says otherwise."""

    train_split: Annotated[str, Field(min_length=1)] = "train"
    """Name of the training split (of its folder, in an ImageFolder tree)."""

    val_split: Annotated[str, Field(min_length=1)] = "val"
    """Name of the evaluation split."""

    train_list: Annotated[str, Field(min_length=1)] | None = outside_identity(None)
    """File of the training split in the layout `list`, a line `path label` for each image; relative to the
    root. Null looks for it where OpenMixup's users have it."""

    val_list: Annotated[str, Field(min_length=1)] | None = outside_identity(None)
    """The same of the evaluation split."""

    mean: ThreeShares = IMAGENET.mean
    """Mean of each RGB channel, of pixels in 0..1."""

    std: ThreeDeviations = IMAGENET.std
    """Standard deviation of each RGB channel, of pixels in 0..1."""


class Model(ConfigModel):
    """How the backbone is built."""

    stem: Literal["imagenet", "cifar", "tiny-imagenet"] = "imagenet"
    """First layers of a ResNet: 7x7 with stride 2 and pooling; 3x3 with neither, for 32 pixels (OpenMixup has
    it at 64 as well); or 3x3 with stride 2, for 64 pixels (PuzzleMix)."""

    pretrained: str | None = None
    """`timm` for timm's weights of that name, or the path of a checkpoint; null trains from scratch."""

    drop_path: Decay = 0.0
    """Stochastic depth rate of the last block."""

    sync_batch_norm: bool = False
    """Whether batch statistics are of all GPUs' images together (SyncBN), not of each GPU's own."""


class Inputs(ConfigModel):
    """From a decoded image to a training or test input."""

    rules = (
        Compare(
            code="crop-area-order",
            message="the least area of a crop is above the greatest",
            left="cropArea.0",
            op="<=",
            right="cropArea.1",
        ),
        Compare(
            code="crop-aspect-order",
            message="the least aspect of a crop is above the greatest",
            left="cropAspect.0",
            op="<=",
            right="cropAspect.1",
        ),
        Compare(
            code="erase-area-order",
            message="the least area to erase is above the greatest",
            left="eraseArea.0",
            op="<=",
            right="eraseArea.1",
        ),
        Matches(
            code="rand-augment-notation",
            message="not timm's notation of RandAugment",
            path="randAugment",
            pattern=RAND_AUGMENT,
            expected="`rand`, then any of -m<magnitude>, -n<operations>, -p<probability>, -mstd<deviation>, "
            "-mmax<magnitude>, -inc0, -inc1, -tweights, -t3a, -t3aw, such as rand-m9-mstd0.5-inc1",
        ),
    )

    train_size: Pixels | None = None
    """Side of the training input in pixels; null is the dataset's size."""

    test_size: Pixels | None = None
    """Side of the test input in pixels; null is the dataset's size."""

    test_crop_ratio: Annotated[float, Field(ge=0.01, le=1)] = 0.875
    """Side of the centre crop over the side that the image is resized to; 1 takes the whole image."""

    crop: Literal["random-resized", "pad", "none"] = "random-resized"
    """Training crop: of random area and aspect, of fixed size after padding, or none."""

    crop_area: TwoShares = (0.08, 1.0)
    """Least and greatest share of the image that `random-resized` takes."""

    crop_aspect: TwoPositives = (0.75, 1.3333333333333333)
    """Least and greatest width over height that `random-resized` takes."""

    padding: CountFromZero = 4
    """Pixels added on each side before a `pad` crop."""

    padding_mode: Literal["zeros", "reflect"] = "zeros"
    """What stands in the added pixels: black, or the image mirrored at its edge."""

    flip: Probability = 0.5
    """How often a training image is mirrored left to right."""

    interpolation: Literal["bilinear", "bicubic"] = "bicubic"
    """How images are resized."""

    rand_augment: str | None = None
    """RandAugment in timm's notation, such as `rand-m9-mstd0.5-inc1`: after crop and flip; null has none."""

    color_jitter: Annotated[float, Field(ge=0, le=10)] = 0.0
    """By how much brightness, contrast and saturation are scaled up or down at most; 0.4 is usual. It acts
    beside RandAugment, too, where timm leaves it out."""

    erase: Probability = 0.0
    """How often Random Erasing takes rectangles out of a training image, after normalisation."""

    erase_mode: Literal["pixel", "rand", "const"] = "pixel"
    """What an erased rectangle is filled with: normal noise for each pixel, one normal colour, or zero."""

    erase_area: TwoShares = (0.02, 0.3333333333333333)
    """Least and greatest share of the image that Random Erasing takes."""

    erase_count: Annotated[int, Field(gt=0, le=1000)] = 1
    """Rectangles in an image that is erased; the area is divided among them."""

    repeats: Count = 1
    """Repeated augmentation: how many differently augmented copies of an image a batch holds. An epoch has
    as many samples as before, so of fewer images."""


class Optimizer(ConfigModel):
    """The optimiser of the backbone."""

    rules = (
        Bound(
            code="nesterov-momentum",
            message="Nesterov's momentum needs a momentum",
            when=(When("name", "sgd"), When("nesterov", True)),
            path="momentum",
            op=">",
            value=0,
        ),
    )

    name: Literal["sgd", "adamw", "lamb"] = "sgd"
    """SGD with momentum, AdamW, or LAMB."""

    lr: Annotated[float, Field(gt=0, le=LARGEST)] = 0.1
    """Learning rate at its peak, for the whole batch size."""

    momentum: Probability = 0.9
    """Momentum of SGD."""

    nesterov: bool = False
    """Nesterov's momentum in SGD."""

    betas: TwoDecays = (0.9, 0.999)
    """Decay rates of AdamW's and LAMB's moments."""

    eps: Positive = 1e-8
    """AdamW's and LAMB's epsilon; 1e-6 is usual for LAMB."""

    weight_decay: NonNegative = 1e-4
    """Weight decay."""

    decay_norm_and_bias: bool = True
    """Whether normalisation layers, biases and embeddings decay too."""

    clip_norm: Positive | None = None
    """Greatest Euclidean norm of all gradients together, which larger ones are scaled down to; null leaves
    them. LAMB scales them down to 1 in any case, as its authors and timm do."""


class Schedule(ConfigModel):
    """The learning rate over time: linear warm-up, then half a cosine."""

    name: Literal["cosine", "constant"] = "cosine"
    """Shape after the warm-up."""

    interval: Literal["epoch", "step"] = "epoch"
    """How often the learning rate changes."""

    min_lr: NonNegative = 0.0
    """Learning rate that the cosine ends on."""

    warmup_epochs: CountFromZero = 0
    """Epochs of linear warm-up."""

    warmup_factor: Probability = 1e-3
    """First learning rate of the warm-up over the peak."""


class Loss(ConfigModel):
    """The loss over soft targets."""

    rules = (
        Bound(
            code="bce-reduction",
            message="only binary cross-entropy can be summed over classes",
            when=(When("bceReduction", "sum"),),
            path="name",
            op="==",
            value="bce",
        ),
        Bound(
            code="bce-threshold",
            message="only binary cross-entropy has a threshold of its targets",
            when=(When("name", "ce"),),
            path="targetThreshold",
            op="==",
            value=0,
        ),
    )

    name: Literal["ce", "bce"] = "ce"
    """Cross-entropy, or binary cross-entropy with logits."""

    bce_reduction: Literal["mean", "sum"] = "mean"
    """Whether binary cross-entropy is averaged over classes (timm) or summed (OpenMixup)."""

    target_threshold: Decay = 0.0
    """Binary cross-entropy takes targets above it for 1 and others for 0; 0 takes them as they are."""

    label_smoothing: Decay = 0.0
    """Share of each mixed target that is spread evenly over the classes."""


class Ema(ConfigModel):
    """An exponential moving average of the backbone's weights, evaluated beside them."""

    decay: Decay = 0.0
    """Share of the average that a step keeps; 0 has no average, 0.9999 is usual."""

    warmup_epochs: CountFromZero = 0
    """Epochs over which the share grows linearly from `warmupFactor` times `decay` to `decay`."""

    warmup_factor: Probability = 0.9
    """First share of the warm-up over `decay`."""


class Runtime(ConfigModel):
    """What changes how a run is watched and fed, not what it learns. Outside the run's hash."""

    workers: Annotated[int, Field(ge=0, le=1024)] = 4
    """Processes that decode and augment images, for each GPU. What fits in memory takes none, except for
    RandAugment and colour jitter."""

    gpu_batch_size: Count | None = None
    """Most images that a GPU takes in one pass; a larger share of the batch is taken in equal passes whose
    gradients are accumulated. Batch norm and mixing see a pass. Null takes the whole share."""

    compile: Literal["none", "default", "reduce-overhead", "max-autotune"] = "none"
    """Mode of torch.compile for the backbone; `reduce-overhead` uses CUDA graphs, which help small images."""

    deterministic: bool = False
    """Whether a GPU computes the same bits each time, more slowly; a CPU always does."""

    wandb: Annotated[str, Field(min_length=1)] | None = None
    """Project of Weights & Biases that the run is logged to, besides its own files."""

    log_every: Count = 50
    """Steps between two training lines of the log."""

    evaluate_every: Count = 1
    """Epochs between two evaluations; the last epoch is always evaluated."""

    checkpoint_every: Count = 1
    """Epochs between two checkpoints; the last epoch always has one."""


def _backbones_with_attention() -> tuple[Rule, ...]:
    """A method that reads attention, alone or inside a mixture, takes a network that has it."""
    return tuple(
        Matches(
            code=f"attention-of-{name}{suffix}",
            message=f"{name}{_with_compat(conditions)} reads the attention of a transformer",
            when=tuple(When(f"{path}.{field}", value) for field, value in conditions),
            path="backbone",
            pattern=ATTENTION_BACKBONES,
            expected="a transformer whose attention can be read: a DeiT or ViT, a PVT, a Swin",
        )
        for name, conditions in _methods_with_attention()
        for path, suffix in (("mixMode", ""), ("mixMode.choices[].method", "-in-a-mixture"))
    )


def _with_compat(conditions: list[tuple[str, str]]) -> str:
    return "".join(f" with {field}: '{value}'" for field, value in conditions if field != "name")


def _methods_with_attention() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Names of methods that read attention, and values of their fields with which they do."""
    for name in list_methods():
        cls = method_class(name)
        if "attention" in cls.needs:
            yield name, [("name", name)]
        elif "attention" in (cls.compat_needs or ()):
            yield name, [("name", name), ("compat", "openmixup")]


_RULES = (
    Compare(
        code="warmup-too-long",
        message="the warm-up is longer than the training",
        left="schedule.warmupEpochs",
        op="<=",
        right="maxEpochs",
    ),
    Compare(
        code="min-lr-above-lr",
        message="the schedule ends above the learning rate that it starts from",
        left="schedule.minLr",
        op="<=",
        right="optimizer.lr",
    ),
    *(
        Matches(
            code=f"{stem}-stem-of-resnet",
            message=f"only a ResNet has a `{stem}` stem",
            when=(When("model.stem", stem),),
            path="backbone",
            pattern=CIFAR_STEM_BACKBONES,
            expected="a ResNet, ResNeXt or Wide ResNet",
        )
        for stem in ("cifar", "tiny-imagenet")
    ),
    Compare(
        code="ema-warmup-too-long",
        message="the moving average warms up for longer than the training",
        left="ema.warmupEpochs",
        op="<=",
        right="maxEpochs",
    ),
)


class RunConfig(ConfigModel):
    """One training, whole: the same file gives the same weights."""

    rules = (*_backbones_with_attention(), *_RULES)

    schema_version: Annotated[
        Literal[2], BeforeValidator(_not_a_bool), Field(json_schema_extra={"x-identity-const": 1})
    ] = 2
    """Version of this format."""

    dataset: Dataset
    """What is trained on."""

    backbone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$")]
    """The network, by its timm name."""

    mix_mode: AnyMethod = Vanilla()
    """The mixing method and its parameters."""

    max_epochs: Count
    """Length of the training."""

    batch_size: Count
    """Images in a step, over all GPUs."""

    test_batch_size: Count | None = outside_identity(None)
    """Images in a step of the evaluation, over all GPUs; null is `batchSize`."""

    model: Model = Model()
    """How the backbone is built."""

    inputs: Inputs = Inputs()
    """From a decoded image to an input."""

    optimizer: Optimizer = Optimizer()
    """The optimiser."""

    schedule: Schedule = Schedule()
    """The learning rate over time."""

    loss: Loss = Loss()
    """The loss."""

    ema: Ema = Ema()
    """The moving average of the weights."""

    precision: Literal["fp32", "tf32", "fp16", "bf16"] = "fp32"
    """Arithmetic of the forward and backward pass on a GPU; a CPU always computes in fp32. fp16 scales its
    loss; tf32 rounds what matrix products and convolutions take in."""

    runtime: Runtime = outside_identity(Runtime())
    """How the run is watched and fed."""

    seed: NonNegativeInt = outside_identity(0)
    """Seed of the first trial; trial k adds k - 1."""


@cache
def run_config_schema() -> dict[str, Any]:
    """The run config's JSON Schema, with JSON's names. One shared value: do not change it."""
    return with_first_names(RunConfig.model_json_schema(by_alias=True), MIGRATIONS)


def _admit_to_run_config() -> None:
    """Let a run have a method that another package has registered."""
    RunConfig.rules = (*_backbones_with_attention(), *_RULES)
    retype(RunConfig, "mix_mode", any_method())
    run_config_schema.cache_clear()


on_registration(_admit_to_run_config)


def load_config(path: str | Path) -> RunConfig:
    """Read and check a run config file, of this version of the format or an older one.

    Imports the packages of methods and backbones like `my_pkg:halves`.

    Raises:
        ConfigError: the file cannot be read or is not a run config; with every problem that it has, each with
            the file, the field's JSON path, what was expected, what stands there and the nearest valid name.
    """
    value, issues = read_json(path)
    return _checked(value, path, issues)


def parse_config(text: str, file: str | Path) -> RunConfig:
    """The same of JSON that stands in another file, which errors name.

    Raises:
        ConfigError: it is not a run config.
    """
    return _checked(json.loads(text), file, [])


def _checked(value: Any, file: str | Path, issues: list[ConfigIssue]) -> RunConfig:
    newer = newer_version(value)
    if newer is not None:
        message = (
            f"written for version {newer} of the run config, and this Mixlab knows versions up to "
            f"{SCHEMA_VERSION}: train with the Mixlab that generated it, or a later one"
        )
        raise ConfigError(
            [ConfigIssue(code="newer-version", message=message, path="schemaVersion", file=str(file))]
        )
    value = as_newest(value)
    found = _import_packages(value)
    missing = {issue.path for issue in found}
    found += [
        issue for issue in mismatches(RunConfig, value, run_config_schema()) if issue.path not in missing
    ]
    issues += [replace(issue, file=str(file)) for issue in found]
    if issues:
        raise ConfigError(issues)
    return RunConfig.model_validate(value, by_alias=True, by_name=False)


def _import_packages(value: Any) -> list[ConfigIssue]:
    """Import what a config names of other packages; the problems with that."""
    issues = []
    for path, name in _names(value):
        package = package_of(name)
        if package is None:
            continue
        try:
            import_package(package)
        except PackageError as error:
            issues.append(ConfigIssue(code="package", message=str(error), path=path, got=shown(name)))
    return issues


def _names(value: Any) -> Iterator[tuple[str, str]]:
    """Path and name of the backbone and of each method in a config, right or wrong."""
    if not isinstance(value, dict):
        return
    places = [("backbone", value.get("backbone")), *_method_names("mixMode", value.get("mixMode"))]
    yield from ((path, name) for path, name in places if isinstance(name, str))


def _method_names(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield f"{path}.name", value.get("name")
        for key, inner in value.items():
            yield from _method_names(f"{path}.{key}", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _method_names(f"{path}.{index}", inner)
