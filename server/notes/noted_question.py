"""A question as the owner's notes have it understood: its criteria, and what is left out by default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from ..criteria.calendar import Calendar
from ..criteria.criteria import Criteria, understand
from ..dataapi.models import LayoutMeta
from ..errors import InputError
from .notes import LeftOut
from .question_words import Wording

REPETITION = re.compile(r"\(\d+\)$")


@dataclass(frozen=True)
class Question:
    """`where` and `omit` as asked, in the layout's own names."""

    where: object = None
    omit: object = None
    also: tuple[object, ...] = ()
    """Further criteria, all of which hold: those of a measure."""
    left_out: tuple[LeftOut, ...] = ()
    """What is left out by default; nothing that the criteria decide themselves."""

    def criteria(self, layout: LayoutMeta, calendar: Calendar) -> Criteria:
        """Raises InputError and NameUnknown, which say how to write it."""
        omit = self.omit
        if self.left_out and omit != []:
            omit = [*objects(omit), *(each for left in self.left_out for each in objects(left.where))]
        return understand(self.where, omit, layout, calendar, also=self.also)

    def of_left_out(self, layout: LayoutMeta, calendar: Calendar) -> Criteria:
        """The records that only the default keeps away."""
        any_of_them = [each for left in self.left_out for each in objects(left.where)]
        return understand(self.where, self.omit, layout, calendar, also=(*self.also, any_of_them))

    def narrowed(self, where: object) -> Question:
        """The same with further criteria, which may decide about what is left out."""
        named = fields_in(where)
        left = tuple(each for each in self.left_out if not named & fields_in(each.where))
        return replace(self, also=(*self.also, where), left_out=left)


def objects(said: object) -> list[object]:
    """The objects of a `where` or `omit` that asks something; what is none stays for the refusal."""
    if said is None or said in ({}, [{}]):
        return []
    return cast("list[object]", said) if isinstance(said, list) else [said]


def names_in(said: object) -> list[str]:
    """The fields that criteria name, each once."""
    named = (cast("Mapping[str, object]", each) for each in objects(said) if isinstance(each, Mapping))
    return list(dict.fromkeys(REPETITION.sub("", name) for each in named for name in each))


def fields_in(said: object) -> set[str]:
    """The same in lower case."""
    return {name.casefold() for name in names_in(said)}


def question(wording: Wording, where: object, omit: object, calendar: Calendar) -> Question:
    """What was asked, with what the owner leaves out by default: all but that which the criteria decide themselves.

    Raises InputError for a default that does not fit the layout, rather than answering without it.
    """
    where, omit = wording.criteria(where), wording.criteria(omit)
    named = fields_in(where) | fields_in(omit)
    left_out: list[LeftOut] = []
    for each in wording.notes.leave_out:
        if decided := fields_in(each.where) & named:
            which = next(name for name in names_in(each.where) if name.casefold() in decided)
            wording.said[f"{each.label} are not left out here, because the criteria name {which!r}"] = None
            continue
        spelt = Wording(wording.notes, wording.layout, wording.source).criteria(each.where)
        try:
            understand(spelt, None, wording.layout, calendar)
        except InputError as error:
            raise InputError(
                f"The owner's notes ({each.place}) leave out {each.label!r} by criteria that do not fit: {error.what}",
                advice=f"{error.advice} The owner corrects the notes.".strip(),
            ) from error
        left_out.append(replace(each, where=spelt))
    return Question(where, omit, left_out=tuple(left_out))
