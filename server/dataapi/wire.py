"""Values between the wire and people: US dates <-> ISO, returns <-> line feeds, numbers with all their digits.

The default date format of the Data API is US whatever the file's locale (section 8.1, 8.2 [O]) and every host since
FileMaker 17 knows it, so `dateformats` is never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from ..errors import InputError
from ..text.lengths_of_time import seconds_of, time_text
from ..text.numbers import RANGE, fits, number_in
from .contents import Value
from .layout_meta import FieldMeta, LayoutMeta

SHOWN = 60
LAST_YEAR = 4000
"""With it FileMaker's dates and timestamps end (section 8.2 [D])."""


def iso_date(text: str) -> str:
    """`03/09/2024` -> `2024-03-09`; anything else stays as it is, since a date field can hold text (section 14)."""
    if len(text) == 10 and text[2] == text[5] == "/":
        return f"{text[6:]}-{text[:2]}-{text[3:5]}"
    return text


def iso_timestamp(text: str) -> str:
    """`03/09/2024 17:05:00` -> `2024-03-09T17:05:00`, the host's own wall time; anything else stays."""
    if len(text) >= 19 and text[2] == text[5] == "/" and text[10] == " ":
        return f"{text[6:10]}-{text[:2]}-{text[3:5]}T{text[11:]}"
    return iso_date(text)


def us_date(day: str | date) -> str:
    """`2024-03-09` -> `03/09/2024`, as criteria and writes want it. Raises ValueError."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.month:02}/{day.day:02}/{day.year:04}"


def us_timestamp(moment: str | datetime) -> str:
    """`2024-03-09T17:05:00` (or with a space) -> `03/09/2024 17:05:00`; a `T` would be refused (section 8.2 [O]). Raises ValueError."""
    moment = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if moment.tzinfo is not None:
        raise ValueError(moment.isoformat())
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return f"{moment.month:02}/{moment.day:02}/{moment.year:04} {moment:%H:%M:%S}{fraction}"


def plain(number: int | Decimal) -> str:
    """All digits and no exponent: 500, never 5E+2."""
    return str(number) if isinstance(number, int) else format(number, "f")


class ValueReader:
    """Converts the records of one layout for reading. Built once from the layout's metadata."""

    def __init__(self, layout: LayoutMeta) -> None:
        self._dates: dict[str, Callable[[str], str]] = {}
        metas = [*layout.fields.values(), *(f for p in layout.portals.values() for f in p.fields.values())]
        for meta in metas:
            convert = {"date": iso_date, "timeStamp": iso_timestamp}.get(meta.type)
            if convert is not None:
                self._dates |= dict.fromkeys((meta.name, *meta.shown_names), convert)

    def read(self, fields: Mapping[str, Value]) -> Mapping[str, Value]:
        """The same fields with ISO dates and line feeds. Where nothing has to change, the same mapping is returned."""
        changed: dict[str, Value] = {}
        dates = self._dates
        for name, value in fields.items():
            if type(value) is str and value:
                convert = dates.get(name)
                if convert is not None:
                    changed[name] = convert(value)
                elif "\r" in value:
                    changed[name] = value.replace("\r\n", "\n").replace("\r", "\n")
        return {**fields, **changed} if changed else fields


def writable(value: object, meta: FieldMeta) -> str:
    """The text to send for a value, by the field's type. Raises InputError for what the field cannot hold; nothing was sent then."""
    if meta.kind != "normal":
        raise InputError(f"{meta.name!r} is a {meta.kind} field: FileMaker fills it, nobody can write to it")
    if isinstance(value, bool):
        value = int(value)
    if isinstance(value, float):
        value = Decimal(str(value))
    if value == "":
        return ""
    if isinstance(value, int | Decimal):
        if meta.type not in ("number", "text") or not fits(value):
            raise _misfit(value, meta)
        return plain(value)
    if not isinstance(value, str):
        raise _misfit(value, meta)
    return _WRITERS.get(meta.type, _write_text)(value, meta)


def _write_text(value: str, meta: FieldMeta) -> str:
    return value.replace("\r\n", "\r").replace("\n", "\r")


def _write_number(value: str, meta: FieldMeta) -> str:
    number = number_in(value)
    if number is None:
        raise _misfit(value, meta)
    return plain(number) if "e" in value.lower() else value.strip()


def _write_date(value: str, meta: FieldMeta) -> str:
    return _of_a_day(us_date, value, meta)


def _write_timestamp(value: str, meta: FieldMeta) -> str:
    return _of_a_day(us_timestamp, value, meta)


def _of_a_day(sent: Callable[[str], str], value: str, meta: FieldMeta) -> str:
    try:
        found = sent(value)
    except ValueError as error:
        raise _misfit(value, meta) from error
    if int(found[6:10]) > LAST_YEAR:
        raise past_the_last_year(value, meta.name)
    return found


def _write_time(value: str, meta: FieldMeta) -> str:
    seconds = seconds_of(value)
    if seconds is None:
        raise _misfit(value, meta)
    return time_text(seconds)


def _write_container(value: str, meta: FieldMeta) -> str:
    raise InputError(f"{meta.name!r} is a container: it takes a file, not text")


_WRITERS: Mapping[str, Callable[[str, FieldMeta], str]] = {
    "number": _write_number,
    "date": _write_date,
    "time": _write_time,
    "timeStamp": _write_timestamp,
    "container": _write_container,
}

_EXPECTED = {
    "number": f"a number such as 12.5, {RANGE}",
    "date": "a date such as 2026-03-09",
    "time": "a time such as 17:05:00",
    "timeStamp": "a timestamp such as 2026-03-09T17:05:00, in the host's own time zone and without an offset",
    "text": "text",
    "container": "a file",
}


def past_the_last_year(given: str, name: str) -> InputError:
    return InputError(f"{given!r} for {name!r} lies after the year {LAST_YEAR}, where FileMaker's dates end")


def _misfit(value: object, meta: FieldMeta) -> InputError:
    expected = _EXPECTED.get(meta.type, "another value")
    huge = isinstance(value, int | Decimal) and not fits(value)
    text = "A number that large" if huge else f"{value!r}"
    if len(text) > SHOWN:
        text = f"{text[:SHOWN]}..."
    return InputError(
        f"{text} does not fit the {meta.type} field {meta.name!r}", advice=f"It takes {expected}."
    )
