"""Whether one stored value meets a criterion, without looking at any other value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ..model import Field, FieldType
from ..values import text_words as words
from ..values.readings import as_date, as_number, as_time, as_timestamp, clock, measure
from .criterion import (
    Anything,
    Between,
    Criterion,
    DecimalText,
    Duplicated,
    Empty,
    Invalid,
    Nothing,
    Parts,
    Present,
    WholeText,
    WordRange,
    Words,
)
from .number_criteria import decimal_text
from .words_of_text import WordsOfText


def matches(criterion: Criterion, field: Field, value: str) -> bool:  # noqa: C901 - one line for each kind
    """Whether one value (one repetition) meets the criterion. `!` needs the table, see `duplicated`."""
    match criterion:
        case Anything():
            return True
        case Empty():
            return value == ""
        case Present():
            return value != ""
        case Invalid():
            return value != "" and measure(field.type, value) is None
        case Words():
            return _has_terms(criterion, field.index_language, value)
        case WholeText():
            return _is_whole(criterion, field.index_language, value)
        case WordRange():
            text = words.for_comparing(value, field.index_language)
            return any(map(criterion.holds, words.words(text, field.index_language)))
        case Between():
            size = measure(field.type, value)
            return size is not None and criterion.holds(size)
        case DecimalText():
            number = as_number(value)
            return number is not None and criterion.pattern.covers(decimal_text(number))
        case Parts():
            return _agrees(criterion, field.type, value)
        case Duplicated():
            raise ValueError("Only the table can tell duplicates: use Store.matching or find.duplicated.")
        case Nothing():
            return False


def matches_any(criterion: Criterion, field: Field, texts: Sequence[str]) -> bool:
    """Whether a field with these repetitions meets the criterion. It is empty only when all of them are."""
    if isinstance(criterion, Empty):
        return not any(texts)
    return any(matches(criterion, field, text) for text in texts)


def duplicated(field: Field, values: Mapping[int, tuple[str, ...]]) -> set[int]:
    """The records that share a value with another record. Empty values are no duplicates of each other."""
    forms = {record: {value_form(field, text) for text in texts if text} for record, texts in values.items()}
    seen = Counter(form for own in forms.values() for form in own)
    return {record for record, own in forms.items() if any(seen[form] > 1 for form in own)}


def value_form(field: Field, text: str) -> object:
    """What two values of a field share when they count as the same."""
    if field.type in (FieldType.TEXT, FieldType.CONTAINER):
        return words.for_comparing(text, field.index_language)
    size = measure(field.type, text)
    return text if size is None else size


def _has_terms(criterion: Words, language: str, value: str) -> bool:
    text = words.for_comparing(value, language)
    found, quoted = WordsOfText(text, language), None
    for term in criterion.terms:
        if term.quoted:
            quoted = quoted or WordsOfText(words.for_quoting(value, language), language)
            holds = quoted.runs(term)
        else:
            holds = found.runs(term) if term.running else found.has(term)
        if not holds:
            return False
    return True


def _is_whole(criterion: WholeText, language: str, value: str) -> bool:
    text = words.for_comparing(value, language)
    if criterion.pattern.covers(text):
        return True
    return criterion.lines and any(map(criterion.pattern.covers, text.split("\r")))


def _agrees(criterion: Parts, field_type: FieldType, value: str) -> bool:
    if field_type is FieldType.TIME:
        moment = as_time(value)
        return moment is not None and criterion.time.holds(moment)
    if field_type is FieldType.DATE:
        day = as_date(value)
        return day is not None and criterion.date.holds(day)
    stamp = as_timestamp(value)
    if stamp is None:
        return False
    return criterion.date.holds(stamp.date()) and criterion.time.holds(clock(stamp))
