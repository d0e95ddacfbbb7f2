"""Layouts, scripts and what layouts hold (section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..http.parameters import url_parameters
from ..model import Field, Folder, LayoutField, ValueList
from ..records.record_context import Scene
from ..records.sources import Source
from ..records.value_lists import list_values
from ..records.window import Window, open_layout
from ..refusal import Refusal
from ..store.store import Row
from .call import Call
from .handler import RequestContext, Run


def layouts(exchange: RequestContext) -> Run:
    url_parameters(exchange.request, ())

    async def run(call: Call) -> dict[str, object]:
        file, access = call.scene.file, call.session.access

        def item(name: str) -> dict[str, object] | None:
            if name == "-":
                return _with_table({"name": "-"}, call, "")
            layout = file.model.layouts[name]
            return (
                None
                if access.layout(layout) == "none"
                else _with_table({"name": name}, call, layout.occurrence)
            )

        def folder(name: str, items: list[object]) -> dict[str, object]:
            return {"name": name, "isFolder": True, "folderLayoutNames": items}

        return {"layouts": _menu(file.model.layout_menu, item, folder)}

    return run


def _with_table(item: dict[str, object], call: Call, occurrence: str) -> dict[str, object]:
    """Version 18 has no `table`, 19 an empty one, newer hosts fill it (section 5.1 [O])."""
    shown = call.host.profile.layout_table
    return item if shown == "none" else {**item, "table": occurrence if shown == "filled" else ""}


def scripts(exchange: RequestContext) -> Run:
    url_parameters(exchange.request, ())

    async def run(call: Call) -> dict[str, object]:
        access = call.session.access

        def item(name: str) -> dict[str, object] | None:
            return {"name": name, "isFolder": False} if name == "-" or access.may_run(name) else None

        def folder(name: str, items: list[object]) -> dict[str, object]:
            # The order of a folder's keys varies between hosts (section 5.2 [O]).
            return {"name": name, "isFolder": True, "folderScriptNames": items}

        return {"scripts": _menu(call.scene.file.model.script_menu, item, folder)}

    return run


def _menu(
    items: Sequence[Folder | str],
    item: Callable[[str], dict[str, object] | None],
    folder: Callable[[str, list[object]], dict[str, object]],
) -> list[object]:
    shown: list[object] = []
    for each in items:
        if isinstance(each, Folder):
            shown.append(folder(each.name, _menu(each.items, item, folder)))
        elif (made := item(each)) is not None:
            shown.append(made)
    return shown


def layout(exchange: RequestContext) -> Run:
    values = url_parameters(exchange.request, {"recordId"})

    async def run(call: Call) -> dict[str, object]:
        window = open_layout(call.scene, exchange.names["layout"])
        row = call.row(window, values["recordId"]) if values.get("recordId") else None
        shown = window.plan.layout
        answer: dict[str, object] = {
            "fieldMetaData": [_field_item(call, window, each) for each in shown.fields],
            "portalMetaData": {
                portal.name or portal.occurrence: [_field_item(call, window, each) for each in portal.fields]
                for portal in shown.portals
            },
        }
        used = _used_value_lists(
            call, [*shown.fields, *(each for portal in shown.portals for each in portal.fields)]
        )
        if used:
            answer["valueLists"] = [_value_list(call.scene, window.source, each, row) for each in used]
        return answer

    return run


def old_metadata(exchange: RequestContext) -> Run:
    """The form of version 17, which is still routed (section 5.4)."""
    url_parameters(exchange.request, ())

    async def run(call: Call) -> dict[str, object]:
        window = open_layout(call.scene, exchange.names["layout"])
        items: list[object] = []
        for each in window.plan.layout.fields:
            field = _field_of(call, window, each)
            if field is None:
                continue
            items.append(
                {
                    "name": each.name,
                    "type": field.kind.value,
                    "result": field.type.value,
                    "global": "true" if field.is_global else "false",
                    "valueList": each.value_list or "",
                    "repetitions": field.repetitions,
                }
            )
        return {"metaData": items}

    return run


def _field_of(call: Call, window: Window, placed: LayoutField) -> Field | None:
    if not placed.name:
        return None
    occurrence, separator, bare = placed.name.partition("::")
    home = window.source.home
    name = bare if separator else placed.name
    found = call.scene.files.table_of(home, occurrence if separator else window.plan.occurrence).fields.get(
        name
    )
    if found is None:
        raise Refusal(102)
    return found


def _field_item(call: Call, window: Window, placed: LayoutField) -> dict[str, object]:
    """The keys in wire order (section 5.3 [O])."""
    field = _field_of(call, window, placed)
    item: dict[str, object] = {
        "name": placed.name,
        "type": "invalid" if field is None else field.kind.value,
        "displayType": placed.display,
        "result": "invalid" if field is None else field.type.value,
    }
    if placed.value_list is not None:
        item["valueList"] = placed.value_list
    field = field or Field("")
    rules = field.validation
    return item | {
        "global": field.is_global,
        "autoEnter": field.auto_enter is not None,
        "fourDigitYear": rules.strict_type == "fourDigitYear",
        "maxRepeat": field.repetitions,
        "maxCharacters": rules.max_length or 0,
        "notEmpty": rules.required,
        "numeric": rules.strict_type == "numeric",
        "timeOfDay": rules.strict_type == "timeOfDay",
        "repetitionStart": placed.first_repetition,
        "repetitionEnd": placed.last_repetition,
    }


def _used_value_lists(call: Call, placed: Iterable[LayoutField]) -> list[ValueList]:
    names = dict.fromkeys(each.value_list for each in placed if each.value_list is not None)
    return [call.scene.file.model.value_lists[name] for name in names]


def _value_list(scene: Scene, source: Source, value_list: ValueList, row: Row | None) -> dict[str, object]:
    """A list by field comes back without values unless a record is named (section 5.3 [U])."""
    by_field = value_list.field is not None
    values = [] if by_field and row is None else list_values(scene, value_list, source, row)
    return {
        "name": value_list.name,
        "type": "byField" if by_field else "customList",
        "values": [{"displayValue": shown, "value": value} for value, shown in values],
    }
