"""Criteria and sort orders on fields that FileMaker computes for each record: it says nothing and takes minutes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .known_layout import KnownLayout


@dataclass(frozen=True)
class Unstored:
    field: str
    stored: tuple[str, ...]
    """Open and stored fields of the layout that its formula uses."""

    def __str__(self) -> str:
        other = f" Stored is {', '.join(map(repr, self.stored))}." if self.stored else ""
        return f"{self.field!r} is unstored: FileMaker computes it for every record it compares.{other}"


def unstored_among(known: KnownLayout, names: Iterable[str]) -> list[Unstored]:
    """Those of the names that are unstored calculations."""
    found: list[Unstored] = []
    for name in dict.fromkeys(names):
        facts = known.facts(name)
        if facts is not None and facts.kind == "calculation" and not facts.stored:
            found.append(Unstored(name, _behind(known, name, facts.formula)))
    return found


def _behind(known: KnownLayout, name: str, formula: str) -> tuple[str, ...]:
    facts = known.facts(name)
    if facts is None or not known.shown(formula, facts, name):
        return ()
    words = known.open.named_in(formula)
    return tuple(
        field.name
        for field in known.meta.fields.values()
        if field.name in words
        and (own := known.facts(field.name)) is not None
        and own.stored
        and own.kind != "summary"
        and not own.is_global
    )
