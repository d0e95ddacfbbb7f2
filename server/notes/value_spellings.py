"""Spellings of one value: a condition finds all of them, a group counts them as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..criteria.collation import folded
from ..dataapi.contents import Value
from ..dataapi.sealed_page import Rows
from .notes import LayoutNotes


class Spellings:
    """Those of one layout. Capitals and accents are overlooked, as a find does (section 7.4)."""

    def __init__(self, notes: LayoutNotes) -> None:
        self._known = {
            field.casefold(): {
                folded(each): (one, *others) for one, others in spellings.items() for each in (one, *others)
            }
            for field, spellings in notes.spellings.items()
        }

    def of(self, field: str, value: object) -> tuple[str, ...]:
        """Every spelling of the value, the right one first; none where the owner named none."""
        known = self._known.get(field.casefold())
        if known is None or isinstance(value, bool) or not isinstance(value, str | int):
            return ()
        return known.get(folded(str(value)), ())

    def folding(self, fields: Sequence[str]) -> Folding | None:
        """For the rows of these fields; None where none of them has spellings."""
        spelt = [field for field in fields if field.casefold() in self._known]
        return Folding(self, spelt) if spelt else None


class Folding:
    """Puts the right spelling in place of the others, and counts how often."""

    def __init__(self, spellings: Spellings, fields: Sequence[str]) -> None:
        self._spellings = spellings
        self._right: dict[str, dict[Value | None, Value | None]] = {field: {} for field in fields}
        self._folded: dict[str, Counter[Value | None]] = {field: Counter() for field in fields}

    def of(self, rows: Rows) -> Rows:
        columns = dict(rows.columns)
        for field, right in self._right.items():
            column = columns[field]
            counts = Counter(column)
            for value in counts:
                if value not in right:
                    right[value] = next(iter(self._spellings.of(field, value)), value)
            self._folded[field].update({v: n for v, n in counts.items() if right[v] != v})
            columns[field] = [right[value] for value in column]
        return replace(rows, columns=columns)

    @property
    def said(self) -> list[str]:
        """`Status: "Paid " (4,998) counted as "paid"`"""
        return [
            f"{field}: {', '.join(f'{value!r} ({count:,})' for value, count in each)} counted as {one!r}"
            for field, counts in self._folded.items()
            for one, each in _by_right(self._right[field], counts).items()
        ]


def _by_right(
    right: Mapping[Value | None, Value | None], counts: Counter[Value | None]
) -> dict[Value | None, list[tuple[Value | None, int]]]:
    found: dict[Value | None, list[tuple[Value | None, int]]] = {}
    for value, count in counts.most_common():
        found.setdefault(right[value], []).append((value, count))
    return found
