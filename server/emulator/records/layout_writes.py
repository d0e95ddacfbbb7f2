"""Create, edit and delete through a layout: the record, its portal rows and its related deletions, in one commit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from ..http.write_parameters import PortalRow, WriteParameters
from ..refusal import Refusal
from ..solutions.layout_plan import LayoutPlan
from ..store.store import Row
from ..switches import Switches
from .auto_enter import Values
from .commit import Checks, Saver
from .field_input import FieldInput
from .locks import Locks
from .portal_writes import PortalWriter
from .record_context import Scene
from .sources import Source

_OLD_ROW = re.compile(r"(.+)\.(\d+)", re.DOTALL)


class Writer:
    def __init__(
        self, scene: Scene, plan: LayoutPlan, locks: Locks, parameters: WriteParameters, switches: Switches
    ) -> None:
        self._scene = scene
        self._plan = plan
        self._parameters = parameters
        self._switches = switches
        self._source = scene.source(plan.occurrence)
        self._saver = Saver(
            scene, locks, Checks(parameters.checks_entry, switches.validation_message == "custom")
        )
        self._input = FieldInput(
            scene, plan, parameters.date_formats, prohibits=parameters.checks_prohibition
        )
        self._portals = PortalWriter(scene, plan, self._saver, self._input, switches)

    @property
    def created_rows(self) -> list[object]:
        """newPortalRecordInfo: an entry for each field written in each new row (section 6.2 [O])."""
        return self._portals.created

    def create(self) -> Row:
        """Raises Refusal. Then nothing has been written (section 6.1 [I])."""
        own, related = self._sorted_values()
        with self._transaction():
            self._take_globals(own)
            row = self._saver.create(self._source, self._input.changed(self._source, None, own))
            self._write_related(row, related)
        return self._read(row)

    def edit(self, row: Row) -> Row:
        """Raises Refusal. Then nothing has been written."""
        self._saver.check_edit(self._source, row)
        if self._parameters.mod_id is not None and self._parameters.mod_id != str(row.mod_id):
            raise Refusal(306)
        own, related = self._sorted_values()
        with self._transaction():
            self._take_globals(own)
            changed = self._input.changed(self._source, row, own)
            portals_only = not own and (self._parameters.portals or related or self._parameters.deletions)
            if changed or (portals_only and self._switches.bump_parent):
                row = self._saver.edit(self._source, row, changed or _same(self._source, row))
            self._write_related(row, related)
        self._input.drop_replaced()
        self._saver.release()
        return self._read(row)

    def _transaction(self) -> ExitStack:
        """One commit over every store that the layout reaches."""
        occurrences = {self._plan.occurrence, *(placed.occurrence for placed in self._plan.fields.values())}
        stores: dict[int, Source] = {}
        for occurrence in sorted(occurrences):
            try:
                source = self._scene.source(occurrence, self._source.home)
            except Refusal:
                continue  # a file that this session cannot open takes no part
            stores[id(source.store)] = source
        stack = ExitStack()
        for source in stores.values():
            stack.enter_context(source.store.transaction())
        return stack

    def _sorted_values(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The layout's own fields, and the related ones that fieldData may also name (sections 6.2 and 8.2)."""
        own: list[tuple[str, str]] = []
        related: list[tuple[str, str]] = []
        for name, value in self._parameters.values:
            occurrence = name.partition("::")[0] if "::" in name else self._source.occurrence
            (own if occurrence == self._source.occurrence else related).append((name, value))
        return own, related

    def _take_globals(self, own: list[tuple[str, str]]) -> None:
        for item in list(own):
            if self._input.take_global(self._source, *item):
                own.remove(item)

    def _write_related(self, row: Row, related: Sequence[tuple[str, str]]) -> None:
        for name, value in related:
            self._write_one_related(row, name, value)
        for portal, rows in self._parameters.portals:
            self._portals.write(self._source, row, portal, rows)
        self._delete_related(row, self._parameters.deletions)

    def _write_one_related(self, row: Row, name: str, value: str) -> None:
        """`TO::Field` writes the first related record. The older `TO::Field.7` names one, `.0` makes one."""
        found = None if name in self._plan.fields else _OLD_ROW.fullmatch(name)
        if found is not None and found[1].partition("(")[0] in self._plan.fields:
            row_id = None if int(found[2][:18]) == 0 else found[2]
            occurrence = name.partition("::")[0]
            self._portals.write(self._source, row, occurrence, [PortalRow(((found[1], value),), row_id)])
            return
        placed, _ = self._plan.find(name)
        first = self._scene.first_related(self._source, row, placed.occurrence)
        record_id = None if first is None else str(first.record_id)
        self._portals.write_row(self._source, row, placed.occurrence, PortalRow(((name, value),), record_id))

    def _delete_related(self, row: Row, deletions: Iterable[str]) -> None:
        for item in deletions:
            occurrence, _, record_id = item.rpartition(".")
            if not any(placed.occurrence == occurrence for placed in self._plan.fields.values()):
                raise Refusal(102)
            self._portals.delete(self._source, row, occurrence, record_id)

    def _read(self, row: Row) -> Row:
        return self._source.store.read(self._source.table.name, row.record_id) or row


def _same(source: Source, row: Row) -> Values:
    """Something to save that changes nothing, so that the modification count rises."""
    name = next(iter(source.table.fields))
    return {name: tuple(row.values.get(name, ("",)))}
