"""One file of a caller that servers share, and how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .file_parts import drop_parts
from .state.state import Transaction


@dataclass(frozen=True, slots=True)
class SharedFile:
    id: str
    name: str
    size: int
    made: float
    """Seconds since 1970, which is also when the file of the folder was written."""
    is_gone: bool
    """It was removed: what a server's folder still has of it goes."""


def take_out(transaction: Transaction, file: str, now: float) -> None:
    """Its parts; its name stays for a while, so that servers remove what their folders have of it."""
    drop_parts(transaction, "SELECT id FROM shared_file WHERE id = ?", file)
    transaction.put("UPDATE shared_file SET state = 'gone', size = 0, made = ? WHERE id = ?", now, file)


def is_as(path: Path, file: SharedFile) -> bool:
    """What is in the folder is that very file, or a newer one that only this server has."""
    return path.is_file() and not file.is_gone and path.stat().st_mtime >= file.made - 0.001
