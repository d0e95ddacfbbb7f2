"""Fields of the current record, of its first related record, and globals. Records made and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from ..model import Field
from ..records.commit import SCRIPTED, Saver
from ..records.sources import Source
from ..refusal import Refusal
from ..store.store import Row
from ..values.arithmetic import Value, text_of
from ..values.conversion import typed
from .steps import Steps

Given: TypeAlias = "Value | int | float"
"""What a script may set: also a plain number of Python."""


class RecordSteps(Steps):
    def get(self, name: str, repetition: int = 1) -> str:
        """The stored text. Empty when there is no such field or record, with the error set."""
        try:
            source, row, field = self._place(name)
        except Refusal as refusal:
            self._failed(refusal)
            return ""
        self._done()
        return self._scene.text(source, self._editing.shown(source, row), field, repetition)

    def value(self, name: str, repetition: int = 1) -> Value:
        """As `get`, as a number, date, time or timestamp where the field is one. None when empty."""
        text = self.get(name, repetition)
        return None if self.last_error else typed(self._place(name)[2].type, text)

    def number(self, name: str) -> Decimal:
        """As `get`. Empty counts as 0."""
        value = self.value(name)
        return value if isinstance(value, Decimal) else Decimal(0)

    def values(self, name: str) -> list[Value]:
        """`Occurrence::Field` of all related records."""
        occurrence, _, bare = name.partition("::")
        row = self._window.row()
        try:
            far = self._scene.source(occurrence)
            ids = [] if row is None else self._scene.related(self._window.source, row, occurrence)
        except (Refusal, KeyError):
            self._failed(Refusal(102))
            return []
        field = far.table.fields.get(bare)
        if field is None:
            self._failed(Refusal(102))
            return []
        self._done()
        rows = far.store.read_many(far.table.name, ids)
        return [typed(field.type, self._scene.text(far, each, field)) for each in rows]

    def set(self, name: str, value: Given, repetition: int = 1) -> bool:
        """Set Field: opens the record, which others then find locked until it is committed."""
        try:
            source, row, field = self._place(name)
            self._editing.set(source, row, field, repetition, _text(value))
        except Refusal as refusal:
            return self._failed(refusal)
        return self._done()

    def new_record(self, **values: Given) -> bool:
        """A new record at the end of the found set, which becomes the current one."""
        return self.new_record_with(values)

    def new_record_with(self, values: Mapping[str, Given]) -> bool:
        """As `new_record`, for fields whose names are no words of Python."""
        self.commit()
        source = self._window.source
        fields = source.table.fields
        try:
            if not values.keys() <= fields.keys():
                raise Refusal(102)
            texts = {
                name: (self._editing.text(fields[name], _text(value)),) for name, value in values.items()
            }
            with source.store.transaction():
                row = Saver(self._scene, self._host.locks, SCRIPTED).create(source, texts)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.add(row.record_id)
        return self._done()

    def delete_record(self) -> bool:
        self._editing.revert()
        row = self._window.row()
        if row is None:
            return self._failed(Refusal(101))
        source = self._window.source
        saver = Saver(self._scene, self._host.locks, SCRIPTED)
        try:
            with source.store.transaction():
                saver.delete(source, row)
        except Refusal as refusal:
            return self._failed(refusal)
        saver.release()
        self._window.remove(row.record_id)
        return self._done()

    def _place(self, name: str) -> tuple[Source, Row, Field]:
        """Raises Refusal 102 for the field, 101 for the record."""
        occurrence, separator, bare = name.partition("::")
        source = self._window.source
        if separator and occurrence != source.occurrence:
            if occurrence not in self._scene.file.model.occurrences:
                raise Refusal(102)
            far = self._scene.source(occurrence)
            field = far.table.fields.get(bare)
            if field is not None and field.is_global:
                return far, Row(0, 0, {}), field
            here = self._window.row()
            row = None if here is None else self._scene.first_related(source, here, occurrence)
            source = far
        else:
            field = source.table.fields.get(bare if separator else name)
            row = self._window.row()
            if field is not None and field.is_global:
                return source, row or Row(0, 0, {}), field
        if field is None:
            raise Refusal(102)
        if row is None:
            raise Refusal(101)
        return source, row, field


def _text(value: Given) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return text_of(Decimal(str(value)))
    return text_of(value)
