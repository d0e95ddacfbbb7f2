"""Which records may be changed at all: `change_only_where`, read against a layout and applied to records.

A rule belongs to the table of its layout: the same records are not changed through a layout of that table for which the owner
says nothing. Related rows and fields follow the rules of the layouts of their own table.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..criteria.calendar import Calendar
from ..criteria.language import CriteriaReader
from ..criteria.record_tests import local
from ..criteria.residual import Predicate
from ..dataapi.models import LayoutMeta, PortalRow, PortalRows, Record, Value, Write
from ..dataapi.wire import ValueReader, writable
from ..errors import InputError
from ..policy import Policy, is_visible
from ..policy.change_limits import Limit, limits_at_home, limits_on
from ..text.lowered_first import lowered_first
from ..text.near_names import folded

HIDDEN = "a condition of the owner's that is not shown here"


@dataclass(frozen=True)
class Condition:
    """One field of a rule on one layout. `test` is None where nobody can test it, and `said` then says why."""

    name: str
    said: str
    test: Predicate | None

    def fails(self, record: Record) -> bool:
        return self.test is None or not self.test.holds(record)


class ChangeRules:
    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self._policy = policy
        self._calendar = calendar
        self._read: dict[tuple[str, str, str], tuple[LayoutMeta, date, tuple[Condition, ...]]] = {}

    def bind(self, meta: LayoutMeta) -> bool:
        """Whether any rule speaks of the records of the layout, or of rows and fields that it shows."""
        if not self._policy.change_only_where:
            return False
        return limits_on(self._policy, meta) is not None or any(
            limits_at_home(self._policy, meta, occurrence) for occurrence in meta.homes
        )

    def marked(self, meta: LayoutMeta, record: Record) -> Record:
        """The record with why it, its rows and its related records may not be changed. `meta` is the whole layout, and nothing
        of the record is hidden yet."""
        if not self.bind(meta):
            return record
        portals = {
            name: replace(rows, rows=tuple(self._marked_row(meta, name, rows, row) for row in rows.rows))
            for name, rows in record.portals.items()
        }
        related = {
            own: why
            for own in dict.fromkeys(name.partition("::")[0] for name in meta.fields if "::" in name)
            if (why := self._at_home(meta, own, record.fields, f"the related record of {own!r}"))
        }
        closed = self.why_closed(meta, record)
        return replace(record, portals=portals, closed=closed, closed_related=related)

    def _marked_row(self, meta: LayoutMeta, portal: str, rows: PortalRows, row: PortalRow) -> PortalRow:
        own = occurrence_of_rows(meta, portal, rows)
        return replace(row, closed=self._at_home(meta, own, row.fields, f"row {row.record_id} of {portal!r}"))

    def why_closed(self, meta: LayoutMeta, record: Record) -> str:
        """Why a record may not be changed, as a sentence; empty where it may. `meta` is the whole layout."""
        limit = limits_on(self._policy, meta)
        if limit is None:
            return ""
        if limit.elsewhere:
            return _elsewhere(meta.name, limit)
        failed = [each for each in self._conditions(meta, limit) if each.fails(record)]
        return self._sentence(meta, failed[0], record) if failed else ""

    def why_not_so(
        self,
        meta: LayoutMeta,
        values: Mapping[str, Value],
        *,
        new: bool = False,
        later: Collection[str] = (),
    ) -> str:
        """Why a record may not be given these values: it would not be one that may be changed. For a `new` record what is left
        out counts as empty, but where FileMaker fills it. `later`: fields whose values are not known yet."""
        limit = limits_on(self._policy, meta)
        if limit is None:
            return ""
        if limit.elsewhere:
            return _elsewhere(meta.name, limit)
        record = Record("", "", {**_blanks(meta), **_as_stored(meta, values)})
        for each in self._conditions(meta, limit):
            field = meta.field_named(each.name)
            if field is None or each.name in later:
                continue
            is_given = any(name in values for name in field.shown_names)
            is_own = field.kind == "normal" and not field.is_related
            if (is_given or (new and is_own and not field.auto_enter)) and each.fails(record):
                return (
                    f"A record of {meta.name!r} that is so would be none that may be changed:"
                    f" {self._rule(meta, each)}."
                )
        return ""

    def why_related_not_so(
        self,
        meta: LayoutMeta,
        values: Mapping[str, Value],
        *,
        new: bool = False,
        later: Collection[str] = (),
    ) -> str:
        """As `why_not_so`, of the related records whose fields are among the names. Which record that is follows from fields of
        the layout's own record, and nothing tells which: written together, it could be another one than was looked at."""
        names = (*values, *later)
        for own in dict.fromkeys(name.partition("::")[0] for name in names if "::" in name):
            if not limits_at_home(self._policy, meta, own):
                continue
            if new or any("::" not in name for name in names):
                what = "a new record" if new else "other fields"
                return (
                    f"Together with {what} of {meta.name!r} no related record of {own!r} is changed: it could be another one"
                    " by then. Change it on its own, or on its own layout."
                )
            if why := self._why_none_holds(meta, own, values, new=False):
                return why
        return ""

    def why_row_not_so(self, meta: LayoutMeta, own: str, values: Mapping[str, Value], *, new: bool) -> str:
        """As `why_not_so`, of a row's own fields. What lies behind a row has no condition that its portal could show."""
        for name in values:
            other = name.partition("::")[0] if "::" in name else own
            if folded(other) != folded(own) and limits_at_home(self._policy, meta, other):
                return (
                    f"Through a row of {own!r} no record of {other!r} is changed: the owner limits which are."
                )
        return self._why_none_holds(meta, own, values, new=new)

    def _why_none_holds(self, meta: LayoutMeta, own: str, values: Mapping[str, Value], *, new: bool) -> str:
        limits = limits_at_home(self._policy, meta, own)
        stored = _as_stored(meta, values)
        for limit in limits:
            if all(
                self._row_holds(meta, own, name, want, stored, new=new) for name, want in limit.where.items()
            ):
                return ""
        return (
            f"A record of {own!r} that is so would be none that may be changed there ({limits[0].layout!r})."
            if limits
            else ""
        )

    def _at_home(self, meta: LayoutMeta, own: str, fields: Mapping[str, Value], what: str) -> str:
        limits = limits_at_home(self._policy, meta, own)
        for limit in limits:
            if all(
                self._row_holds(meta, own, name, want, fields, new=True) for name, want in limit.where.items()
            ):
                return ""
        if not limits:
            return ""
        return (
            f"The owner lets {what} be changed only where it meets a condition on {limits[0].layout!r}, and it does not, or this"
            " layout does not show what that rests on."
        )

    def _row_holds(
        self, meta: LayoutMeta, own: str, name: str, want: object, fields: Mapping[str, Value], *, new: bool
    ) -> bool:
        """`new`: what is not among the fields fails; else it is not what was asked about."""
        full = f"{own}::{name}"
        field = meta.field_named(full)
        if field is None:
            return False
        if full not in fields:
            return not new or field.auto_enter
        bare = replace(meta, fields={full: field}, portals={})
        return not _condition(bare, self._calendar, full, want).fails(Record("", "", fields))

    def _conditions(self, meta: LayoutMeta, limit: Limit) -> Sequence[Condition]:
        """Read once for a layout and a day."""
        today, key = self._calendar.today(), (meta.name, limit.layout, "")
        known = self._read.get(key)
        if known is None or known[0] is not meta or known[1] != today:
            read = tuple(_condition(meta, self._calendar, name, want) for name, want in limit.where.items())
            known = self._read[key] = (meta, today, read)
        return known[2]

    def _rule(self, meta: LayoutMeta, condition: Condition) -> str:
        if not is_visible(self._policy, meta, condition.name):
            return HIDDEN
        return condition.said

    def _sentence(self, meta: LayoutMeta, condition: Condition, record: Record) -> str:
        if condition.test is None:
            return f"The owner's rule for changes of {meta.name!r} cannot be tested: {condition.said}."
        if not is_visible(self._policy, meta, condition.name):
            return f"The owner lets records of {meta.name!r} be changed only under {HIDDEN}, which this one does not meet."
        value = record.fields.get(condition.name, "")
        return (
            f"The owner lets records of {meta.name!r} be changed only where {condition.said}; in this one {condition.name!r} is"
            f" {str(value)[:80]!r}."
        )


