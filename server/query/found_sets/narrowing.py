"""A found set with further criteria: tested on what was read of it where that says the same, else found by the host."""

from __future__ import annotations

from dataclasses import replace

from ...criteria.calendar import Calendar
from ...criteria.checks.predicate import Not, Predicate
from ...criteria.checks.record_tests import local
from ...criteria.criteria import Criteria
from ...criteria.language import CriteriaReader
from ...criteria.terms import all_of
from ...errors import InputError
from ...notes.noted_question import objects
from ...text.sentence import Sentence, say
from .found_set import FoundSet


def narrowed(
    found_set: FoundSet, where: object, omit: object, calendar: Calendar, *, is_english: bool
) -> FoundSet:
    """`is_english`: texts compare as in an English index, so that a test here finds what a find would.

    Raises InputError and NameUnknown, which say how to write it.
    """
    question = found_set.question
    if objects(where):
        question = question.narrowed(where)
    if objects(omit):
        question = replace(question, omit=[*objects(question.omit), *objects(omit)])
    here = _here(found_set, where, omit, calendar)
    kept = found_set.holding.has_all_of(found_set.criteria.legs)
    same_defaults = question.left_out == found_set.question.left_out
    if here is not None and is_english and same_defaults and (kept or found_set.is_group):
        return found_set.within(here, question)
    if found_set.is_group:
        raise InputError(
            "One group of a summary cannot be narrowed by conditions that only FileMaker can test",
            advice="Ask with layout and where.",
        )
    return found_set.within(question.criteria(found_set.layout, calendar), question)


def _here(found_set: FoundSet, where: object, omit: object, calendar: Calendar) -> Criteria | None:
    """The found set's own finds with tests of what they bring; None where a test here could say something else."""
    reader = CriteriaReader(found_set.layout, calendar)
    tests: list[Predicate] = []
    words: list[Sentence] = []
    for criteria, name in ((where, "where"), (omit, "omit")):
        meaning = reader.any_of_objects(criteria, name)
        if meaning is None:
            continue
        test = local(meaning)
        if test is None:
            return None
        tests.append(test if name == "where" else Not(test))
        words.append(meaning.said if name == "where" else say("not (%(what)s)", what=meaning.said))
    return found_set.criteria.and_here(tuple(tests), all_of(words)) if tests else None
