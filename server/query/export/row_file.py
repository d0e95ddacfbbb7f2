"""The temporary file in which the rows of a sheet wait until it is whole. One that a killed process left goes with the next."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from pathlib import Path

PREFIX = "filemaker-mcp-rows-"
_NAME = re.compile(rf"{PREFIX}(\d+)-.*")


def row_file() -> str:
    """A new one, in the folder for temporary files."""
    folder = Path(tempfile.gettempdir())
    for left in folder.glob(f"{PREFIX}*"):
        found = _NAME.fullmatch(left.name)
        if found is not None and not _is_alive(int(found[1])):
            with contextlib.suppress(OSError):  # another user's, or somebody else removed it
                left.unlink()
    descriptor, path = tempfile.mkstemp(prefix=f"{PREFIX}{os.getpid()}-")
    os.close(descriptor)
    return path


def _is_alive(process: int) -> bool:
    """Whether there is a process of that number; where that cannot be asked without harm (Windows), an open file refuses to go."""
    if sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
