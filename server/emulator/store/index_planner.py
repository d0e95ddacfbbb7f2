"""Which indexes, and which part of them, answer a criterion."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from ..find_language.components import DateParts
from ..find_language.criterion import (
    Between,
    Criterion,
    DecimalText,
    Empty,
    Invalid,
    Parts,
    Present,
    WholeText,
    WordRange,
    Words,
)
from ..model import Field, FieldType
from ..values.readings import DAY, LAST_YEAR
from .index_plans import Plan, Seek, bounded, one
from .indexes import Kind
from .keys import complement, number_key
from .text_plans import entire_words, plan_whole, plan_words


def plan(field: Field, repetition: int | None, criterion: Criterion) -> Plan:
    """The plan for a field, searched in all its repetitions or in one (from 1)."""
    found = _plan(field, criterion)
    if field.repetitions == 1:
        return found
    # Entries do not say which repetition they come from.
    if repetition is not None:
        return Plan() if isinstance(criterion, Empty) else found.inexact()
    return found if len(found.seeks) == 1 else found.inexact()


def _plan(field: Field, criterion: Criterion) -> Plan:
    language = field.index_language
    match criterion:
        case Empty():
            return one(Seek(Kind.VALUES, "key='' AND accent='' AND part=3", exact=True))
        case Present():
            return one(Seek(Kind.VALUES, "(key, accent) > ('', '')", exact=True))
        case Invalid():
            return one(Seek(Kind.VALUES, "key='' AND accent>''", exact=True))
        case Between():
            return one(_between(criterion))
        case DecimalText():
            return _digits(criterion)
        case Parts():
            return _span(field.type, criterion.date)
        case WholeText():
            return plan_whole(criterion, language)
        case Words():
            return plan_words(criterion, language)
        case WordRange():
            low_open, high_open = criterion.low_open, criterion.high_open
            where, values = bounded(
                "word", criterion.low, criterion.high, low_open=low_open, high_open=high_open
            )
            return one(Seek(Kind.WORDS, where + entire_words(language), values, exact=True))
        case _:
            return Plan()


def _between(criterion: Between) -> Seek:
    # Neither what is empty nor what is invalid has a key.
    low = "" if criterion.low is None else number_key(criterion.low)
    high = None if criterion.high is None else number_key(criterion.high)
    low_open = criterion.low is None or criterion.low_open
    where, values = bounded("key", low, high, low_open=low_open, high_open=criterion.high_open)
    return Seek(Kind.VALUES, where, values, exact=True)


def _digits(criterion: DecimalText) -> Plan:
    """Digits that stand together in a number stand together in its key, but for zeros at its ends."""
    literals = [piece for piece in criterion.pattern.pieces if isinstance(piece, str)]
    runs = [run.strip("0") for piece in literals for run in re.findall("[0-9]+", piece)]
    longest = max(runs, key=len, default="")
    if not longest:
        return Plan()
    where = "(instr(key, ?)>0 OR instr(key, ?)>0)"
    return one(Seek(Kind.VALUES, where, (longest, complement(longest))))


def _span(field_type: FieldType, parts: DateParts) -> Plan:
    """From the first to the last day that the components allow."""
    if parts.year is None or field_type is FieldType.TIME:
        return Plan()
    low, high = max(parts.year[0], 1), min(parts.year[1], LAST_YEAR)
    if low > high:
        return Plan()
    months = parts.month if low == high and parts.month is not None else (1, 12)
    first = date(low, min(max(months[0], 1), 12), 1).toordinal()
    last = date(high, min(max(months[1], 1), 12), 1).toordinal() + 30
    if field_type is FieldType.TIMESTAMP:
        first, last = (first - 1) * DAY, last * DAY
    return one(_between(Between(Decimal(first), Decimal(last)))).inexact()
