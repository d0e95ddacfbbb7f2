"""The parts of which sentences about a policy are made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce

from ..text.plain_parts import Listed, Name
from ..text.plain_parts import names as named
from ..text.sentence import Sentence, neutral, say
from .rules import EVERY, Names


def field_sentences(message: str, names: Names) -> list[Sentence]:
    return [
        say(message, fields=listed(fields), layout=on_layout(layout))
        for layout, fields in names.items()
        if fields
    ]


def on_layout(layout: str) -> str:
    return say("every layout") if layout == EVERY else Name(layout)


def all_of(parts: Iterable[Sentence]) -> Sentence:
    return reduce(lambda first, then: say("%(first)s and %(next)s", first=first, next=then), parts)


def either(values: Iterable[str]) -> Sentence:
    return reduce(
        lambda first, then: say("%(first)s or %(next)s", first=first, next=then), map(neutral, values)
    )


def listed(names: Collection[str]) -> Listed:
    return named(sorted(names))
