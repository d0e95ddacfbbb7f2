"""Privilege sets and accounts of a definition."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...model import Account, PrivilegeSet
from .definition_draft import Sheet
from .mistakes import nearest
from .places import Path


def build_privilege_sets(sheet: Sheet) -> dict[str, PrivilegeSet]:
    built: dict[str, PrivilegeSet] = {}
    for name, shape in sheet.shape.privilege_sets.items():
        path: Path = ("privilege_sets", name)
        _check_names(sheet, (*path, "layouts"), "layout", shape.layouts, sheet.shape.layouts)
        _check_names(sheet, (*path, "scripts"), "script", shape.scripts, sheet.shape.scripts)
        _check_names(sheet, (*path, "fields"), "table", shape.fields, sheet.tables)
        _check_names(sheet, (*path, "records"), "table", shape.records, sheet.tables)
        for table, fields in shape.fields.items():
            if table in sheet.tables:
                _check_names(sheet, (*path, "fields", table), "field", fields, sheet.tables[table].fields)
        for table, rights in shape.records.items():
            for right, rule in rights.items():
                if rule not in {"yes", "no"}:
                    sheet.expression((*path, "records", table, right), rule, sheet.tables.get(table))
        built[name] = PrivilegeSet(
            name,
            frozenset(shape.extended),
            dict(shape.layouts),
            {table: dict(fields) for table, fields in shape.fields.items()},
            {
                table: {str(right): rule for right, rule in rights.items()}
                for table, rights in shape.records.items()
            },
            dict(shape.scripts),
            shape.full_access,
        )
    return built


def build_accounts(sheet: Sheet) -> tuple[Account, ...]:
    built: dict[tuple[str, str], Account] = {}
    for index, shape in enumerate(sheet.shape.accounts):
        path: Path = ("accounts", index)
        if shape.privilege_set not in sheet.shape.privilege_sets:
            hint = nearest(shape.privilege_set, sheet.shape.privilege_sets)
            sheet.findings.add(path, f"There is no privilege set {shape.privilege_set!r}. {hint}")
        key = (shape.name.casefold(), shape.identity)
        if key in built:
            sheet.findings.add(path, f"There are two accounts called {shape.name!r}; rename or remove one.")
        built[key] = Account(**shape.model_dump())
    if not built:
        sheet.findings.add(
            ("accounts",), "Nobody can log in; add an account whose privilege set has `fmrest`."
        )
    return tuple(built.values())


def _check_names(sheet: Sheet, path: Path, noun: str, names: Iterable[str], known: Collection[str]) -> None:
    for name in names:
        if name != "*" and name not in known:
            sheet.findings.add((*path, name), f"There is no {noun} {name!r}. {nearest(name, known)}")
