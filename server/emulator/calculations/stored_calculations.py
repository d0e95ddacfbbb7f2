"""Stored calculations: computed when a record is loaded or saved, and kept with it."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Table
from ..values.arithmetic import Value
from ..values.conversion import stored_text, typed
from .compiler import Scope
from .expressions import Formulas


class LoadedRow:
    """A row on its way from a CSV file into the store. Its calculations see its own fields alone."""

    def __init__(self, table: Table, values: dict[str, tuple[str, ...]]) -> None:
        self._table = table
        self._values = values

    def field(self, name: str, repetition: int) -> Value:
        texts = self._values.get(name, ())
        return typed(self._table.fields[name].type, texts[repetition - 1] if repetition <= len(texts) else "")

    def related(self, occurrence: str, name: str) -> Sequence[Value]:
        return ()

    def fact(self, name: str) -> Value:
        return None


def with_stored_calculations(
    formulas: Formulas, table: Table, values: dict[str, tuple[str, ...]], scope: Scope | None = None
) -> dict[str, tuple[str, ...]]:
    """The values with every stored calculation of the table. `scope` must read from the same `values`."""
    scope = scope or LoadedRow(table, values)
    fields = [each for each in table.fields.values() if each.calculation is not None and each.stored]
    # A calculation may use one that stands below it, so it is done again until nothing changes.
    for _ in range(len(fields)):
        changed = False
        for field in fields:
            assert field.calculation is not None  # noqa: S101 - chosen above
            expression = formulas[field.calculation]
            nothing = expression.fields and not any(any(values.get(name, ())) for name in expression.fields)
            text = "" if nothing else stored_text(field.type, expression.evaluate(scope))
            if values.get(field.name, ("",)) != (text,):
                values[field.name] = (text,)
                changed = True
        if not changed:
            break
    return values
