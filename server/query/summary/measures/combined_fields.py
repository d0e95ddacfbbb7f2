"""Two fields that make one value, checked against a layout before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ....criteria.targets import Target, target
from ....dataapi.layout_meta import LayoutMeta
from ....errors import InputError
from ...found_sets.answer_columns import single
from .operands import TODAY, Operand


def refuse_type(target: Target, measure: str) -> None:
    """Raises InputError for a field whose type a measure of numbers cannot use."""
    if target.type in ("date", "timeStamp"):
        raise InputError(
            f"{measure} needs numbers, and {target.name!r} holds dates",
            advice='min and max take dates; so does {"average": {"days_between": ["From", "To"]}}.',
        )


def days_between(layout: LayoutMeta, names: Sequence[str], today: date) -> Operand:
    """Whole days from the first date to the second; `today` is one of them unless a field is called so."""
    is_now = [name == TODAY and name not in layout.fields for name in names]
    fields = [
        single(layout, name, "be used for days_between")
        for name, now in zip(names, is_now, strict=True)
        if not now
    ]
    for field in fields:
        if field.type not in ("date", "timeStamp", "text"):
            raise InputError(f"days_between needs dates, and {field.name!r} is a {field.type} field")
    if not fields:
        raise InputError("days_between needs a field with dates beside today")
    shown = [TODAY if now else target(layout, name).name for name, now in zip(names, is_now, strict=True)]
    return Operand(tuple(fields), "days_between", tuple(shown), today)


def combined(layout: LayoutMeta, combination: str, names: Sequence[str], today: date) -> Operand:
    """One value made of two fields."""
    if combination == "days_between":
        return days_between(layout, names, today)
    fields = [single(layout, name, f"be used for {combination}") for name in names]
    for field in fields:
        refuse_type(field, combination)
    return Operand(tuple(fields), combination, tuple(field.name for field in fields), today)
