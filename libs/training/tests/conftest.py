"""What the tests share: a tiny run config, processes that never outlive their test, looks at folders."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:  # one of several that share the cores; before PyTorch is imported
    os.environ.setdefault("OMP_NUM_THREADS", "1")

FIXTURES = Path(__file__).parent / "fixtures"
CHECKOUT = Path(__file__).resolve().parents[3]

WriteConfig = Callable[..., Path]


@pytest.fixture
def write_config(tmp_path: Path) -> WriteConfig:
    """Writes a run config that trains a small network on the digits; keyword arguments change its fields."""

    def write(name: str = "tiny.json", **changes: Any) -> Path:
        config = {
            "schemaVersion": 1,
            "dataset": {"name": "digits", "classes": 10, "size": 8},
            "backbone": "resnet8",
            "inputs": {"crop": "none"},
            "maxEpochs": 3,
            "batchSize": 128,
            "runtime": {"workers": 0, "logEvery": 1},
            **changes,
        }
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(config))
        return path

    return write


class Processes:
    """Starts commands in `folder`, without the caller's Mixlab variables, and ends them after the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("MIXLAB_", "SLURM_"))
            and key not in ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")
        }
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        """A process in a session of its own, its output in pipes."""
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def run(self, *command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        process = self.start(*command, **environment)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def python(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs this Python with `arguments`."""
        return self.run(sys.executable, *arguments, **environment)

    def start_python(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Starts this Python with `arguments`."""
        return self.start(sys.executable, *arguments, **environment)

    def close(self) -> None:
        """Ends every process that was started, with its session."""
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Real processes that start in the test's own folder."""
    started = Processes(tmp_path)
    yield started
    started.close()


def wait_for(condition: Callable[[], Any], seconds: float = 120) -> Any:
    """The first true value of `condition`; fails after `seconds`, which nothing should come near."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return value


def folder_state(folder: Path) -> dict[str, tuple[int, str]]:
    """Every entry below `folder` with time of change and digest of its content: equal if nothing changed."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in [folder, *folder.rglob("*")]
    }


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a JSON-lines file; none where there is no such file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]
