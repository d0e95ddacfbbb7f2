"""A program that asks for access."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    id: str
    name: str
    """As the list or the client itself has it. Only `proven` says whose it is."""
    redirects: tuple[str, ...]
    """Where a browser may be sent back to, as text."""
    proven: str = ""
    """The host that vouches for it. Empty for one that registered itself."""
