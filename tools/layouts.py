"""What there is: layouts, and what is on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ..server.errors import InputError, NameUnknown
from ..server.text.near_names import near
from ._call import Answer, Call

if TYPE_CHECKING:
    from ..server.dataapi.layout_meta import FieldMeta, LayoutMeta, ValueListMeta
    from ..server.dataapi.menu_item import MenuItem
    from ..server.notes.notes import LayoutNotes, Notes


MANY = 80
"""More layouts than this are shown as folders with counts."""
FEW_VALUES = 12
MOST_LAYOUTS = 8


async def list_layouts(
    call: Call,
    search: Annotated[str | None, Field(description="Part of a layout's, folder's or table's name")] = None,
    folder: Annotated[str | None, Field(description="Only this folder")] = None,
    field: Annotated[str | None, Field(description="Only those that show this field")] = None,
) -> Answer:
    """List the layouts: the views through which records are read and changed."""
    search, folder = search or None, (folder or "").strip("/ ") or None
    if field is not None:
        from ..server.query.field_places import field_places

        items = [
            i for i in await call.database.layouts() if _is_wanted(i, search, folder, call.database.notes)
        ]
        return await field_places(call.database, field, [item.name for item in items])
    items = await call.database.layouts()
    notes = call.database.notes
    shown = [item for item in items if _is_wanted(item, search, folder, notes)]
    if (search or folder) and not shown:
        items = await call.database.layouts(fresh=True)
        shown = [item for item in items if _is_wanted(item, search, folder, notes)]
    shown.sort(key=lambda item: not notes.of(item.name).trusted)
    found_on: Answer = {}
    if search and call.database.map is not None:
        from ..server.solution_map.layout_search import found_on_layouts

        found_on = found_on_layouts(call.database.map, search, items)
    if (search or folder) and not shown and not found_on:
        asked = search or folder or ""
        places = {"/".join(item.folder) for item in items}
        raise NameUnknown(
            "layout or folder", asked, near=near(asked, [*places, *(item.name for item in items)])
        )
    if len(shown) > MANY and not (search or folder):
        folders = by_folder(shown)
        return _noted(notes, shown) | {
            "layouts": len(shown),
            "folders": {path or "(no folder)": len(names) for path, names in folders.items()},
            "next": "list_layouts with search or folder names them",
        }
    folders = by_folder(shown)
    return _noted(notes, shown) | {"layouts": folders[""] if list(folders) == [""] else folders} | found_on


def _noted(notes: Notes, items: Iterable[MenuItem]) -> Answer:
    """What the owner's notes say of these layouts."""
    names = [item.name for item in items]
    trusted = [name for name in names if notes.of(name).trusted]
    called = {name: list(notes.of(name).synonyms) for name in names if notes.of(name).synonyms}
    answer: Answer = {"trusted": trusted} if trusted else {}
    return answer | ({"also_called": called} if called else {})


def _is_wanted(item: MenuItem, search: str | None, folder: str | None, notes: Notes) -> bool:
    path = "/".join(item.folder)
    if folder is not None and not (path + "/").casefold().startswith(folder.strip("/").casefold() + "/"):
        return False
    called = " ".join(notes.of(item.name).synonyms)
    return search is None or search.casefold() in f"{path}/{item.name} {item.table} {called}".casefold()


def by_folder(items: Iterable[MenuItem]) -> dict[str, list[str]]:
    """Names by the path of their folder, "" for those in none."""
    folders: dict[str, list[str]] = {}
    for item in items:
        folders.setdefault("/".join(item.folder), []).append(item.name)
    return folders


async def describe_layout(
    call: Call,
    layouts: Annotated[list[str], Field(description="As list_layouts gives them", min_length=1)],
    fields: Annotated[
        list[str] | None, Field(description="Only these, with all values of their value lists")
    ] = None,
) -> Answer:
    """Describe layouts: fields with types, portals, value lists, the owner's notes."""
    if len(layouts) > MOST_LAYOUTS:
        raise InputError(f"describe_layout takes {MOST_LAYOUTS} layouts at a time")
    metas = [await call.database.layout(await call.layout_called(name)) for name in layouts]
    if fields is not None:
        return {"layouts": [await described_fields(call, meta.name, fields) for meta in metas]}
    return {
        "layouts": [
            await mapped(call, meta, described(meta, call.database.notes.of(meta.name))) for meta in metas
        ]
    }


