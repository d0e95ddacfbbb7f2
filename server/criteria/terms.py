"""Criteria as alternatives of terms: what the host matches, what it leaves out, what is tested here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import product

from ..errors import InputError
from ..text.plain_parts import Part
from ..text.sentence import Sentence, marked, neutral, say
from .checks.predicate import Not, Predicate

MOST_REQUESTS = 500
"""Find requests one question may spread into."""


@dataclass(frozen=True, slots=True)
class HostTerm:
    """The host's find decides."""

    field: str
    expression: str
    is_narrowing: bool = False
    """It brings every match and perhaps more; a test here follows."""
    test: Predicate | None = None
    """The same on a record that was read; None where only the host can tell."""


@dataclass(frozen=True, slots=True)
class Omit:
    """The host leaves out what matches."""

    field: str
    expression: str
    test: Predicate | None = None
    """Whether the host would leave out a record that was read; None where only the host can tell."""


@dataclass(frozen=True, slots=True)
class Here:
    predicate: Predicate


Term = HostTerm | Omit | Here
Branch = tuple[Term, ...]
"""All of them hold."""


@dataclass(frozen=True)
class Meaning:
    """Any of the branches, and the same in words."""

    branches: tuple[Branch, ...]
    said: Sentence

    @property
    def negated(self) -> Meaning:
        """Its complement: for fields with several rows, that no row matches."""
        opposite = [
            tuple(_opposite(t) for t in b if not (isinstance(t, HostTerm) and t.is_narrowing))
            for b in self.branches
        ]
        return Meaning(
            _product([tuple((term,) for term in each) for each in opposite]),
            say("not (%(what)s)", what=self.said),
        )


def host(field: str, expression: str, given: Sentence, test: Predicate | None = None) -> Meaning:
    return Meaning(((HostTerm(field, expression, test=test),),), given)


def here(
    predicate: Predicate,
    given: Sentence,
    *,
    narrowed: tuple[str, str] | None = None,
    also: tuple[str, str] | None = None,
) -> Meaning:
    """Tested here: among what the find `narrowed` brings (every match and perhaps more), and only what `also` matches."""
    first: Branch = () if narrowed is None else (HostTerm(*narrowed, is_narrowing=True),)
    second: Branch = () if also is None else (HostTerm(*also),)
    return Meaning(((*first, *second, Here(predicate)),), given)


def both(meanings: Iterable[Meaning]) -> Meaning:
    parts = tuple(meanings)
    if len(parts) == 1:
        return parts[0]
    return Meaning(_product([part.branches for part in parts]), all_of(part.said for part in parts))


def either(meanings: Iterable[Meaning], given: Sentence | None = None) -> Meaning:
    parts = tuple(meanings)
    branches = tuple(branch for part in parts for branch in part.branches)
    refuse_too_many(len(branches))
    return Meaning(branches, given if given is not None else any_of(part.said for part in parts))


def refuse_too_many(count: int) -> None:
    if count > MOST_REQUESTS:
        raise InputError(
            f"These criteria spread into {count:,} find requests; {MOST_REQUESTS} is the most",
            advice="Use a range, a period, starts_with or another field instead of a long list, or ask in parts.",
        )


def _opposite(term: Term) -> Term:
    if isinstance(term, HostTerm):
        return Omit(term.field, term.expression, term.test)
    if isinstance(term, Omit):
        return HostTerm(term.field, term.expression, test=term.test)
    return Here(Not(term.predicate))


def _product(parts: list[tuple[Branch, ...]]) -> tuple[Branch, ...]:
    count = 1
    for part in parts:
        count *= len(part)
        refuse_too_many(count)
    return tuple(tuple(term for branch in chosen for term in branch) for chosen in product(*parts))


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
