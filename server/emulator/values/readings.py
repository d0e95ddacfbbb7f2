"""What a stored text means as a number, a date, a time or a timestamp. None where it means nothing."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from ..model import FieldType

GREATEST_EXPONENT = 400
"""Numbers reach from 10^-400 to 10^400, and their first 400 digits count (sections 7.5 and 8.2 [D])."""
LAST_YEAR = 4000
"""Dates and timestamps reach from year 1 to year 4000 (section 8.2 [D])."""

DAY = 86_400_000_000
"""Microseconds."""

_PLAIN = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_EXPONENT = re.compile(r"(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[eE]([+-]?[0-9]{1,4})")
_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_TIME = re.compile(
    r"(-?)([0-9]{1,6})(?::([0-5]?[0-9])(?::([0-5]?[0-9])(?:\.([0-9]*))?)?)?(?:\s*([AaPp])\.?[Mm]\.?)?"
)


def is_plain_number(text: str) -> bool:
    """Whether the text is nothing but digits with at most a sign and a point, and within FileMaker's range."""
    if _PLAIN.fullmatch(text) is None:
        return False
    return len(text) < GREATEST_EXPONENT or as_number(text) is not None


def as_number(text: str) -> Decimal | None:
    """FileMaker's reading of a number: letters are ignored, so `1A` and `$1` are 1 and `A` is none (section 7.5 [D])."""
    plain = text if _PLAIN.fullmatch(text) else _only_number(text)
    if plain is None:
        return None
    number = Decimal(plain if len(plain) <= GREATEST_EXPONENT else _shortened(plain))
    if number and abs(number.adjusted()) > GREATEST_EXPONENT:
        return None
    return number or Decimal(0)


def without_exponent(text: str) -> str:
    """A number typed with an exponent, written out; any other text as it is."""
    found = _EXPONENT.fullmatch(text.strip())
    if found is None or abs(int(found[2])) > GREATEST_EXPONENT:
        return text
    written = format(Decimal(found[0]), "f")
    return written if is_plain_number(written) else text


def _only_number(text: str) -> str | None:
    first_digit = re.search("[0-9]", text)
    if first_digit is None:
        return None
    sign = "-" if "-" in text[: first_digit.start()] else ""
    whole, point, fraction = text.partition(".")
    return sign + re.sub("[^0-9]", "", whole) + point + re.sub("[^0-9]", "", fraction)


def _shortened(plain: str) -> str:
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).lstrip("0")
    exponent = len(significant) - len(fraction)
    return f"{sign}0.{significant[:GREATEST_EXPONENT] or '0'}E{exponent}"


def as_date(text: str) -> date | None:
    """A date in the stored US form `MM/DD/YYYY`. Leading zeros may be missing."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    month, day, year = (int(part) for part in found.groups())
    return make_date(year, month, day)


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None when the calendar or FileMaker's range does not have it."""
    try:
        return date(year, month, day) if year <= LAST_YEAR else None
    except ValueError:
        return None


def as_time(text: str) -> timedelta | None:
    """A time or duration `H:MM:SS.fff`, perhaps negative, over 24 hours, or with AM and PM (sections 8.1 and 8.2 [O])."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    sign, hours, minutes, seconds, fraction, half = found.groups()
    hour = int(hours)
    if half:
        if sign or not 0 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half in "Pp" else 0)
    moment = timedelta(
        hours=hour,
        minutes=int(minutes or 0),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "")[:6].ljust(6, "0")),
    )
    return -moment if sign else moment


def as_timestamp(text: str) -> datetime | None:
    """A timestamp `MM/DD/YYYY HH:MM:SS`. A date alone is its midnight."""
    day_text, _, time_text = text.strip().partition(" ")
    day = as_date(day_text)
    return None if day is None else at_time(day, time_text)


def at_time(day: date, time_text: str) -> datetime | None:
    """The moment of a day that the text names. Midnight for an empty text, None outside the day's 24 hours."""
    midnight = datetime.combine(day, time())
    if not time_text.strip():
        return midnight
    moment = as_time(time_text)
    if moment is None or not timedelta(0) <= moment < timedelta(days=1):
        return None
    return midnight + moment


def measure(field_type: FieldType, text: str) -> Decimal | int | None:
    """What a number, date (days), time or timestamp (microseconds) is compared by. None if the text means none."""
    match field_type:
        case FieldType.NUMBER:
            return as_number(text)
        case FieldType.DATE:
            day = as_date(text)
            return None if day is None else day.toordinal()
        case FieldType.TIME:
            moment = as_time(text)
            return None if moment is None else microseconds(moment)
        case FieldType.TIMESTAMP:
            stamp = as_timestamp(text)
            return None if stamp is None else stamp_measure(stamp)
        case _:
            return None


def microseconds(moment: timedelta) -> int:
    """A duration as whole microseconds."""
    return moment // timedelta(microseconds=1)


def stamp_measure(stamp: datetime) -> int:
    """A timestamp as whole microseconds since the first of January of year 1."""
    return microseconds(timedelta(days=stamp.toordinal() - 1) + clock(stamp))


def clock(stamp: datetime) -> timedelta:
    """How far a timestamp is into its day."""
    return timedelta(
        hours=stamp.hour, minutes=stamp.minute, seconds=stamp.second, microseconds=stamp.microsecond
    )