async def mapped(call: Call, meta: LayoutMeta, answer: Answer) -> Answer:
    """A described layout with what the owner's map of the solution adds."""
    if call.database.map is None:
        return answer
    from ..server.solution_map.layout_additions import added_to_layout

    return added_to_layout(call.database.map, meta, await call.database.layouts(), answer)


def described(meta: LayoutMeta, notes: LayoutNotes) -> Answer:
    """A layout as an assistant gets to know it."""
    from ..server.notes.layout_notes import facts_of
    from ..server.notes.noted_question import fields_in
    from ..server.query.found_sets.field_guesses import archive_flags, likely_key, likely_relations

    answer: Answer = {
        "layout": meta.name,
        "fields": {field.name: _said(field) for field in meta.fields.values() if field.type != "invalid"},
    }
    portals = {
        portal.name: {field.name: _said(field) for field in portal.fields.values()}
        for portal in meta.portals.values()
    }
    if portals:
        answer["portals"] = portals
    lists = {name: _values(values, all_of_them=False) for name, values in meta.value_lists.items()}
    if lists:
        answer["value_lists"] = lists
    guesses: Answer = {}
    if (key := likely_key(meta)) is not None:
        guesses["key"] = key
    if relations := likely_relations(meta):
        guesses["points_to"] = relations
    told = {name for each in notes.leave_out for name in fields_in(each.where)}
    if flags := [flag for flag in archive_flags(meta) if flag.casefold() not in told]:
        guesses["archive_flags"] = flags
    if guesses:
        answer["guesses"] = guesses
    if text := facts_of(notes, meta):
        answer["notes"] = text
    return answer


async def described_fields(call: Call, layout: str, names: list[str]) -> Answer:
    """Just these fields, with all values of their value lists, and why one is missing."""
    await call.database.layout(layout)
    missing = await call.database.missing_fields.of(layout, names)
    meta = await call.database.layout(layout)
    fields: dict[str, object] = {}
    lists: dict[str, object] = {}
    for name in names:
        field = meta.field_named(name)
        if field is None or name in missing:
            continue
        fields[field.name] = _said(field)
        if field.value_list is not None and field.value_list in meta.value_lists:
            lists[field.value_list] = _values(meta.value_lists[field.value_list], all_of_them=True)
    answer: Answer = {"layout": meta.name, "fields": fields}
    if lists:
        answer["value_lists"] = lists
    if missing:
        answer["missing"] = missing
    if call.database.map is not None:
        from ..server.solution_map.layout_additions import added_to_fields

        return added_to_fields(call.database.map, meta, await call.database.layouts(), answer)
    return answer


def _said(field: FieldMeta) -> str:
    """`text, required, list Status`"""
    kind = "timestamp" if field.type == "timeStamp" else field.type
    marks = [
        kind,
        field.kind if field.kind != "normal" else "",
        "global" if field.is_global else "",
        "required" if field.required else "",
        "auto-enter" if field.auto_enter and field.kind == "normal" else "",
        "numeric" if field.numeric else "",
        "four-digit year" if field.four_digit_year else "",
        f"up to {field.max_characters} characters" if field.max_characters else "",
        f"{field.max_repetitions} repetitions" if field.max_repetitions > 1 else "",
        f"list {field.value_list}" if field.value_list else "",
    ]
    return ", ".join(mark for mark in marks if mark)


def _values(values: ValueListMeta, *, all_of_them: bool) -> object:
    """The values; a value whose label differs is shown as `value = label`. Field-based lists need a record (section 5.3 [U])."""
    if not values.values:
        return "follows the data of a record"
    texts = [value if value == label else f"{value} = {label}" for value, label in values.values]
    if all_of_them or len(texts) <= FEW_VALUES:
        return texts
    return f"{len(texts)} values; describe_layout with fields shows them"
