"""The names in a formula: fields may hold spaces, and so are found by what there is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set


class UnknownFormula(ValueError):
    """It says something that the emulator cannot compute."""


class FormulaNames:
    """What the formulas of one table may name: its fields, and those of the occurrences around it."""

    def __init__(self, fields: Set[str], occurrences: Mapping[str, Set[str]]) -> None:
        """`occurrences` are those that are related, each with the fields of its table."""
        self._fields = {name.casefold(): name for name in fields}
        self._occurrences = {
            name.casefold(): (name, {each.casefold(): each for each in inside})
            for name, inside in occurrences.items()
        }
        self._longest = max(
            (len(name) for name in (*fields, *(f for each in occurrences.values() for f in each))), default=0
        )

    def own(self, text: str, start: int) -> tuple[str, int] | None:
        return self._longest_name(self._fields, text, start)

    def related(self, occurrence: str, text: str, start: int) -> tuple[str, str, int]:
        found = self._occurrences.get(occurrence.casefold())
        if found is None:
            raise UnknownFormula(f"{occurrence!r} is not related")
        name = self._longest_name(found[1], text, start)
        if name is None:
            raise UnknownFormula(f"a field of {occurrence!r} is not known")
        return found[0], name[0], name[1]

    def occurrence(self, text: str, start: int) -> tuple[str, int] | None:
        """An occurrence at this place that `::` follows."""
        names = {key: name for key, (name, _) in self._occurrences.items()}
        found = self._longest_name(names, text, start)
        after = re.compile(r"\s*::\s*").match(text, found[1]) if found else None
        return None if found is None or after is None else (found[0], after.end())

    def _longest_name(self, names: Mapping[str, str], text: str, start: int) -> tuple[str, int] | None:
        """Names may hold spaces, so the longest one that stands here counts."""
        for end in range(min(len(text), start + self._longest + 60), start, -1):
            name = names.get(text[start:end].casefold())
            if name is not None and (end == len(text) or not (text[end].isalnum() or text[end] == "_")):
                return name, end
        return None
