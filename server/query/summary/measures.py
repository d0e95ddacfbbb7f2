"""The measures of a summary: what was asked, under which name it is shown, and what has to be gathered for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from ...criteria.targets import target
from ...dataapi.models import LayoutMeta
from ...errors import InputError
from ...text.near_names import near
from ..found_sets.answer_columns import single
from .operands import COMBINATIONS, TODAY, Operand, refuse_type
from .rank import Heading

KINDS = ("count", "distinct", "sum", "average", "min", "max", "median", "percentile", "share")
WAYS = (
    'Measures: "count", {"sum": "Total"}, average, min, max, median, distinct, {"percentile": "Total", "p": 90}, '
    '{"share": "Total"}; of two fields {"sum": {"product": ["Quantity", "Price"]}}, difference, days_between (also "today"). '
    '"as" names the column.'
)
PERCENTILE = re.compile(r"p(\d+) (.+)")
COMBINED = re.compile(rf"({'|'.join(COMBINATIONS)})\((.+?), (.+)\)")
SHORT = re.compile(r"(\w+)(?:\s*[: ]\s*(.+)|\((.+)\))")
OTHER_WORDS = {
    "avg": "average",
    "mean": "average",
    "minimum": "min",
    "maximum": "max",
    "total": "sum",
    "unique": "distinct",
}


@dataclass(frozen=True)
class Measure:
    kind: str
    operand: Operand | None
    name: str
    percent: int = 50

    @property
    def gathers(self) -> str:
        """`sum`, `least`, `most`, `tally`, or nothing for a count."""
        if self.kind in ("sum", "average") or (self.kind == "share" and self.operand is not None):
            return "sum"
        return {"min": "least", "max": "most"}.get(self.kind, "" if self.operand is None else "tally")

    @property
    def heading(self) -> Heading:
        """Its column, also by the kind alone, the field alone, or both."""
        if self.operand is None:
            return Heading(self.name, (self.kind,))
        shown = f"p{self.percent}" if self.kind == "percentile" else self.kind
        return Heading(self.name, (shown, self.operand.name, f"{shown} {self.operand.name}"))


COUNT = Measure("count", None, "count")


def measures(layout: LayoutMeta, wanted: Sequence[object], today: date) -> tuple[Measure, ...]:
    """Raises InputError and NameUnknown for what cannot be measured; a count when nothing was asked."""
    found = [_measure(layout, each, today) for each in wanted] or [COUNT]
    names = [measure.name for measure in found]
    if len(set(names)) < len(names):
        raise InputError("Two measures would have the same name", advice='Name one with "as".')
    return tuple(found)


def _measure(layout: LayoutMeta, said: object, today: date) -> Measure:
    if said == "count":
        return COUNT
    options = dict(cast("Mapping[str, object]", said)) if isinstance(said, Mapping) else _from_short(said)
    name = options.pop("as", None)
    percent = options.pop("p", None)
    if len(options) != 1 or not (name is None or isinstance(name, str)):
        raise InputError(f"{said!r} is no measure", advice=WAYS)
    kind, of = next(iter(options.items()))
    kind = OTHER_WORDS.get(kind, kind)
    if kind not in KINDS:
        close = near(kind, KINDS)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise InputError(f"There is no measure {kind!r}", advice=hint + WAYS)
    if kind == "count" and isinstance(of, str) and of not in ("*", "records", ""):
        raise InputError(
            f"count counts records, whatever {of!r} holds",
            advice=f'Those in which it is filled: where {{"{of}": {{"empty": false}}}}. Its different values: '
            f'{{"distinct": "{of}"}}.',
        )
    if kind == "count" or (kind == "share" and of in ("count", True)):
        return Measure(kind, None, name or ("count" if kind == "count" else "share of count %"))
    if kind == "percentile":
        if isinstance(percent, bool) or not isinstance(percent, int) or not 0 < percent < 100:
            raise InputError("percentile takes p from 1 to 99", advice='{"percentile": "Total", "p": 90}')
    elif percent is not None:
        raise InputError(f"p belongs to percentile, not to {kind}")
    operand = _operand(layout, kind, of, today)
    shown = {"percentile": f"p{percent}", "share": "share of"}.get(kind, kind)
    percent_sign = " %" if kind == "share" else ""
    default = f"{shown} {operand.name}{percent_sign}"
    return Measure(kind, operand, name or default, percent if isinstance(percent, int) else 50)


def _from_short(said: object) -> dict[str, object]:
    """A measure as one text, in the ways an answer shows it: `sum Total`, `p90 Total`, `share of Total %`,
    `average days_between(Sent, Paid)`; also `sum(Total)` and `sum: Total`."""
    text = said.strip() if isinstance(said, str) else ""
    if text == "share":
        return {"share": "count"}
    if percentile := PERCENTILE.fullmatch(text):
        return {"percentile": percentile.group(2), "p": int(percentile.group(1))}
    found = SHORT.fullmatch(text)
    if found is None:
        raise InputError(f"{said!r} is no measure", advice=WAYS)
    kind, of = found.group(1).lower(), found.group(2) or found.group(3)
    kind = OTHER_WORDS.get(kind, kind)
    if kind == "share":
        of = of.removeprefix("of ").removesuffix(" %")
    if combined := COMBINED.fullmatch(of):
        return {kind: {combined.group(1): [combined.group(2), combined.group(3)]}}
    return {kind: of}


def _operand(layout: LayoutMeta, kind: str, of: object, today: date) -> Operand:
    if isinstance(of, str):
        field = single(layout, of, f"be used for {kind}")
        if field.meta.is_disguised and kind != "distinct":
            raise InputError(f"{kind} of {field.name!r}: the owner hides what it holds; it can be counted")
        numeric = kind != "distinct" and (kind not in ("min", "max") or field.type in ("number", "time"))
        if numeric:
            refuse_type(field, kind)
        return Operand((field,), is_numeric=numeric)
    if isinstance(of, Mapping) and len(cast("Mapping[str, object]", of)) == 1:
        combination, names = next(iter(cast("Mapping[str, object]", of).items()))
        if combination in COMBINATIONS and isinstance(names, list) and len(cast("list[object]", names)) == 2:
            return _combined(layout, combination, [str(n) for n in cast("list[object]", names)], today)
    raise InputError(f"{kind} takes a field or a combination of two; {of!r} is neither", advice=WAYS)


def _combined(layout: LayoutMeta, combination: str, names: list[str], today: date) -> Operand:
    is_now = [combination == "days_between" and name == TODAY and name not in layout.fields for name in names]
    fields = [
        single(layout, name, f"be used for {combination}")
        for name, now in zip(names, is_now, strict=True)
        if not now
    ]
    for field in fields:
        if combination == "days_between" and field.type not in ("date", "timeStamp", "text"):
            raise InputError(f"days_between needs dates, and {field.name!r} is a {field.type} field")
        if combination != "days_between":
            refuse_type(field, combination)
    shown = [TODAY if now else target(layout, name).name for name, now in zip(names, is_now, strict=True)]
    return Operand(tuple(fields), combination, tuple(shown), today)
