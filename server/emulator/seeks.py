"""Which part of which index holds every record that can meet a criterion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from . import words
from .criterion import (
    Between,
    Criterion,
    DateParts,
    Empty,
    Invalid,
    Parts,
    Pattern,
    Present,
    Term,
    WholeText,
    Wild,
    WordRange,
    Words,
)
from .indexes import Kind
from .keys import after_prefix, number_key
from .model import Field, FieldType
from .readings import LAST_YEAR

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True)
class Seek:
    """A condition on one index."""

    kind: Kind
    where: str
    values: tuple[str, ...] = ()
    exact: bool = False
    """Every record it yields matches, so none has to be looked at."""


def seeks(field: Field, repetition: int | None, criterion: Criterion) -> list[Seek]:
    """Ways to the records, any of them sufficient; none where every record has to be looked at."""
    found = _seeks(field, criterion, one_repetition=field.repetitions > 1 and repetition is not None)
    if field.repetitions > 1 and repetition is not None:
        return [Seek(seek.kind, seek.where, seek.values) for seek in found]
    return found


def _seeks(field: Field, criterion: Criterion, *, one_repetition: bool) -> list[Seek]:
    language = field.index_language
    match criterion:
        case Empty() if not one_repetition:
            return [Seek(Kind.VALUES, "key='' AND accent='' AND part=3", exact=True)]
        case Present():
            return [Seek(Kind.VALUES, "(key, accent) > ('', '')", exact=True)]
        case Invalid():
            return [Seek(Kind.VALUES, "key='' AND accent>''", exact=True)]
        case Between():
            return [_between(criterion)]
        case Parts():
            return _span(field.type, criterion.date)
        case WholeText():
            return _whole(criterion, language)
        case WordRange():
            where, values = _bounded(
                "word", criterion.low, criterion.high, criterion.low_open, criterion.high_open
            )
            return [Seek(Kind.WORDS, where, values, exact=True)]
        case Words(terms):
            found = [seek for term in terms for seek in _term(term, language)]
            return found if len(terms) == 1 else [Seek(seek.kind, seek.where, seek.values) for seek in found]
        case _:
            return []


def _bounded(
    name: str, low: str | None, high: str | None, low_open: bool = False, high_open: bool = False
) -> tuple[str, tuple[str, ...]]:
    parts: list[str] = []
    if low is not None:
        parts.append(f"{name}>?" if low_open else f"{name}>=?")
    if high is not None:
        parts.append(f"{name}<?" if high_open else f"{name}<=?")
    return " AND ".join(parts), tuple(bound for bound in (low, high) if bound is not None)


def _between(criterion: Between) -> Seek:
    # Neither what is empty nor what is invalid has a key.
    low = "" if criterion.low is None else number_key(criterion.low)
    high = None if criterion.high is None else number_key(criterion.high)
    where, values = _bounded(
        "key", low, high, criterion.low is None or criterion.low_open, criterion.high_open
    )
    return Seek(Kind.VALUES, where, values, exact=True)


def _span(field_type: FieldType, parts: DateParts) -> list[Seek]:
    if parts.year is None or field_type is FieldType.TIME:
        return []
    low, high = max(parts.year[0], 1), min(parts.year[1], LAST_YEAR)
    if low > high:
        low = high
    months = parts.month if low == high and parts.month is not None else (1, 12)
    first = date(low, min(max(months[0], 1), 12), 1).toordinal()
    last = date(high, min(max(months[1], 1), 12), 1).toordinal() + 30
    if field_type is FieldType.TIMESTAMP:
        first, last = (first - 1) * DAY, last * DAY
    found = _between(Between(Decimal(first), Decimal(last)))
    return [Seek(found.kind, found.where, found.values)]


def _prefixed(kind: Kind, name: str, prefix: str, also: str = "", *, exact: bool = False) -> Seek:
    end = after_prefix(prefix)
    where, values = _bounded(name, prefix, end, high_open=True)
    return Seek(kind, where + also, values, exact)


def _whole(criterion: WholeText, language: str) -> list[Seek]:
    pattern = criterion.pattern
    exact = language != words.DEFAULT and not criterion.lines
    parts = " AND part IN (0,1,2)" if criterion.lines else " AND part IN (0,2)"
    prefix = words.for_index(pattern.prefix, language)
    if pattern.literal is not None:
        return [Seek(Kind.VALUES, f"key=?{parts}", (prefix,), exact)] if prefix else []
    if prefix:
        only_prefix = len(pattern.pieces) == 2 and pattern.pieces[1] is Wild.MANY
        return [_prefixed(Kind.VALUES, "key", prefix, parts, exact=exact and only_prefix)]
    return _holding(Kind.VALUES, "key", _literals(pattern), language)


def _term(term: Term, language: str) -> list[Seek]:
    literal = term.pattern.literal
    prefix = term.pattern.prefix
    if term.running or term.quoted:
        return _crossing(term, words.for_comparing(prefix, language), language)
    if literal is not None and term.whole:
        return [Seek(Kind.WORDS, "word=?", (literal,), exact=True)]
    if prefix:
        only_prefix = literal is not None or term.pattern.pieces[1:] == (Wild.MANY,)
        return [_prefixed(Kind.WORDS, "word", prefix, exact=only_prefix and not term.whole)]
    return _holding(Kind.WORDS, "word", _literals(term.pattern), language)


def _crossing(term: Term, text: str, language: str) -> list[Seek]:
    """Ways to text that crosses words: each word in it starts a word of the field, save where its own start is unknown."""
    if term.anywhere:
        known = re.split(r"\s", text, maxsplit=1)[1:]
        found = words.words(known[0], language) if known else []
    else:
        found = words.words(text, language)
    if found:
        return [_prefixed(Kind.WORDS, "word", word) for word in found]
    return _holding(Kind.VALUES, "key", _literals(term.pattern), language)


def _literals(pattern: Pattern) -> list[str]:
    return [piece for piece in pattern.pieces if isinstance(piece, str)]


def _holding(kind: Kind, name: str, pieces: Iterable[str], language: str) -> list[Seek]:
    """The longest piece that stands in the index just as it stands in the text: its plain ASCII."""
    plain = re.compile(r"[^\x00]+" if language == words.UNICODE else r"[\x01-\x7f]+")
    runs = [run for piece in pieces for run in plain.findall(piece)]
    if not runs:
        return []
    return [Seek(kind, f"instr({name}, ?)>0", (max(runs, key=len),))]
