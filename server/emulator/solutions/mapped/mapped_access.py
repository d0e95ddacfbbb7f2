"""Privilege sets of a map as the emulator has them, and one account for each that can sign in: a map holds no accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .map_tree import MappedFile, Tree
from .mapped_fields import MappedFields

FULL = "[Full Access]"
REST = "fmrest"


def privilege_sets(file: MappedFile, fields: MappedFields) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for name, rights in file.part("privileges").items():
        extended = [str(each) for each in rights.get("extended", ())]
        if rights.get("full_access"):
            made[name] = {"full_access": True, "extended": [*dict.fromkeys([*extended, REST])]}
            continue
        made[name] = {
            "extended": extended,
            "layouts": _known(
                rights.get("layouts", {}), {str(each["name"]) for each in file.each("layouts")}
            ),
            "scripts": _known(
                rights.get("scripts", {}), {str(each["name"]) for each in file.each("scripts")}
            ),
            "records": {
                table: _records(fields, name, table, own)
                for table, own in _known(rights.get("tables", {}), set(file.part("tables"))).items()
            },
            "fields": {
                table: _known(own.get("fields") or {"*": "edit"}, set(file.fields(table)))
                for table, own in _known(rights.get("tables", {}), set(file.part("tables"))).items()
            },
        }
    if not any(each.get("full_access") for each in made.values()):
        made[FULL] = {"full_access": True, "extended": [REST]}
    return made


def _known(given: Tree, known: set[str]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name == "*" or name in known}


def _records(fields: MappedFields, name: str, table: str, own: Tree) -> dict[str, str]:
    made: dict[str, str] = {}
    for right in ("view", "edit", "create", "delete"):
        rule = str(own.get(right, "no"))
        if rule not in ("yes", "no"):
            rule = fields.expression(table, rule, f"the right to {right} {table!r} of {name!r}") or "no"
        made[right] = rule
    return made


def accounts(sets: Mapping[str, Mapping[str, Any]], password: str) -> list[dict[str, object]]:
    """Named as their privilege sets, without brackets."""
    able = [name for name, each in sets.items() if REST in each["extended"]]
    return [{"name": name.strip("[]") or name, "password": password, "privilege_set": name} for name in able]
