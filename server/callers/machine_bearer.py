"""The random bearer of this machine: whoever can read the owner's file is the owner."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from ..errors import ConfigurationError
from ..local.private_files import kept_key
from .caller_identity import Identity
from .scopes import Scope

MACHINE = "this machine"
"""The issuer of its one identity."""
OTHERS = 0o077


class MachineBearer:
    """Raises ConfigurationError where the file cannot be made, or where others can read it."""

    def __init__(self, path: Path, user: str) -> None:
        """`user` is the operating-system account, as over stdio."""
        self.path = path
        try:
            self._token = kept_key(path).strip()
            mode = path.stat().st_mode
        except OSError as failed:
            raise ConfigurationError(
                f"The bearer of this machine cannot be kept in {path}: {failed.strerror}"
            ) from failed
        if os.name == "posix" and mode & OTHERS:
            raise ConfigurationError(
                f"Others on this machine can read {path}, which lets whoever reads it in",
                advice="Remove it: another is made at the next start.",
            )
        if len(self._token) < 32:
            raise ConfigurationError(
                f"{path} holds no bearer", advice="Remove it: another is made at the next start."
            )
        self._identity = Identity(MACHINE, user, "", frozenset(map(str, Scope)))

    async def verify(self, token: str) -> Identity | None:
        is_ours = hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token)
        return self._identity if is_ours else None
