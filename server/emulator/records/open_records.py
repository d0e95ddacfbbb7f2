"""The records that a script has open: changed but not yet committed, and locked until they are."""

from __future__ import annotations

from ..model import Field, FieldKind
from ..refusal import Refusal
from ..store.store import Row
from ..values.values import BadValue, from_input
from .auto_enter import Values
from .commit import SCRIPTED, Saver
from .field_input import set_global
from .locks import Locks
from .record_context import Scene
from .sources import Source


class Editing:
    def __init__(self, scene: Scene, locks: Locks) -> None:
        self._scene = scene
        self._locks = locks
        self._open: dict[tuple[str, str, int], tuple[Source, Values]] = {}

    @property
    def is_open(self) -> bool:
        """Whether something was set that is not committed."""
        return bool(self._open)

    def shown(self, source: Source, row: Row) -> Row:
        """The record with what has been set in it."""
        opened = self._open.get(_key(source, row))
        return row if opened is None else Row(row.record_id, row.mod_id, {**row.values, **opened[1]})

    def set(self, source: Source, row: Row, field: Field, repetition: int, text: str) -> None:
        """Raises Refusal 111, 200, 201 or 301, or a type's code."""
        if not 1 <= repetition <= field.repetitions:
            raise Refusal(111)
        if field.kind is not FieldKind.NORMAL or self._scene.field_access(source, field) != "edit":
            raise Refusal(201)
        text = self.text(field, text)
        if field.is_global:
            set_global(self._scene, source, field, repetition, text)
            return
        if not self._scene.may(source, row, "edit"):
            raise Refusal(200)
        key = _key(source, row)
        self._locks.take(key, self._scene.session.token)
        _, values = self._open.setdefault(key, (source, {}))
        present = values.get(field.name, row.values.get(field.name, ()))
        texts = [*present, *[""] * (field.repetitions - len(present))]
        texts[repetition - 1] = text
        values[field.name] = tuple(texts)

    def text(self, field: Field, text: str) -> str:
        """The text as stored. Raises Refusal 500 to 502."""
        try:
            scene = self._scene
            return from_input(field.type, text, today=scene.now.date(), exponents=scene.exponents)
        except BadValue as problem:
            raise Refusal(problem.code) from None

    def commit(self) -> None:
        """Saves every open record, or raises Refusal and leaves those that could not be saved open."""
        for key, (source, values) in list(self._open.items()):
            row = source.store.read(source.table.name, key[2])
            if row is not None:
                with source.store.transaction():
                    Saver(self._scene, self._locks, SCRIPTED).edit(source, row, values)
            del self._open[key]
            self._locks.release(key)

    def revert(self) -> None:
        for key in self._open:
            self._locks.release(key)
        self._open.clear()


def _key(source: Source, row: Row) -> tuple[str, str, int]:
    return source.file.name, source.table.name, row.record_id
