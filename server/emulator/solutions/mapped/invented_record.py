"""One invented record, as a calculation sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ...calculations.compiler import ExpressionError
from ...calculations.expressions import Expression, compile_expression
from ...values.arithmetic import Value

FIRST_DAY = date(2026, 1, 5)


def compiled_in(shape: Mapping[str, Any]) -> Expression | None:
    """A rule that looks at the record alone."""
    source = shape.get("validation", {}).get("calculation")
    if source is None:
        return None
    try:
        compiled = compile_expression(str(source))
    except ExpressionError:
        return None
    return None if compiled.related else compiled


@dataclass(frozen=True)
class InventedRecord:
    """A row as an expression sees it."""

    row: Mapping[str, str]
    shapes: Mapping[str, Mapping[str, Any]]
    own: str

    def field(self, name: str, repetition: int) -> Value:
        text, kind = self.row.get(name, ""), self.shapes.get(name, {}).get("type", "text")
        if text == "":
            return None
        if kind == "number":
            return Decimal(text)
        return date.fromisoformat(text) if kind == "date" else text

    def related(self, occurrence: str, name: str) -> Sequence[Value]:
        return ()

    def fact(self, name: str) -> Value:
        return {"today": FIRST_DAY + timedelta(days=320), "value": self.own}.get(name)
