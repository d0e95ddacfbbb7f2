"""The scope over rows of a sealed page: which of them come from records in scope, and which related values do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..dataapi.contents import Value
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.sealed_page import Rows
from ..policy import Policy, is_checked_here, is_outside, scope_of, strangers


class RowScope:
    """For one layout. `fields` are the columns that it looks at, beside those that a question needs."""

    def __init__(self, policy: Policy, meta: LayoutMeta) -> None:
        self._policy = policy
        self._meta = meta
        rule = scope_of(policy, meta.name)
        self._rule = rule
        self._is_checked_here = rule is not None and is_checked_here(rule, meta)
        own = () if rule is None else rule.where
        related = {name.partition("::")[2] for each in (policy.scope or {}).values() for name in each.where}
        self.types: Mapping[str, str] = {
            key: field.type
            for field in meta.fields.values()
            if field.name in own or ("::" in field.name and field.name.partition("::")[2] in related)
            for key in field.shown_names
        }

    def applied(self, rows: Rows, wanted: Sequence[str]) -> Rows:
        """The rows in scope, with the `wanted` columns; values of related records out of scope are blank."""
        names = list(rows.columns)
        kept_ids: list[str] = []
        passed_over: list[str] = []
        kept: list[Mapping[str, Value | None]] = []
        for record_id, values in zip(rows.ids, zip(*rows.columns.values(), strict=True), strict=True):
            row = dict(zip(names, values, strict=True))
            fields = {name: value for name, value in row.items() if value is not None}
            if self._rule is not None and is_outside(self._rule, self._meta, fields):
                passed_over.append(record_id)
                continue
            kept_ids.append(record_id)
            kept.append({**row, **dict.fromkeys(strangers(self._policy, self._meta, fields), "")})
        columns = {name: [row[name] for row in kept] for name in wanted}
        found = None if self._is_checked_here else rows.found
        return Rows(kept_ids, columns, found, passed_over, host_found=rows.reach)
