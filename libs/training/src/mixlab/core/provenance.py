"""Where a result comes from: code, packages, machine and command line, as `provenance.json` keeps them."""

from __future__ import annotations

import hashlib
import os
import platform
import socket
import subprocess
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

PACKAGES = ("mixlab", "torch", "torchvision", "timm", "lightning-fabric", "numpy", "pillow", "pydantic")


def provenance(*, run_hash: str, attempt: int, command: Sequence[str], gpus: int) -> dict[str, object]:
    """The content of `provenance.json` for one attempt on `gpus` GPUs (0 is the CPU)."""
    commit, digest = _code_version(Path(__file__).resolve())
    return {
        "schemaVersion": 1,
        "hash": run_hash,
        "attempt": attempt,
        "gitCommit": commit,
        "diffDigest": digest,
        "packages": {name: version for name in PACKAGES if (version := _version(name)) is not None},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "cpus": os.cpu_count(),
        "device": _device(gpus),
        "gpus": gpus,
        "command": list(command),
        "directory": os.getcwd(),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _code_version(file: Path) -> tuple[str | None, str | None]:
    """Commit of the repository that tracks `file`, and SHA-256 of the difference to it (None for none)."""
    if _git(file.parent, "ls-files", "--error-unmatch", file.name) is None:
        return None, None
    commit, diff = _git(file.parent, "rev-parse", "HEAD"), _git(file.parent, "diff", "HEAD", "--binary")
    if commit is None:
        return None, None
    return commit.decode().strip(), hashlib.sha256(diff).hexdigest() if diff else None


def _git(folder: Path, *arguments: str) -> bytes | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _device(gpus: int) -> str:
    if gpus == 0:
        return platform.processor() or platform.machine()
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        names = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        names = []
    return names[0].strip() if names else "GPU"
