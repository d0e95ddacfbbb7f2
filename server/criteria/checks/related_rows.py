"""Related rows that do not count, such as archived contacts: a condition on related rows overlooks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...dataapi.record import PortalRow, Record
from ...text.plain_parts import Listed
from ...text.sentence import say
from ..targets import Target
from ..terms import Here, HostTerm, Meaning
from .predicate import Predicate
from .record_tests import local


@dataclass(frozen=True)
class Uncounted:
    """Rows of one related table; `where` in the names that the layout has for them, `Contacts::Archived`."""

    occurrence: str
    label: str
    where: object


@dataclass(frozen=True)
class CountedRow:
    """One row of the portal meets the test and is none of those that do not count."""

    portal: str
    test: Predicate
    uncounted: tuple[Predicate, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(dict.fromkeys(t for each in (self.test, *self.uncounted) for t in each.targets))

    def holds(self, record: Record) -> bool:
        have = record.portals.get(self.portal)
        return have is not None and any(self._fits(record, row) for row in have.rows)

    def _fits(self, record: Record, row: PortalRow) -> bool:
        have = record.portals[self.portal]
        alone = replace(record, portals={self.portal: replace(have, rows=(row,))})
        return self.test.holds(alone) and not any(each.holds(alone) for each in self.uncounted)


class RelatedRows:
    """The rows that do not count on one layout, each kind with its test; without one where the layout cannot tell them."""

    def __init__(self, known: Sequence[tuple[Uncounted, Predicate | None]]) -> None:
        self._known = known

    def counted(self, field: Target, meaning: Meaning) -> tuple[Meaning, str]:
        """The same of rows that count, and what could not be left out, in words."""
        own = [each for each in self._known if each[0].occurrence == field.name.partition("::")[0]]
        if not own or not field.meta.is_related:
            return meaning, ""
        test = local(meaning, in_rows=True)
        tests = [predicate for _, predicate in own if predicate is not None]
        same = all(target.portal == field.portal for predicate in tests for target in predicate.targets)
        if field.portal is None or test is None or len(tests) < len(own) or not same:
            labels = " and ".join(each.label for each, _ in own)
            return meaning, (
                f"{labels} count here: this layout shows no portal rows of {own[0][0].occurrence!r} that tell them; ask "
                "their own layout, or compare with it by in or not_in"
            )
        labels = Listed.of((each.label for each, _ in own), separator=", ")
        term = Here(CountedRow(field.portal, test, tuple(tests)))
        narrowing = [
            tuple(replace(each, is_narrowing=True) for each in branch if isinstance(each, HostTerm))
            for branch in meaning.branches
        ]
        branches = tuple((*first, term) for first in narrowing[:1]) if len(narrowing) == 1 else ((term,),)
        return Meaning(branches, say("%(what)s (%(labels)s left out)", what=meaning.said, labels=labels)), ""
