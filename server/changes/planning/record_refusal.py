"""Which of several records a refusal is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ...dataapi.record import Record
from ...errors import InputError
from ..plans.item import Item
from .plan_items import ItemDraft

P = TypeVar("P", Item, Item | None)


def located(
    work: Callable[[], tuple[P, ItemDraft]], number: int, total: int, record: Record | None = None
) -> tuple[P, ItemDraft]:
    """Says which of several records a refusal is about."""
    try:
        return work()
    except InputError as error:
        if total > 1:
            which = f"record {record.record_id}" if record is not None else f"record {number + 1} of {total}"
            error.what = f"{which}: {error.what}"
        raise
