"""Stored text to the values that calculations work with, and back."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ..model import FieldType
from .arithmetic import Value, is_empty, number_of, text_of
from .values import as_date, as_number, as_time, as_timestamp


def typed(field_type: FieldType, text: str) -> Value:
    """Empty, and text that the type cannot read, are None."""
    if text == "":
        return None
    match field_type:
        case FieldType.NUMBER:
            return as_number(text)
        case FieldType.DATE:
            return as_date(text)
        case FieldType.TIME:
            return as_time(text)
        case FieldType.TIMESTAMP:
            return as_timestamp(text)
        case _:
            return text


def stored_text(field_type: FieldType, value: Value) -> str:
    """The text a field of that type keeps for a calculation's result."""
    if is_empty(value):
        return ""
    if value == "?" or field_type is not FieldType.NUMBER:
        return text_of(value)
    number = number_of(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -16:
        # FileMaker calculates to sixteen places unless told otherwise.
        number = number.quantize(Decimal(1).scaleb(-16), rounding=ROUND_HALF_UP)
    return text_of(number)
