"""Records put in order here, where several finds make one found set: empty first when ascending, ties by record id (section 6.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...criteria.collation import order_of
from ...criteria.quantity import moment_in, seconds_in
from ...dataapi.models import LayoutMeta, Record, SortKey, Value
from ...text.numbers import number_in

Rank = tuple[object, ...]


def ordered(records: Iterable[Record], keys: tuple[SortKey, ...], layout: LayoutMeta) -> list[Record]:
    """By each key in turn; the last one sorts first because sorting is stable."""
    result = sorted(records, key=lambda record: int(record.record_id))
    for key in reversed(keys):
        rank = _ranking(key, layout)

        def by_field(record: Record, name: str = key.field, rank: Callable[[Value], Rank] = rank) -> Rank:
            return rank(record.fields.get(name, ""))

        result.sort(key=by_field, reverse=key.order == "descend")
    return result


def _ranking(key: SortKey, layout: LayoutMeta) -> Callable[[Value], Rank]:
    meta = layout.field_named(key.field)
    if key.order in layout.value_lists:
        places = {value: n for n, (value, _) in enumerate(layout.value_lists[key.order].values)}
        return lambda value: (places.get(str(value), len(places)), *rank_of(value, "text"))
    kind = meta.type if meta is not None else "text"
    return lambda value: rank_of(value, kind)


def rank_of(value: Value, kind: str) -> Rank:
    """Empty, then what reads as the field's type, then text that does not."""
    if value == "":
        return (0,)
    reading = {"number": number_in, "date": moment_in, "timeStamp": moment_in, "time": seconds_in}.get(kind)
    quantity = reading(value) if reading is not None else None
    return (1, quantity) if quantity is not None else (2, order_of(str(value)))
