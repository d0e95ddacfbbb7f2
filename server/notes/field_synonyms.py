"""Other names of fields, and the date that is meant, as the field names of the layout."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..criteria.targets import field_names
from ..dataapi.layout_meta import LayoutMeta
from ..errors import NameUnknown
from ..text.near_names import folded, near
from ..text.plain_parts import Name
from ..text.sentence import say
from .notes import LayoutNotes

DATE = "date"


class Naming:
    """For one question to one layout. `said` collects, in words, each note that was needed."""

    def __init__(self, notes: LayoutNotes, layout: LayoutMeta, source: str = "") -> None:
        """`source` names the file of notes."""
        self.notes = notes
        self.layout = layout
        self.source = source
        self._own = {folded(name) for name in field_names(layout)}
        self._meant = {folded(synonym): field for field, names in notes.fields.items() for synonym in names}
        if notes.date is not None:
            self._meant.setdefault(DATE, notes.date)
        self._names = _whole_names([*field_names(layout), *self._meant]) if self._meant else None
        self.said: dict[str, None] = {}

    def has(self, name: str) -> bool:
        """Whether the layout itself has a field of that name."""
        return folded(name) in self._own

    def field(self, name: str) -> str:
        """A field's own name wins over what it stands for. Raises NameUnknown for a field that the layout no longer has."""
        meant = self._meant.get(folded(name))
        if meant is None or self.has(name):
            return name
        self.check(meant)
        self.said[say("%(name)s is read as %(meant)s", name=Name(name), meant=Name(meant))] = None
        if "::" in meant:
            self.name_source(meant.partition("::")[0])
        return meant

    def check(self, field: str) -> None:
        if not self.has(field) and not self.has(field.rpartition("(")[0]):
            raise NameUnknown(
                "field",
                field,
                where=f"on layout {self.layout.name!r}",
                near=near(field, field_names(self.layout)),
                advice=f"The owner's notes ({self.source}) name it; the owner corrects them.",
            )

    def fields(self, names: Sequence[str] | None) -> list[str] | None:
        return None if names is None else [self.field(name) for name in names]

    def sort(self, keys: Sequence[str | Mapping[str, str]]) -> list[str | dict[str, str]]:
        """Sort keys: `Field`, `-Field` or {field: order}."""
        return [
            {self.field(name): order for name, order in key.items()}
            if isinstance(key, Mapping)
            else self._signed(key)
            for key in keys
        ]

    def columns(self, names: Sequence[str]) -> list[str]:
        """Columns of a summary as sort and having name them: `-sum Turnover`."""
        return [self.column(name) for name in names]

    def column(self, name: str) -> str:
        """`sum turnover` is `sum Total`. Names are taken whole: a synonym `date` is none in `min Order Date`."""
        if self.has(name) or self._names is None:
            return self._signed(name)

        def replaced(found: re.Match[str]) -> str:
            is_kind = (
                found.start() == 0 and found.end() < len(name) and not name.startswith(" (", found.end())
            )
            return found.group() if is_kind else self.field(found.group())

        sign = "-" if name.startswith("-") else ""
        name = name.removeprefix("-")
        return sign + self._names.sub(replaced, name)

    def name_source(self, occurrence: str) -> None:
        """Says that notes on another layout were used; `occurrence` is empty for the layout's own table."""
        layout = self.notes.sources.get(occurrence)
        if layout is not None:
            self.said[
                say(
                    "the notes on layout %(layout)s hold for %(occurrence)s",
                    layout=Name(layout),
                    occurrence=Name(occurrence),
                )
                if occurrence
                else say("the notes on layout %(layout)s hold for this table", layout=Name(layout))
            ] = None

    def _signed(self, key: str) -> str:
        if key.startswith("-") and not self.has(key):
            return f"-{self.field(key[1:])}"
        return self.field(key)


def _whole_names(names: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the names, the longest first, where no other word begins or goes on."""
    longest_first = sorted(set(names), key=len, reverse=True)
    return re.compile(rf"(?<![\w:])(?:{'|'.join(map(re.escape, longest_first))})(?![\w:])", re.IGNORECASE)
