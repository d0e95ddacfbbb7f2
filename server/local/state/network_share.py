"""Whether a file lies on a network share, where SQLite's locks do not hold."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
REMOTE = frozenset({"9p", "afpfs", "afs", "ceph", "cifs", "davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs",
                    "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs", "webdav"})  # fmt: skip


def share_of(path: Path, mounts: str | None = None) -> str:
    """What the system calls the share; empty for a disk of this machine, and where it cannot be told. `mounts` is what Linux
    says of its file systems, unless given."""
    if str(path).startswith("\\\\"):
        return "a network share"
    try:
        lines = (MOUNTS.read_text(encoding="utf-8") if mounts is None else mounts).splitlines()
        whole = path.resolve()
    except OSError:
        return ""
    kind, longest = "", -1
    for line in lines:
        _, place, what, *_ = [*line.split(" "), "", "", ""]
        place = re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), place)
        if whole.is_relative_to(place) and len(place) >= longest:
            kind, longest = what, len(place)
    return kind if kind in REMOTE else ""
