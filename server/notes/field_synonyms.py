"""The names that people use, as those of the layout: other names of fields, and the date that is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..criteria.targets import field_names
from ..dataapi.models import LayoutMeta
from ..errors import NameUnknown
from ..text.near_names import near
from .notes import LayoutNotes

DATE = "date"


class Naming:
    """For one question to one layout. `said` collects, in words, each note that was needed."""

    def __init__(self, notes: LayoutNotes, layout: LayoutMeta, source: str = "") -> None:
        """`source` names the file of notes."""
        self.notes = notes
        self.layout = layout
        self.source = source
        self._own = {name.casefold() for name in field_names(layout)}
        self._meant = {
            synonym.casefold(): field for field, names in notes.fields.items() for synonym in names
        }
        if notes.date is not None:
            self._meant.setdefault(DATE, notes.date)
        self.said: dict[str, None] = {}

    def has(self, name: str) -> bool:
        """Whether the layout itself has a field of that name."""
        return name.casefold() in self._own

    def field(self, name: str) -> str:
        """A field's own name wins over what it stands for. Raises NameUnknown for a field that the layout no longer has."""
        meant = self._meant.get(name.casefold())
        if meant is None or self.has(name):
            return name
        self.check(meant)
        self.said[f"{name!r} is read as {meant!r}"] = None
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
        head, space, field = name.rpartition(" ")
        for first, last in ((head + space, field), (name.partition(" ")[0] + " ", name.partition(" ")[2])):
            if last and last.casefold() in self._meant:
                return first + self.field(last)
        return self._signed(name)

    def _signed(self, key: str) -> str:
        if key.startswith("-") and not self.has(key):
            return f"-{self.field(key[1:])}"
        return self.field(key)
