"""The files of one caller, and who finds them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from ..callers.caller_identity import Identity
from ..local.files_folder import FilesFolder


@dataclass(frozen=True)
class CallerFolder:
    """One caller's files, and how those that come in are remembered."""

    files: FilesFolder
    quota: int
    """Bytes of all of them together."""
    may_send: bool
    """Whether they may change anything at all: for nothing else are files sent in."""
    came_in: Callable[[str], Awaitable[None]]
    """A file of this digest (SHA-256) came from outside: whoever reads it reads what outsiders wrote.
    Raises Forbidden where its caller may send nothing in any more: it may have come for minutes."""


class FolderDesk(Protocol):
    async def folder_of(self, identity: Identity) -> CallerFolder:
        """Raises Forbidden for whoever may not call."""
        ...


Proof = Callable[[Request], Awaitable[Identity | Response]]
"""Whom a request proves, or what it is answered instead."""
