"""Finds through the store, held against the reference matcher."""

from __future__ import annotations

import os
from datetime import date

from filemaker_mcp.server.emulator.find_language.find import BadCriterion, parse
from filemaker_mcp.server.emulator.model import Field, FieldType, Table
from filemaker_mcp.server.emulator.store.store import Store

from ..reference.chars import Refused
from ..reference.matcher import answer
from ..reference.moments import amount
from ..reference.words import compared

SOAK = max(int(os.environ.get("FILEMAKER_SOAK", "0")) // 250, 1)
"""How many times the usual number of random cases to try: 4 in `make soak`."""
TODAY = date(2026, 11, 22)
LANGUAGES = ("English", "Default", "Unicode", "Japanese")

FAMILIES = [
    ["Chris", "Smith", "smithson", "Christenson"],
    ["opera", "òpera", "Òpera", "o\u0300pera"],
    ["a", "ab", "B", "ba", "aab"],
    ["5", "12", "3.5", "12:30", "25"],
    ["e-mail", "mail", "o'neil", "neil", "e"],
    ["Straße", "STRASSE", "ﬁn", "fin", "İ", "i"],
    ["ά", "α", "й", "и", "x̄", "x"],
    ["が", "ｶﾞ", "カ", "か", "東京", "京", "😀"],
    ["日本橋中洲", "中洲", "中", "橋a", "洲々"],
]
WORDS = [word for family in FAMILIES for word in family]
OPERATORS = [
    "*",
    "@",
    "#",
    "?",
    "!",
    "=",
    "==",
    "<",
    "<=",
    ">",
    "≥",
    '"',
    "~",
    "\\",
    "//",
    "...",
    "..",
    "…",
    "{",
    "}",
]
MARKS = [
    " ",
    "  ",
    "\r",
    "-",
    ".",
    ",",
    ":",
    "/",
    "'",
    "’",
    "_",
    "$",
    "€",
    "„",
    "\u00a0",
    "\u0301",
    "\u3000",
    "|",
]


def check(
    field: Field, rows: list[list[str]], later: list[list[str]], criteria: list[str], **readings: bool
) -> None:
    """Find each criterion before and after the records change; every answer must be the reference's, record by record."""
    store = Store([Table("T", {field.name: field})])
    kept = {store.insert("T", {field.name: texts}).record_id: texts for texts in rows}
    for _ in range(2):
        for criterion in criteria:
            for repetition in (None, *range(2, field.repetitions + 1)):
                assert found(store, field, criterion, repetition, **readings) == expected(
                    field, kept, criterion, repetition, **readings
                ), (criterion, repetition, kept)
        for record, texts in zip(list(kept), later, strict=False):
            if texts == [""]:
                store.delete("T", record)
                del kept[record]
            else:
                kept[record] = texts
                store.update("T", record, {field.name: texts})
    store.close()


def found(
    store: Store,
    field: Field,
    criterion: str,
    repetition: int | None,
    iso: bool = False,
    by_line: bool = False,
) -> set[int] | int:
    try:
        meaning = parse(criterion, field, today=TODAY, iso_dates=iso, match_lines=by_line)
    except BadCriterion as refused:
        return refused.code
    return set(store.matching("T", field.name, repetition, meaning))


def expected(
    field: Field,
    kept: dict[int, list[str]],
    criterion: str,
    repetition: int | None,
    iso: bool = False,
    by_line: bool = False,
) -> set[int] | int:
    if criterion.strip() == "!":
        return duplicates(field, kept, repetition)
    hits: set[int] = set()
    try:
        # Even over no records at all a criterion may be refused.
        answer(criterion, str(field.type), field.index_language, ["x"], TODAY, iso, by_line)
        for record, texts in kept.items():
            shown = (texts + [""] * field.repetitions)[: field.repetitions]
            chosen = shown if repetition is None else shown[repetition - 1 : repetition]
            if answer(criterion, str(field.type), field.index_language, chosen, TODAY, iso, by_line):
                hits.add(record)
    except Refused as refused:
        return refused.code
    return hits


def duplicates(field: Field, kept: dict[int, list[str]], repetition: int | None) -> set[int]:
    def forms(texts: list[str]) -> set[object]:
        shown = (texts + [""] * field.repetitions)[: field.repetitions]
        chosen = shown if repetition is None else shown[repetition - 1 : repetition]
        if field.type is FieldType.TEXT:
            return {compared(text, field.index_language) for text in chosen if text}
        meant = [(amount(str(field.type), text), text) for text in chosen if text]
        return {text if amount is None else amount for amount, text in meant}

    own = {record: forms(texts) for record, texts in kept.items()}
    return {
        one
        for one, mine in own.items()
        if any(mine & theirs for other, theirs in own.items() if other != one)
    }
