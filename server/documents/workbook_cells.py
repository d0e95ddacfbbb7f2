"""Cells of a workbook by what they mean: numbers with all their digits, days, lengths of time, and those of which nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ..errors import InputError
from ..text.lengths_of_time import time_text

UNCHANGED = "Nothing was changed."
Cell = str | int | dict[str, str]
AGREED = datetime(1900, 3, 1)  # noqa: DTZ001  (a cell has no zone)
"""Spreadsheets count the same days from here on. Excel has a 29 February 1900 before it, and others have none."""
TOO_EARLY = "is a day before March 1900, or a length of time that is shown as a time of day, and each program reads it differently"
ZEROS = re.compile("0{2,}")
CLOCK, NO_FORMAT = re.compile("[hs]", re.IGNORECASE), re.compile(r'"[^"]*"|\\.|\[\$[^\]]*\]')
"""What shows a time in the format of a cell, and what only stands there as text."""
COUNTED_FROM_1904 = 1904


def unreadable(name: str, error: Exception) -> InputError:
    return InputError(f"{name!r} is no XLSX file that can be read ({type(error).__name__})", advice=UNCHANGED)


def workbook_cells(name: str, seen: Any, written: Any, percentages: set[int]) -> Iterator[Sequence[Cell]]:
    """Days before March 1900 are other ones in each program, unless the workbook counts from 1904."""
    epoch: datetime = seen.parent.epoch
    earliest = epoch if epoch.year == COUNTED_FROM_1904 else AGREED
    try:
        for each in (seen, written):
            each.reset_dimensions()  # what a file says of its own size may be anything
        for row, formulas in zip(seen.iter_rows(), written.iter_rows(values_only=True), strict=True):
            percentages |= {
                at
                for at, cell in enumerate(row)
                if isinstance(cell.value, float | int) and "%" in cell.number_format
            }
            pairs = zip(row, formulas, strict=True)
            yield [_cell(_shown(cell, epoch), formula, earliest) for cell, formula in pairs]
    except (InputError, MemoryError):
        raise
    except Exception as error:
        raise unreadable(name, error) from error


def _shown(cell: Any, epoch: datetime) -> Any:
    """What the format of a cell says beside its value: the zeros before a postcode, and that a day of number 0 is no time of day."""
    value = cell.value
    if type(value) is int and value >= 0 and ZEROS.fullmatch(cell.number_format):
        return str(value).zfill(len(cell.number_format))
    is_day = isinstance(value, time) and not CLOCK.search(NO_FORMAT.sub("", cell.number_format))
    return epoch if is_day else value


def _cell(value: Any, written: Any, earliest: datetime) -> Cell:
    if value is None and isinstance(written, str) and written.startswith("="):
        return {"x": written[:80]}
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float):
        number = Decimal(repr(value))
        return int(number) if number == number.to_integral_value() else {"n": format(number, "f")}
    if isinstance(value, datetime):
        day, moment = value.date().isoformat(), value.time()
        shown = day if moment == time() else f"{day}T{_clock(moment)}"
        return shown if value >= earliest else {"x": shown, "why": TOO_EARLY}
    if isinstance(value, time):
        return _clock(value)
    if isinstance(value, timedelta):
        return time_text(Decimal(value // timedelta(microseconds=1)).scaleb(-6))
    return str(value)


def _clock(moment: time) -> str:
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return time_text(seconds + Decimal(moment.microsecond).scaleb(-6))
