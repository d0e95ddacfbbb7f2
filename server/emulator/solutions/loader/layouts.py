"""Layouts, portals and menus of a definition."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...model import Folder, Layout, LayoutField, Portal
from .definition import FolderShape, LayoutShape, PlacedFieldShape, PortalShape
from .definition_draft import Sheet
from .mistakes import nearest
from .places import Path
from .relationships import read_sort


def build_layouts(sheet: Sheet) -> dict[str, Layout]:
    return {
        name: _layout(sheet, ("layouts", name), name, shape)
        for name, shape in sheet.shape.layouts.items()
        if sheet.check_occurrence(("layouts", name, "occurrence"), shape.occurrence)
    }


def _layout(sheet: Sheet, path: Path, name: str, shape: LayoutShape) -> Layout:
    fields = [_placed(sheet, (*path, "fields"), shape.occurrence, each) for each in shape.fields]
    portals = [
        _portal(sheet, (*path, "portals", index), shape.occurrence, each)
        for index, each in enumerate(shape.portals)
    ]
    return Layout(
        name,
        shape.occurrence,
        tuple(each for each in fields if each is not None),
        tuple(each for each in portals if each is not None),
        shape.view,
        _trigger(sheet, (*path, "on_commit"), shape.on_commit),
    )


def _trigger(sheet: Sheet, path: Path, script: str | None) -> str:
    if script is not None and script not in sheet.shape.scripts:
        sheet.findings.add(path, f"There is no script {script!r}. {nearest(script, sheet.shape.scripts)}")
    return script or ""


def _placed(sheet: Sheet, path: Path, occurrence: str, shape: str | PlacedFieldShape) -> LayoutField | None:
    if isinstance(shape, str):
        shape = PlacedFieldShape(name=shape)
    if shape.name == "":
        return LayoutField("")  # a broken object, as section 8.1 shows it
    if "::" in shape.name:
        far = shape.name.partition("::")[0]
        found = sheet.check_qualified(path, shape.name)
        if found is not None and not sheet.is_related(occurrence, far):
            sheet.findings.add(path, f"No relationship leads from {occurrence!r} to {far!r}; add one.")
    else:
        found = sheet.check_field(path, sheet.table_of(occurrence), shape.name)
    if found is None:
        return None
    if shape.value_list is not None and shape.value_list not in sheet.shape.value_lists:
        hint = nearest(shape.value_list, sheet.shape.value_lists)
        sheet.findings.add(path, f"There is no value list {shape.value_list!r}. {hint}")
    first, last = shape.repetitions or (1, found.repetitions)
    if not 1 <= first <= last <= found.repetitions:
        sheet.findings.add(
            path, f"{shape.name!r} has {found.repetitions} repetitions; it cannot show {first} to {last}."
        )
        first, last = 1, found.repetitions
    return LayoutField(shape.name, shape.value_list, shape.display, first, last)


def _portal(sheet: Sheet, path: Path, occurrence: str, shape: PortalShape) -> Portal | None:
    if not sheet.check_occurrence((*path, "occurrence"), shape.occurrence):
        return None
    if shape.occurrence == occurrence or not sheet.is_related(occurrence, shape.occurrence):
        sheet.findings.add(
            path, f"No relationship leads from {occurrence!r} to the portal's {shape.occurrence!r}; add one."
        )
        return None
    table = sheet.table_of(shape.occurrence)
    fields: list[LayoutField] = []
    for each in shape.fields:
        name = each if isinstance(each, str) else each.name
        if "::" not in name:
            sheet.findings.add(path, f"Write the portal's field {name!r} as `{shape.occurrence}::{name}`.")
            continue
        placed = _placed(sheet, (*path, "fields"), shape.occurrence, each)
        if placed is not None:
            fields.append(placed)
    if shape.filter is not None:
        sheet.expression((*path, "filter"), shape.filter, table, shape.occurrence)
    return Portal(
        shape.occurrence,
        tuple(fields),
        shape.name,
        shape.rows,
        shape.first_row,
        shape.scrolling,
        read_sort(sheet, (*path, "sort"), table, shape.sort),
        shape.filter,
    )


def build_menu(
    sheet: Sheet, key: str, items: Sequence[str | FolderShape] | None, known: Collection[str]
) -> tuple[Folder | str, ...]:
    """The menu as written, then the names that it leaves out. Without one, all names in order."""
    named: set[str] = set()

    def level(members: Sequence[str | FolderShape]) -> tuple[Folder | str, ...]:
        built: list[Folder | str] = []
        for member in members:
            if isinstance(member, FolderShape):
                built.append(Folder(member.folder, level(member.items)))
            elif member != "-" and member not in known:
                sheet.findings.add((key,), f"The menu names {member!r}. {nearest(member, known)}")
            else:
                named.add(member)
                built.append(member)
        return tuple(built)

    menu = level(items or ())
    return (*menu, *(name for name in known if name not in named))
