"""Save a Copy as XML, versions 2.0 to 2.3, whole or one catalog of a split export (section 2 to 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from ..solution import FieldFacts, ListFacts, OccurrenceFacts, TableFacts
from .element_stream import Found
from .field_element import field_of
from .layout_element import layout_of
from .privilege_element import privileges_of
from .save_as_xml_grammar import GRAMMAR
from .script_element import script_of, steps_of
from .solution_draft import FileDraft
from .xml_values import is_true, name_at, qualified, relation_of, text_of, whole_number


class SaveAsXml:
    """One export while it is read. `take` gets its objects one by one."""

    def __init__(self, export: str) -> None:
        self._export = export
        self.draft: FileDraft | None = None
        self._table = ""
        self._folders: dict[str, list[str]] = {}
        self._readers: Mapping[str, Callable[[FileDraft, Element], None]] = {
            "BaseTableCatalog": self._base_table,
            "TableOccurrenceCatalog": self._occurrence,
            "FieldCatalog": self._field,
            "RelationshipCatalog": self._relation,
            "ValueListCatalog": self._value_list,
            "OptionsForValueLists": self._value_list,
            "CustomFunctionsCatalog": self._function,
            "ScriptCatalog": self._script,
            "StepsForScripts": self._steps,
            "LayoutCatalog": self._layout,
            "PrivilegeSetsCatalog": self._privilege_set,
            "ExtendedPrivilegesCatalog": self._extended,
        }

    def _begun(self, root: Element) -> FileDraft:
        if self.draft is None:
            self.draft = FileDraft(
                root.get("File", "").removesuffix(".fmp12"),
                root.get("Source", ""),
                changed=root.get("timestamp", ""),
            )
        return self.draft

    def take(self, found: Found) -> None:
        draft = self._begun(found.above[0] if found.above else found.element)
        if not found.catalog:
            _notice(draft, found)
        elif found.element.tag in GRAMMAR.headers:
            self._table = found.element.get("name", "")
        else:
            draft.begin(found.catalog if found.catalog != "FieldCatalog" else "FieldsForTables", self._export)
            self._readers[found.catalog](draft, found.element)

    def _base_table(self, draft: FileDraft, element: Element) -> None:
        draft.tables[element.get("name", "")] = TableFacts(
            whole_number(element.get("id")), element.get("comment", "")
        )

    def _occurrence(self, draft: FileDraft, element: Element) -> None:
        source = element.find("BaseTableSourceReference")
        source = element if source is None else source
        draft.occurrences[element.get("name", "")] = OccurrenceFacts(
            name_at(source, "BaseTableReference"),
            name_at(source, "DataSourceReference"),
            whole_number(element.get("id")),
        )

    def _field(self, draft: FileDraft, element: Element) -> None:
        draft.fields.setdefault(self._table, dict[str, FieldFacts]())[element.get("name", "")] = field_of(
            element
        )

    def _relation(self, draft: FileDraft, element: Element) -> None:
        relation = relation_of(element)
        if relation is not None:
            draft.relations.append(relation)

    def _value_list(self, draft: FileDraft, element: Element) -> None:
        """The body stands in a catalog of its own in 21 and 22, by reference (section 9)."""
        name = element.get("name") or name_at(element, "ValueListReference")
        facts = _list_of(element)
        if name and (name not in draft.lists or facts != ListFacts()):
            draft.lists[name] = facts

    def _function(self, draft: FileDraft, element: Element) -> None:
        if element.get("isFolder") in (None, "False") and element.get("isSeparatorItem") != "True":
            parameters = tuple(each.get("name", "") for each in element.iterfind("ObjectList/Parameter"))
            draft.functions[element.get("name", "")] = parameters

    def _script(self, draft: FileDraft, element: Element) -> None:
        if (folder := self._entered("scripts", element)) is not None:
            draft.scripts.append(script_of(element, folder))

    def _steps(self, draft: FileDraft, element: Element) -> None:
        steps = steps_of(element)
        draft.steps[steps.id] = steps

    def _layout(self, draft: FileDraft, element: Element) -> None:
        if (folder := self._entered("layouts", element)) is not None:
            draft.layouts.append(layout_of(element, folder))

    def _entered(self, kind: str, element: Element) -> tuple[str, ...] | None:
        """The folder around an entry. None for an entry that is a folder's beginning or end, or a line (section 10)."""
        stack = self._folders.setdefault(kind, [])
        mark = element.get("isFolder", "False")
        if mark == "True":
            stack.append(element.get("name", ""))
        elif mark == "Marker":
            del stack[-1:]
        elif not is_true(element, "isSeparatorItem"):
            return tuple(stack)
        return None

    def _privilege_set(self, draft: FileDraft, element: Element) -> None:
        draft.privileges[element.get("name", "")] = privileges_of(element)

    def _extended(self, draft: FileDraft, element: Element) -> None:
        for each in element.iterfind("ObjectList/PrivilegeSetReference"):
            draft.extended.setdefault(each.get("name", ""), []).append(element.get("name", ""))


def _list_of(element: Element) -> ListFacts:
    source = element.find("Source")
    kind = "" if source is None else source.get("value", "")
    if kind == "Custom":
        return ListFacts(tuple(text_of(element, "CustomValues/Text").split("\n")))
    first = element.find("Field/PrimaryField/FieldReference")
    if first is None:
        return ListFacts()
    shown = element.find("Field/ShowRelated")
    return ListFacts(
        field=qualified(first),
        second=qualified(element.find("Field/SecondaryField/FieldReference")),
        related_from=name_at(shown, "TableOccurrenceReference") if is_true(shown, "value") else "",
    )


def _notice(draft: FileDraft, found: Found) -> None:
    """Counts what is left out, and remembers names only to take them out of texts."""
    element = found.element
    if element.tag == "UUID":
        changed = element.get("timestamp", "")
        if changed > draft.changed:
            draft.changed = changed
        draft.people.update(name for key in ("userName", "accountName") if (name := element.get(key)))
    elif element.tag == "Account":
        draft.left_out["accounts"] += 1
    elif element.tag == "AccountName":
        if element.text:
            draft.people.add(element.text)
    elif element.tag == "Authentication":
        if any(each.tag == "Authorization" or each.tag == "FileAccessCatalog" for each in found.above):
            draft.left_out["access digests"] += 1
    else:
        draft.left_out["password blobs"] += 1
