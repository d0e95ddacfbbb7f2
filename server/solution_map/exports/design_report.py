"""The Database Design Report of any version as XML (section 14)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from xml.etree.ElementTree import Element

from ..script_facts import ScriptFacts
from ..solution import (
    LayoutPlace,
    ListFacts,
    OccurrenceFacts,
    PortalPlace,
    Privileges,
    TableFacts,
    TableRights,
)
from .element_stream import Found
from .report_field import report_field
from .report_steps import steps_in
from .solution_draft import FileDraft
from .xml_values import is_true, relation_of, text_of, whole_number


class DesignReport:
    """One report while it is read. `take` gets its objects one by one."""

    def __init__(self, export: str) -> None:
        self._export = export
        self.draft: FileDraft | None = None
        self._readers: Mapping[str, Callable[[FileDraft, Found], None]] = {
            "BaseTableCatalog": _base_table,
            "TableList": _occurrence,
            "RelationshipList": _relation,
            "ValueListCatalog": _value_list,
            "CustomFunctionCatalog": _function,
            "ScriptCatalog": _script,
            "LayoutCatalog": _layout,
            "PrivilegesCatalog": _privilege_set,
            "ExtendedPrivilegeCatalog": _extended,
        }

    def take(self, found: Found) -> None:
        file = next((each for each in found.above if each.tag == "File"), None)
        if self.draft is None:
            name = "" if file is None else file.get("name", "")
            self.draft = FileDraft(name.removesuffix(".fmp12"), found.above[0].get("version", ""))
        if not found.catalog:
            account = found.element
            self.draft.left_out["accounts"] += 1
            self.draft.people.update(filter(None, (account.get("name"),)))
        else:
            self.draft.begin(found.catalog, self._export)
            self._readers[found.catalog](self.draft, found)


def _base_table(draft: FileDraft, found: Found) -> None:
    table = found.element
    fields = {each.get("name", ""): report_field(each) for each in table.iterfind("FieldCatalog/Field")}
    draft.tables[table.get("name", "")] = TableFacts(
        whole_number(table.get("id")), text_of(table, "Comment"), fields
    )


def _occurrence(draft: FileDraft, found: Found) -> None:
    table, file = found.element, found.element.find("FileReference")
    draft.occurrences[table.get("name", "")] = OccurrenceFacts(
        table.get("baseTable", ""),
        "" if file is None else file.get("name", ""),
        whole_number(table.get("id")),
    )


def _relation(draft: FileDraft, found: Found) -> None:
    relation = relation_of(found.element)
    if relation is not None:
        draft.relations.append(relation)


def _value_list(draft: FileDraft, found: Found) -> None:
    element = found.element
    custom, first = element.find("CustomValues/Text"), element.find("PrimaryField/Field")
    second = element.find("SecondaryField/Field")
    draft.lists[element.get("name", "")] = ListFacts(
        () if custom is None else tuple(text_of(custom).split("\n")),
        "" if first is None else _qualified(first),
        "" if second is None else _qualified(second),
    )


def _qualified(field: Element) -> str:
    return f"{field.get('table', '')}::{field.get('name', '')}"


def _function(draft: FileDraft, found: Found) -> None:
    words = found.element.get("parameters", "")
    draft.functions[found.element.get("name", "")] = tuple(
        each.strip() for each in words.split(";") if each.strip()
    )


def _folder(above: Sequence[Element]) -> tuple[str, ...]:
    return tuple(each.get("name", "") for each in above if each.tag == "Group")


def _script(draft: FileDraft, found: Found) -> None:
    script = found.element
    number = whole_number(script.get("id"))
    draft.scripts.append(
        ScriptFacts(
            script.get("name", ""), number, _folder(found.above), full_access=is_true(script, "runFullAccess")
        )
    )
    draft.steps[number] = steps_in(script)


def _layout(draft: FileDraft, found: Found) -> None:
    layout = found.element
    table = layout.find("Table")
    occurrence = "" if table is None else table.get("name", "")
    fields: dict[str, None] = {}
    portals: list[PortalPlace] = []
    for part in layout.iterfind("Object"):
        _place(part, occurrence, fields, portals)
    draft.layouts.append(
        LayoutPlace(
            layout.get("name", ""),
            occurrence,
            whole_number(layout.get("id")),
            _folder(found.above),
            tuple(fields),
            tuple(portals),
        )
    )


def _place(element: Element, occurrence: str, fields: dict[str, None], portals: list[PortalPlace]) -> None:
    if element.tag == "PortalObj":
        inside: dict[str, None] = {}
        for child in element:
            _place(child, "", inside, portals)
        table = element.find("TableAliasKey")
        name = "" if table is None else table.get("name", "")
        first = next(iter(inside), "")
        portals.append(PortalPlace(name or first.partition("::")[0], "", tuple(inside)))
        return
    if element.tag == "FieldObj" and (name := text_of(element, "Name")):
        fields[name.removeprefix(f"{occurrence}::") if occurrence else name] = None
        return
    for child in element:
        _place(child, occurrence, fields, portals)


def _privilege_set(draft: FileDraft, found: Found) -> None:
    element = found.element
    records = element.find("Records")
    words = "" if records is None else records.get("value", "")
    tables: dict[str, TableRights] = {}
    if words == "Custom" and records is not None:
        for table in records.iter("BaseTable"):
            view, edit, create, delete = (
                _right(table.find(word)) for word in ("View", "Edit", "Create", "Delete")
            )
            tables[table.get("name", "") or "*"] = TableRights(view, edit, create, delete)
    elif words:
        edit, create, delete = ("yes" if word in words else "no" for word in ("Edit", "Create", "Delete"))
        tables["*"] = TableRights("yes", edit, create, delete)
    draft.privileges[element.get("name", "")] = Privileges(
        full_access=is_true(element, "managedExtended") or element.get("name") == "[Full Access]",
        tables=tables,
        layouts={"*": "edit"},
        scripts={"*": "run"},
    )


def _right(element: Element | None) -> str:
    if element is None:
        return "no"
    if element.get("value") == "Limited":
        return text_of(element, "Calculation").strip() or "no"
    return "no" if element.get("value") in ("No", "NoAccess", None) else "yes"


def _extended(draft: FileDraft, found: Found) -> None:
    for each in found.element.iter("PrivilegeSet"):
        draft.extended.setdefault(each.get("name", ""), []).append(found.element.get("name", ""))
