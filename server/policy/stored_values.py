"""What of values that were written down is told where no host is asked: by the names of fields alone, and so rather less than more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..dataapi.contents import Value
from ..text.near_names import folded
from .access import may_read
from .field_names import bare, closed_by, is_closed, is_opened, names_for
from .masks import masked
from .rules import EVERY, Policy


def told_by_name(policy: Policy, layout: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a layout's fields. A related field is closed or masked by what is said of its name on any layout."""
    if policy.within is not None:
        values = told_by_name(policy.within, layout, values)
    if layout and not may_read(policy, layout):
        return {}
    told: dict[str, Value] = {}
    for name, value in values.items():
        if _is_open(policy, layout, name):
            told[name] = masked(_forms(policy, layout, name), value, type="text")
    return told


def closes_fields(policy: Policy) -> bool:
    """Whether a text that may hold any value could tell what is closed."""
    own = bool(policy.fields or policy.hidden_fields or policy.mask)
    return own or (policy.within is not None and closes_fields(policy.within))


def _is_open(policy: Policy, layout: str, name: str) -> bool:
    allowed = names_for(policy.fields, layout)
    if allowed is not None and not is_opened(allowed, name):
        return False
    places = {layout, *policy.hidden_fields} - {EVERY} if "::" in name else {layout}
    return not any(is_closed(closed_by(policy.hidden_fields, place), name) for place in places)


def _forms(policy: Policy, layout: str, name: str) -> Iterator[str]:
    for where, fields in policy.mask.items():
        if where == EVERY or folded(where) == folded(layout) or "::" in name:
            for field, form in fields.items():
                if is_closed(frozenset((folded(field), folded(bare(field)))), name):
                    yield form
