"""What the names of a layout and its fields suggest: the date that is meant, what people would say, whose text it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..dataapi.layout_meta import FieldMeta
from ..query.found_sets.field_guesses import words_of
from .data_sample import Sample

OTHER_DATES = frozenset(
    [
        "birth",
        "birthday",
        "geburt",
        "geburtsdatum",
        "due",
        "fällig",
        "faellig",
        "paid",
        "bezahlt",
        "modified",
        "modification",
        "changed",
        "geändert",
        "updated",
        "created",
        "creation",
        "erstellt",
        "deleted",
        "archived",
        "gelöscht",
        "archiviert",
        "valid",
        "until",
        "end",
        "ende",
        "expiry",
        "expires",
        "start",
        "last",
        "next",
        "closed",
    ]
)
DATES = frozenset({"date", "datum", "fecha", "day", "tag"})
TECHNICAL = frozenset(
    [
        "api",
        "web",
        "dapi",
        "mcp",
        "dev",
        "zz",
        "zzz",
        "kf",
        "kp",
        "fk",
        "pk",
        "xx",
        "c",
        "ct",
        "t",
        "n",
        "l",
        "lo",
        "gl",
        "calc",
        "sys",
    ]
)
OUTSIDERS = re.compile(
    r"message|comment|feedback|inquiry|enquiry|request|body|remark|bemerkung|nachricht|anfrage|kommentar|e-?mail text|review",
    re.I,
)
LONG_TEXT = 120
AMOUNT = re.compile(r"total|amount|betrag|summe|umsatz|revenue|turnover|montant|importe|netto|brutto", re.I)


@dataclass(frozen=True)
class NameHint:
    date: str | None
    """The date field that is most likely meant."""
    other_dates: tuple[str, ...]
    is_sure: bool
    synonyms: tuple[str, ...]
    """Of the layout."""
    fields: dict[str, str]
    """Field -> the name without its technical parts."""
    outsiders: tuple[str, ...]
    """Text fields that somebody outside may fill."""
    amount: str | None


def named(sample: Sample) -> NameHint:
    dates = [field for field in sample.fields("date", "timeStamp") if _is_mostly_filled(sample, field)]
    dates.sort(key=_date_rank)
    sure = len(dates) == 1 or (len(dates) > 1 and _date_rank(dates[0]) < _date_rank(dates[1]))
    amount = next((field.name for field in sample.fields("number") if AMOUNT.search(field.name)), None)
    return NameHint(
        date=dates[0].name if dates else None,
        other_dates=tuple(field.name for field in dates[1:]),
        is_sure=sure,
        synonyms=_layout_words(sample.layout.name),
        fields=_plain_names(sample),
        outsiders=tuple(field.name for field in sample.fields("text") if _is_outsiders(sample, field)),
        amount=amount,
    )


def _is_mostly_filled(sample: Sample, field: FieldMeta) -> bool:
    return bool(sample.records) and sum(sample.filled(field).values()) * 2 >= len(sample.records)


def _date_rank(field: FieldMeta) -> tuple[int, ...]:
    words = set(words_of(field.name))
    return (len(words & OTHER_DATES), not words & DATES, len(words))


def _layout_words(layout: str) -> tuple[str, ...]:
    """`API Invoices` -> invoices, invoice."""
    words = [word for word in words_of(layout) if word not in TECHNICAL and not word.isdecimal()]
    plain = " ".join(words)
    if not plain:
        return ()
    one = f"{plain[:-3]}y" if plain.endswith("ies") else plain.removesuffix("s")
    text = dict.fromkeys((plain, one) if not plain.endswith("ss") else (plain,))
    return tuple(each for each in text if each != layout.casefold())


def _plain_names(sample: Sample) -> dict[str, str]:
    """Only where leaving technical parts out leaves one field of that name."""
    own = {field.name.casefold() for field in sample.layout.fields.values()}
    plain: dict[str, list[str]] = {}
    for field in sample.fields("text", "number", "date", "timeStamp", "time"):
        words = words_of(field.name)
        kept = [word for word in words if word not in TECHNICAL]
        if kept and len(kept) < len(words) and " ".join(kept) not in own:
            plain.setdefault(" ".join(kept), []).append(field.name)
    return {fields[0]: name for name, fields in plain.items() if len(fields) == 1}


def _is_outsiders(sample: Sample, field: FieldMeta) -> bool:
    filled = sample.filled(field)
    if not filled or field.value_list is not None or field.kind != "normal":
        return False
    long = sum(n for value, n in filled.items() if len(str(value)) > LONG_TEXT or "\n" in str(value))
    return OUTSIDERS.search(field.name) is not None or long * 5 >= sum(filled.values())
