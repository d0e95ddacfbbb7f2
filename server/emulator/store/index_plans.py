"""Ways through the indexes to the records that can meet a criterion."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .indexes import Kind
from .keys import after_prefix


@dataclass(frozen=True)
class Seek:
    """A condition on one index that every record meeting the criterion fulfils."""

    kind: Kind
    where: str
    values: tuple[str, ...] = ()
    exact: bool = False
    """It is all that its part of the criterion asks."""


@dataclass(frozen=True)
class Plan:
    """Seeks that all hold for a record that meets the criterion. None where every record has to be looked at."""

    seeks: tuple[Seek, ...] = ()
    exact: bool = False
    """What all of them yield meets the criterion, so no value has to be looked at."""

    def inexact(self) -> Plan:
        """The same ways, to records that have to be looked at."""
        return replace(self, exact=False)


def one(seek: Seek) -> Plan:
    """A plan of one seek."""
    return Plan((seek,), seek.exact)


def bounded(
    name: str, low: str | None, high: str | None, *, low_open: bool = False, high_open: bool = False
) -> tuple[str, tuple[str, ...]]:
    """A condition that a column lies between the bounds, and the values to put into it."""
    parts: list[str] = []
    if low is not None:
        parts.append(f"{name}>?" if low_open else f"{name}>=?")
    if high is not None:
        parts.append(f"{name}<?" if high_open else f"{name}<=?")
    return " AND ".join(parts), tuple(bound for bound in (low, high) if bound is not None)


def prefixed(kind: Kind, name: str, prefix: str, also: str = "", *, exact: bool = False) -> Seek:
    """A seek for everything that begins with the prefix."""
    where, values = bounded(name, prefix, after_prefix(prefix), high_open=True)
    return Seek(kind, where + also, values, exact)
