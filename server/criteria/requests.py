"""Turns criteria into the fewest find requests that say the same.

FileMaker runs find requests in order; each adds its matches, an omit request takes its matches away from the set so far (section 7.2).
So one branch with something left out can stand first in a find, and further such branches need finds of their own. One request holds one
expression for each field; two expressions that must both hold are a find, minus a find of the first without the second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..dataapi.query import FindRequest
from .checks.predicate import All, Predicate
from .terms import Branch, Here, HostTerm, Omit, refuse_too_many


@dataclass(frozen=True)
class Leg:
    """One find: its requests (none: every record), the test here, and finds whose records are taken away from it."""

    requests: tuple[FindRequest, ...] = ()
    residual: Predicate | None = None
    minus: tuple[Leg, ...] = ()

    @property
    def is_plain(self) -> bool:
        """The host alone decides."""
        return self.residual is None and not self.minus

    @property
    def portals(self) -> tuple[str, ...]:
        """Portals whose rows the test here needs."""
        if self.residual is None:
            return ()
        names = (target.portal for target in self.residual.targets if target.portal is not None)
        return tuple(dict.fromkeys(names))


@dataclass
class Part:
    """A branch sorted by who decides what."""

    criteria: dict[str, str] = field(default_factory=dict[str, str])
    omits: list[FindRequest] = field(default_factory=list[FindRequest])
    extras: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Expressions on a field that has one already."""
    tests: list[Predicate] = field(default_factory=list[Predicate])

    @property
    def is_plain(self) -> bool:
        return not self.extras and not self.tests

    @property
    def requests(self) -> list[FindRequest]:
        first = [FindRequest(self.criteria)] if self.criteria else []
        return first + self.omits


def arranged(wanted: tuple[Branch, ...], unwanted: tuple[Branch, ...]) -> tuple[Leg, ...]:
    """The finds for any of `wanted` without any of `unwanted`."""
    left_out: list[FindRequest] = []
    minus: list[Leg] = []
    for branch in unwanted:
        part = _sorted(branch)
        if part.is_plain and not part.omits:
            left_out.append(FindRequest(part.criteria, omit=True))
        else:
            minus += arranged((branch,), ())
    parts = [_sorted(branch) for branch in wanted]
    together = [part for part in parts if part.is_plain and not part.omits]
    alone = [part for part in parts if not part.is_plain or part.omits]
    if any(not part.criteria for part in together):
        together, alone = [Part()], []
    legs: list[Leg] = []
    if together:
        first = next((part for part in alone if part.is_plain), None)
        if first is not None:
            alone.remove(first)
        requests = ([] if first is None else first.requests) + [r for part in together for r in part.requests]
        legs.append(Leg(_unique(requests + left_out), minus=tuple(minus)))
    for part in alone:
        residual = All(tuple(part.tests)) if part.tests else None
        legs.append(
            Leg(
                _unique(part.requests + left_out),
                residual,
                (*minus, *(_without(part, *e) for e in part.extras)),
            )
        )
    refuse_too_many(sum(_size(leg) for leg in legs))
    return tuple(legs)


def _sorted(branch: Branch) -> Part:
    part = Part()
    hosts = sorted((t for t in branch if isinstance(t, HostTerm)), key=lambda t: t.is_narrowing)
    for term in hosts:
        have = part.criteria.get(term.field)
        if have is None:
            part.criteria[term.field] = term.expression
        elif have != term.expression and not term.is_narrowing:
            part.extras.append((term.field, term.expression))
    for term in branch:
        if isinstance(term, Omit):
            part.omits.append(FindRequest({term.field: term.expression}, omit=True))
        elif isinstance(term, Here):
            part.tests.append(term.predicate)
    return part


def _without(part: Part, name: str, expression: str) -> Leg:
    """What the part's criteria bring and the further expression does not."""
    return Leg((FindRequest(part.criteria), FindRequest({name: expression}, omit=True)))


def _unique(requests: list[FindRequest]) -> tuple[FindRequest, ...]:
    """Without repetitions among the requests of one kind that stand together: those change nothing."""
    kept: list[FindRequest] = []
    seen: set[tuple[tuple[str, str], ...]] = set()
    kind: bool | None = None
    for request in requests:
        if request.omit is not kind:
            kind, seen = request.omit, set()
        key = tuple(sorted(request.criteria.items()))
        if key not in seen:
            seen.add(key)
            kept.append(request)
    return tuple(kept)


def _size(leg: Leg) -> int:
    return max(1, len(leg.requests)) + sum(_size(each) for each in leg.minus)
