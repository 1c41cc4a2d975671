"""Writes docs/methods.md, a card for each mixing method, docs/reference/python.md, and pictures.

npx nx run training:gallery          # all
npx nx run training:gallery cutmix   # the page, and of all pictures those of these methods
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from api import api_page
from augmentation import augmentations
from photographs import NAMES, SIDE, photographs, small_cnn, small_vit
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, nn

from mixlab.config import run_config_schema
from mixlab.core.mixing import MixPlan, mix_images, mix_labels
from mixlab.methods import Method, Setting, Step, list_methods, method_class

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "methods.md"
API_PAGE = ROOT / "docs" / "reference" / "python.md"
PICTURES = ROOT / "docs" / "images" / "methods"
AUGMENTATIONS = ROOT / "docs" / "images" / "augmentation.jpg"
PUBLISHED = ROOT / "libs" / "catalog" / "src" / "published"
DRAWS, GAP, CAPTION = 3, 10, 22

SHOWN = {
    ("imagenet/pytorch-style", "resnet50", 100): "ImageNet-1k, ResNet-50, 100 epochs",
    ("imagenet/deit", "deit_small_patch16_224", 300): "ImageNet-1k, DeiT-S, 300 epochs",
    ("tiny-imagenet", "resnet18", 400): "Tiny-ImageNet, ResNet-18, 400 epochs",
    ("cifar100", "resnet18", 800): "CIFAR-100, ResNet-18, 800 epochs",
}
"""Columns of the published tables whose figures stand on a card."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "oneOf": {
        "choices": [
            {"method": {"name": "mixup"}, "probability": 0.5},
            {"method": {"name": "cutmix"}, "probability": 0.5},
        ]
    }
}
"""Parameters of the methods that have no defaults for all of theirs."""

PICTURELESS = ("vanilla", "automix", "samix", "adautomix")
"""Methods that mix nothing, or by the masks of a network that a training has yet to train."""


def page() -> str:
    """The whole page, as Markdown."""
    names = list_methods()
    head = (
        "# Methods\n\n"
        "Written by `npx nx run training:gallery` from the methods themselves; do not edit it.\n\n"
        "*a* is an image, *b* its partner in the batch, *M* the weight of *a*'s pixels, λ the share of *a*'s "
        "label; a target is λ·y_a + (1 − λ)·y_b. Each picture shows three draws on two photographs; below "
        "each is the weight of the first one's pixels, from black (0) to white (1). Published figures are "
        "top-1 in percent from OpenMixup's documentation.\n\n"
        "`compat: 'openmixup'` gives OpenMixup's behaviour where a card lists a difference and the method "
        "has that parameter.\n\n"
    )
    index = " · ".join(f"[{name}](#{name.lower()})" for name in names)
    return head + index + "\n\n" + "\n".join(card(name) for name in names)


def card(name: str) -> str:
    """One method's part of the page."""
    cls = method_class(name)
    lines = [f"## {name}", "", _first_paragraph(cls), ""]
    if cls.formula:
        lines += [f"`{cls.formula}`", ""]
    if has_picture(name):
        lines += [f"![{name} of two photographs](images/methods/{name}.jpg)", ""]
    lines += [f"- Paper: {_paper(cls.paper)}"]
    holds_others = cls.demands is not Method.demands and not cls.needs
    lines += [f"- Needs: {'what the method inside it needs' if holds_others else _listed(cls.needs)}"]
    if cls.compat_needs is not None:
        lines += [f"- Needs with `compat: 'openmixup'`: {_listed(cls.compat_needs)}"]
    published = published_figures(name)
    if published:
        lines += [f"- Published: {published}"]
    for difference in cls.differences:
        lines += [f"- Differs from OpenMixup: {difference}"]
    lines += ["", *parameters(name)]
    return "\n".join(lines)


def parameters(name: str) -> list[str]:
    """A table of a method's parameters, with their defaults."""
    schema = run_config_schema()["$defs"][method_class(name).__name__]
    required = set(schema.get("required", ()))
    rows = []
    for key, field in schema["properties"].items():
        if key == "name":
            continue
        default = "required" if key in required else f"`{json.dumps(field.get('default'))}`"
        meaning = " ".join(field.get("description", "").replace("|", "/").split())
        rows.append(f"| `{key}` | {default} | {_allowed(field)} | {meaning} |")
    head = ["| parameter | default | allowed | meaning |", "|---|---|---|---|"]
    return [*head, *rows, ""] if rows else ["No parameters.", ""]


