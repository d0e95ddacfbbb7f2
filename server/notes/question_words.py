"""Criteria, groups and measures in the words of the notes, as the layout's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from ..criteria.calendar import UNITS
from ..criteria.collation import ENGLISH, Collation
from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError
from ..text.plain_parts import Name, names
from ..text.sentence import say
from .field_synonyms import DATE, Naming
from .notes import LayoutNotes
from .shown_values import stored_for
from .value_spellings import Spellings

EQUAL = ("is", "any_of", "not")
MADE_OF_MEASURES = ("ratio", "running", "moving")


class Wording(Naming):
    """Beside names also values that stand in several spellings, measures that have a name, and periods without a field."""

    def __init__(self, notes: LayoutNotes, layout: LayoutMeta, source: str = "") -> None:
        super().__init__(notes, layout, source)
        self.spellings = Spellings(notes)

    def language(self, field: str) -> Collation:
        """How texts of the field compare: as the owner says, else as an index in English does (section 7.4)."""
        languages = self.notes.languages
        bare = field.rpartition("(")[0] if field.endswith(")") else field
        return Collation(languages.get(field) or languages.get(bare) or languages.get("*") or ENGLISH)

    def groups(self, wanted: Sequence[str | Mapping[str, object]]) -> list[str | dict[str, object]]:
        """Groups; a period without a field is one of the date that is meant."""
        return [self._group(each) for each in wanted]

    def measures(self, wanted: Sequence[object]) -> tuple[list[object], object]:
        """Measures by the fields' own names, and the criteria that definitions among them bring; None where they bring none.

        Raises InputError where measures of different records would stand beside each other under one count.
        """
        read: list[object] = []
        criteria: list[object] = []
        for each in wanted:
            defined = self.notes.measure_named(each) if isinstance(each, str) else None
            criteria.append(None if defined is None else defined.where)
            if defined is None:
                read.append(self._measure(each))
                continue
            read.append(dict(defined.measure))
            given = {word: part for word, part in defined.measure.items() if word != "as"}
            meaning = f": {defined.meaning}" if defined.meaning else ""
            self.said[f"{defined.name} is {json.dumps(given, ensure_ascii=False)}{meaning}"] = None
        if any(where != criteria[0] for where in criteria):
            names = ", ".join(repr(each) for each, where in zip(wanted, criteria, strict=True) if where)
            raise InputError(
                f"By the owner's definition {names} rests on certain records only, the other measures do not",
                advice="Ask for what rests on the same records together, and for the rest in a question of its own.",
            )
        return read, self.criteria(criteria[0]) if criteria and criteria[0] is not None else None

    def _measure(self, given: object) -> object:
        """The same by the fields' own names; what it is made of is named as columns are."""
        if isinstance(given, str):
            return self.column(given)
        if isinstance(given, list):
            return [self._measure(each) for each in cast("list[object]", given)]
        if not isinstance(given, Mapping):
            return given
        parts = cast("Mapping[str, object]", given).items()
        return {
            key: part
            if key == "as"
            else self._measure(part)
            if key in MADE_OF_MEASURES
            else self._operands(part)
            for key, part in parts
        }

    def _operands(self, given: object) -> object:
        """A measure's fields, wherever they stand in it."""
        if isinstance(given, str):
            return self.field(given)
        if isinstance(given, list):
            return [self._operands(each) for each in cast("list[object]", given)]
        if isinstance(given, Mapping):
            parts = cast("Mapping[str, object]", given).items()
            return {key: part if key == "as" else self._operands(part) for key, part in parts}
        return given

    def criteria(self, given: object) -> object:
        """A `where` or `omit`; what is no criterion stays as it is, for the refusal."""
        if isinstance(given, list):
            return [self.criteria(each) for each in cast("list[object]", given)]
        if not isinstance(given, Mapping):
            return given
        read: dict[str, object] = {}
        for name, condition in cast("Mapping[str, object]", given).items():
            field = self.field(name)
            if field in read:
                raise InputError(
                    f"{name!r} stands for {field!r}, which has a condition already",
                    advice="Put both into one.",
                )
            read[field] = self._condition(field, condition)
        return read

    def _group(self, given: str | Mapping[str, object]) -> str | dict[str, object]:
        if isinstance(given, str):
            by_period = given in UNITS and not self.has(given) and self.notes.date is not None
            return {"field": self._date(), "by": given} if by_period else self.field(given)
        group = {
            key: self._operands(part) if key in ("field", "label") else part for key, part in given.items()
        }
        needs_date = "by" in group and "field" not in group and self.notes.date is not None
        return {"field": self._date(), **group} if needs_date else group

    def _date(self) -> str:
        date = self.notes.date or DATE
        self.check(date)
        self.said[say("periods are those of %(date)s", date=Name(date))] = None
        return date

    def _condition(self, field: str, condition: object) -> object:
        """With every spelling of the values that it is to equal, and its fields by their own names."""
        if isinstance(condition, list):
            return _flat([self._condition(field, each) for each in cast("list[object]", condition)])
        if isinstance(condition, Mapping):
            operators = cast("Mapping[str, object]", condition)
            return dict(self._operator(field, word, operators) for word in operators)
        stored = stored_for(self.layout, field, condition)
        if stored is not None:
            self.said[stored.said] = None
        if stored is None or not stored.stored:
            return self._spelt(field, condition)
        meant = [self._spelt(field, each) for each in stored.stored]
        return meant[0] if len(meant) == 1 else _flat(meant)

    def _spelt(self, field: str, value: object) -> object:
        spellings = self.spellings.of(field, value)
        if not spellings:
            return value
        self.said[
            say(
                "%(field)s %(spelling)s includes %(others)s",
                field=field,
                spelling=Name(spellings[0]),
                others=names(spellings[1:]),
            )
        ] = None
        if "::" in field:
            self.name_source(field.partition("::")[0])
        return list(spellings)

    def _operator(self, field: str, word: str, operators: Mapping[str, object]) -> tuple[str, object]:
        operand: object = operators[word]
        if isinstance(operand, str) and word == "field":
            return word, self.field(operand)
        if word not in EQUAL and not _is_field(operand):
            return word, operand
        meant = self._condition(field, operand)
        if word != "is" or not isinstance(meant, list):
            return word, meant
        # Equal to one of several is a condition of its own; where that is taken, not(not) says the same.
        if "any_of" not in operators:
            return "any_of", cast("object", meant)
        return (word, operand) if "not" in operators else ("not", {"not": cast("object", meant)})


def _flat(parts: Sequence[object]) -> list[object]:
    return [
        one for part in parts for one in (cast("list[object]", part) if isinstance(part, list) else [part])
    ]


def _is_field(operand: object) -> bool:
    return isinstance(operand, Mapping) and set(cast("Mapping[str, object]", operand)) == {"field"}
