"""Which process is meant, on which machine, and whether it is still there."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Fate = Literal["alive", "dead", "elsewhere"]


@dataclass(frozen=True)
class Process:
    """A process, told apart from every other on any machine, a later one with the same pid included."""

    host: str
    machine_id: str
    boot_id: str
    pid_namespace: str
    pid: int
    pid_start: float

    @classmethod
    def current(cls) -> Process:
        """This process."""
        pid = os.getpid()
        start = start_time(pid)
        return cls(socket.gethostname(), _machine_id(), boot_id(), _pid_namespace(), pid, start or 0)

    @classmethod
    def from_json(cls, value: dict[str, object]) -> Process | None:
        """The process that a lock or a status names; None where it names none."""
        host, boot, pid, start = (value.get(key) for key in ("host", "bootId", "pid", "pidStart"))
        if not (isinstance(host, str) and isinstance(boot, str) and isinstance(pid, int) and pid > 0):
            return None
        if not isinstance(start, (int, float)):
            return None
        machine, namespace = str(value.get("machineId", "")), str(value.get("pidNamespace", ""))
        return cls(host, machine, boot, namespace, pid, start)

    def to_json(self) -> dict[str, object]:
        """The fields of `lock` and `status.json` that name the process."""
        return {
            "host": self.host,
            "machineId": self.machine_id,
            "bootId": self.boot_id,
            "pidNamespace": self.pid_namespace,
            "pid": self.pid,
            "pidStart": self.pid_start,
        }

    def fate(self) -> Fate:
        """`dead` only where that is certain; `elsewhere` where this machine (or container) can't tell."""
        same_namespace = self.pid_namespace == _pid_namespace()
        if self.boot_id == boot_id():
            if not same_namespace:
                return "elsewhere"
            return "alive" if start_time(self.pid) == self.pid_start else "dead"
        rebooted = self.host == socket.gethostname() and self.machine_id == _machine_id() and same_namespace
        return "dead" if rebooted else "elsewhere"


def start_time(pid: int) -> float | None:
    """When process `pid` began, in a unit that only equality is asked of; None where no such process runs.

    A zombie has ended: it only waits for its parent to ask for its exit code.
    """
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_bytes()
        except OSError:
            return None
        # The name in parentheses may hold anything, a parenthesis included.
        fields = stat[stat.rindex(b")") + 2 :].split()
        return None if fields[0] in (b"Z", b"X") else int(fields[19])
    import psutil

    try:
        process = psutil.Process(pid)
        # In whole seconds, as `ps` has it, by which TypeScript asks.
        return None if process.status() == psutil.STATUS_ZOMBIE else float(int(process.create_time()))
    except psutil.Error:
        return None


@functools.cache
def boot_id() -> str:
    """Changes with every boot of the machine."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        pass
    try:
        command = ["sysctl", "-n", "kern.bootsessionuuid"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
        if found:
            return found
    except (OSError, subprocess.SubprocessError):
        pass
    import psutil

    return f"boot-{psutil.boot_time():.0f}"


@functools.cache
def _machine_id() -> str:
    try:
        return Path("/etc/machine-id").read_text().strip()
    except OSError:
        return ""


def _pid_namespace() -> str:
    """Processes of another container are out of sight, although the boot is the same."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def end_with_parent(_worker: int = 0) -> None:
    """Has Linux kill this process when its parent ends; does nothing elsewhere.

    Fits a DataLoader's `worker_init_fn`. The parent is the thread that started this process.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    set_parent_death_signal = 1  # PR_SET_PDEATHSIG
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(128 + signal.SIGKILL)