def _allowed(field: dict[str, Any]) -> str:
    """The range of a number or of a list's elements, or the words to choose from, where not all will do."""
    inner = next((one for one in field.get("anyOf", ()) if one.get("type") != "null"), field)
    inner = inner.get("items", inner)
    if "enum" in inner:
        return ", ".join(f"`{one}`" for one in inner["enum"])
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return " and ".join(
        f"{sign} {inner[key]:g}" for key, sign in bounds.items() if key in inner and abs(inner[key]) < 1e30
    )


def published_figures(name: str) -> str:
    """Top-1 of the method in the columns of `SHOWN` where a published table has it."""
    found: list[str] = []
    for file in sorted(PUBLISHED.glob("*.json"), reverse=True):
        for table in json.loads(file.read_text()):
            for row in (row for row in table["rows"] if row["method"] == name):
                for column, value in zip(table["columns"], row["values"], strict=True):
                    place = (table["experiment"], column.get("backbone"), column.get("maxEpochs"))
                    if value is not None and place in SHOWN:
                        found.append(f"{value:.2f} ({SHOWN[place]})")
    return "; ".join(found)


def has_picture(name: str) -> bool:
    """Whether there is a mix to be seen before anything has been trained."""
    return name not in PICTURELESS


def picture(method: Method) -> Image.Image:
    """Three draws on the two photographs side by side, each above its mask."""
    backbone = _backbone(method)
    teachers = {name: _cnn() for name in method.teachers()}
    images = photographs()
    labels = torch.tensor([0, 1])
    width = DRAWS * (SIDE + GAP) - GAP
    sheet = Image.new("RGB", (width, 2 * SIDE + GAP + CAPTION), "#dcdcdc")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    mixer = method.mixer(Setting(backbone, 2, SIDE))
    for column in range(DRAWS):
        step = Step(
            backbone=backbone,
            images=images,
            labels=labels,
            num_classes=2,
            criterion=F.cross_entropy,
            generator=torch.Generator().manual_seed(column + 1),
            teachers=teachers,
        )
        with torch.no_grad():
            plan: MixPlan = mixer.plan(step)
            mixed, target = mix_images(plan, images)[0], mix_labels(plan, labels, 2)[0]
            marks = torch.stack([torch.ones_like(images[0]), torch.zeros_like(images[0])])
            mask = mix_images(plan, marks)[0]
        left = column * (SIDE + GAP)
        sheet.paste(_image(mixed), (left, 0))
        sheet.paste(_image(mask), (left, SIDE + GAP))
        shares = ", ".join(f"{share:.2f} {name}" for share, name in zip(target.tolist(), NAMES, strict=True))
        draw.text((left, 2 * SIDE + GAP + 4), shares, fill="black", font=font)
    return sheet


def _backbone(method: Method) -> nn.Module:
    """The network that a method looks at; one that knows nothing for those that look at images alone."""
    needs = method.demands()
    if not needs:
        return nn.Identity()
    return _vit() if "attention" in needs else _cnn()


_cnn, _vit = cache(small_cnn), cache(small_vit)


def _image(pixels: Tensor) -> Image.Image:
    return Image.fromarray((pixels.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy())


def _listed(needs: frozenset[str]) -> str:
    return ", ".join(sorted(needs)) if needs else "nothing but the images"


def _paper(paper: str) -> str:
    if paper[:4].isdecimal() and "." in paper:
        return f"[arXiv {paper}](https://arxiv.org/abs/{paper})"
    if paper.startswith("10."):
        return f"[doi {paper}](https://doi.org/{paper})"
    return paper


def _first_paragraph(cls: type[Method]) -> str:
    lines = (cls.__doc__ or "").strip().split("\n\n")[0].splitlines()
    return " ".join(line.strip() for line in lines)


def main(names: list[str]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in names or list_methods():
        if not has_picture(name):
            continue
        method = method_class(name).model_validate({"name": name, **EXAMPLES.get(name, {})})
        picture(method).save(PICTURES / f"{name}.jpg", quality=82)
        print(f"docs/images/methods/{name}.jpg")
    if not names:
        augmentations().save(AUGMENTATIONS, quality=82)
        print("docs/images/augmentation.jpg")
    PAGE.write_text(page())
    print("docs/methods.md")
    API_PAGE.write_text(api_page())
    print("docs/reference/python.md")


if __name__ == "__main__":
    main(sys.argv[1:])
