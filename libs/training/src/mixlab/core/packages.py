"""Names of what users' own packages bring: `my_pkg:halves` is registered by importing `my_pkg`."""

from __future__ import annotations

import importlib
import re
import sys
import traceback

_PACKAGE = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_NAME = re.compile(rf"({_PACKAGE}):[A-Za-z_]\w*", re.ASCII)


class PackageError(Exception):
    """A package that cannot be imported; the message says why, and what to do."""


def package_of(name: str) -> str | None:
    """The package in `my_pkg:halves`; None for a name without one."""
    match = _NAME.fullmatch(name)
    return match[1] if match else None


def check_owner(name: str, module: str) -> None:
    """Refuse a name that a module outside of Mixlab may not register.

    Raises:
        ValueError: it is not `package:name`, with a package that the module is in.
    """
    package = package_of(name)
    if module.partition(".")[0] == "mixlab":
        return
    if package is None or not f"{module}.".startswith(f"{package}."):
        local = name.rpartition(":")[2]
        raise ValueError(f"{name!r}, of {module}, needs a name like '{module.partition('.')[0]}:{local}'")


def import_package(package: str) -> None:
    """Import a package, so that it registers what it has.

    Raises:
        PackageError: there is no such package, or importing it fails.
    """
    try:
        importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{package}.".startswith(f"{error.name}."):
            raise _failed(package, error) from error
        raise PackageError(
            f"there is no package {package} for {sys.executable}: install it there (pip install -e …), or "
            "add its folder to PYTHONPATH"
        ) from error
    except Exception as error:
        raise _failed(package, error) from error


def _failed(package: str, error: Exception) -> PackageError:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return PackageError(
        f"importing {package} fails at {frame.filename}:{frame.lineno}: {type(error).__name__}: {error}"
    )
