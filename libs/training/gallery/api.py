"""The page of the Python API, from signatures and docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from mixlab import methods, models
from mixlab.core import mixing
from mixlab.train import train

HEAD = """# Python API

Written by `npx nx run training:gallery` from signatures and docstrings; do not edit it.

[Mixing in your own training loop](../python.md) shows the first part at work,
[your own method](../own-method.md) the second. Parameters of each method are in [methods](../methods.md),
commands such as `python -m mixlab.launch` in [the library's README](../../libs/training/README.md).
"""

PARTS: tuple[tuple[str, tuple[Callable[..., Any], ...]], ...] = (
    (
        "In a training loop",
        (methods.create, methods.Mix, methods.list_methods, methods.method_class, methods.OneOf),
    ),
    (
        "For methods of your own",
        (
            methods.register,
            methods.Method,
            mixing.MixPlan,
            mixing.Roll,
            mixing.Permutation,
            mixing.Blend,
            mixing.Box,
            mixing.Mask,
            mixing.mix_images,
            mixing.mix_labels,
            mixing.sample_beta,
            mixing.constant_lam,
            methods.Mixer,
        ),
    ),
    (
        "Networks",
        (models.create_model, models.list_backbones, models.register_backbone, models.load_exported),
    ),
    ("Training", (train,)),
)
"""What stands on the page, by heading."""


def api_page() -> str:
    """The whole page, as Markdown."""
    lines = [HEAD]
    for heading, members in PARTS:
        lines += [f"## {heading}", ""]
        for member in members:
            lines += [f"### {_path(member)}", "", *_entry(member)]
            lines += [
                line for one in _public_methods(member) for line in (f"#### {one.__name__}", "", *_entry(one))
            ]
    return "\n".join(lines)


def _path(member: Callable[..., Any]) -> str:
    """The shortest way to it: a public package exports it, or its module has it."""
    for package in (methods, models):
        if getattr(package, member.__name__, None) is member:
            return f"{package.__name__}.{member.__name__}"
    return f"{member.__module__}.{member.__name__}"


def _entry(member: Callable[..., Any]) -> list[str]:
    prose = [*_prose(inspect.getdoc(member) or ""), ""]
    # A pydantic model's signature is the parameters that a subclass may have.
    return prose if hasattr(member, "model_fields") else ["```python", _signature(member), "```", "", *prose]


def _signature(member: Callable[..., Any]) -> str:
    """As it is called; of a default that is an object, its name alone."""
    text = f"{member.__name__}{inspect.signature(member)}".replace("'", "")
    text = re.sub(r"<function <?(\w+)>? at 0x[0-9a-f]+>", r"\1", text)
    return re.sub(r"<[\w.]*?(\w+) object at 0x[0-9a-f]+>", r"\1()", text)


def _public_methods(member: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    if not inspect.isclass(member):
        return
    for name, value in vars(member).items():
        function = value.__func__ if isinstance(value, staticmethod | classmethod) else value
        if inspect.isfunction(function) and function.__doc__ and not name.startswith("_"):
            yield function


def _prose(doc: str) -> list[str]:
    """A docstring in Google's style as Markdown: sections of arguments and exceptions become lists."""
    lines: list[str] = []
    in_list = False
    for line in doc.splitlines():
        if re.fullmatch(r"(Args|Raises|Returns|Yields):", line):
            in_list = True
            lines += [f"{line}", ""]
        elif in_list and (item := re.fullmatch(r" {4}(\S.*?): (.*)", line)):
            lines.append(f"- `{item[1]}`: {_plain(item[2])}")
        elif in_list and line.startswith("    "):
            lines.append(f"  {_plain(line.strip())}")
        else:
            in_list = in_list and not line.strip()
            lines.append(_plain(line))
    return lines


def _plain(text: str) -> str:
    """Words in which nothing but code is Markdown."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(one if one.startswith("`") else re.sub(r"[<*]|\b_|_\b", r"\\\g<0>", one) for one in pieces)
