"""The lists of layouts and of scripts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A layout or a script with its folders. Separators and the folders themselves are left out."""

    name: str
    folder: tuple[str, ...] = ()
    table: str = ""
    """A layout's table occurrence where the host tells (section 5.1)."""
