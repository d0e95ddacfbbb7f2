"""What a script of a solution can do: FileMaker's script steps as methods.

A step sets `last_error` to 0 or to FileMaker's code and never raises, as under Set Error Capture; the last one of the
run is the `scriptError` of the answer (reference section 9.1 [O]).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from .arithmetic import Value, text_of
from .conversion import typed
from .editing import Editing
from .finding import Finder
from .host import Host
from .model import Field
from .read_parameters import FindRequest, SortBy
from .refusal import Refusal
from .saving import Saver
from .scene import Scene, Source
from .sorting_records import sort_found_set
from .store import Row
from .window import Window, all_records, open_layout


class ScriptExit(Exception):
    """Exit Script, with its text result."""

    def __init__(self, result: str | None) -> None:
        self.result = result
        super().__init__("exit")


class ScriptContext:
    def __init__(
        self,
        host: Host,
        scene: Scene,
        window: Window,
        parameter: str,
        perform: Callable[[str, str], Awaitable[tuple[str | None, int]]],
    ) -> None:
        self.parameter = parameter
        self.last_error = 0
        self._host = host
        self._scene = scene
        self._window = window
        self._perform = perform
        self._editing = Editing(scene, host.locks)

    # What surrounds the script

    @property
    def layout(self) -> str:
        return self._window.plan.layout.name

    @property
    def account(self) -> str:
        return self._scene.session.account

    @property
    def now(self) -> datetime:
        """The host's wall time, without a zone."""
        return self._host.wall_time().replace(microsecond=0)

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def variables(self) -> dict[str, object]:
        """Global variables (`$$name`); they last as long as the session."""
        return self._scene.session.variables

    # The found set

    @property
    def found_count(self) -> int:
        return len(self._window.found)

    @property
    def record_id(self) -> int | None:
        return self._window.current

    def show_all(self) -> bool:
        self.commit()
        self._window.show(all_records(self._scene, self._window.source))
        return self._done()

    def find(self, *requests: Mapping[str, str]) -> bool:
        """Find requests as in `_find`, `omit` included; 401 leaves the found set empty, as FileMaker does."""
        self.commit()
        read = [
            FindRequest(
                tuple((name, text) for name, text in each.items() if name != "omit"),
                each.get("omit") == "true",
            )
            for each in requests
        ]
        try:
            finder = Finder(self._scene, self._window.plan, iso_dates=True, match_lines=False)
            found = finder.find(read)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.show(found)
        return self._done() if found else self._failed(Refusal(401))

    def sort(self, *keys: str) -> bool:
        """`Field`, or `Field descend`."""
        read = [
            SortBy(key.removesuffix(" descend"), "descend" if key.endswith(" descend") else "ascend")
            for key in keys
        ]
        try:
            found = sort_found_set(self._scene, self._window.plan, self._window.found, read)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.show(found)
        return self._done()

    def go_to_record(self, number: int) -> bool:
        """1 is the first; 101 beyond the last."""
        self.commit()
        if not 1 <= number <= len(self._window.found):
            return self._failed(Refusal(101))
        self._window.go(number - 1)
        return self._done()

    def next_record(self) -> bool:
        """101 on the last record: a loop that ends so leaves that as its last error."""
        return self.go_to_record(self._window.position + 2)

    def each_record(self) -> Iterator[int]:
        """Stands on each record of the found set in turn; leaves no error behind."""
        for record_id in list(self._window.found):
            self.commit()
            if record_id in self._window.found:
                self._window.show(self._window.found, record_id)
                yield record_id
        self.commit()

    # Layouts

    def go_to_layout(self, name: str) -> bool:
        self.commit()
        try:
            window = open_layout(self._scene, name)
        except Refusal as refusal:
            return self._failed(refusal)
        window.show(all_records(self._scene, window.source))
        self._window.turn_to(window)
        return self._done()

    def go_to_related(self, occurrence: str, layout: str) -> bool:
        """Shows the related records on a layout of theirs; 101 when there are none."""
        self.commit()
        row = self._window.row()
        try:
            found = [] if row is None else self._scene.related(self._window.source, row, occurrence)
            window = open_layout(self._scene, layout)
        except Refusal as refusal:
            return self._failed(refusal)
        if not found or window.source.occurrence != occurrence:
            return self._failed(Refusal(101 if not found else 103))
        self._window.plan, self._window.source = window.plan, window.source
        self._window.show(found)
        return self._done()

    # Fields of the current record, of its first related record, and globals

    def get(self, name: str, repetition: int = 1) -> str:
        """The stored text; empty when there is no such field or record, with the error set."""
        try:
            source, row, field = self._place(name)
        except Refusal as refusal:
            self._failed(refusal)
            return ""
        self._done()
        return self._scene.text(source, self._editing.shown(source, row), field, repetition)

    def value(self, name: str, repetition: int = 1) -> Value:
        """As `get`, as a number, date, time or timestamp where the field is one; None when empty."""
        text = self.get(name, repetition)
        return None if self.last_error else typed(self._place(name)[2].type, text)

    def number(self, name: str) -> Decimal:
        """As `get`; empty counts as 0."""
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

    def set(self, name: str, value: Value, repetition: int = 1) -> bool:
        """Set Field: opens the record, which others then find locked until it is committed."""
        try:
            source, row, field = self._place(name)
            self._editing.set(source, row, field, repetition, text_of(value))
        except Refusal as refusal:
            return self._failed(refusal)
        return self._done()

    # Records

    def new_record(self, **values: Value) -> bool:
        """A new record at the end of the found set, which becomes the current one."""
        return self.new_record_with(values)

    def new_record_with(self, values: Mapping[str, Value]) -> bool:
        """As `new_record`, for fields whose names are no words of Python."""
        self.commit()
        source = self._window.source
        fields = source.table.fields
        try:
            if not values.keys() <= fields.keys():
                raise Refusal(102)
            texts = {
                name: (self._editing.text(fields[name], text_of(value)),) for name, value in values.items()
            }
            with source.store.transaction():
                row = Saver(self._scene, self._host.locks).create(source, texts)
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
        try:
            with source.store.transaction():
                Saver(self._scene, self._host.locks).delete(source, row)
        except Refusal as refusal:
            return self._failed(refusal)
        self._window.remove(row.record_id)
        return self._done()

    def commit(self) -> bool:
        """Saves what was set; a validation that fails leaves the record open, and its code as the error."""
        try:
            self._editing.commit()
        except Refusal as refusal:
            return self._failed(refusal)
        return self._done()

    def revert(self) -> bool:
        self._editing.revert()
        return self._done()

    # Control

    def set_error(self, code: int) -> None:
        """The error that the script leaves behind."""
        self.last_error = code

    def unsupported(self, step: str) -> bool:
        """A step that the Data API does not run sets error 3 (section 9.3 [D][O])."""
        del step
        return self._failed(Refusal(3))

    def exit(self, result: object = None) -> NoReturn:
        """Exit Script; without a result the answer has no scriptResult."""
        raise ScriptExit(None if result is None else str(result))

    async def sleep(self, seconds: float) -> None:
        """Pause/Resume Script, on the host's clock."""
        await self._host.clock.sleep(seconds)
        self.last_error = 0

    async def perform(self, script: str, parameter: str = "") -> str | None:
        """Perform Script: another script of the file, in the same window; its result."""
        self.commit()
        result, self.last_error = await self._perform(script, parameter)
        return result

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

    def _done(self) -> bool:
        self.last_error = 0
        return True

    def _failed(self, refusal: Refusal) -> bool:
        self.last_error = refusal.code
        return False
