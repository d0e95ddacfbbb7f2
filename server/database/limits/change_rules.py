"""Which records may be changed at all: `change_only_where`, read against a layout and applied to records.

A rule belongs to the table of its layout: the same records are not changed through a layout of that table for which the owner
says nothing. Related rows and fields follow the rules of the layouts of their own table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from ...criteria.calendar import Calendar
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import PortalRow, PortalRows, Record
from ...policy import Access, Policy, is_visible
from ...policy.change_limits import Limit, limits_at_home, limits_on
from ...policy.rules import access_to
from ...text.near_names import folded
from ...text.plain_parts import Name
from ...text.sentence import say
from .related_rules import RelatedRules, occurrence_of_rows
from .rule_condition import HIDDEN, Condition, as_stored, blanks, condition_on

MatchFields = Callable[[str, str], frozenset[str] | None]
"""Of two occurrences: the fields of the first, folded, that decide which record of the second belongs to one of its records; None
where nobody knows."""


def unknown_match(near: str, far: str) -> frozenset[str] | None:
    return None


class ChangeRules:
    def __init__(self, policy: Policy, calendar: Calendar, match_fields: MatchFields = unknown_match) -> None:
        self._policy = policy
        self._calendar = calendar
        self._match_fields = match_fields
        self.related = RelatedRules(policy, calendar)
        self._read: dict[tuple[str, str], tuple[LayoutMeta, date, tuple[Condition, ...]]] = {}

    def bind(self, meta: LayoutMeta) -> bool:
        """Whether any rule speaks of the records of the layout, or of rows and fields that it shows."""
        if not self._policy.change_only_where:
            return False
        return limits_on(self._policy, meta) is not None or any(
            limits_at_home(self._policy, meta, occurrence) for occurrence in meta.kin
        )

    def marked(self, meta: LayoutMeta, record: Record) -> Record:
        """The record with why it, its rows and its related records may not be changed. `meta` is the whole layout, and nothing
        of the record is hidden yet."""
        if not self.bind(meta):
            return record
        portals = {
            name: replace(
                rows, rows=tuple(self._marked_row(meta, name, rows, row, record) for row in rows.rows)
            )
            for name, rows in record.portals.items()
        }
        occurrences = dict.fromkeys(name.partition("::")[0] for name in meta.fields if "::" in name)
        why_closed = self.related.why_closed
        related = {
            own: why
            for own in occurrences
            if (why := why_closed(meta, own, record.fields, {}, f"the related record of {own!r}"))
        }
        closed = self.why_closed(meta, record)
        return replace(record, portals=portals, closed=closed, closed_related=related)

    def _marked_row(
        self, meta: LayoutMeta, portal: str, rows: PortalRows, row: PortalRow, record: Record
    ) -> PortalRow:
        own, what = occurrence_of_rows(meta, portal, rows), f"row {row.record_id} of {portal!r}"
        return replace(row, closed=self.related.why_closed(meta, own, row.fields, record.fields, what))

    def why_closed(self, meta: LayoutMeta, record: Record) -> str:
        """Why a record may not be changed, as a sentence; empty where it may. `meta` is the whole layout."""
        limit = limits_on(self._policy, meta)
        if limit is None:
            return ""
        if limit.elsewhere:
            return self._elsewhere(meta.name, limit)
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
        """Why a record may not be given these values: it would not be one that may be changed, or it would belong to another related
        record than its condition was tested on. For a `new` record what is left out counts as empty, but where FileMaker fills it.
        `later`: fields whose values are not known yet."""
        limit = limits_on(self._policy, meta)
        if limit is None:
            return ""
        if limit.elsewhere:
            return self._elsewhere(meta.name, limit)
        record = Record("", "", {**blanks(meta), **as_stored(meta, values)})
        for each in self._conditions(meta, limit):
            if "::" in each.name and (why := self._why_moved(meta, each, (*values, *later), new=new)):
                return why
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

    def _why_moved(self, meta: LayoutMeta, condition: Condition, names: Sequence[str], *, new: bool) -> str:
        """A condition on a related field holds for the related record that there is. Which one a new record will have is known once it
        is written, and of an edit where the match fields are known: by a map."""
        far = condition.name.partition("::")[0]
        whose = repr(far) if is_visible(self._policy, meta, condition.name) else "a related table"
        if new:
            return (
                f"The owner limits changes of {meta.name!r} by a field of {whose}, and which record of it a new one belongs to is known"
                f" only once it is written. Add it as a row, on the layout of {whose} that shows them."
            )
        match = self._match_fields(meta.places.get(folded(meta.name), ""), far)
        moved = [name for name in names if match is not None and folded(name) in match]
        if not moved:
            return ""
        return (
            f"With another {moved[0]!r} the record of {meta.name!r} would belong to another record of {whose}, by which the owner limits"
            " changes. Leave it out of the change."
        )

    def told_of_moves(self, meta: LayoutMeta) -> str:
        """What a plan of edits says where nobody knows which of its fields decide to which related record a record belongs."""
        limit = limits_on(self._policy, meta)
        own = meta.places.get(folded(meta.name), "")
        for name in limit.rule if limit is not None and not limit.elsewhere else ():
            far, divider, _ = name.partition("::")
            if divider and self._match_fields(own, far) is None:
                whose = Name(far) if is_visible(self._policy, meta, name) else say("a related table")
                return say(
                    "The owner limits changes of these records by a field of %(whose)s. To which record of it "
                    "each belongs is looked at before it is written and after: a change that moves it is told "
                    "then, and not prevented (a solution map would).",
                    whose=whose,
                )
        return ""

    def _conditions(self, meta: LayoutMeta, limit: Limit) -> Sequence[Condition]:
        """Read once for a layout and a day."""
        today, key = self._calendar.today(), (meta.name, limit.layout)
        known = self._read.get(key)
        if known is None or known[0] is not meta or known[1] != today:
            read = tuple(condition_on(meta, self._calendar, name, want) for name, want in limit.rule.items())
            known = self._read[key] = (meta, today, read)
        return known[2]

    def _rule(self, meta: LayoutMeta, condition: Condition) -> str:
        return condition.said if is_visible(self._policy, meta, condition.name) else HIDDEN

    def _sentence(self, meta: LayoutMeta, condition: Condition, record: Record) -> str:
        is_told = is_visible(self._policy, meta, condition.name)
        if condition.test is None:
            said = condition.said if is_told else HIDDEN
            return f"The owner's rule for changes of {meta.name!r} cannot be tested: {said}."
        if not is_told:
            return f"The owner lets records of {meta.name!r} be changed only under {HIDDEN}, which this one does not meet."
        value = record.fields.get(condition.name, "")
        return (
            f"The owner lets records of {meta.name!r} be changed only where {condition.said}; in this one {condition.name!r} is"
            f" {str(value)[:80]!r}."
        )

    def _elsewhere(self, layout: str, limit: Limit) -> str:
        """A closed layout does not exist for the assistant."""
        is_open = access_to(self._policy, limit.layout) is not Access.NONE
        where = f"on {limit.layout!r}" if is_open else "on another layout"
        return f"The owner limits which records of this table are changed, {where}; through {layout!r} none is changed."
