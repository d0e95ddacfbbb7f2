"""How one value of a layout is read from a record and shown in JSON (section 8.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ..model import Field, FieldKind, FieldType
from ..records.record_context import NO_ACCESS, Scene
from ..records.sources import Source
from ..solutions.layout_plan import Placed
from ..store.store import Row
from ..values.values import to_json

Link: TypeAlias = Callable[[str, str], str]
"""The URL for a container's stored text in a file."""

Cell: TypeAlias = Callable[[Row], object]

_STORED_LENGTH = {FieldType.DATE: len("MM/DD/YYYY"), FieldType.TIMESTAMP: len("MM/DD/YYYY HH:MM:SS")}


@dataclass(frozen=True)
class Cells:
    scene: Scene
    link: Link
    date_formats: int

    def reader(self, source: Source, placed: Placed) -> Cell:
        """What is the same for every record is settled here, once."""
        field = placed.field
        if field is None:
            return lambda row: ""
        if self.scene.field_access(source, field) == "none":
            return lambda row: NO_ACCESS
        show = self.showing(source, field)
        if (
            field.repetitions == 1
            and field.stored
            and not field.is_global
            and field.kind is not FieldKind.SUMMARY
        ):
            name = field.name
            return lambda row: show(texts[0]) if (texts := row.values.get(name)) else ""
        return lambda row: show(self.scene.text(source, row, field, placed.repetition))

    def showing(self, source: Source, field: Field) -> Callable[[str], object]:
        """The JSON value of a field's stored text."""
        if field.type is FieldType.TEXT:
            return _same
        if field.type is FieldType.CONTAINER:
            return lambda text: self.link(source.file.name, text) if text else ""
        if self.date_formats == 0 and field.type in _STORED_LENGTH:
            # Dates are stored as dateformats 0 shows them. What is not in that form is looked at.
            length = _STORED_LENGTH[field.type]
            return lambda text: text if not text or len(text) == length else to_json(field.type, text)
        kind, dates, pattern = field.type, self.date_formats, source.home.model.date_format
        return lambda text: to_json(kind, text, dates, pattern) if text else ""


def _same(text: str) -> object:
    return text
