"""Portal rows of a write: edited by record id, created where the relationship allows it, deleted (sections 6.1, 6.2)."""

from __future__ import annotations

from collections.abc import Iterable

from ..http.write_parameters import PortalRow
from ..refusal import Refusal
from ..solutions.graph import Hop
from ..solutions.layout_plan import LayoutPlan
from ..store.store import Row
from ..switches import Switches
from .auto_enter import Values
from .commit import Saver
from .field_input import FieldInput
from .record_context import Scene
from .sources import Source


class PortalWriter:
    def __init__(
        self, scene: Scene, plan: LayoutPlan, saver: Saver, field_input: FieldInput, switches: Switches
    ) -> None:
        self._scene = scene
        self._plan = plan
        self._saver = saver
        self._input = field_input
        self._switches = switches
        self.created: list[object] = []

    def write(self, source: Source, parent: Row, portal: str, rows: Iterable[PortalRow]) -> None:
        """By portal object name or occurrence. Raises Refusal, such as 116 for no such portal."""
        plan = self._plan.portal(portal)
        if plan is None:
            raise Refusal(self._switches.unknown_portal)
        for row in rows:
            self.write_row(source, parent, plan.portal.occurrence, row)

    def write_row(self, source: Source, parent: Row, occurrence: str, row: PortalRow) -> None:
        far = self._scene.source(occurrence, source.home)
        own, further = self._split(far, row)
        if row.record_id is None:
            hop = self._creating_hop(source, occurrence)
            keys = self._keys(source, parent, hop)
            record = self._saver.create(far, {**keys, **self._input.changed(far, None, own)})
        else:
            record = self._related(source, parent, occurrence, row.record_id)
            if row.mod_id is not None and row.mod_id != str(record.mod_id):
                raise Refusal(306)
            changed = self._input.changed(far, record, own)
            if changed:
                record = self._saver.edit(far, record, changed)
        written = {occurrence: record}
        for name, values in further.items():
            written[name] = self._write_further(far, record, name, values)
        if row.record_id is None:
            self._note(row, far, written)

    def delete(self, source: Source, parent: Row, occurrence: str, record_id: str) -> None:
        """Raises Refusal 101 when no such record is related."""
        record = self._related(source, parent, occurrence, record_id)
        self._saver.delete(self._scene.source(occurrence, source.home), record)

    def _split(
        self, far: Source, row: PortalRow
    ) -> tuple[list[tuple[str, str]], dict[str, list[tuple[str, str]]]]:
        """The row's own fields, and those of occurrences beyond it."""
        own: list[tuple[str, str]] = []
        further: dict[str, list[tuple[str, str]]] = {}
        for name, value in row.values:
            if "::" not in name:
                raise Refusal(102)
            placed, _ = self._plan.find(name)
            if placed.occurrence == far.occurrence:
                own.append((name, value))
            else:
                further.setdefault(placed.occurrence, []).append((name, value))
        return own, further

    def _write_further(self, far: Source, record: Row, occurrence: str, values: list[tuple[str, str]]) -> Row:
        """A field of a further occurrence: its first related record, or a new one (section 15, case 21)."""
        beyond = self._scene.source(occurrence, far.home)
        present = self._scene.first_related(far, record, occurrence)
        if present is not None:
            return self._saver.edit(beyond, present, self._input.changed(beyond, present, values))
        hop = self._creating_hop(far, occurrence)
        keys = self._keys(far, record, hop)
        return self._saver.create(beyond, {**keys, **self._input.changed(beyond, None, values)})

    def _creating_hop(self, source: Source, occurrence: str) -> Hop:
        path = source.home.graph.path(source.occurrence, occurrence)
        if path is None or len(path) != 1 or not path[0].may_create:
            # FileMaker Pro reports a missing record when a row cannot be made [I].
            raise Refusal(101)
        return path[0]

    def _keys(self, source: Source, parent: Row, hop: Hop) -> Values:
        """The match fields of a new related record, taken from its parent. Raises Refusal 510 for an empty one."""
        keys: Values = {}
        for predicate in hop.predicates:
            if predicate.operator == "=":
                field = source.table.fields[predicate.left_field]
                text = self._scene.text(source, parent, field)
                if not text and self._switches.orphan_rows == "refuse":
                    raise Refusal(
                        510
                    )  # nothing would relate the row to its parent, so FileMaker Pro makes none [I]
                keys[predicate.right_field] = (text,)
        return keys

    def _related(self, source: Source, parent: Row, occurrence: str, record_id: str) -> Row:
        if not (record_id.isascii() and record_id.isdecimal() and len(record_id) <= 18):
            raise Refusal(101)
        far = self._scene.source(occurrence, source.home)
        number = int(record_id)
        record = far.store.read(far.table.name, number)
        if record is None or number not in self._scene.related(source, parent, occurrence):
            raise Refusal(101)
        return record

    def _note(self, row: PortalRow, far: Source, written: dict[str, Row]) -> None:
        for name, _ in row.values:
            occurrence = name.partition("::")[0]
            record = written.get(occurrence, written[far.occurrence])
            self.created.append(
                {"tableName": occurrence, "recordId": str(record.record_id), "modId": str(record.mod_id)}
            )
