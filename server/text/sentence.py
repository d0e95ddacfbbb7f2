"""Sentences for people, kept as a message and its values until they are shown: English for whoever reads them as text, the
person's own language on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Self

from .lowered_first import lowered_first
from .plain_parts import Day, Held, Inner, Listed, Name, Part

NEUTRAL = (
    "%(text)s",
    "%(all)s",
    "%(what)s (%(how)s)",
    "%(label)s: %(why)s",
    "(%(text)s)",
    "%(field)s %(bounds)s",
    "%(name)s = %(text)s",
    "%(counts)s.",
    "%(text)s.",
    "%(first)s. %(next)s",
)
"""Messages that no catalogue needs."""


class Sentence(str):
    """English text that remembers how it was made. `message` is how the catalogues of the pages know it, `many` its other form where `count` chooses between the two."""

    message: str
    many: str
    values: Mapping[str, Part]

    def __new__(cls, message: str, values: Mapping[str, Part], many: str = "") -> Self:
        form = many if many and values["count"] != 1 else message
        made = super().__new__(cls, form % {name: english(value) for name, value in values.items()})
        made.message, made.many, made.values = message, many, values
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, Part], str]:  # type: ignore[override] -- how it is made anew
        return self.message, self.values, self.many


def marked(message: str) -> str:
    """Itself: a message that is filled in later, so that the catalogues hold it."""
    return message


def marked_count(one: str, many: str) -> tuple[str, str]:
    """Two forms that are filled in later, as `marked`."""
    return one, many


def say(message: str, /, **values: Part) -> Sentence:
    """A message of the catalogues, with its `%(name)s` filled in."""
    return Sentence(message, values)


def say_count(one: str, many: str, /, count: int, **values: Part) -> Sentence:
    """The form for `count`, which stands in it as `%(count)s`."""
    return Sentence(one, {"count": count, **values}, many)


def neutral(text: str) -> Sentence:
    """What is the same in every language: signs, names, what FileMaker or the owner wrote."""
    return Sentence("%(text)s", {"text": text})


def in_a_row(sentences: Iterable[str]) -> Sentence:
    """One after the other, as a paragraph."""
    return Sentence("%(all)s", {"all": Listed(tuple(sentences), " ")})


def english(value: Part) -> str:
    if isinstance(value, Name):
        return repr(str(value))
    if isinstance(value, Listed):
        shown = value.separator.join(english(each) for each in value.parts)
        return f"{shown} and {value.more:,} more" if value.more else shown
    if isinstance(value, Inner):
        return lowered_first(value.text)
    if isinstance(value, Held):
        return repr(value.value) if isinstance(value.value, str) else format(Decimal(value.value), "f")
    if isinstance(value, Day):
        return value.date.isoformat()
    if isinstance(value, int):
        return f"{value:,}"
    return format(value, "f") if isinstance(value, Decimal) else value


NOTHING = neutral("")
