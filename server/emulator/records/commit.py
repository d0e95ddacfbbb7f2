"""Saves records, and deletes them: rights, locks, auto-enter, validation, stored calculations, cascades."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import FieldType
from ..refusal import Refusal
from ..store.store import Row
from .auto_enter import Values, enter, replaced_in_duplicate
from .locks import Locks
from .record_context import Scene
from .sources import Source
from .validation import validate


@dataclass(frozen=True)
class Checks:
    """Which checks apply (`options` of a write, section 6.6), and in whose words they refuse."""

    entry: bool = True
    own_messages: bool = False
    """Say a check's own message rather than FileMaker's standard text (a switch)."""


SCRIPTED = Checks(entry=False)
"""A script enters no data: what is checked only during data entry, or may be overridden, is not checked (section 6.6)."""


class Saver:
    """Everything happens inside a transaction that the caller holds on the source's store."""

    def __init__(self, scene: Scene, locks: Locks, checks: Checks = Checks()) -> None:
        self._scene = scene
        self._released: list[tuple[Source, str]] = []
        self._locks = locks
        self._checks = checks

    def create(self, source: Source, changed: Values) -> Row:
        """Raises Refusal 200 or a validation's code."""
        row = Row(0, 0, {})
        if not self._scene.may(source, row, "create"):
            raise Refusal(200)
        written = enter(self._scene, source, row, changed, is_new=True)
        self._validate(source, row, written, is_new=True)
        return source.store.insert(source.table.name, written)

    def edit(self, source: Source, row: Row, changed: Values) -> Row:
        """Raises Refusal 200, 301 or a validation's code."""
        self.check_edit(source, row)
        written = enter(self._scene, source, row, changed, is_new=False)
        self._validate(source, row, written, is_new=False)
        return source.store.update(source.table.name, row.record_id, written)

    def check_edit(self, source: Source, row: Row) -> None:
        if not self._scene.may(source, row, "edit"):
            raise Refusal(200)
        self._check_lock(source, row)

    def duplicate(self, source: Source, row: Row) -> Row:
        values: Values = {}
        for name, texts in row.values.items():
            field = source.table.fields[name]
            if field.calculation is not None or replaced_in_duplicate(field):
                continue
            if field.type is FieldType.CONTAINER:
                texts = tuple(source.file.containers.copy(text) for text in texts)
            values[name] = tuple(texts)
        return self.create(source, values)

    def release(self) -> None:
        """Forget the containers of deleted records. To be called once the commit has held."""
        for source, text in self._released:
            source.file.containers.drop(text)
        self._released.clear()

    def delete(self, source: Source, row: Row) -> None:
        """With all related records that go with it (section 6.4). Raises Refusal 200 or 301."""
        self._delete(source, row, set())

    def _delete(self, source: Source, row: Row, gone: set[tuple[str, str, int]]) -> None:
        key = (source.file.name, source.table.name, row.record_id)
        if key in gone:
            return
        gone.add(key)
        if not self._scene.may(source, row, "delete"):
            raise Refusal(200)
        self._check_lock(source, row)
        for hop in source.home.graph.hops_from(source.occurrence):
            if hop.deletes:
                far = self._scene.source(hop.far, source.home)
                ids = self._scene.related(source, row, hop.far)
                for each in far.store.read_many(far.table.name, ids):
                    self._delete(far, each, gone)
        source.store.delete(source.table.name, row.record_id)
        for name, field in source.table.fields.items():
            if field.type is FieldType.CONTAINER:
                self._released += [(source, text) for text in row.values.get(name, ()) if text]

    def _check_lock(self, source: Source, row: Row) -> None:
        self._locks.check((source.file.name, source.table.name, row.record_id), self._scene.session.token)

    def _validate(self, source: Source, row: Row, written: Values, *, is_new: bool) -> None:
        values = {**row.values, **written}
        validate(
            self._scene,
            source,
            Row(row.record_id, row.mod_id, values),
            written,
            is_new=is_new,
            checks_entry=self._checks.entry,
            own_messages=self._checks.own_messages,
        )
