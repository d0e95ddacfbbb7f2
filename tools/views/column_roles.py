"""What the columns of an answer are, for a view. The names alone do not tell a group from the label beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...server.criteria.calendar import UNITS
from ...server.criteria.targets import target

if TYPE_CHECKING:
    from ...server.criteria.calendar import Calendar
    from ...server.dataapi.layout_meta import LayoutMeta
    from ...server.query.found_sets.answer_columns import Columns
    from ...server.query.summary.groups.groups import Group
    from ...server.query.summary.measures.measures import Measure
    from ...server.query.summary.wish import Wish

COLUMNS = "filemaker-mcp/columns"
PERIODS = "filemaker-mcp/periods"
BESIDE = ("before", "change", "percent")
"""The columns beside a figure that is compared, in the order of `wish.beside_of`."""
ADDITIVE = ("count", "sum", "share")

Role = dict[str, Any]


def record_roles(layout: LayoutMeta, columns: Columns) -> dict[str, object]:
    """Of the columns that `Table.answer` has: the record's id, fields with their types, portals."""
    fields = [{"role": "field", "type": target(layout, key).type} for key in columns.fields]
    return {COLUMNS: [{"role": "id"}, *fields, *({"role": "portal"} for _ in columns.portals)]}


def summary_roles(wish: Wish, calendar: Calendar, *, compared: bool) -> dict[str, object]:
    """Of the columns of a summary. `of` is the place of the column that one belongs to. Beside them, for each kind of period
    that is grouped by, the label of the one that is not over."""
    roles: list[Role] = []
    for group in wish.groups:
        place = len(roles)
        roles.append(_group(group))
        if group.label is not None:
            roles.append({"role": "label", "of": place})
    for measure in wish.measures:
        place = len(roles)
        roles.append(_measure(measure))
        if compared:
            kind = {"role": "measure", "type": roles[place]["type"], "of": place}
            roles += [{**kind, "kind": beside} for beside in BESIDE]
    today = calendar.today()
    units = {group.period for group in wish.groups if group.period in UNITS}
    periods = {unit: calendar.label(unit, today) for unit in sorted(units)}
    facts: dict[str, object] = {COLUMNS: roles}
    return facts | ({PERIODS: periods} if periods else {})


def _group(group: Group) -> Role:
    by = group.period or ("" if group.buckets is None else "band")
    return {"role": "group", "type": group.target.type} | ({"by": by} if by else {})


def _measure(measure: Measure) -> Role:
    kind = _type(measure)
    is_share_of_all = not measure.parent
    adds_up = measure.kind in ADDITIVE and kind == "number" and is_share_of_all
    return {"role": "measure", "type": kind, "kind": "now"} | ({"additive": True} if adds_up else {})


def _type(measure: Measure) -> str:
    if measure.kind in ("running", "moving"):
        return _type(measure.parts[0])
    if measure.operand is None or measure.kind in ("distinct", "share"):
        return "number"
    if measure.kind in ("first", "last"):
        return measure.operand.targets[0].type
    return measure.operand.kind
