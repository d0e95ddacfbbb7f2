"""Measures as they are asked for, checked against a layout before anything is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from ....dataapi.layout_meta import LayoutMeta
from ....errors import InputError
from ....text.near_names import near
from .. import other_words
from ..groups.groups import Languages
from .measures import ARRIVALS, COUNT, KINDS, SERIES, WAYS, Measure
from .operand_reader import READINGS, OperandReader, refuse_disguised
from .operands import Operand
from .short_measures import measure_in

OPTIONS = {
    "p": "percentile",
    "by": "first and last",
    "of": "share",
    "periods": "moving",
    "exact": "distinct",
}
DEPTH = 4
"""Measures inside measures."""


class MeasureReader:
    """For one question to one layout."""

    def __init__(
        self, layout: LayoutMeta, today: date, languages: Languages, groups: Sequence[str] = ()
    ) -> None:
        """`groups`: names of the fields that the question groups by, of which a share can be one."""
        self._operands = OperandReader(layout, today, languages)
        self._groups = groups
        self._named: dict[str, Measure] = {}

    def measures(self, wanted: Sequence[object]) -> tuple[Measure, ...]:
        """Raises InputError and NameUnknown for what cannot be measured; a count when nothing was asked."""
        found: list[Measure] = []
        for each in wanted:
            measure = self._measure(each, 0)
            self._named[measure.name] = measure
            found.append(measure)
        found = found or [COUNT]
        if len({measure.name for measure in found}) < len(found):
            raise InputError("Two measures would have the same name", advice='Name one with "as".')
        return tuple(found)

    def _measure(self, given: object, depth: int) -> Measure:
        if given == "count":
            return COUNT
        if depth > DEPTH:
            raise InputError(f"Measures are made of measures {DEPTH} deep at the most")
        options = (
            dict(cast("Mapping[str, object]", given)) if isinstance(given, Mapping) else measure_in(given)
        )
        name = options.pop("as", None)
        reading = name if name in READINGS else ""
        further = {key: options.pop(key) for key in OPTIONS if key in options}
        if len(options) != 1 or not (name is None or isinstance(name, str)):
            raise InputError(f"{given!r} is no measure", advice=_meant(options) + WAYS)
        kind, of = next(iter(options.items()))
        kind = other_words.measure_for(kind) or kind.lstrip("$")
        if kind not in KINDS:
            if way := other_words.way_round(kind):
                raise InputError(f"There is no measure {kind!r}", advice=f"{way}.")
            meant = next(iter(near(kind, KINDS)), None)
            raise InputError(
                f"There is no measure {kind!r}", advice=(f"Did you mean {meant!r}? " if meant else "") + WAYS
            )
        for key in further:
            if kind not in OPTIONS[key].split(" and "):
                raise InputError(f"{key} belongs to {OPTIONS[key]}, not to {kind}", advice=WAYS)
        own = name if isinstance(name, str) and not reading else ""
        if kind == "count" or (kind == "share" and of in ("count", True)):
            return self._count(kind, of, own, further)
        if kind in ARRIVALS:
            of_keys = self._of_field("distinct", of, "", further, "")
            return Measure(
                kind, None, own or f"{kind} {of_keys.name.removeprefix('distinct ')}", parts=(of_keys,)
            )
        if kind in (*SERIES, "ratio"):
            return self._made_of_others(kind, of, own, further, depth)
        if kind in ("first", "last"):
            return self._picked(kind, of, own, further)
        return self._of_field(kind, of, own, further, reading)

    def _count(self, kind: str, of: object, name: str, further: Mapping[str, object]) -> Measure:
        if kind == "count" and isinstance(of, str) and of not in ("*", "records", ""):
            raise InputError(
                f"count counts records, whatever {of!r} holds",
                advice=f'Those in which it is filled: where {{"{of}": {{"empty": false}}}}. Its different values: '
                f'{{"distinct": "{of}"}}.',
            )
        parent = self._parent(further)
        default = "count" if kind == "count" else f"share of count{_of(parent)} %"
        return Measure(kind, None, name or default, parent=parent)

    def _of_field(
        self, kind: str, of: object, name: str, further: Mapping[str, object], reading: str
    ) -> Measure:
        percent = further.get("p")
        if kind == "percentile" and (
            isinstance(percent, bool) or not isinstance(percent, int) or not 0 < percent < 100
        ):
            raise InputError("percentile takes p from 1 to 99", advice='{"percentile": "Total", "p": 90}')
        operand = self._operands.of(kind, of, reading, exact=further.get("exact") is True)
        parent = self._parent(further)
        shown = {"percentile": f"p{percent}", "share": "share of"}.get(kind, kind)
        default = f"{shown} {operand.name}" + (f"{_of(parent)} %" if kind == "share" else "")
        p = percent if isinstance(percent, int) else 50
        return Measure(kind, operand, name or default, p, parent=parent, reading=reading)

    def _parent(self, further: Mapping[str, object]) -> str:
        """The group above of which a share is one."""
        if "of" not in further:
            return ""
        above = self._groups[:-1]
        if further["of"] not in above:
            listed = ", ".join(map(repr, above)) or "none: it needs two groups"
            raise InputError(
                f"share is one of a group above, and {further['of']!r} is none", advice=f"There is {listed}."
            )
        return str(further["of"])

    def _made_of_others(
        self, kind: str, of: object, name: str, further: Mapping[str, object], depth: int
    ) -> Measure:
        count = 2 if kind == "ratio" else 1
        given = cast("list[object]", of) if isinstance(of, list) else [of]
        if len(given) != count:
            raise InputError(f"{kind} takes {'two measures' if count == 2 else 'one measure'}", advice=WAYS)
        parts = tuple(self._named.get(str(each)) or self._measure(each, depth + 1) for each in given)
        if any(part.is_series for part in parts):
            raise InputError(
                f"{kind} is made of measures of one group, not of {', '.join(SERIES)}", advice=WAYS
            )
        periods = further.get("periods", 0)
        if kind == "moving":
            if isinstance(periods, bool) or not isinstance(periods, int) or not 2 <= periods <= 1000:
                raise InputError(
                    "moving takes periods from 2 on", advice='{"moving": "sum Total", "periods": 3}'
                )
            if parts[0].kind not in ("sum", "count"):
                raise InputError("moving takes a sum or a count: a period without records is 0 there")
        if kind == "running" and parts[0].kind not in ("sum", "count", "share"):
            raise InputError("running adds up a sum, a count or a share", advice=WAYS)
        names = ", ".join(part.name for part in parts)
        default = {"ratio": f"ratio({names})", "running": f"running {names}"}.get(
            kind, f"moving {periods} {names}"
        )
        return Measure(kind, None, name or default, parts=parts, periods=int(str(periods)))

    def _picked(self, kind: str, of: object, name: str, further: Mapping[str, object]) -> Measure:
        by = further.get("by")
        if not isinstance(of, str) or not isinstance(by, str):
            raise InputError(
                f"{kind} takes a field and by which one it is {kind}",
                advice=f'{{"{kind}": "Status", "by": "Date"}}',
            )
        field, order = self._operands.field(of, kind), self._operands.field(by, kind)
        refuse_disguised((order,), kind)
        operand = Operand((field, order), "by", (field.name, order.name), is_numeric=False)
        return Measure(kind, operand, name or f"{kind} {field.name} by {order.name}")


def _of(parent: str) -> str:
    return f" in {parent}" if parent else ""


def _meant(options: Mapping[str, object]) -> str:
    """The words that were meant beside a measure, such as `periods` for `window`."""
    field = options.get("field") or options.get("column")
    for word in ("agg", "function", "aggregate", "func", "op", "measure"):
        if isinstance(field, str) and isinstance(options.get(word), str):
            kind = str(options[word])
            return f'Write {{"{other_words.measure_for(kind) or kind}": "{field}"}}. '
    words = [
        (word, meant) for word in options if word not in KINDS and (meant := other_words.option_for(word))
    ]
    return "".join(f"Did you mean {meant!r} for {word!r}? " for word, meant in words)
