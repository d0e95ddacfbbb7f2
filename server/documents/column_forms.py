"""How numbers and dates are written in a file, told from all its cells: a decimal comma or point, and the order of dates.

Where every cell fits two readings that mean different things, which one is asked: `1.234` may be a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations

DECIMALS = {
    "point": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[,'’ \u202f\xa0]\d{3})+|\d+)?(?:\.\d+)?"),
    "comma": re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:[.'’ \u202f\xa0]\d{3})+|\d+)?(?:,\d+)?"),
}
"""What a whole number with its thousands and its fraction may look like. Nobody writes a thousand as `0.500`, and `030 123 456` is none."""
GROUPING = {"point": ",'’ \u202f\xa0", "comma": ".'’ \u202f\xa0"}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
PARTS = re.compile(r"(\d{1,4})\s*[./\-]\s*(\d{1,2})\s*[./\-]\s*(\d{1,4})")
CODES = "EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|JPY|CAD|AUD|NZD|CNY|INR|BRL|MXN|ZAR|TRY"
CURRENCY = re.compile(
    rf"^(?:[€$£¥₹]|[A-Z]{{1,2}}\$|Fr\.|(?:{CODES})(?![A-Z]))\s*|(?<!\s)\s*(?:[€$£¥₹]|{CODES}|kr\.?|zł|Kč|Ft|Fr\.|[.,][-–—]{{1,2}})$"
)
"""Before or behind a number; `12,-` is a price without cents. A unit of measure is none. Blanks are
looked at from their first one only: a cell of nothing but blanks would take the square of its length else."""
PADDED = re.compile(r"\+|-?0\d")
"""A plus, or a zero before other digits."""
MINUS = "−–"
"""What typographers and some programs write for a minus."""
MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$")
"""What databases and spreadsheets write behind a day."""
ORDERS = ("dmy", "mdy", "ymd")
MOST_DIFFERENT = 50_000
"""Cells that are remembered, so that each counts once."""
PIVOT = 30
"""Years of two digits below it are of this century."""


@dataclass(frozen=True)
class Form:
    """What a kind of cell is read by. `readings` holds two of them where the cells do not tell, with a cell that differs."""

    name: str | None
    readings: tuple[tuple[str, str], ...] = ()


def number_read(text: str, decimal: str) -> Decimal | None:
    """The number that a cell means with a decimal `point` or `comma`; None where it means none."""
    plain = number_text(text, decimal)
    return None if plain is None else Decimal(plain)


def number_text(text: str, decimal: str) -> str | None:
    """The same with the characters that stand there: without what parts thousands, with a decimal point and a minus before it.
    Zeros in front and a plus stay. They are no part of an amount: with a currency, brackets, a minus behind it or parted
    thousands they make a telephone number or an article number of it, which is none."""
    plain = text.strip()
    if plain.isascii() and plain.isdecimal():
        return plain
    negative = plain.startswith("(") and plain.endswith(")")
    bare = CURRENCY.sub("", plain[1:-1].strip() if negative else plain).strip()
    is_amount = bare != plain
    plain = bare
    if plain[:1] and plain[0] in f"-{MINUS}":
        bare = CURRENCY.sub("", plain[1:].strip())
        is_amount = is_amount or bare != plain[1:]
        plain = f"-{bare}"
    elif plain.endswith("-"):
        is_amount, plain = True, f"-{plain[:-1].strip()}"
    if negative and plain.startswith("-"):
        return None
    if (
        not any(c.isdigit() for c in plain)
        or not DECIMALS[decimal].fullmatch(plain)
        or (not plain.isascii() and any(c.isdigit() and not c.isascii() for c in plain))
    ):
        return None
    digits = plain.translate({ord(c): None for c in GROUPING[decimal]})
    if (is_amount or digits != plain) and PADDED.match(digits):
        return None
    return f"{'-' if negative else ''}{digits.replace(',', '.')}"


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
    taken = dict.fromkeys(readings, 0)
    differing: dict[tuple[str, str], tuple[str, object, object]] = {}
    for cell in _different(cells):
        values = {name: read(cell, name) for name in readings}
        for name, value in values.items():
            taken[name] += value is not None
        for pair in combinations(readings, 2):
            if values[pair[0]] != values[pair[1]]:
                differing.setdefault(pair, (cell, values[pair[0]], values[pair[1]]))
    most = max(taken.values())
    if most == 0:
        return Form(None)
    best, *rivals = (name for name in readings if taken[name] == most)
    for rival in rivals:
        if (found := differing.get((best, rival))) is not None:
            cell, *values_ = found
            pairs = zip((best, rival), values_, strict=True)
            return Form(None, tuple((n, f"{cell} is {'nothing' if v is None else v}") for n, v in pairs))
    return Form(best)


def _different(cells: Iterable[str]) -> Iterator[str]:
    """The filled ones, each once; of very many, one may come again."""
    seen = set[str]()
    for cell in cells:
        if cell not in seen and cell.strip():
            if len(seen) == MOST_DIFFERENT:
                seen.clear()
            seen.add(cell)
            yield cell
