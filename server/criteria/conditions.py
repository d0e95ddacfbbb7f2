"""One condition on one field, in all its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.reserved_words import is_find_word
from ..errors import InputError
from ..text.near_names import near
from ..text.plain_parts import Listed
from ..text.sentence import NOTHING, marked, say
from . import habits, moments, numeric, text
from .calendar import Calendar
from .checks import local_tests
from .checks.field_comparisons import across, against_field
from .checks.predicate import Not
from .checks.related_rows import RelatedRows
from .checks.residual import Empty, NotPlain
from .grammar import GRAMMAR
from .offset import other_field
from .operators import ACROSS, BOUNDS
from .searchable import ALL_OPERATORS, BY_TYPE, UNARY
from .targets import Target
from .terms import Meaning, both, denied, either, host, refuse_too_many, value_said

INVALID = {
    "text": marked("%(field)s holds no valid text"),
    "date": marked("%(field)s holds no valid date"),
    "time": marked("%(field)s holds no valid time"),
    "timeStamp": marked("%(field)s holds no valid timestamp"),
    "container": marked("%(field)s holds no valid container"),
}


class Conditions:
    """Reads conditions for one layout and moment."""

    def __init__(self, layout: LayoutMeta, calendar: Calendar, rows: RelatedRows | None = None) -> None:
        """`rows`: related rows that do not count."""
        self.layout = layout
        self.calendar = calendar
        self._rows = rows
        self.remarks: dict[str, None] = {}
        """What has to be known about how conditions were applied."""
        self.targets: dict[str, Target] = {}
        """Every field that was named, in order."""

    def read(self, field: Target, condition: object) -> Meaning:
        if condition is None or condition == "":
            return self._unary(field, "empty", True)
        if isinstance(condition, list):
            return self._any_of(field, cast("list[object]", condition))
        if not isinstance(condition, Mapping):
            return self._operator(field, "is", condition)
        operators = dict(cast("Mapping[str, object]", condition))
        if not operators:
            raise InputError(f"The condition on {field.name!r} is empty", advice=GRAMMAR)
        if "field" in operators:
            operators = {"is": operators}
        meanings: list[Meaning] = []
        bounds = {
            n: operators.pop(n)
            for n in BOUNDS
            if n in operators and other_field(operators[n], field.name) is None
        }
        if bounds:
            meanings.append(self._bounded(field, bounds))
        meanings += [self._operator(field, name, operand) for name, operand in operators.items()]
        return both(meanings)

    def _operator(self, field: Target, name: str, operand: object) -> Meaning:
        self._check_fits(field, name, operand)
        if name in ACROSS:
            return across(field, name, operand, lambda values: self._any_of(field, values))
        other = other_field(operand, field.name)
        if other is not None:
            meaning, against = against_field(self.layout, field, name, other)
            self.targets[against.name] = against
            return meaning
        if name == "not":
            if operand is None or operand == "":
                return self._unary(field, "empty", False)
            return self._not(field, operand)
        if name in UNARY:
            return self._unary(field, name, operand)
        if name == "any_of":
            return self._any_of(field, operand)
        if name == "between":
            if not isinstance(operand, list) or len(cast("list[object]", operand)) != 2:
                raise InputError(f"between on {field.name!r} takes two bounds: [from, to]")
            low, high = cast("list[object]", operand)
            return self._bounded(field, {"gte": low, "lte": high})
        return self._of_rows(field, self._plain(field, name, operand))

    def _of_rows(self, field: Target, meaning: Meaning) -> Meaning:
        if self._rows is None:
            return meaning
        found, remark = self._rows.counted(field, meaning)
        if remark:
            self.remarks[remark] = None
        return found

    def _plain(self, field: Target, name: str, operand: object) -> Meaning:
        if name == "raw" and not is_find_word(field.meta.name):
            if not isinstance(operand, str) or not operand.strip():
                raise InputError(f"raw on {field.name!r} takes FileMaker's find syntax as text")
            return host(
                field.name,
                operand,
                say("%(field)s matches the find %(value)s", field=field.name, value=text.quoted(operand)),
            )
        if operand in ("", None) and name in ("is", "case_exact"):
            return self._unary(field, "empty", True)
        if operand is None:
            raise InputError(f"{name} on {field.name!r} needs a value", advice="For empty fields use null.")
        if is_find_word(field.meta.name):
            return local_tests.meaning(field, name, operand, self.calendar)
        if field.type == "text":
            return text.meaning(field, name, operand)
        if field.type == "number":
            return numeric.meaning(field, name, operand)
        return moments.meaning(field, operand, self.calendar)

    def _check_fits(self, field: Target, name: str, operand: object = None) -> None:
        if name not in ALL_OPERATORS:
            meant = habits.word_for(name, operand) or next(iter(near(name, ALL_OPERATORS)), None)
            hint = f"Did you mean {meant!r}? " if meant else ""
            raise InputError(f"There is no condition {name!r} (on {field.name!r})", advice=hint + GRAMMAR)
        fitting = BY_TYPE[field.type]
        if name not in fitting:
            raise InputError(
                f"{name!r} does not fit {field.name!r}, a {field.type.lower()} field",
                advice=f"It takes {', '.join(sorted(fitting))}.",
            )

    def _not(self, field: Target, operand: object) -> Meaning:
        positive = self.read(field, operand)
        return Meaning(positive.negated.branches, denied(positive.said))

    def _any_of(self, field: Target, operand: object) -> Meaning:
        if not isinstance(operand, list) or not operand:
            raise InputError(f"any_of on {field.name!r} takes a list of values with at least one")
        values = cast("list[object]", operand)
        unique = (
            [value for n, value in enumerate(values) if value not in values[:n]]
            if len(values) <= 600
            else values
        )
        refuse_too_many(len(unique))  # before each is read
        meanings = [self.read(field, value) for value in unique]
        if len(meanings) == 1:
            return meanings[0]
        shown = Listed.of((value_said(each.said) for each in meanings), 6)
        return either(meanings, say("%(field)s is any of %(values)s", field=field.name, values=shown))

    def _unary(self, field: Target, name: str, operand: object) -> Meaning:
        if not isinstance(operand, bool):
            raise InputError(f"{name} on {field.name!r} takes true or false, not {operand!r}")
        if is_find_word(field.meta.name):
            if name == "empty":
                return local_tests.empty(field, operand)
            return local_tests.meaning(field, name, operand, self.calendar)
        if name == "empty":
            if not operand:
                filled = host(
                    field.name, "*", say("%(field)s is not empty", field=field.name), Not(Empty(field))
                )
                return self._of_rows(field, filled)
            if field.is_single:
                return host(field.name, "=", say("%(field)s is empty", field=field.name), Empty(field))
            filled = self._of_rows(field, host(field.name, "*", NOTHING, Not(Empty(field))))
            return Meaning(filled.negated.branches, say("%(field)s is empty everywhere", field=field.name))
        if name == "duplicate":
            found = host(field.name, "!", say("%(field)s occurs more than once", field=field.name))
        elif field.type == "number":
            found = numeric.invalid(field)
        else:
            text = say(INVALID[field.type], field=field.name)
            found = host(field.name, "?", text, NotPlain(field))
        return found if operand else found.negated

    def _bounded(self, field: Target, bounds: dict[str, object]) -> Meaning:
        for name in bounds:
            self._check_fits(field, name)
        for a, b in (("gt", "gte"), ("lt", "lte")):
            if a in bounds and b in bounds:
                raise InputError(f"{field.name!r} has both {a} and {b}; give one of them")
        if any(limit is None or limit == "" for limit in bounds.values()):
            raise InputError(
                f"A bound on {field.name!r} is empty", advice="Leave it out, or give both bounds."
            )
        if is_find_word(field.meta.name):
            return local_tests.bounded(field, bounds, self.calendar)
        if field.type == "text":
            return self._of_rows(field, text.bounded(field, bounds))
        if field.type == "number":
            return self._of_rows(field, numeric.bounded(field, bounds))
        return self._of_rows(field, moments.bounded(field, bounds, self.calendar))
