"""What criteria mean, said a second time and another way: a slow matcher for one record, from section 7.4 and the grammar alone."""

from __future__ import annotations

import operator
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
PATTERNS: Mapping[str, Callable[[str, str], bool]] = {
    "is": lambda have, wanted: have == wanted,
    "contains": lambda have, wanted: wanted in have,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
LANGUAGES = ("English", "Neutral", "Exact")
Where = list[dict[str, object]]


@dataclass(frozen=True)
class Row:
    """A record with one text field for each index language."""

    English: str = ""
    Neutral: str = ""
    Exact: str = ""
    Total: Decimal | int | None = None
    Limit: Decimal | int | None = None
    Day: date | None = None

    @property
    def stored(self) -> dict[str, str]:
        """As FileMaker keeps it."""
        texts = {name: str(getattr(self, name)).replace("\n", "\r") for name in LANGUAGES}
        numbers = {n: "" if (v := getattr(self, n)) is None else format(v, "f") for n in ("Total", "Limit")}
        return texts | numbers | {"Day": "" if self.Day is None else f"{self.Day:%m/%d/%Y}"}


def fold(text: str, field: str) -> str:
    """As the index language of the field compares."""
    if field == "Exact":
        return text
    plain = unicodedata.normalize("NFD", text.casefold())
    if field == "English":
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain)


def meets(row: Row, where: Where) -> bool:
    return any(all(holds(row, name, condition) for name, condition in each.items()) for each in where)


def holds(row: Row, name: str, condition: object) -> bool:
    have = getattr(row, name)
    if condition is None or condition == "":
        return have in (None, "")
    if isinstance(condition, list):
        return any(holds(row, name, each) for each in cast("list[object]", condition))
    if not isinstance(condition, Mapping):
        return _compares(row, name, "is", condition)
    return all(
        _compares(row, name, key, wanted) for key, wanted in cast("Mapping[str, object]", condition).items()
    )


def _compares(row: Row, name: str, key: str, wanted: object) -> bool:
    have = getattr(row, name)
    if key == "not":
        return not holds(row, name, wanted)
    if key == "empty":
        return (have in (None, "")) is wanted
    if isinstance(wanted, Mapping):
        wanted = getattr(row, str(cast("Mapping[str, object]", wanted)["field"]))
        return have is not None and wanted is not None and ORDER[key](have, wanted)
    if name in LANGUAGES:
        if key == "case_exact":
            return have == wanted
        return PATTERNS[key](fold(str(have), name), fold(str(wanted), name))
    if have is None:
        return False
    if name == "Day":
        wanted = str(wanted)
        if len(wanted) == 7:
            return f"{have:%Y-%m}" == wanted
        return ORDER[key](have, date.fromisoformat(wanted))
    return ORDER[key](Decimal(have), Decimal(str(wanted)))
