"""What the tests share: a tiny run config, processes that never outlive their test, looks at folders."""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
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
            "schemaVersion": 2,
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


class ForkedModule(subprocess.Popen[str]):
    """`python -m MODULE …` as a fork of this process, which has imported PyTorch: that takes seconds.

    For tests of what such a process does; how it starts is tested with a real one. It has no workers: theirs
    would share what this process has of multiprocessing.
    """

    def _execute_child(self, args: list[str], *others: Any) -> None:  # without its exec
        (cwd, environment), pipes = others[4:6], others[9:15]
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.setsid()
                os.chdir(cwd)
                for descriptor, pipe in enumerate((pipes[0], pipes[3], pipes[5])):
                    os.dup2(pipe, descriptor)
                os.closerange(3, 4096)
                code = _run_module(args[2], args[3:], environment)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        self._child_created = True
        self._close_pipe_fds(*pipes)


def _run_module(module: str, arguments: list[str], environment: dict[str, str]) -> int:
    """Runs a module as `python -m` would; its exit code."""
    sys.stdout, sys.stderr = open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115 - until this process ends
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [os.getcwd(), *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    for name in (module, f"{module}.__main__"):
        sys.modules.pop(name, None)
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
    return 0


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
        return self._start(subprocess.Popen, command, environment)

    def _start(
        self, how: type[subprocess.Popen[str]], command: tuple[str | Path, ...], environment: dict[str, str]
    ) -> subprocess.Popen[str]:
        process = how(
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
        return _end(self.start(*command, **environment))

    def python(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs this Python with `arguments`."""
        return self.run(sys.executable, *arguments, **environment)

    def start_python(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Starts this Python with `arguments`."""
        return self.start(sys.executable, *arguments, **environment)

    def start_module(self, module: str, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Starts a module as a `ForkedModule`; where a GPU is, which bears no fork, by its name."""
        import torch

        import mixlab.train.run  # noqa: F401  here once, not in every fork

        how = subprocess.Popen if torch.cuda.is_available() else ForkedModule
        return self._start(how, (sys.executable, "-m", module, *arguments), environment)

    def module(
        self, module: str, *arguments: str | Path, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs a module like `start_module` to its end."""
        return _end(self.start_module(module, *arguments, **environment))

    def close(self) -> None:
        """Ends every process that was started, with its session."""
        for process in self._started:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _end(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    output, errors = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


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


def stand_still(process: subprocess.Popen[str]) -> None:
    """Stops a process, and waits until each of its threads stands, which takes the end of a call."""
    process.send_signal(signal.SIGSTOP)
    threads = Path(f"/proc/{process.pid}/task")
    wait_for(lambda: all(") T " in (thread / "stat").read_text() for thread in threads.iterdir()))


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
