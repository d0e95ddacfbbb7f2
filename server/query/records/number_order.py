"""Text fields that hold numbers, sorted as numbers: FileMaker sorts them as texts, where 99 comes after 1000."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...criteria.quantity import NEARLY_ALL
from ...dataapi.sealed_page import Rows
from ...errors import InputError
from ...text.numbers import content_number
from ..found_sets.answer_columns import Columns
from ..found_sets.field_guesses import likely_key
from ..found_sets.found_set import FoundSet
from ..found_sets.page_reader import Progress
from ..found_sets.read_budget import Budget
from ..found_sets.record_source import Source
from .record_finder import Finding, FoundRecords

if TYPE_CHECKING:
    from ...database.database import Database


@dataclass(frozen=True)
class NumberOrder:
    """The found set in the order of numbers, and how to say so."""

    found_set: FoundSet
    in_words: str


async def in_number_order(
    finding: Finding, skip: int, limit: int, columns: Columns
) -> tuple[FoundRecords, str]:
    """A page of what is found, with text fields of numbers put in the order of numbers; and that in words."""
    page = await finding.page(skip, limit, columns)
    order = await _number_order(finding.database, finding.found_set, page, finding.progress, finding.budget)
    if order is None:
        return page, ""
    if order.found_set is finding.found_set:
        return page, order.in_words
    finding.found_set = order.found_set
    return await finding.page(skip, limit, columns), order.in_words


async def _number_order(
    database: Database,
    found_set: FoundSet,
    shown: FoundRecords,
    progress: Progress | None,
    budget: Budget,
) -> NumberOrder | None:
    """None where no text field of the sort looks, by the records `shown`, as if it held numbers, or where they turn out to be
    texts. What was read to tell that is kept."""
    if found_set.as_numbers:
        return NumberOrder(
            found_set, await _in_words(database, found_set, found_set.as_numbers, progress, budget)
        )
    fields = [
        key.field for key in found_set.sort if _may_hold_numbers(found_set, key.field, key.order, shown)
    ]
    if not fields:
        return None
    try:
        counts = await _counted(database, found_set, fields, progress, budget)
    except InputError:  # too much to be read unasked
        return NumberOrder(
            found_set, f"{', '.join(fields)} sorted as text, which FileMaker does; go_ahead sorts by number"
        )
    numeric = frozenset(
        name for name, (read, unread) in counts.items() if read and read >= NEARLY_ALL * unread
    )
    if not numeric:
        return None
    ordered = found_set.sorted_by(found_set.sort, numeric)
    return NumberOrder(ordered, _words({name: counts[name] for name in numeric}))


async def _in_words(
    database: Database, found_set: FoundSet, fields: frozenset[str], progress: Progress | None, budget: Budget
) -> str:
    return _words(await _counted(database, found_set, sorted(fields), progress, budget))


async def _counted(
    database: Database, found_set: FoundSet, fields: Sequence[str], progress: Progress | None, budget: Budget
) -> dict[str, tuple[int, int]]:
    """Field -> contents that are numbers, and contents that are not."""
    counts: dict[str, tuple[int, int]] = dict.fromkeys(fields, (0, 0))

    def take(rows: Rows) -> None:
        for name in fields:
            read, unread = counts[name]
            filled = [value for value in rows.columns[name] if value is not None and value != ""]
            numbers = sum(1 for value in filled if content_number(value) is not None)
            counts[name] = (read + numbers, unread + len(filled) - numbers)

    await Source(database, found_set, progress, budget=budget).read(fields, take)
    return counts


def _may_hold_numbers(found_set: FoundSet, name: str, order: str, shown: FoundRecords) -> bool:
    """By the records of one page: half of them or more are numbers, none of them a number with zeros in front, as codes have."""
    meta = found_set.layout.field_named(name)
    if meta is None or meta.type != "text" or order not in ("ascend", "descend"):
        return False
    if name == likely_key(found_set.layout):
        return False
    values = [str(value) for record in shown.records if (value := record.fields.get(name, "")) != ""]
    numbers = [value for value in values if content_number(value) is not None]
    is_code = any(
        value.lstrip("-").startswith("0") and value.strip("-0.") and "." not in value for value in numbers
    )
    return len(numbers) > 1 and 2 * len(numbers) >= len(values) and not is_code


def _words(counts: dict[str, tuple[int, int]]) -> str:
    return "; ".join(
        f"{name} is text that holds numbers and is sorted by number"
        + (f", {unread:,} texts that are none by themselves" if unread else "")
        for name, (_, unread) in counts.items()
    )
