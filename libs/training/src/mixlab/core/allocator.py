"""How the C library's allocator treats what a training frees."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # malloc.h


def keep_freed_memory() -> None:
    """Have glibc keep freed memory for the next step instead of handing it back to the system.

    A step on the CPU frees what the next one asks for again; fresh pages cost 10 % of the time of a ResNet-18
    at 64 pixels. The process holds the memory that it needed at most. Nothing happens with another C library.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, -1)  # never
        mallopt(_MMAP_MAX, 0)  # large blocks come from the heap, too: from mmap they would go back one by one
