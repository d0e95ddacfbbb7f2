"""What a host says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """productInfo (section 3). `version` is empty on hosts that no longer send it."""

    name: str
    version: str
    date_format: str
