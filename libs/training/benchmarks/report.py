"""The page of the methods' figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from peers import LIBRARIES, OPENMIXUP, OPENMIXUP_FLOOR_MS

if TYPE_CHECKING:
    from methods import Absent, Figure

INTRODUCTION = """\
# Methods: how fast they mix

Written by `npm run bench -- methods`; do not edit it. {machine}. Load: processes that wanted a core in the
minute before; figures are worth little where it is not near 0.

Ours and each other run in turns in one process; a ratio is the median over n pairs of ours by the other's,
below 1 where ours is faster. Batches are float32; times are medians in milliseconds of drawing, mixing into a
ready batch and soft targets. What a method learns from a network (gradient, features, attention) is given, to
peers, too. A row without settings has the defaults.

- × floor: the floor is one `torch.lerp` of the batch with its flip into a ready batch, flip included. In
  brackets the bar, where there is one.
- Libraries: their own implementations, as they are; where one overwrites its input, it gets a copy first. The
  bar is 1.05.
- OpenMixup: its own times on a CPU, as multiples of the floor of that machine
  ({floors}). The bar is 1.05, and 0.2 for puzzlemix,
  alignmix and guidedmixup with 224 px.
- Whole steps: forward, backward and optimiser, beside vanilla's with the same backbone.
- **Bold** is what misses its bar.
"""


def page(figures: Sequence[Figure], absent: Sequence[Absent], surroundings: dict[str, Any]) -> str:
    """The whole page, as Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in surroundings.items())
    floors = " and ".join(f"{ms} ms with {side} px" for side, ms in OPENMIXUP_FLOOR_MS.items())
    parts = [
        INTRODUCTION.format(machine=machine, floors=floors),
        "## What misses its bar",
        "",
        *misses(figures),
        "",
    ]
    for on, title in (("cpu", "CPU"), ("cuda", "GPU")):
        here = [figure for figure in figures if figure.on == on]
        if here:
            parts += [f"## Mixing on the {title}", "", *mixing_table(here), ""]
            parts += [f"## Whole steps on the {title}", "", *step_table(here), ""]
    if absent:
        parts += ["## Not timed", "", *(f"- {one.what}: {one.why}" for one in absent), ""]
    return "\n".join(parts)


def misses(figures: Iterable[Figure]) -> list[str]:
    """A line for each figure above its bar."""
    found = [
        f"- {title(figure)}, {figure.work} of {_shape(figure)} on {figure.on}: {figure.ratio:.2f} of "
        f"{figure.against}, the bar is {figure.bar:g}"
        for figure in figures
        if figure.missed
    ]
    return found or ["Nothing."]


def title(figure: Figure) -> str:
    """The method, with the settings that are not its defaults."""
    settings = ", ".join(f"{key}: {json.dumps(value)}" for key, value in figure.settings.items())
    return figure.method + (f" ({settings})" if settings else "")


def mixing_table(figures: Sequence[Figure]) -> list[str]:
    """A row for each method, its settings and size."""
    columns = ("floor", *LIBRARIES, OPENMIXUP)
    rows: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        if figure.work == "mixing":
            rows.setdefault((title(figure), _shape(figure)), {})[figure.against] = figure
    lines = [
        f"| method | batch | ms | n | × floor | {' | '.join(f'× {name}' for name in columns[1:])} |",
        "|---" * (len(columns) + 4) + "|",
    ]
    for (name, shape), row in sorted(rows.items(), key=lambda item: (item[0][0], -len(item[0][1]))):
        first = row["floor"]
        cells = [_cell(row.get(column), first.n) for column in columns]
        lines.append(f"| {name} | {shape} | {first.ours_ms:.2f} | {first.n} | {' | '.join(cells)} |")
    return lines


def step_table(figures: Sequence[Figure]) -> list[str]:
    """A row for each method's step."""
    lines = [
        "| method | backbone | batch | ms | compared with | ms | × | n |",
        "|---" * 8 + "|",
    ]
    for figure in sorted(figures, key=lambda figure: figure.method):
        if figure.work == "step":
            lines.append(
                f"| {title(figure)} | {figure.backbone} | {_shape(figure)} | {figure.ours_ms:.0f} | "
                f"{figure.against} | {figure.other_ms:.0f} | {_cell(figure, figure.n)} | {figure.n} |"
            )
    return lines


def _cell(figure: Figure | None, n: int) -> str:
    """The ratio, in bold where it misses its bar; the floor's with its bar, another n where it has one."""
    if figure is None:
        return ""
    ratio = f"{figure.ratio:.2f}" if figure.ratio >= 0.095 else f"{figure.ratio:.3f}"
    cell = f"**{ratio}**" if figure.missed else ratio
    if figure.bar is not None and figure.against == "floor":
        cell += f" ({figure.bar:g})"
    return cell if figure.n == n else f"{cell}, n {figure.n}"


def _shape(figure: Figure) -> str:
    return "×".join(map(str, figure.shape))
