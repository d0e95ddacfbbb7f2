"""Values on the wire: what a stored text becomes in an answer, and what a sent value becomes in the store (section 8)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from ..model import FieldType
from .date_formats import ISO_FORMAT, US_FORMAT, format_date, format_time, read_date
from .readings import GREATEST_EXPONENT as GREATEST_EXPONENT
from .readings import as_date as as_date
from .readings import as_number as as_number
from .readings import as_time as as_time
from .readings import as_timestamp as as_timestamp
from .readings import at_time, clock, is_plain_number, without_exponent

_USUAL = {
    FieldType.DATE: re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}"),
    FieldType.TIMESTAMP: re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}"),
}


class BadValue(Exception):
    """A value that the field's type refuses. `code` is FileMaker's: 500 date, 501 time, 502 number, 960 not a value."""

    def __init__(self, code: int) -> None:
        super().__init__(f"FileMaker error {code}")
        self.code = code


def to_json(
    field_type: FieldType, text: str, dateformats: int = 0, file_format: str = US_FORMAT
) -> str | int | Decimal:
    """The JSON value of a stored text (section 8.1): numbers with their exact digits, all else as strings.

    A Decimal must be written by `digits`, since its own text may use an exponent. Text that the type cannot read is
    answered as it is stored.
    """
    if field_type is FieldType.NUMBER and is_plain_number(text):
        number = Decimal(text)
        return int(number) if "." not in text or text.endswith(".") else number
    if dateformats == 0 and (usual := _USUAL.get(field_type)) and usual.fullmatch(text):
        return text  # nearly every date is stored just as it is answered
    if field_type is FieldType.DATE:
        day = as_date(text)
        return text if day is None else format_date(day, _date_format(dateformats, file_format))
    if field_type is FieldType.TIME:
        moment = as_time(text)
        return text if moment is None else format_time(moment)
    if field_type is FieldType.TIMESTAMP:
        stamp = as_timestamp(text)
        if stamp is None:
            return text
        day_text = format_date(stamp.date(), _date_format(dateformats, file_format))
        return day_text + ("T" if dateformats == 2 else " ") + format_time(clock(stamp))
    return text


def digits(number: int | Decimal) -> str:
    """The bare digits of a number for JSON, never with an exponent."""
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def from_input(
    field_type: FieldType,
    value: object,
    dateformats: int = 0,
    *,
    file_format: str = US_FORMAT,
    today: date | None = None,
    lax: bool = False,
    exponents: bool = False,
) -> str:
    """The text that is stored for a value sent in JSON (section 8.2); raises BadValue.

    Dates are stored in US form. Two-digit years need `today` (section 7.5: a sliding rule), else they are refused.
    `lax` takes true and false as 1 and 0, `exponents` takes `1e5` for the number 100000 (section 20); null, arrays and objects are never values.
    """
    if isinstance(value, bool):
        if not lax:
            raise BadValue(960)
        value = int(value)
    text = _text_of(value)
    if not text or field_type in (FieldType.TEXT, FieldType.CONTAINER, FieldType.NUMBER):
        if field_type is FieldType.NUMBER and not isinstance(value, str) and as_number(text) is None:
            raise BadValue(502)
        return without_exponent(text) if exponents and field_type is FieldType.NUMBER else text
    if field_type is FieldType.TIME:
        moment = as_time(text)
        if moment is None:
            raise BadValue(501)
        return format_time(moment)
    return _date_input(field_type, text.strip(), _date_format(dateformats, file_format), today)


def _text_of(value: object) -> str:
    if isinstance(value, str):
        clean = value.replace("\r\n", "\r").replace("\n", "\r")
        # JSON can spell half a surrogate pair, which is no character and cannot be stored.
        return clean.encode("utf-8", "replace").decode("utf-8")
    if not isinstance(value, int | float | Decimal):
        raise BadValue(960)
    try:
        number = Decimal(str(value))
    except (ValueError, InvalidOperation) as problem:  # more digits than Python converts
        raise BadValue(502) from problem
    if not number.is_finite() or (number and abs(number.adjusted()) > GREATEST_EXPONENT):
        raise BadValue(502)
    return format(number, "f")


def _date_input(field_type: FieldType, text: str, pattern: str, today: date | None) -> str:
    found = read_date(text, pattern, today)
    if found is None:
        raise BadValue(500)
    day, time_text = found
    if field_type is FieldType.DATE:
        if time_text:
            raise BadValue(500)
        return format_date(day, US_FORMAT)
    stamp = at_time(day, time_text)
    if stamp is None:
        raise BadValue(500)
    return f"{format_date(day, US_FORMAT)} {format_time(clock(stamp))}"


def _date_format(dateformats: int, file_format: str) -> str:
    return {1: file_format, 2: ISO_FORMAT}.get(dateformats, US_FORMAT)
