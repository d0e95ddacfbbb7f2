"""What reading a document may take. The child holds to them by itself; the parent ends one that does not."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

SECONDS = 20.0
MEMORY = 700_000_000
"""Bytes that the child may hold, Python and its libraries included."""
ADDRESSES = 800_000_000
"""Bytes of address space beyond that, where the system counts them (Linux): libraries and threads take them unused."""
MOST_PAGES = 5_000
MOST_CELLS = 2_000_000
MOST_PLACES = 20_000_000
"""Rows times columns: short rows below many headings are long ones in the file of rows to correct."""
MOST_ROWS = 200_000
MOST_COLUMNS = 16_384
"""As many as Excel has."""
MOST_LINES = 1_048_576
"""Rows of a sheet with the empty ones; as many as Excel has."""
UNPACKED = 200_000_000
"""Bytes into which an XLSX file unpacks."""
ZIP = b"PK\x03\x04"
"""How a workbook begins."""

NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of sched.h."""

TOO_LARGE, TOO_SLOW = 71, 72
"""Exit statuses of a child that ended itself."""
LOOK_SECONDS = 0.05


def leave_the_network() -> None:
    """Where the system lets a process do so by itself (Linux with user namespaces; most containers do not): what a document makes
    of its reader then reaches nobody."""
    if sys.platform == "linux":
        try:
            import ctypes
        except ImportError:  # a Python that was built without libffi
            return
        ctypes.CDLL(None).unshare(NEW_USER | NEW_NETWORK)  # a refusal changes nothing


def hold_bounds(seconds: float, memory: int) -> None:
    """Ends this process at once when it grows or lasts too long. A thread looks, since no system but Linux holds a process to
    a bound of memory; there the kernel does so too."""
    if sys.platform != "win32":
        import resource

        for kind, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CPU, int(seconds) + 1),
            *(((resource.RLIMIT_AS, memory + ADDRESSES),) if sys.platform == "linux" else ()),
        ):
            resource.setrlimit(kind, (most, most))
    threading.Thread(
        target=_look, args=(time.monotonic() + seconds, memory, os.getppid()), daemon=True
    ).start()


def _look(end: float, memory: int, parent: int) -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        if time.monotonic() > end or os.getppid() != parent:
            os._exit(TOO_SLOW)
        if memory_held() > memory:
            os._exit(TOO_LARGE)


def memory_held() -> int:
    """Bytes of memory that this process holds, or has held at the most where the system tells only that."""
    if sys.platform == "win32":
        return _held_on_windows()
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts bytes


def _held_on_windows() -> int:
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        """PROCESS_MEMORY_COUNTERS of psapi.h."""

        _fields_ = [
            ("size", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak", "held", "a", "b", "c", "d", "file", "peak_file")),
        ]

    counters = Counters()
    counters.size = ctypes.sizeof(counters)
    kernel: Any = vars(ctypes)["WinDLL"]("kernel32")
    own = wintypes.HANDLE(-1)
    kernel.K32GetProcessMemoryInfo(own, ctypes.byref(counters), counters.size)
    return int(counters.held)
