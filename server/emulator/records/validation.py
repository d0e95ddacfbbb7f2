"""Validation at commit: the code of the first check that a record's new values fail (sections 6.6 and 6.7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ..find_language.criterion_match import value_form
from ..model import Field, Validation
from ..refusal import Refusal
from ..store.store import Row
from ..values.arithmetic import Value, is_at_most, is_true
from ..values.conversion import typed
from ..values.readings import is_plain_number
from .record_context import Scene
from .record_scope import RecordScope
from .sources import Source
from .value_lists import list_values


def validate(
    scene: Scene,
    source: Source,
    row: Row,
    changed: Mapping[str, object],
    *,
    is_new: bool,
    checks_entry: bool,
    own_messages: bool,
) -> None:
    """`row` has the values as they would be stored. Raises Refusal 500 to 511."""
    for field in source.table.fields.values():
        rules = field.validation
        if rules == Validation() or (not checks_entry and (not rules.always or rules.override)):
            continue
        # A new record is checked as a whole: a required field that was left out is empty (section 6.6 [O]).
        if field.name not in changed and not is_new:
            continue
        for text in row.values.get(field.name, ("",)) or ("",):
            code = _failed(scene, source, row, field, text)
            if code is not None:
                raise Refusal(code, rules.message if own_messages else None)


def _failed(scene: Scene, source: Source, row: Row, field: Field, text: str) -> int | None:
    rules = field.validation
    if text == "":
        return 509 if rules.required and not any(row.values.get(field.name, ())) else None
    if rules.strict_type is not None and (code := _strict(field, text, rules.strict_type)) is not None:
        return code
    if rules.max_length is not None and len(text) > rules.max_length:
        return 511
    value = typed(field.type, text)
    if not _in_range(field, value, rules):
        return 503
    others = [] if not (rules.unique or rules.existing) else _others(source, row, field, text)
    if rules.unique and others:
        return 504
    if rules.existing and not others:
        return 505
    if rules.value_list is not None and not _is_listed(scene, source, row, text, rules.value_list):
        return 506
    if rules.calculation is not None:
        scope = RecordScope(scene.own_source(source), row, scene, value)
        if not is_true(source.file.formulas[rules.calculation].evaluate(scope)):
            return 507
    return None


def _strict(field: Field, text: str, wanted: str) -> int | None:
    value = typed(field.type, text)
    if wanted == "numeric":
        return None if is_plain_number(text) else 502
    if wanted == "fourDigitYear":
        # Two-digit years never reach the store: what is stored has four digits or is no date at all.
        return None if value is not None else 500
    # `timeOfDay`: within the 24 hours of a day.
    return None if isinstance(value, timedelta) and timedelta(0) <= value < timedelta(days=1) else 501


def _in_range(field: Field, value: Value, rules: Validation) -> bool:
    low = None if rules.minimum is None else typed(field.type, rules.minimum)
    high = None if rules.maximum is None else typed(field.type, rules.maximum)
    return (low is None or is_at_most(low, value)) and (high is None or is_at_most(value, high))


def _others(source: Source, row: Row, field: Field, text: str) -> list[int]:
    same = source.store.related(source.table.name, field.name, "=", {text})
    rows = source.store.read_many(source.table.name, [each for each in same if each != row.record_id])
    # A relationship compares line by line. A value is the same only as a whole.
    form = value_form(field, text)
    return [
        each.record_id
        for each in rows
        if form in {value_form(field, other) for other in each.values[field.name]}
    ]


def _is_listed(scene: Scene, source: Source, row: Row, text: str, name: str) -> bool:
    value_list = source.file.model.value_lists[name]
    values = {value.casefold() for value, _ in list_values(scene, value_list, scene.own_source(source), row)}
    # A check box keeps one line for each box that is ticked.
    return all(line.casefold() in values for line in text.split("\r") if line)
