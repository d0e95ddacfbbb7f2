"""A privilege set of Save a Copy as XML (section 13). Accounts are counted elsewhere and never read."""

from __future__ import annotations

from typing import Literal
from xml.etree.ElementTree import Element

from ..solution import Access, Privileges, TableRights
from .xml_values import formula_of, is_true, name_at

_ACCESS: dict[str, Access] = {"ReadWrite": "edit", "ReadOnly": "view", "NoAccess": "none"}
_ALL = TableRights("yes", "yes", "yes", "yes")


def privileges_of(element: Element) -> Privileges:
    rights = element.find("access")
    other = None if rights is None else rights.find("Other")
    return Privileges(
        full_access=is_true(other, "manageDatabase"),
        tables=_tables(None if rights is None else rights.find("Records")),
        layouts=_layouts(None if rights is None else rights.find("Layouts")),
        scripts=_scripts(None if rights is None else rights.find("Scripts")),
    )


def _is_custom(part: Element | None) -> bool:
    return is_true(part, "Custom")


def _tables(part: Element | None) -> dict[str, TableRights]:
    if part is None:
        return {}
    if _is_custom(part):
        custom = part.iterfind("Custom/ObjectList/Table")
        return {name_at(t, "BaseTableReference") or "*": _table(t) for t in custom}
    if part.get("View") == "ReadOnly":
        return {"*": TableRights("yes")}
    given = [is_true(part, right) for right in ("Create", "Edit", "Delete")]
    if all(given):
        return {"*": _ALL}
    words = ["yes" if each else "no" for each in given]
    return {"*": TableRights("yes" if any(given) else "no", words[1], words[0], words[2])}


def _table(table: Element) -> TableRights:
    view, edit, create, delete = (_rule(table.find(right)) for right in ("View", "Edit", "Create", "Delete"))
    return TableRights(view, edit, create, delete, _fields(table.find("Fields")))


def _rule(right: Element | None) -> str:
    """`yes`, `no`, or the formula."""
    access = "NoAccess" if right is None else right.get("access", "NoAccess")
    if access == "Calculation":
        return formula_of(right) or "no"
    return "no" if access == "NoAccess" else "yes"


def _fields(part: Element | None) -> dict[str, Access]:
    if part is None:
        return {}
    access = part.get("access", "")
    if access != "Custom":
        return {"*": _ACCESS.get(access, "none")}
    return {
        name_at(f, "FieldReference") or "*": _ACCESS.get(f.get("access", ""), "none")
        for f in part.iter("Field")
    }


def _layouts(part: Element | None) -> dict[str, Access]:
    """What may be done with records through each layout. A layout that may only be looked at still lets records be edited."""
    if part is None:
        return {}
    if _is_custom(part):
        return {
            name_at(each, "LayoutReference") or "*": _layout(each)
            for each in part.iterfind("Custom/ObjectList/Layout")
        }
    is_open = part.get("View") is not None or any(
        is_true(part, right) for right in ("Create", "Edit", "Delete")
    )
    return {"*": "edit" if is_open else "none"}


def _layout(element: Element) -> Access:
    if element.get("access") == "NoAccess":
        return "none"
    return _ACCESS.get(element.get("records", "ReadWrite"), "none")


def _scripts(part: Element | None) -> dict[str, Literal["run", "none"]]:
    if part is None:
        return {}
    if _is_custom(part):
        return {
            name_at(each, "ScriptReference") or "*": "none" if each.get("access") == "NoAccess" else "run"
            for each in part.iterfind("Custom/ObjectList/Script")
        }
    is_open = part.get("View") is not None or any(
        is_true(part, right) for right in ("Create", "Edit", "Delete")
    )
    return {"*": "run" if is_open else "none"}
