"""Records put in order here, where several finds make one found set: empty first when ascending, ties by record id (section 6.5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from ...criteria.collation import order_of
from ...criteria.quantity import moment_in, seconds_in
from ...dataapi.models import LayoutMeta, Record, SortKey, Value
from ...text.numbers import content_number

Rank = tuple[object, ...]


def ordered(
    records: Iterable[Record],
    keys: tuple[SortKey, ...],
    layout: LayoutMeta,
    as_numbers: Collection[str] = (),
) -> list[Record]:
    """By each key in turn; the last one sorts first because sorting is stable. `as_numbers`: text fields that hold numbers."""
    result = sorted(records, key=lambda record: int(record.record_id))
    for key in reversed(keys):
        rank = _ranking(key, layout, key.field in as_numbers)

        def by_field(record: Record, name: str = key.field, rank: Callable[[Value], Rank] = rank) -> Rank:
            return rank(record.fields.get(name, ""))

        result.sort(key=by_field, reverse=key.order == "descend")
    return result


def _ranking(key: SortKey, layout: LayoutMeta, as_number: bool) -> Callable[[Value], Rank]:
    meta = layout.field_named(key.field)
    if key.order in layout.value_lists:
        places = {value: n for n, (value, _) in enumerate(layout.value_lists[key.order].values)}
        return lambda value: (places.get(str(value), len(places)), *rank_of(value, "text"))
    kind = meta.type if meta is not None else "text"
    return lambda value: rank_of(value, "number" if as_number else kind)


def rank_of(value: Value, kind: str) -> Rank:
    """Empty, then what reads as the field's type, then text that does not."""
    if value == "":
        return (0,)
    reading = {"number": content_number, "date": moment_in, "timeStamp": moment_in, "time": seconds_in}.get(
        kind
    )
    quantity = reading(value) if reading is not None else None
    return (1, quantity) if quantity is not None else (2, order_of(str(value)))
