"""Files of the owner that others at this machine can read or change. Windows keeps others out of a user's folders by itself."""

from __future__ import annotations

import os
import stat
from pathlib import Path

READ_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def exposure(path: Path, *, is_secret: bool) -> str:
    """What others can do with the file, as the end of a sentence about it; nothing where all is well.

    A secret must neither be read nor changed by others. A configuration, notes and runbooks must not be changed: they decide what an
    assistant may do.
    """
    if os.name == "nt":
        return ""
    try:
        facts, folder = path.stat(), path.parent.stat()
    except OSError:
        return ""
    if facts.st_uid not in (os.geteuid(), 0):
        return "belongs to another user, who can change it: make it your own"
    if facts.st_mode & CHANGED_BY_OTHERS:
        return f"can be changed by others: chmod {'600' if is_secret else 'go-w'} {path}"
    if is_secret and facts.st_mode & READ_BY_OTHERS:
        return f"can be read by others: chmod 600 {path}"
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        return f"can be replaced by others: chmod o-w {path.parent}"
    return ""
