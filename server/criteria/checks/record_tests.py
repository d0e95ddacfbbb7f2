"""The finds of FileMaker as tests on a record that is here already: of texts, numbers, moments and empty fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...dataapi.contents import Value
from ...dataapi.record import Record
from ...text.numbers import content_number
from ..collation import Collation
from ..quantity import digits_in
from ..targets import Target
from ..terms import Here, HostTerm, Meaning, Omit
from .predicate import All, Not, Predicate
from .residual import Compared, Within

PARTS: dict[str, Callable[[str, str], bool]] = {
    "is": lambda have, wanted: have == wanted,
    "contains": lambda have, wanted: wanted in have,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
}
FOLD = Collation()


@dataclass(frozen=True)
class Like:
    """The whole text, a part, its beginning or its end, as an English index compares it."""

    target: Target
    operator: str
    text: str

    @property
    def targets(self) -> tuple[Target, ...]:
        return (self.target,)

    def holds(self, record: Record) -> bool:
        wanted, fits = FOLD.key(self.text), PARTS[self.operator]
        return any(
            value != "" and fits(FOLD.key(_text(value)), wanted) for value in self.target.values(record)
        )


@dataclass(frozen=True)
class AnyOf:
    predicates: tuple[Predicate, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(dict.fromkeys(target for each in self.predicates for target in each.targets))

    def holds(self, record: Record) -> bool:
        return any(each.holds(record) for each in self.predicates)


def ranged_test(target: Target, bounds: Sequence[tuple[str, Value]]) -> Predicate:
    """Bounds on a number, a day, a moment or a time, as FileMaker compares them."""
    return Within(target, "digits" if target.type == "number" else target.type, tuple(bounds))


def local(meaning: Meaning, *, in_rows: bool = False) -> Predicate | None:
    """The same as a test of one record, or with `in_rows` of one portal row; None where only FileMaker can tell (words, its own find syntax, duplicates, related fields)."""
    branches: list[Predicate] = []
    for branch in meaning.branches:
        tests: list[Predicate] = []
        for term in branch:
            if isinstance(term, HostTerm) and term.is_narrowing:
                continue
            test = term.predicate if isinstance(term, Here) else term.test
            if test is None or not (in_rows or all(target.is_single for target in test.targets)):
                return None
            tests.append(Not(test) if isinstance(term, Omit) else test)
        branches.append(All(tuple(tests)))
    return branches[0] if len(branches) == 1 else AnyOf(tuple(branches))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else format(digits_in(value) or 0, "f")


def may_be_unread(test: Predicate) -> bool:
    """Whether it compares a text field as a number."""
    if isinstance(test, All | AnyOf):
        return any(may_be_unread(each) for each in test.predicates)
    if isinstance(test, Not):
        return may_be_unread(test.predicate)
    return isinstance(test, Compared | Within) and test.kind == "number" and test.target.type == "text"


def unread(test: Predicate, record: Record) -> tuple[str, ...]:
    """The fields for whose text alone a record does not pass."""
    if isinstance(test, All):
        failed = [each for each in test.predicates if not each.holds(record)]
        names = [unread(each, record) for each in failed]
        return tuple(name for each in names for name in each) if all(names) else ()
    if isinstance(test, AnyOf):
        return tuple(name for each in test.predicates for name in unread(each, record))[:1]
    if isinstance(test, Compared | Within) and may_be_unread(test):
        values = [value for value in test.target.values(record) if value != ""]
        return (
            (test.target.name,) if values and all(content_number(value) is None for value in values) else ()
        )
    return ()
