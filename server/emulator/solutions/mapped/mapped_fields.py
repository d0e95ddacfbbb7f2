"""The fields of a map as the emulator has them: kinds, what is entered, rules, and formulas as far as they can be computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .formula_names import FormulaNames, UnknownFormula
from .formula_reader import expression
from .map_tree import MappedFile, Tree

_SUMMARIES = {
    "total": "total",
    "average": "average",
    "count": "count",
    "minimum": "minimum",
    "maximum": "maximum",
    "list": "list",
}
_MOMENTS = {"creation": "created", "modification": "modified"}
_UUID = re.compile(r"get\s*\(\s*uuid(number)?\s*\)", re.IGNORECASE)


class MappedFields:
    def __init__(self, file: MappedFile, others: Mapping[str, MappedFile]) -> None:
        self._file = file
        self._others = others
        self._related = file.related()

    def names(self, table: str, context: str = "") -> FormulaNames:
        """What formulas of a table may name that look from an occurrence, the table's own unless it is named."""
        start = context or next((o for o in self._related if self._file.table_of(o) == table), table)
        around = {name: set(self.of_occurrence(name)) for name in self._related.get(start, {start})}
        return FormulaNames(set(self._file.fields(table)), around)

    def of_occurrence(self, occurrence: str) -> Tree:
        facts = self._file.part("occurrences").get(occurrence, {})
        source = str(facts.get("file", ""))
        home = self._others.get(source) if source else self._file
        return {} if home is None else home.fields(str(facts.get("table", "")))

    def expression(self, table: str, formula: str, what: str, context: str = "") -> str | None:
        """None where it cannot be computed, which is written down."""
        own = next((o for o in self._related if self._file.table_of(o) == table), "")
        if context and own and context != own and "::" in formula:
            self._file.left_out.append(f"{what}: it looks from the occurrence {context!r}")
            return None
        try:
            return expression(self.names(table, context), formula)
        except UnknownFormula as unknown:
            self._file.left_out.append(f"{what}: {unknown}")
            return None

    def shapes(self, table: str, serials: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """The fields of a table as a definition has them. `serials` are the next serial values."""
        made: dict[str, dict[str, Any]] = {}
        fields = self._file.fields(table)
        for name, facts in fields.items():
            if "::" in name or not name.strip() or re.search(r"\(\d+\)$", name):
                self._file.left_out.append(f"the field {name!r} of {table!r}: the emulator has no such names")
                continue
            made[name] = self._shape(table, name, facts, serials.get(name))
        return made

    def _shape(self, table: str, name: str, facts: Tree, serial: str | None) -> dict[str, Any]:
        what = f"{table}::{name}"
        kind = str(facts.get("type", "text")).lower()
        shape: dict[str, Any] = {"type": kind} if kind != "text" else {}
        shape |= {"repetitions": facts["repetitions"]} if facts.get("repetitions", 1) > 1 else {}
        shape |= {"global": True} if facts.get("is_global") else {}
        shape |= {"comment": facts["comment"]} if facts.get("comment") else {}
        if facts.get("kind") == "calculation":
            formula = self.expression(table, facts.get("formula", ""), what, facts.get("context", "")) or '""'
            unstored = {} if facts.get("stored", True) else {"stored": False}
            return shape | {"calculation": formula} | unstored
        if facts.get("kind") == "summary":
            operation = _SUMMARIES.get(str(facts.get("summary", "")).lower())
            if operation is None or facts.get("of") not in self._file.fields(table):
                self._file.left_out.append(f"{what}: a summary by {facts.get('summary') or 'nothing'}")
                return shape
            return shape | {"summary": operation, "of": facts["of"]}
        if (entered := self._entered(table, what, facts.get("auto_enter"), serial)) is not None:
            shape["auto_enter"] = entered
        if rules := self._rules(table, what, facts.get("rules")):
            shape["validation"] = rules
        return shape | ({"prohibit_modification": True} if facts.get("fixed") else {})

    def _entered(self, table: str, what: str, auto: Tree | None, serial: str | None) -> dict[str, Any] | None:
        if auto is None:
            return None
        by, value = str(auto.get("by", "")), str(auto.get("what", ""))
        if by == "serial":
            return {"serial": serial or "1"}
        if by == "constant":
            return {"value": value}
        if by == "lookup" or by == "calculation":
            if by == "calculation" and _UUID.fullmatch(value.strip()):
                return {"uuid": True}
            written = self.expression(table, value, f"what is entered into {what}")
            return None if written is None else {"calculation": written, "always": bool(auto.get("replaces"))}
        first, _, rest = by.partition(" ")
        if first in _MOMENTS:
            return {"on": _MOMENTS[first] + ("_by" if "name" in rest else "")}
        self._file.left_out.append(f"what is entered into {what}: {by}")
        return None

    def _rules(self, table: str, what: str, rules: Tree | None) -> dict[str, Any]:
        if rules is None:
            return {}
        made: dict[str, Any] = {
            name: True for name in ("required", "unique", "existing", "override") if rules.get(name)
        }
        made |= {name: rules[name] for name in ("minimum", "maximum", "message") if rules.get(name)}
        made |= {"max_length": rules["length"]} if rules.get("length") else {}
        made |= (
            {"value_list": rules["value_list"]} if rules.get("value_list") in self._file.part("lists") else {}
        )
        if rules.get("formula"):
            written = self.expression(table, rules["formula"], f"the rule of {what}")
            made |= {} if written is None else {"calculation": written}
        checks = set(made) - {"override", "message"}
        return made | {"always": bool(rules.get("always"))} if checks else {}
