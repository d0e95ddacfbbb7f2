"""One record as a calculation sees it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

from ..refusal import Refusal
from ..store.store import Row
from ..values.arithmetic import Value
from ..values.conversion import typed
from .sources import Source

if TYPE_CHECKING:
    from .record_context import Scene


class RecordScope:
    """Reads the record's own fields, related ones, and facts such as today or the account."""

    def __init__(self, source: Source, row: Row, scene: Scene, value: Value = None) -> None:
        self._source = source
        self._row = row
        self._scene = scene
        self._value = value

    def field(self, name: str, repetition: int) -> Value:
        field = self._source.table.fields[name]
        return typed(field.type, self._scene.text(self._source, self._row, field, repetition))

    def related(self, occurrence: str, name: str) -> Sequence[Value]:
        try:
            ids = self._scene.related(self._source, self._row, occurrence)
            far = self._scene.source(occurrence, self._source.home)
        except Refusal:
            if self._scene.needs_sources:
                raise
            return ()
        field = far.table.fields[name]
        wanted = {name} if field.stored and not field.is_global else None  # a computed field reads others too
        rows = far.store.read_many(far.table.name, ids, wanted)
        return [typed(field.type, self._scene.text(far, row, field)) for row in rows]

    def fact(self, name: str) -> Value:
        scene = self._scene
        match name:
            case "today":
                return scene.now.date()
            case "now":
                return scene.now.replace(microsecond=0)
            case "account":
                return scene.session.account
            case "privilege_set":
                return scene.session.access.privileges.name
            case "record_id":
                return Decimal(self._row.record_id)
            case "mod_id":
                return Decimal(self._row.mod_id)
            case "uuid":
                return str(uuid4()).upper()
            case _:
                return self._value
