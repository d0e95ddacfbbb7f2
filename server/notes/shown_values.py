"""Values of value lists that show another content than they store, such as the name of a customer for its id."""

from __future__ import annotations

from dataclasses import dataclass

from ..criteria.collation import folded
from ..criteria.text import quoted
from ..dataapi.layout_meta import LayoutMeta

MOST = 3
"""Stored values that a sentence names."""


@dataclass(frozen=True)
class ShownValue:
    """What somebody wrote, and what the field stores where its list shows that."""

    stored: tuple[str, ...]
    said: str


def stored_for(layout: LayoutMeta, field: str, value: object) -> ShownValue | None:
    """None for a field without such a list, and for a value that the list does not show for another. A list of two fields shows
    both (`C-17 Miller Ltd`), so the second alone will do.

    Capitals and accents are overlooked, as a find overlooks them (section 7.4). A field whose contents the owner disguises has
    no list here, since that would tell them.
    """
    meta = layout.field_named(field)
    values = layout.value_lists.get(meta.value_list or "") if meta is not None else None
    if meta is None or values is None or meta.is_disguised or not isinstance(value, str) or not value:
        return None
    wanted = folded(value)
    shown = tuple(
        dict.fromkeys(
            kept for kept, text in values.values if folded(text) in (wanted, f"{folded(kept)} {wanted}")
        )
    )
    others = tuple(kept for kept in shown if folded(kept) != wanted)
    if not others:
        return None
    names = " or ".join(map(quoted, others[:MOST]))
    more = f" or {len(others) - MOST} more" if len(others) > MOST else ""
    if any(folded(kept) == wanted for kept, _ in values.values):
        return ShownValue(
            (), f"{field} {quoted(value)} is read as stored; its list shows that for {names}{more}"
        )
    return ShownValue(others, f"{field} {quoted(value)} is what its list shows; {names}{more} is stored")
