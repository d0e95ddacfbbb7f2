"""What became of the items of a plan. Frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .item import Values, nothing


class ItemState(StrEnum):
    OPEN = "open"
    """Never sent, or certainly not carried out: it may be sent."""
    SENT = "sent"
    """On its way, or it was when the process died."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item."""

    state: ItemState
    record_id: str | None = None
    mod_id: str | None = None
    after: Values = field(default_factory=nothing)
    """The fields written, as they were read back."""
    new_rows: tuple[tuple[str, str], ...] = ()
    """(portal, record id) of the related records created."""
    rows_left: tuple[tuple[str, str, str], ...] = ()
    """(portal, record id, modId) of the related records written, as the change left them."""
    related: tuple[tuple[str, int], ...] = ()
    """For a new record: how many rows each portal of the layout showed (section 6.5, foundCount)."""
    notes: tuple[str, ...] = ()
    """What differs from the plan, or why it was refused."""
    code: int | None = None
    result: str = ""
    """What a script exited with, as far as it is kept."""
    looked: bool = False
    """No answer came, and looking told this: the request may still arrive."""
