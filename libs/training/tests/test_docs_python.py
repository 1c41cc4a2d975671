"""docs/python.md: its programs run as they stand in the page."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest
import torch
import torch.distributed
from torch.multiprocessing import start_processes

from conftest import CHECKOUT, Processes
from method_cues import small_cnn
from mixlab.methods import Mix, create, list_methods, method_class
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


def test_the_short_pieces_run() -> None:
    places = {"images": torch.randn(4, 3, 16, 16), "labels": torch.arange(4), "model": small_cnn()}
    exec(THREE_LINES, {**places})
    exec(MIXTURE, {**places})


@pytest.mark.parametrize("name", ["gridmix", "automix", "manifoldmix"])
def test_two_ranks_average_the_gradients_of_the_model_and_of_the_methods_network(
    name: str, tmp_path: Path
) -> None:
    method = "spawn" if torch.cuda.is_available() else "fork"
    start_processes(_rank, (name, tmp_path / "group"), nprocs=2, start_method=method)


def _rank(rank: int, name: str, meeting: Path) -> None:
    torch.distributed.init_process_group("gloo", init_method=meeting.as_uri(), rank=rank, world_size=2)
    model = copy.deepcopy(small_cnn()).eval()  # whose batch statistics stay
    draws = torch.Generator().manual_seed(rank)
    images, labels = torch.randn(4, 3, 16, 16, generator=draws), torch.arange(4)

    def create_mix() -> Mix:
        return create(name, model=model, image_size=16, seed=rank)

    mix = create_mix()
    exec(SEVERAL, {"torch": torch, "images": images, "labels": labels, "model": model, "mix": mix})
    found = _gradients(model, mix)
    alone = create_mix()
    networks = {key: value.clone() for key, value in mix.state_dict()["networks"].items()}  # rank 0's
    alone.load_state_dict({**alone.state_dict(), "networks": networks})
    model.zero_grad()
    alone.loss(model, images, labels).backward()
    own = _gradients(model, alone)
    assert len(own) == len(found)
    for ours, averaged in zip(own, found, strict=True):
        torch.distributed.all_reduce(ours)
        torch.testing.assert_close(averaged, ours / 2, atol=1e-5, rtol=1e-3)
    torch.distributed.destroy_process_group()


def _gradients(model: torch.nn.Module, mix: Mix) -> list[torch.Tensor]:
    parameters = [*model.parameters(), *mix.parameters()]
    return [parameter.grad.clone() for parameter in parameters if parameter.grad is not None]


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
