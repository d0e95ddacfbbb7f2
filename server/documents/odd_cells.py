"""Cells whose letters were spoilt: UTF-8 that was read in another encoding, now or long ago, and letters that were lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .byte_runs import is_written

TOLD, LONGEST = 3, 40
LOST = "\ufffd"


def _characters(codec: str) -> dict[str, int]:
    """The character of each byte beyond ASCII; a byte that has none stands for itself."""
    pairs = ((bytes([byte]).decode(codec, "replace"), byte) for byte in range(0x80, 0x100))
    return {chr(byte) if character == LOST else character: byte for character, byte in pairs}


BYTES = tuple(map(_characters, ("cp1252", "mac_roman")))


def _garbled(characters: Mapping[str, int]) -> re.Pattern[str]:
    """Characters that a wrong encoding makes of letters in UTF-8."""
    leads, inner = (
        re.escape("".join(c for c, byte in characters.items() if first <= byte <= last))
        for first, last in ((0xC2, 0xF4), (0x80, 0xBF))
    )
    return re.compile(f"(?:[{leads}][{inner}]{{1,3}})+")


GARBLED = tuple((characters, _garbled(characters)) for characters in BYTES)


@dataclass
class OddCells:
    """`garbled` and `lost` cells: how many, and the first with their rows."""

    _found: dict[str, list[list[Any]]] = field(default_factory=dict[str, list[list[Any]]])
    _counts: dict[str, int] = field(default_factory=dict[str, int])

    def look(self, row: int, cells: Sequence[object]) -> None:
        for cell in cells:
            if not isinstance(cell, str) or cell.isascii():
                continue
            if LOST in cell:
                self._note("lost", [row, cell[:LONGEST]])
            elif (meant := _meant(cell)) != cell:
                self._note("garbled", [row, cell[:LONGEST], meant[:LONGEST]])

    def _note(self, what: str, cell: list[Any]) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1
        first = self._found.setdefault(what, [])
        if len(first) < TOLD:
            first.append(cell)

    def facts(self) -> dict[str, Any]:
        return {what: {"count": count, "first": self._found[what]} for what, count in self._counts.items()}


def _meant(cell: str) -> str:
    for characters, pattern in GARBLED:
        cell = pattern.sub(lambda found, of=characters: _read(found[0], of), cell)
    return cell


def _read(text: str, characters: Mapping[str, int]) -> str:
    try:
        read = bytes(characters[c] for c in text).decode()
    except UnicodeDecodeError:
        return text
    return read if is_written(read) else text
