"""Rows that nobody has: of the right types, from the value lists, within the rules, and hanging together by their keys."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ...values.arithmetic import is_true
from .invented_record import FIRST_DAY, InventedRecord, compiled_in
from .map_tree import MappedFile, Tree

ROWS = 20
TRIES = 24
_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "iris",
    "juniper",
    "kelp",
    "larch",
    "maple",
    "north",
    "opal",
    "pearl",
)
_SERIAL = re.compile(r"(.*?)(\d+)")


@dataclass
class InventedRows:
    """Of one file, table by table."""

    file: MappedFile
    shapes: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """Table -> field -> the field as the definition has it."""
    lists: Mapping[str, Sequence[str]]
    made: dict[str, list[dict[str, str]]] = field(default_factory=dict[str, list[dict[str, str]]])

    def make(self) -> None:
        """Tables whose keys others hold come first."""
        parents = self._parents()
        waiting = list(self.shapes)
        while waiting:
            ready = next(
                (
                    t
                    for t in waiting
                    if all(p not in waiting or p == t for p, _ in parents.get(t, {}).values())
                ),
                waiting[0],
            )
            waiting.remove(ready)
            self.made[ready] = [self._row(ready, n, parents.get(ready, {})) for n in range(ROWS)]

    def csv_of(self, table: str) -> str:
        names = [name for name, shape in self.shapes[table].items() if _is_kept(shape)]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            [name if self.shapes[table][name].get("repetitions", 1) == 1 else f"{name}(1)" for name in names]
        )
        writer.writerows([row.get(name, "") for name in names] for row in self.made[table])
        return out.getvalue()

    def _parents(self) -> dict[str, dict[str, tuple[str, str]]]:
        """Table -> its field -> the table and field whose values it takes: the unique side of each relationship."""
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for relation in self.file.each("relations"):
            tables = [self.file.table_of(relation[side]) for side in ("left", "right")]
            for left, operator, right in relation.get("match", ()):
                if operator != "=" or not all(table in self.shapes for table in tables):
                    continue
                names = (left, right)
                keys = [_is_key(self.shapes[t].get(n, {})) for t, n in zip(tables, names, strict=True)]
                if keys[0] != keys[1] and all(
                    n in self.shapes[t] for t, n in zip(tables, names, strict=True)
                ):
                    parent = 0 if keys[0] else 1
                    found.setdefault(tables[1 - parent], {}).setdefault(
                        names[1 - parent], (tables[parent], names[parent])
                    )
        return found

    def _row(self, table: str, number: int, parents: Mapping[str, tuple[str, str]]) -> dict[str, str]:
        """One that the rules let pass, if there is one among a few."""
        shapes = self.shapes[table]
        checks = {name: rule for name, shape in shapes.items() if (rule := compiled_in(shape)) is not None}
        row: dict[str, str] = {}
        for attempt in range(TRIES):
            row = {
                name: self._value(table, name, shape, number, attempt, parents.get(name))
                for name, shape in shapes.items()
                if _is_kept(shape)
            }
            broken = [
                name
                for name, rule in checks.items()
                if not is_true(rule.evaluate(InventedRecord(row, shapes, row.get(name, ""))))
            ]
            if not broken:
                return row
        return {name: "" if name in checks else value for name, value in row.items()}

    def _value(
        self,
        table: str,
        name: str,
        shape: Mapping[str, Any],
        number: int,
        attempt: int,
        parent: tuple[str, str] | None,
    ) -> str:
        pick = zlib.crc32(f"{table}\n{name}\n{number}\n{attempt}".encode())
        rules: Tree = shape.get("validation", {})
        entered: Tree = shape.get("auto_enter", {})
        if parent is not None and self.made.get(parent[0]):
            rows = self.made[parent[0]]
            return rows[pick % len(rows)].get(parent[1], "")
        if "serial" in entered:
            return serial_at(str(self.file.fields(table)[name].get("auto_enter", {}).get("what", "")), number)
        if choices := self.lists.get(str(rules.get("value_list", ""))):
            return choices[pick % len(choices)]
        kind = str(shape.get("type", "text"))
        if kind == "number":
            return _number(rules, pick, number, is_unique=bool(rules.get("unique")))
        if kind == "date":
            return str(FIRST_DAY + timedelta(days=pick % 300))
        if kind == "time":
            return str(time(8 + pick % 10, pick % 60))
        if kind == "timestamp":
            return f"{datetime.combine(FIRST_DAY, time(9)) + timedelta(minutes=pick % 400_000):%Y-%m-%d %H:%M:%S}"
        if "uuid" in entered:
            return f"{pick:08X}-0000-4000-8000-{number:012X}"
        word = f"{_WORDS[pick % len(_WORDS)].capitalize()} {_WORDS[pick // 16 % len(_WORDS)]}"
        text = f"{name} {number + 1}" if rules.get("unique") else word
        return text[: int(rules.get("max_length", 200))]


def serial_at(start: str, number: int) -> str:
    """The value after `number` others; `C-0003` and 2 make `C-0002` of a file that begins at 1."""
    found = _SERIAL.fullmatch(start) or _SERIAL.fullmatch("1")
    prefix, digits = found.groups() if found is not None else ("", "1")
    return f"{prefix}{number + 1:0{len(digits) if digits.startswith('0') else 0}}"


def _is_kept(shape: Mapping[str, Any]) -> bool:
    return not (
        shape.get("calculation")
        or shape.get("summary")
        or shape.get("global")
        or shape.get("type") == "container"
    )


def _is_key(shape: Mapping[str, Any]) -> bool:
    return bool(shape.get("validation", {}).get("unique")) or "serial" in shape.get("auto_enter", {})


def _number(rules: Tree, pick: int, number: int, *, is_unique: bool) -> str:
    if is_unique:
        return str(number + 1)
    try:
        low = int(Decimal(str(rules.get("minimum") or 1)))
        high = int(Decimal(str(rules.get("maximum") or low + 900)))
    except ArithmeticError:
        low, high = 1, 900
    return str(low + pick % max(min(high, low + 100_000) - low + 1, 1))
