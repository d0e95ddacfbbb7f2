"""A test on a record, and tests made of tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ...dataapi.record import Record
from ..targets import Target


class Predicate(Protocol):
    @property
    def targets(self) -> tuple[Target, ...]:
        """The fields it looks at; those in a portal want the portal's rows."""
        ...

    def holds(self, record: Record) -> bool: ...


@dataclass(frozen=True)
class Not:
    predicate: Predicate

    @property
    def targets(self) -> tuple[Target, ...]:
        return self.predicate.targets

    def holds(self, record: Record) -> bool:
        return not self.predicate.holds(record)


@dataclass(frozen=True)
class All:
    predicates: tuple[Predicate, ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(dict.fromkeys(target for each in self.predicates for target in each.targets))

    def holds(self, record: Record) -> bool:
        return all(each.holds(record) for each in self.predicates)


@dataclass(frozen=True)
class CheckedBelow:
    """Each record that comes back has been compared with the scope already. The host counts others among them, so its counts and
    pages do not hold: all are read, as for a test here."""

    @property
    def targets(self) -> tuple[Target, ...]:
        return ()

    def holds(self, record: Record) -> bool:
        return True
