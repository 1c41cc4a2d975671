"""Which GPUs this process may use, and claims on them that hold for the whole machine.

A claim is a file lock (flock) on a file named after the GPU's UUID, in a folder that every user of the
machine shares. The kernel frees it when the last process that has the file open is gone, however that process
ends.
"""

from __future__ import annotations

import fcntl
import os
import random
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mixlab.core.errors import InvalidInput, MixlabError
from mixlab.core.hold import InterruptedBeforeStart

CLAIMS_VARIABLE = "MIXLAB_GPU_CLAIMS"

_ASK_TORCH = """
import torch
for index in range(torch.cuda.device_count()):
    print(f"{index}, GPU-{torch.cuda.get_device_properties(index).uuid}")
"""

_DRIVER_DEVICES = ("/dev/nvidiactl", "/dev/dxg")  # Linux; Linux under Windows


@dataclass(frozen=True)
class Claims:
    """GPUs of one's own until `close`, or until the last process with these descriptors ends."""

    uuids: tuple[str, ...]
    descriptors: tuple[int, ...]

    def keep_fresh(self) -> None:
        """Touches the files, so that nothing that tidies temporary folders removes them."""
        for descriptor in self.descriptors:
            with suppress(OSError):
                os.utime(descriptor)

    def close(self) -> None:
        """Gives the GPUs back as far as this process is concerned."""
        for descriptor in self.descriptors:
            os.close(descriptor)


def visible_gpus(ids: str | None = None) -> list[str]:
    """UUIDs of the GPUs that `ids` names: indices as nvidia-smi counts them, or UUIDs, with commas between.

    Without `ids` those of CUDA_VISIBLE_DEVICES, and without that every GPU. Raises InvalidInput for an
    unknown one.
    """
    source = "--gpu-ids" if ids is not None else "CUDA_VISIBLE_DEVICES"
    if ids is None:
        ids = os.environ.get("CUDA_VISIBLE_DEVICES")
    present = _present_gpus() if ids is None or ids.strip() else []
    if ids is None:
        return present
    found: list[str] = []
    for entry in filter(None, (each.strip() for each in ids.split(","))):
        if re.fullmatch(r"-\d+", entry):
            break  # as in CUDA, -1 hides itself and what follows
        uuid = _named(entry, present)
        if uuid is None:
            raise InvalidInput(f"{source}: there is no GPU {entry}; present: {_listed(present)}")
        if uuid not in found:
            found.append(uuid)
    return found


def _named(entry: str, present: Sequence[str]) -> str | None:
    if entry.isdigit():
        return present[int(entry)] if int(entry) < len(present) else None
    matches = [uuid for uuid in present if uuid.startswith(entry)]
    if len(matches) == 1:
        return matches[0]
    # A slice of a GPU (MIG) has a UUID of its own, which the list of whole GPUs lacks.
    return entry if entry.startswith("MIG-") else None


def _listed(uuids: Sequence[str]) -> str:
    return ", ".join(f"{index} ({uuid})" for index, uuid in enumerate(uuids)) or "none"


def _present_gpus() -> list[str]:
    """UUIDs of the machine's GPUs in nvidia-smi's order; PyTorch is asked where there is no nvidia-smi."""
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    asking = [["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"]]
    if any(Path(device).exists() for device in _DRIVER_DEVICES):
        asking.append([sys.executable, "-c", _ASK_TORCH])
    for command in asking:
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
        except (OSError, subprocess.TimeoutExpired):
            continue
        rows = [re.fullmatch(r"\s*(\d+),\s*(\S+)\s*", line) for line in answer.stdout.splitlines()]
        return [row[2] for row in sorted(filter(None, rows), key=lambda row: int(row[1]))]
    return []


def claim_gpus(
    candidates: Sequence[str],
    count: int,
    *,
    interrupted: Callable[[], bool] = lambda: False,
    say: Callable[[str], None] = lambda line: None,
) -> Claims:
    """Claims `count` of `candidates`, all or none of them at a time, and waits until that is possible.

    Raises InvalidInput where there are fewer candidates, InterruptedBeforeStart when `interrupted` says so.
    """
    if count > len(candidates):
        raise InvalidInput(f"GPUs: {count} asked for, {len(candidates)} visible")
    folder = _claims_folder()
    waiting = False
    while (claims := _try_claim(folder, candidates, count)) is None:
        if not waiting:
            say(f"waiting for {count} of {len(candidates)} GPUs to become free")
            waiting = True
        # Uneven pauses keep those who need several GPUs from taking one each at the same moment for ever.
        until = time.monotonic() + random.uniform(0.5, 1.5)
        while time.monotonic() < until:
            if interrupted():
                raise InterruptedBeforeStart("interrupted while waiting for GPUs")
            time.sleep(0.1)
    return claims


def _try_claim(folder: Path, candidates: Sequence[str], count: int) -> Claims | None:
    taken: dict[str, int] = {}
    try:
        for uuid in candidates:
            if len(taken) < count and (descriptor := _flock(folder, uuid)) is not None:
                taken[uuid] = descriptor
    except OSError as error:
        Claims(tuple(taken), tuple(taken.values())).close()
        raise MixlabError(f"cannot claim GPUs in {folder}: {error.strerror}") from error
    claims = Claims(tuple(taken), tuple(taken.values()))
    if len(taken) == count:
        return claims
    claims.close()
    return None


def _flock(folder: Path, uuid: str) -> int | None:
    path = folder / f"{re.sub(r'[^A-Za-z0-9._-]', '_', uuid)}.lock"
    while True:
        descriptor = _open(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        # The file was removed before it was locked: another may lock the one that is there now.
        os.close(descriptor)


def _open(path: Path) -> int:
    """Opens a claim file; without O_CREAT where it exists, which Linux forbids for another user's file."""
    while True:
        with suppress(FileNotFoundError):
            return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with suppress(FileExistsError):
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            descriptor = os.open(path, flags, 0o666)
            os.fchmod(descriptor, 0o666)
            return descriptor


def _claims_folder() -> Path:
    """The folder of the claim files, for all users and jobs of the machine: not under TMPDIR."""
    folder = Path(os.environ.get(CLAIMS_VARIABLE) or "/tmp/mixlab-gpus")
    try:
        folder.mkdir(parents=True)
        folder.chmod(stat.S_ISVTX | 0o777)
    except FileExistsError:
        pass
    except OSError as error:
        raise MixlabError(f"cannot make {folder} for claims on GPUs: {error.strerror}") from error
    return folder
