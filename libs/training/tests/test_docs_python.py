"""docs/python.md: its programs run as they stand in the page."""

from __future__ import annotations

import re
from pathlib import Path

import torch
import torch.distributed

from conftest import CHECKOUT, Processes
from method_cues import small_cnn
from mixlab.methods import create, list_methods, method_class
from tiny import image_folder

PAGE = (CHECKOUT / "docs" / "python.md").read_text()
THREE_LINES, PLAIN, MIXTURE, TIMM, SEVERAL = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

RUN = """
import runpy
from mixlab.core.vision import import_timm

import_timm()  # torchvision's wheel needs that beside a PyTorch for CPUs alone
runpy.run_path("train.py", run_name="__main__")
"""


def accuracies(output: str) -> list[float]:
    return [float(found) for found in re.findall(r"top-1 ([\d.]+)", output)]


def test_the_plain_loop_learns_digits(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PLAIN)
    ran = processes.python("train.py", OMP_NUM_THREADS="1")
    assert ran.returncode == 0, ran.stderr
    assert len(accuracies(ran.stdout)) == 3
    assert accuracies(ran.stdout)[-1] > 70


def test_timms_pieces_train_automix(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TIMM)
    image_folder(tmp_path / "data", train=6, val=3, sizes=[64])
    ran = processes.python("-c", RUN, "data", OMP_NUM_THREADS="1")
    assert ran.returncode == 0, ran.stderr
    assert len(accuracies(ran.stdout)) == 2
    saved = torch.load(tmp_path / "last.pt", weights_only=True)
    assert any(name.startswith("block.") for name in saved["mix"]["networks"])


def test_the_other_pieces_run(tmp_path: Path) -> None:
    """In one process group of one rank."""
    places: dict[str, object] = {
        "torch": torch,
        "images": torch.randn(4, 3, 16, 16),
        "labels": torch.arange(4),
        "model": small_cnn(),
    }
    exec(THREE_LINES, {**places})
    exec(MIXTURE, {**places})
    torch.distributed.init_process_group(
        "gloo", init_method=(tmp_path / "group").as_uri(), rank=0, world_size=1
    )
    try:
        mix = create("gridmix", model=small_cnn(), image_size=16)
        exec(SEVERAL, {**places, "mix": mix})
        assert all(parameter.grad is not None for parameter in mix.parameters())
    finally:
        torch.distributed.destroy_process_group()
        small_cnn().zero_grad()


def test_the_table_names_every_method_once_and_where_it_belongs() -> None:
    rows = re.findall(r"^\| ([a-z, ]+?) +\| (`mix.*?|that.*?) +\|$", PAGE, re.MULTILINE)
    places = {name: takes for names, takes in rows for name in names.split(", ")}
    assert sorted([*places, "oneOf"]) == list_methods()
    for name, takes in places.items():
        needs = method_class(name).needs
        assert ("train a network" in takes) == ("network" in needs), name
        assert ("teacher=" in takes) == ("teacher" in needs), name
        if "model=" in takes:
            assert "input-gradient" in needs or "clean-pass" in needs, name
        if takes == "`mix(images, labels)`":
            create(name, num_classes=4)(torch.randn(4, 3, 16, 16), torch.arange(4))
