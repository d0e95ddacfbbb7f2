"""One field's condition of `change_only_where`, read against a layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...criteria.calendar import Calendar
from ...criteria.checks.predicate import Predicate
from ...criteria.checks.record_tests import local
from ...criteria.language import CriteriaReader
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import Record
from ...dataapi.wire import ValueReader, writable
from ...errors import InputError
from ...text.lowered_first import lowered_first

HIDDEN = "a condition of the owner's that is not shown here"


@dataclass(frozen=True)
class Condition:
    """`test` is None where nobody can test it, and `said` then says why."""

    name: str
    said: str
    test: Predicate | None

    def fails(self, record: Record) -> bool:
        return self.test is None or not self.test.holds(record)


def condition_on(meta: LayoutMeta, calendar: Calendar, name: str, want: object) -> Condition:
    try:
        reader = CriteriaReader(meta, calendar)
        meaning = reader.any_of_objects({name: want})
    except InputError as error:
        return Condition(name, lowered_first(error.what), None)
    targets = list(reader.conditions.targets.values())
    in_portal = any(target.portal is not None for target in targets)
    test = None if meaning is None or in_portal else local(meaning, in_rows=True)
    if meaning is None or test is None:
        return Condition(name, f"{name!r} takes a plain condition on a field of the layout itself", None)
    return Condition(targets[0].name, meaning.said, test)


def as_stored(meta: LayoutMeta, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The values as they are read back: `1e3` is sent as 1000. What a field does not take stays, and is refused elsewhere."""
    sent: dict[str, Value] = {}
    for name, value in values.items():
        field = meta.field_named(name)
        try:
            sent[name] = value if field is None else writable(value, field)
        except InputError:
            sent[name] = value
    return ValueReader(meta).read(sent)


def blanks(meta: LayoutMeta) -> dict[str, Value]:
    return {name: "" for field in meta.fields.values() for name in field.shown_names}


def of_new(meta: LayoutMeta) -> dict[str, Value]:
    """What a new record holds of which nothing is said: nothing, but where FileMaker fills it."""
    return {name: "" for name in blanks(meta) if not (f := meta.field_named(name)) or not f.auto_enter}
