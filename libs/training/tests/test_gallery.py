"""The page of methods says what the methods say of themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mixlab.config import Inputs
from mixlab.methods import list_methods, method_class

GALLERY = Path(__file__).parents[1] / "gallery"
DOCS = Path(__file__).parents[3] / "docs"

PRINT_PAGES = """
import api, json, make_gallery
print(json.dumps({"methods.md": make_gallery.page(), "reference/python.md": api.api_page()}))
"""


def test_the_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINT_PAGES],
        env={**os.environ, "PYTHONPATH": str(GALLERY)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for name, text in json.loads(done.stdout).items():
        assert text == (DOCS / name).read_text(), f"{name}: run `npx nx run training:gallery`"


@pytest.mark.parametrize("name", list_methods())
def test_every_method_has_a_formula_and_a_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GALLERY))
    import make_gallery

    assert method_class(name).formula
    if make_gallery.has_picture(name):
        assert (DOCS / "images" / "methods" / f"{name}.jpg").stat().st_size > 5000


def test_a_picture_shows_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GALLERY))
    import make_gallery

    sheet = make_gallery.picture(method_class("cutmix")())
    mask = np.asarray(sheet.convert("L").crop((0, 170, 160, 330)))
    assert np.unique(mask).tolist() == [0, 255]


def test_the_page_of_augmentation_has_every_field() -> None:
    page = (DOCS / "augmentation.md").read_text()
    assert [
        name for field in Inputs.model_fields.values() if f"`{(name := str(field.alias))}`" not in page
    ] == []
    assert (DOCS / "images" / "augmentation.jpg").stat().st_size > 100_000


def test_each_row_of_the_picture_shows_another_augmentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GALLERY))
    from augmentation import CAPTION, ROWS, SIDE, augmentations

    picture = np.asarray(augmentations())
    rows = [picture[row * (SIDE + CAPTION) + CAPTION :][:SIDE].tobytes() for row in range(len(ROWS))]
    assert len(set(rows)) == len(ROWS)
