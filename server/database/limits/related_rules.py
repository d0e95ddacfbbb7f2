"""The owner's rules about related records: rows and related fields follow the rules of the layouts of their own table.

A condition on a related field of such a row can be tested where the row hangs on the very record it speaks of: the lines of an
invoice whose rule is about that invoice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ...criteria.calendar import Calendar
from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.record import PortalRows, Record
from ...policy import Policy
from ...policy.change_limits import Limit, limits_at_home
from ...text.near_names import folded
from .rule_condition import as_stored, condition_on

Fields = Mapping[str, Value]


class RelatedRules:
    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self._policy = policy
        self._calendar = calendar

    def why_closed(self, meta: LayoutMeta, own: str, fields: Fields, parent: Fields, what: str) -> str:
        """Why a related record may not be changed as it is; `parent` are the fields of the layout's own record."""
        limits = limits_at_home(self._policy, meta, own)
        if not limits or any(self._holds(meta, own, limit, fields, parent, new=True) for limit in limits):
            return ""
        return (
            f"The owner lets {what} be changed only where it meets a condition on {limits[0].layout!r}, and it does not, or this"
            " layout does not show what that rests on."
        )

    def why_not_so(
        self, meta: LayoutMeta, values: Fields, *, new: bool = False, later: Collection[str] = ()
    ) -> str:
        """Why the related records whose fields are among the names may not be given these values. Which record that is follows from
        fields of the layout's own record, and nothing tells which: written together, it could be another one than was looked at."""
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
            if why := self._why_none_holds(meta, own, values, {}, new=False):
                return why
        return ""

    def why_row_not_so(self, meta: LayoutMeta, own: str, values: Fields, parent: Fields, *, new: bool) -> str:
        """The same of a row's own fields. What lies behind a row has no condition that its portal could show."""
        for name in values:
            other = name.partition("::")[0] if "::" in name else own
            if folded(other) != folded(own) and limits_at_home(self._policy, meta, other):
                return (
                    f"Through a row of {own!r} no record of {other!r} is changed: the owner limits which are."
                )
        return self._why_none_holds(meta, own, values, parent, new=new)

    def _why_none_holds(
        self, meta: LayoutMeta, own: str, values: Fields, parent: Fields, *, new: bool
    ) -> str:
        limits = limits_at_home(self._policy, meta, own)
        stored = as_stored(meta, values)
        if not limits or any(self._holds(meta, own, limit, stored, parent, new=new) for limit in limits):
            return ""
        return (
            f"A record of {own!r} that is so would be none that may be changed there ({limits[0].layout!r})."
        )

    def _holds(
        self, meta: LayoutMeta, own: str, limit: Limit, fields: Fields, parent: Fields, *, new: bool
    ) -> bool:
        return all(
            self._is_met_by_parent(meta, name, want, parent)
            if self._speaks_of_parent(meta, own, limit, name)
            else self._is_met(meta, own, name, want, fields, new=new)
            for name, want in limit.rule.items()
        )

    @staticmethod
    def _speaks_of_parent(meta: LayoutMeta, own: str, limit: Limit, name: str) -> bool:
        """Whether a row's condition is about the record on which it hangs: the relationship that leads from the one to the other leads
        back (both of the same occurrences)."""
        occurrence, divider, _ = name.partition("::")
        mine = meta.places.get(folded(meta.name), "")
        theirs = meta.places.get(folded(limit.layout), "")
        return bool(divider and mine) and folded(occurrence) == folded(mine) and folded(theirs) == folded(own)

    def _is_met_by_parent(self, meta: LayoutMeta, name: str, want: object, parent: Fields) -> bool:
        """A field of a new one that FileMaker fills is not among its fields yet."""
        bare = name.partition("::")[2]
        if bare not in parent:
            field = meta.field_named(bare)
            return field is not None and field.auto_enter
        return not condition_on(meta, self._calendar, bare, want).fails(Record("", "", parent))

    def _is_met(
        self, meta: LayoutMeta, own: str, name: str, want: object, fields: Fields, *, new: bool
    ) -> bool:
        """`new`: what is not among the fields fails; else it is not what was asked about."""
        full = f"{own}::{name}"
        field = meta.field_named(full)
        if field is None:
            return False
        if full not in fields:
            return not new or field.auto_enter
        bare = replace(meta, fields={full: field}, portals={})
        return not condition_on(bare, self._calendar, full, want).fails(Record("", "", fields))


def occurrence_of_rows(meta: LayoutMeta, portal: str, rows: PortalRows | None = None) -> str:
    """Whose records a portal's rows are, as the host tells it with them, else as names do."""
    if rows is not None and rows.occurrence:
        return rows.occurrence
    found = meta.portals.get(portal)
    return portal if found is None else found.occurrence
