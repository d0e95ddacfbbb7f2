"""A question with the notes applied: its criteria, and the records left out by default."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from ..criteria.calendar import Calendar
from ..criteria.checks.related_rows import Uncounted
from ..criteria.criteria import Criteria, Default, understand
from ..criteria.key_set import KeySet
from ..dataapi.layout_meta import LayoutMeta
from ..errors import InputError
from ..text.near_names import folded
from ..text.plain_parts import names
from ..text.sentence import say
from .lifted_defaults import asks_for, lifted
from .notes import LeftOut
from .question_words import Wording

REPETITION = re.compile(r"\(\d+\)$")


@dataclass(frozen=True)
class NotedQuestion:
    """`where` and `omit` as asked, in the layout's own names."""

    where: object = None
    omit: object = None
    also: tuple[object, ...] = ()
    """Further criteria, all of which hold: those of a measure."""
    left_out: tuple[LeftOut, ...] = ()
    """What is left out by default; nothing that all of the criteria ask for."""
    uncounted: tuple[Uncounted, ...] = ()
    """Related rows that do not count."""

    def criteria(self, layout: LayoutMeta, calendar: Calendar) -> Criteria:
        """Raises InputError and NameUnknown, which say how to write it."""
        defaults = [Default(left.where, left.lifted) for left in self.left_out]
        return understand(
            self.where,
            self.omit,
            layout,
            calendar,
            also=self.also,
            defaults=defaults,
            uncounted=self.uncounted,
        )

    def of_left_out(self, layout: LayoutMeta, calendar: Calendar) -> Criteria | None:
        """The records that only the defaults keep away; None where a part of the question asks for some of them."""
        if any(left.lifted for left in self.left_out):
            return None
        any_of_them = [each for left in self.left_out for each in objects(left.where)]
        return understand(self.where, self.omit, layout, calendar, also=(*self.also, any_of_them))

    @property
    def whole(self) -> str:
        """All of it as text, nothing shortened."""
        parts = {"where": self.where, "omit": self.omit, "also": self.also}
        given = {name: part for name, part in parts.items() if part}
        return json.dumps(given, ensure_ascii=False, default=_in_words) if given else "every record"

    def narrowed(self, where: object) -> NotedQuestion:
        """The same with further criteria, which may ask for what is left out."""
        left = tuple(
            each for each in self.left_out if not any(asks_for(part, each.where) for part in objects(where))
        )
        return replace(self, also=(*self.also, where), left_out=left)


def _in_words(value: object) -> object:
    """Values of other records as they were asked for, and how many there are: the same question reads the same each time."""
    return {"of": value.origin, "values": len(value)} if isinstance(value, KeySet) else str(value)


def objects(given: object) -> list[object]:
    """The objects of a `where` or `omit` that asks something; what is none stays for the refusal."""
    if given is None or given in ({}, [{}]):
        return []
    return cast("list[object]", given) if isinstance(given, list) else [given]


def names_in(given: object) -> list[str]:
    """The fields that criteria name, each once."""
    named = (cast("Mapping[str, object]", each) for each in objects(given) if isinstance(each, Mapping))
    return list(dict.fromkeys(REPETITION.sub("", name) for each in named for name in each))


def fields_in(given: object) -> set[str]:
    """The same in lower case."""
    return {folded(name) for name in names_in(given)}


def question(wording: Wording, where: object, omit: object, calendar: Calendar) -> NotedQuestion:
    """What was asked, with what the owner leaves out by default: all but what the criteria ask for by its value.

    Raises InputError for a default that does not fit the layout, rather than answering without it.
    """
    where, omit = wording.criteria(where), wording.criteria(omit)
    left_out: list[LeftOut] = []
    for each in wording.notes.leave_out:
        absent = [name for name in names_in(each.where) if not wording.has(name)]
        if absent and each.is_inherited:
            missing = names(absent)
            wording.said[
                say(
                    "%(label)s are not left out here: this layout does not show %(missing)s",
                    label=each.label,
                    missing=missing,
                )
            ] = None
            continue
        spelt = Wording(wording.notes, wording.layout, wording.source).criteria(each.where)
        try:
            understand(spelt, None, wording.layout, calendar)
        except InputError as error:
            raise InputError(
                f"The owner's notes ({each.place}) leave out {each.label!r} by criteria that do not fit: {error.what}",
                advice=f"{error.advice} The owner corrects the notes.".strip(),
            ) from error
        places = lifted(where, spelt)
        if places and len(places) == max(1, len(objects(where))):
            wording.said[
                say("%(label)s are not left out here, because the criteria ask for them", label=each.label)
            ] = None
            continue
        if each.is_inherited:
            wording.name_source("")
        left_out.append(replace(each, where=spelt, lifted=places))
    return NotedQuestion(where, omit, left_out=tuple(left_out), uncounted=_uncounted(wording, where, omit))


def _uncounted(wording: Wording, where: object, omit: object) -> tuple[Uncounted, ...]:
    """Rows of related tables that the criteria look at; those that they ask for by name count."""
    named = {name.partition("::")[0] for name in (*names_in(where), *names_in(omit)) if "::" in name}
    found: list[Uncounted] = []
    for occurrence, defaults in wording.notes.related.items():
        for each in defaults if occurrence in named else ():
            spelt = Wording(wording.notes, wording.layout, wording.source).criteria(each.where)
            if not any(asks_for(part, spelt) for part in (*objects(where), *objects(omit))):
                found.append(Uncounted(occurrence, each.label, spelt))
                wording.name_source(occurrence)
    return tuple(found)
