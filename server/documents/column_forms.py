"""How numbers and dates are written in a file, told from all its cells: a decimal comma or point, and the order of dates.

Where every cell fits two readings that mean different things, which one is asked: `1.234` may be a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DECIMALS = {
    "point": re.compile(r"[+-]?(?:\d{1,3}(?:[,'’ \u202f\xa0]\d{3})+|\d+)?(?:\.\d+)?"),
    "comma": re.compile(r"[+-]?(?:\d{1,3}(?:[.'’ \u202f\xa0]\d{3})+|\d+)?(?:,\d+)?"),
}
"""What a whole number with its thousands and its fraction may look like."""
GROUPING = {"point": ",'’ \u202f\xa0", "comma": ".'’ \u202f\xa0"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PARTS = re.compile(r"(\d{1,4})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{1,4})")
CODES = "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|JPY|CAD|AUD|NZD|CNY|INR|BRL|MXN|ZAR|TRY"
CURRENCY = re.compile(
    rf"^(?:[€$£¥₹]|[A-Z]{{1,2}}\$|Fr\.|(?:{CODES})(?![A-Z]))\s*|\s*(?:[€$£¥₹]|{CODES}|kr\.?|zł|Kč|Ft|Fr\.|[.,][-–—]{{1,2}})$"
)
"""Before or behind a number; `12,-` is a price without cents. A unit of measure is none."""
MINUS = "−–"
"""What typographers and some programs write for a minus."""
MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
"""What databases and spreadsheets write behind a day."""
ORDERS = ("dmy", "mdy", "ymd")
PIVOT = 30
"""Years of two digits below it are of this century."""


@dataclass(frozen=True)
class Form:
    """What a kind of cell is read by. `readings` holds two of them where the cells do not tell, with a cell that differs."""

    name: str | None
    readings: tuple[tuple[str, str], ...] = ()


def number_read(text: str, decimal: str) -> Decimal | None:
    """The number that a cell means with a decimal `point` or `comma`; None where it means none."""
    plain = text.strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = CURRENCY.sub("", plain[1:-1].strip() if negative else plain).strip()
    if plain[:1] and plain[0] in f"-{MINUS}":
        plain = f"-{CURRENCY.sub('', plain[1:].strip())}"
    elif plain.endswith("-"):
        plain = f"-{plain[:-1].strip()}"
    if negative and plain.startswith("-"):
        return None
    if (
        not any(c.isdigit() for c in plain)
        or not DECIMALS[decimal].fullmatch(plain)
        or (not plain.isascii() and any(c.isdigit() and not c.isascii() for c in plain))
    ):
        return None
    digits = plain.translate({ord(c): None for c in GROUPING[decimal]})
    number = Decimal(digits.replace(",", "."))
    return -number if negative else number


def date_read(text: str, order: str) -> date | None:
    """The day that a cell means in an order of day, month and year. An ISO date means itself in every order."""
    plain = MIDNIGHT.sub("", text.strip())
    found = ISO.fullmatch(plain)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        found = PARTS.fullmatch(plain)
        if not found or (order == "mdy" and "." in plain):  # nobody writes month and day with points
            return None
        parts = dict(zip(order, found.groups(), strict=True))
        year = parts["y"]
        if len(year) not in (2, 4) or len(parts["d"]) > 2 or len(parts["m"]) > 2:
            return None
        full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < PIVOT else 1900)
        return date(full, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def decimal_form(cells: Iterable[str], given: str | None = None) -> Form:
    return _form(cells, tuple(DECIMALS), number_read, given)


def date_form(cells: Iterable[str], given: str | None = None) -> Form:
    """The order of dates that are not written as ISO, which needs none."""
    return _form((cell for cell in cells if not ISO.fullmatch(cell.strip())), ORDERS, date_read, given)


def _form(
    cells: Iterable[str],
    readings: tuple[str, ...],
    read: Callable[[str, str], object],
    given: str | None,
) -> Form:
    """The reading that takes the most cells; two of them where they take the same cells and differ in one."""
    if given is not None:
        return Form(given)
    filled = [cell for cell in dict.fromkeys(cells) if cell.strip()]
    taken: Mapping[str, dict[str, object]] = {
        name: {cell: value for cell in filled if (value := read(cell, name)) is not None} for name in readings
    }
    most = max((len(values) for values in taken.values()), default=0)
    if most == 0:
        return Form(None)
    best = [name for name in readings if len(taken[name]) == most]
    for rival in best[1:]:
        differing = next(
            (cell for cell in filled if taken[best[0]].get(cell) != taken[rival].get(cell)), None
        )
        if differing is not None:
            shown = tuple((name, f"{taken[name].get(differing, 'nothing')}") for name in (best[0], rival))
            return Form(None, tuple((name, f"{differing} is {value}") for name, value in shown))
    return Form(best[0])
