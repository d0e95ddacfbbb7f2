"""What the emulated host does by itself, handed in from outside: the yardstick of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmulatedHost:
    switches: Mapping[str, str]
    """Name -> its default, `on` and `off` for true and false."""
    profiles: Mapping[int, Mapping[str, str]]
    """Version -> feature or switch -> how a host of that version has it."""
    takes: Callable[[str], bool]
    """Whether `name=value` is a switch that it has."""
