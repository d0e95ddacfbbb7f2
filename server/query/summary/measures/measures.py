"""The measures of a summary: their names, what is gathered for each, and measures that are made of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..rank import Heading
from .operands import Operand

KINDS = (
    "count", "distinct", "sum", "average", "min", "max", "median", "percentile", "stddev", "first", "last",
    "share", "ratio", "running", "moving", "new", "returning", "lost",
)  # fmt: skip
ARRIVALS = ("new", "returning", "lost")
SERIES = ("running", "moving", *ARRIVALS)
WAYS = (
    'Measures: "count", {"sum": "Total"}, average, min, max, median, distinct, stddev, {"percentile": "Total", "p": 90}, '
    '{"share": "Total", "of": "Region"} (of a group above; else of all), {"first": "Status", "by": "Date"}, last, '
    '{"ratio": ["sum Paid", "count"]}, {"running": "sum Total"}, {"moving": "sum Total", "periods": 3}, {"new": "Customer ID"} (first seen in a period), returning, '
    "lost (seen in the period before, not in this); of two fields "
    '{"sum": {"product": ["Quantity", "Price"]}}, difference, days_between (also "today"). "as" names the column, or says how '
    'text is read: "number", "text".'
)


@dataclass(frozen=True)
class Measure:
    kind: str
    operand: Operand | None
    name: str
    percent: int = 50
    parts: tuple[Measure, ...] = ()
    """The measures that it is made of."""
    parent: str = ""
    """Of a share: the group above of which it is one; empty for all records."""
    periods: int = 0
    reading: str = ""
    """Of text in min and max: `number` or `text`; empty where the contents decide."""

    @property
    def gathers(self) -> str:
        """What a cell collects for it; nothing for a count and for what is made of others."""
        if self.operand is None:
            return ""
        if self.kind in ("sum", "average", "share"):
            return "sum"
        if self.kind in ("min", "max"):
            way = "least" if self.kind == "min" else "most"
            return f"either {way}" if self.operand.kind == "text" and not self.reading else way
        return {"stddev": "squares", "first": "first", "last": "last"}.get(self.kind, "tally")

    @property
    def all_parts(self) -> Iterator[Measure]:
        """Itself and everything it is made of."""
        yield self
        for part in self.parts:
            yield from part.all_parts

    @property
    def is_series(self) -> bool:
        """It looks at the groups before its own."""
        return self.kind in SERIES

    @property
    def heading(self) -> Heading:
        """Its column, also by the kind alone, the field alone, or both."""
        if self.parts:
            return Heading(self.name, (self.kind,))
        if self.operand is None:
            return Heading(self.name, (self.kind,))
        shown = f"p{self.percent}" if self.kind == "percentile" else self.kind
        return Heading(self.name, (shown, self.operand.name, f"{shown} {self.operand.name}"))


COUNT = Measure("count", None, "count")