def why_no_copy(record: Record) -> str:
    """Why a record may not be duplicated: which values FileMaker enters anew in a copy, nothing tells, so the copy is taken to be
    as closed as its original."""
    return (
        f"{record.closed} Its copy would be closed too: create a record with its values."
        if record.closed
        else ""
    )


def occurrence_of_rows(meta: LayoutMeta, portal: str, rows: PortalRows | None = None) -> str:
    """Whose records a portal's rows are, as the host tells it with them, else as names do."""
    if rows is not None and rows.occurrence:
        return rows.occurrence
    found = meta.portals.get(portal)
    return portal if found is None else found.occurrence


def why_rows_closed(write: Write, record: Record) -> str:
    """Why the rows and related fields that a write names may not be changed, by the record as it is marked."""
    for name in write.fields:
        if why := record.closed_related.get(name.partition("::")[0] if "::" in name else ""):
            return why
    named = {(portal, row.record_id) for portal, rows in write.portals.items() for row in rows}
    removed = {row_id for _, row_id in write.delete_related}
    for portal, rows in record.portals.items():
        for row in rows.rows:
            if row.closed and ((portal, row.record_id) in named or row.record_id in removed):
                return row.closed
    return ""


def _elsewhere(layout: str, limit: Limit) -> str:
    return f"The owner limits which records of this table are changed, on {limit.layout!r}; through {layout!r} none is changed."


def why_kept(record: Record) -> str:
    """Why a record may not be deleted, by the record as it is marked. Which related rows a delete takes along, nothing tells, so
    all that its layout shows are taken to go with it."""
    rows = (row for rows in record.portals.values() for row in rows.rows)
    why = next((row.closed for row in rows if row.closed), "")
    return record.closed or (why and f"{why} A delete may take it along.")


def _as_stored(meta: LayoutMeta, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The values as they are read back: `1e3` is sent as 1000. What a field does not take stays, and is refused elsewhere."""
    sent: dict[str, Value] = {}
    for name, value in values.items():
        field = meta.field_named(name)
        try:
            sent[name] = value if field is None else writable(value, field)
        except InputError:
            sent[name] = value
    return ValueReader(meta).read(sent)


def _blanks(meta: LayoutMeta) -> dict[str, Value]:
    return {name: "" for field in meta.fields.values() for name in field.shown_names}


def _condition(meta: LayoutMeta, calendar: Calendar, name: str, want: object) -> Condition:
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
