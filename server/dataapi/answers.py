"""The JSON of an answer -> layouts, records and outcomes (sections 5, 6, 9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from ..envelope import JsonObject
from .contents import contents
from .layout_meta import FieldMeta, LayoutMeta, PortalMeta, ValueListMeta
from .menu_item import MenuItem
from .product import Product
from .record import Page, PortalRow, PortalRows, Record
from .request_scripts import ScriptOutcome, ScriptOutcomes
from .write import NewRow, WrittenRecord


def page(answer: JsonObject) -> Page:
    """A page of records. Hosts of version 17 send no `dataInfo` (section 6.5)."""
    info: JsonObject = answer.get("dataInfo") or {}
    records = tuple(record(item) for item in answer.get("data") or ())
    return Page(
        records=records,
        found=int(info.get("foundCount", len(records))),
        total=int(info.get("totalRecordCount", 0)),
        table=str(info.get("table", "")),
        scripts=scripts(answer),
    )


def first_record(record_id: str | None, answer: JsonObject) -> Record:
    """Raises LookupError where there is none, or not the one that was asked for."""
    found = page(answer).records[0]
    if record_id not in (None, found.record_id):
        raise LookupError("recordId")
    return found


def record(item: JsonObject) -> Record:
    portals = item.get("portalData")
    return Record(
        record_id=_record_id(item),
        mod_id=str(item["modId"]),
        fields=contents(item["fieldData"]),
        portals=_portals(portals, item.get("portalDataInfo") or ()) if portals else {},
    )


def _record_id(item: JsonObject) -> str:
    """Digits (section 6.2 [O]). Raises LookupError for all else: under another nobody finds the record again."""
    record_id = str(item["recordId"])
    if not (record_id.isascii() and record_id.isdecimal()):
        raise LookupError("recordId")
    return record_id


def _portals(data: JsonObject, infos: Iterable[JsonObject]) -> dict[str, PortalRows]:
    told: dict[str, list[JsonObject]] = {}
    for info in infos:
        told.setdefault(str(info.get("portalObjectName") or info.get("table", "")), []).append(info)
    return {name: _portal_rows(rows, told.get(name, [])) for name, rows in data.items()}


def _portal_rows(rows: list[JsonObject], infos: list[JsonObject]) -> PortalRows:
    info: JsonObject = infos[-1] if infos else {}
    return PortalRows(
        rows=tuple(_portal_row(row) for row in rows),
        found=int(info.get("foundCount", len(rows) if not info else 0)),
        occurrence=str(info.get("table", "")),
        namesakes=max(1, len(infos)),
    )


def _portal_row(row: JsonObject) -> PortalRow:
    fields = {name: value for name, value in row.items() if name not in ("recordId", "modId")}
    return PortalRow(
        record_id=str(row.get("recordId", "")), mod_id=str(row.get("modId", "")), fields=contents(fields)
    )


def scripts(answer: JsonObject) -> ScriptOutcomes:
    def outcome(suffix: str) -> ScriptOutcome | None:
        error = answer.get(f"scriptError{suffix}")
        if error is None:
            return None
        result = answer.get(f"scriptResult{suffix}")
        return ScriptOutcome(error=int(error), result=None if result is None else str(result))

    return ScriptOutcomes(prerequest=outcome(".prerequest"), presort=outcome(".presort"), after=outcome(""))


def made(answer: JsonObject) -> WrittenRecord:
    """A new record. Raises LookupError where the answer does not tell which."""
    return written(_record_id(answer), answer)


def written(record_id: str, answer: JsonObject) -> WrittenRecord:
    """Of a record that is known."""
    rows = cast("list[JsonObject]", answer.get("newPortalRecordInfo") or [])
    return WrittenRecord(
        record_id=record_id,
        mod_id=str(answer.get("modId") or ""),
        new_rows=tuple(
            NewRow(str(r["tableName"]), str(r["recordId"]), str(r.get("modId", ""))) for r in rows
        ),
        scripts=scripts(answer),
    )


def files(answer: JsonObject) -> tuple[str, ...]:
    return tuple(str(item["name"]) for item in answer.get("databases") or ())


def is_in_use(answer: JsonObject) -> bool:
    return bool(answer.get("isSessionInUse"))


def nothing(answer: JsonObject) -> None:
    """Whatever it says beside that it was done."""


def layout_menu(answer: JsonObject) -> tuple[MenuItem, ...]:
    return menu(answer.get("layouts") or (), "folderLayoutNames")


def script_menu(answer: JsonObject) -> tuple[MenuItem, ...]:
    return menu(answer.get("scripts") or (), "folderScriptNames")


def menu(items: Iterable[JsonObject], children: str, folder: tuple[str, ...] = ()) -> tuple[MenuItem, ...]:
    """Layouts or scripts, folders flattened into paths, separators (`-`) dropped (sections 5.1, 5.2)."""
    flat: list[MenuItem] = []
    for item in items:
        name = str(item.get("name", ""))
        if item.get("isFolder"):
            flat.extend(menu(item.get(children) or (), children, (*folder, name)))
        elif name != "-":
            flat.append(MenuItem(name, folder, str(item.get("table", ""))))
    return tuple(flat)


def layout(name: str, answer: JsonObject) -> LayoutMeta:
    """Layout metadata (section 5.3). Broken objects have no name and are left out (section 14, 20)."""
    fields = [_field(item) for item in answer.get("fieldMetaData") or ()]
    portals = cast("dict[str, list[JsonObject]]", answer.get("portalMetaData") or {})
    lists = cast("list[JsonObject]", answer.get("valueLists") or [])
    return LayoutMeta(
        name=name,
        fields={meta.name: meta for meta in fields if meta.name},
        portals={
            key: PortalMeta(key, {meta.name: meta for meta in map(_field, items) if meta.name})
            for key, items in portals.items()
        },
        value_lists={str(item["name"]): _value_list(item) for item in lists},
    )


def legacy_layout(name: str, answer: JsonObject) -> LayoutMeta:
    """The old form of layout metadata, `.../metadata` (section 5.4)."""
    metas = (
        FieldMeta(
            name=str(item.get("name", "")),
            type=str(item.get("result", "text")),
            kind=str(item.get("type", "normal")),
            value_list=item.get("valueList"),
            is_global=str(item.get("global")) == "true",
            max_repetitions=int(item.get("repetitions") or 1),
            last_repetition=int(item.get("repetitions") or 1),
        )
        for item in answer.get("metaData") or ()
    )
    return LayoutMeta(name, {meta.name: meta for meta in metas if meta.name}, {}, {})


def _field(item: JsonObject) -> FieldMeta:
    shown = int(item.get("repetitions") or item.get("maxRepeat") or 1)
    return FieldMeta(
        name=str(item.get("name", "")),
        type=str(item.get("result", "text")),
        kind=str(item.get("type", "normal")),
        value_list=item.get("valueList"),
        is_global=bool(item.get("global")),
        auto_enter=bool(item.get("autoEnter")),
        required=bool(item.get("notEmpty")),
        numeric=bool(item.get("numeric")),
        four_digit_year=bool(item.get("fourDigitYear")),
        max_characters=int(item.get("maxCharacters") or 0),
        max_repetitions=int(item.get("maxRepeat") or 1),
        first_repetition=int(item.get("repetitionStart") or 1),
        last_repetition=int(item.get("repetitionEnd") or shown),
        display=str(item.get("displayType", "editText")),
    )


def _value_list(item: JsonObject) -> ValueListMeta:
    values = cast("list[dict[str, Any]]", item.get("values") or [])
    return ValueListMeta(
        name=str(item["name"]),
        kind=str(item.get("type", "")),
        values=tuple((str(v["value"]), str(v.get("displayValue") or v["value"])) for v in values),
    )


def product(answer: JsonObject) -> Product:
    info: JsonObject = answer.get("productInfo") or {}
    return Product(
        name=str(info.get("name", "")),
        version=str(info.get("version", "")),
        date_format=str(info.get("dateFormat", "")),
    )
