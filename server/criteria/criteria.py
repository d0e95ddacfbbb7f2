"""Criteria as finds of the host, tests of what the finds bring, and a sentence that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.query import FindRequest
from ..errors import InputError
from ..text.sentence import Sentence, say
from .calendar import Calendar
from .checks.predicate import All, CheckedBelow, Predicate
from .checks.related_rows import Uncounted
from .language import CriteriaReader
from .requests import Leg, arranged
from .targets import Target
from .terms import Meaning, both, either, refuse_too_many


@dataclass(frozen=True)
class Criteria:
    """The records that any of the legs brings."""

    legs: tuple[Leg, ...]
    targets: tuple[Target, ...]
    """Every field named, in order."""
    understood: Sentence
    today: str | None = None
    """`2026-11-22 (Europe/Berlin)` where dates were used."""
    remarks: tuple[str, ...] = ()
    """What a careful reader should know about how they were applied."""

    @property
    def is_plain(self) -> bool:
        """One find of the host says it all: its own count, order and pages are the answer's."""
        return len(self.legs) == 1 and self.legs[0].is_plain

    @property
    def is_one_find(self) -> bool:
        """One find of the host brings all of them, though some of what it brings may be out of scope."""
        leg = self.legs[0]
        return self.is_plain or (
            len(self.legs) == 1 and not leg.minus and isinstance(leg.residual, CheckedBelow)
        )

    @property
    def requests(self) -> tuple[FindRequest, ...]:
        """Of the first leg: all there is where `is_plain`."""
        return self.legs[0].requests

    @property
    def residual(self) -> Predicate | None:
        return self.legs[0].residual

    @property
    def is_everything(self) -> bool:
        return self.is_plain and not self.requests

    @property
    def date_fields(self) -> tuple[Target, ...]:
        """Date and timestamp fields named, in which a text would never match."""
        return tuple(t for t in self.targets if t.type in ("date", "timeStamp"))

    def and_here(self, tests: tuple[Predicate, ...], given: Sentence) -> Criteria:
        """The same finds, of whose records only those remain that pass further tests here."""
        legs = tuple(
            replace(leg, residual=All((*(() if leg.residual is None else (leg.residual,)), *tests)))
            for leg in self.legs
        )
        named = (target for test in tests for target in test.targets)
        targets = tuple(dict.fromkeys((*self.targets, *named)))
        return replace(
            self,
            legs=legs,
            targets=targets,
            understood=say("%(first)s; of these %(next)s", first=self.understood, next=given),
        )

    def undated(self, name: str) -> tuple[FindRequest, ...]:
        """Find requests for records whose date field holds text, so that they can be counted. Empty where the field is not compared."""
        requests = [request for leg in self.legs for request in leg.requests]
        asked = [r for r in requests if not r.omit and r.criteria.get(name, "=") not in ("=", "*", "!", "?")]
        if not asked:
            return ()
        left_out = [r for r in requests if r.omit and name not in r.criteria]
        return (*(FindRequest({**r.criteria, name: "?"}) for r in asked), *left_out)


@dataclass(frozen=True)
class Default:
    """Criteria of records that are left out unless asked for: `lifted` are the places in a list of `where` objects that ask for them."""

    where: object
    lifted: frozenset[int] = frozenset()


def understand(
    where: object,
    omit: object,
    layout: LayoutMeta,
    calendar: Calendar,
    *,
    also: Sequence[object] = (),
    defaults: Sequence[Default] = (),
    uncounted: Sequence[Uncounted] = (),
) -> Criteria:
    """`where` and `omit` in the language of `language.GRAMMAR`; `also`: further `where`s, all of which hold; `uncounted`:
    related rows that do not count.

    Raises InputError and NameUnknown, which say how to write it.
    """
    reader = CriteriaReader(layout, calendar, uncounted)
    wheres = [_with_defaults(reader, where, defaults), *(reader.any_of_objects(each) for each in also)]
    meanings = [meaning for meaning in wheres if meaning is not None]
    wanted = both(meanings) if meanings else None
    everywhere = [
        meaning for each in defaults if not each.lifted and (meaning := reader.any_of_objects(each.where))
    ]
    asked = reader.any_of_objects(omit, "omit")
    left_out = [*([] if asked is None else [asked]), *everywhere]
    unwanted = either(left_out) if left_out else None
    text = wanted.said if wanted is not None else say("every record")
    if unwanted is not None:
        text = say("%(wanted)s; leaving out: %(unwanted)s", wanted=text, unwanted=unwanted.said)
    legs = arranged(wanted.branches if wanted else ((),), unwanted.branches if unwanted else ())
    if layout.is_checked_here:
        legs = tuple(replace(leg, residual=_both(leg.residual, CheckedBelow())) for leg in legs)
    found = Criteria(legs, tuple(reader.conditions.targets.values()), text)
    today = f"{calendar.today().isoformat()} ({calendar.zone_name})" if found.date_fields else None
    return Criteria(legs, found.targets, text, today, tuple(reader.conditions.remarks))


def _with_defaults(reader: CriteriaReader, where: object, defaults: Sequence[Default]) -> Meaning | None:
    """A default that only some of the objects lift is left out in the others."""
    some = [each for each in defaults if each.lifted]
    if not some or not isinstance(where, list):
        return reader.any_of_objects(where)
    items = cast("list[object]", where)
    refuse_too_many(len(items))
    branches: list[Meaning] = []
    for place, each in enumerate(items):
        meaning = reader.any_of_objects([each])
        kept = [reader.any_of_objects(default.where) for default in some if place not in default.lifted]
        left_out = [default.negated for default in kept if default is not None]
        branches.append(both([*([] if meaning is None else [meaning]), *left_out]))
    return either(branches)


def exact_find(layout: LayoutMeta, name: str, value: object, calendar: Calendar) -> FindRequest:
    """The find request for one value of a field. Raises InputError for a field that no find can name."""
    requests = understand({name: value}, None, layout, calendar).requests
    if not requests:
        raise InputError(f"{name!r} cannot be looked up by a find, so it names no record")
    return requests[0]


def _both(one: Predicate | None, other: Predicate) -> Predicate:
    return other if one is None else All((one, other))
