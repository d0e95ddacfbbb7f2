"""How sentences about conditions turn into others: the same denied, the value alone, several joined."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from ..text.plain_parts import Part
from ..text.sentence import Sentence, marked, neutral, say

IS = "%(field)s is %(value)s"
DENIED = {
    IS: marked("%(field)s is not %(value)s"),
    "%(field)s is empty": "%(field)s is not empty",
    "%(field)s is not empty": "%(field)s is empty",
    "%(field)s is any of %(values)s": marked("%(field)s is not any of %(values)s"),
    "%(field)s is exactly %(value)s (case checked here)": marked(
        "%(field)s is not exactly %(value)s (case checked here)"
    ),
}
"""Sentences that say it without brackets."""


def is_value(field: str, value: Part) -> Sentence:
    return say("%(field)s is %(value)s", field=field, value=value)


PHRASES = {
    "is": IS,
    "contains": marked("%(field)s contains %(value)s"),
    "starts_with": marked("%(field)s starts with %(value)s"),
    "ends_with": marked("%(field)s ends with %(value)s"),
}
"""By operator."""


def denied(said: Sentence) -> Sentence:
    message = DENIED.get(said.message)
    return say("not (%(what)s)", what=said) if message is None else Sentence(message, said.values)


def value_said(said: Sentence) -> Part:
    """What stands after `is`, where it is that; else all of it."""
    return said.values["value"] if said.message == IS else said


def all_of(parts: Iterable[Sentence]) -> Sentence:
    bracketed = [say_bracketed(part) if part.message == "%(first)s or %(next)s" else part for part in parts]
    return reduce(lambda first, then: say("%(first)s and %(next)s", first=first, next=then), bracketed)


def any_of(parts: Iterable[Sentence]) -> Sentence:
    return reduce(lambda first, then: say("%(first)s or %(next)s", first=first, next=then), parts)


def say_bracketed(said: Sentence) -> Sentence:
    return Sentence("(%(text)s)", {"text": said})


def bounds_said(field: str, bounds: Iterable[str]) -> Sentence:
    """`Total ≥ 5 and < 9`: signs and values, the same in every language but for the word between them."""
    every = reduce(
        lambda first, then: say("%(first)s and %(next)s", first=first, next=then),
        (each if isinstance(each, Sentence) else neutral(each) for each in bounds),
    )
    return Sentence("%(field)s %(bounds)s", {"field": field, "bounds": every})
