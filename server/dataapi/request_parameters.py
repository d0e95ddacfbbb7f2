"""What is asked or written -> what the API wants to be sent: query strings and bodies (sections 6, 7, 9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .contents import Value
from .query import Query
from .request_scripts import ScriptCall, Scripts
from .reserved_words import FIELD_DATA, FIND, ROW, check_names
from .wire import plain
from .write import PortalWrite, Write


def range_parameters(query: Query) -> dict[str, str]:
    """For GET .../records: names with an underscore, JSON in the values (section 6.5)."""
    parameters = {"_offset": str(query.offset), "_limit": str(query.limit)}
    if query.sort:
        parameters["_sort"] = _compact([{"fieldName": k.field, "sortOrder": k.order} for k in query.sort])
    return parameters | portal_parameters(query) | script_parameters(query.scripts)


def portal_parameters(query: Query) -> dict[str, str]:
    parameters: dict[str, str] = {}
    if query.portals is not None:
        parameters["portal"] = _compact([portal.name for portal in query.portals])
        for portal in query.portals:
            if portal.offset != 1:
                parameters[f"_offset.{portal.name}"] = str(portal.offset)
            if portal.limit is not None:
                parameters[f"_limit.{portal.name}"] = str(portal.limit)
    if query.response_layout:
        parameters["layout.response"] = query.response_layout
    return parameters


def find_body(query: Query) -> dict[str, Any]:
    """For POST _find: names without an underscore, `omit` as the string "true" (section 7.1)."""
    for request in query.requests:
        check_names(request.criteria, FIND)
    body: dict[str, Any] = {
        "query": [{**r.criteria, "omit": "true"} if r.omit else dict(r.criteria) for r in query.requests],
        "offset": str(query.offset),
        "limit": str(query.limit),
    }
    if query.sort:
        body["sort"] = [{"fieldName": k.field, "sortOrder": k.order} for k in query.sort]
    if query.portals is not None:
        body["portal"] = [portal.name for portal in query.portals]
        for portal in query.portals:
            if portal.offset != 1:
                body[f"offset.{portal.name}"] = str(portal.offset)
            if portal.limit is not None:
                body[f"limit.{portal.name}"] = str(portal.limit)
    if query.response_layout:
        body["layout.response"] = query.response_layout
    return body | script_parameters(query.scripts)


def script_parameters(scripts: Scripts) -> dict[str, str]:
    parameters: dict[str, str] = {}

    def add(key: str, call: ScriptCall | None) -> None:
        if call is not None:
            parameters[key] = call.name
            if call.parameter is not None:
                parameters[f"{key}.param"] = call.parameter

    add("script.prerequest", scripts.prerequest)
    add("script.presort", scripts.presort)
    add("script", scripts.after)
    return parameters


def write_body(write: Write, scripts: Scripts, mod_id: str | None = None) -> dict[str, Any]:
    """For create and edit (sections 6.1, 6.2, 6.6)."""
    check_names(write.fields, FIELD_DATA)
    fields: dict[str, Any] = _values(write.fields)
    if write.delete_related:
        fields["deleteRelated"] = [
            f"{occurrence}.{record_id}" for occurrence, record_id in write.delete_related
        ]
    body: dict[str, Any] = {"fieldData": fields}
    if write.portals:
        body["portalData"] = {name: [_row(row) for row in rows] for name, rows in write.portals.items()}
    if mod_id is not None:
        body["modId"] = mod_id
    options = {
        key: "script"
        for key, wanted in (
            ("entrymode", write.skip_validation),
            ("prohibitmode", write.override_prohibition),
        )
        if wanted
    }
    if options:
        body["options"] = options
    return body | script_parameters(scripts)


def _row(row: PortalWrite) -> dict[str, Any]:
    check_names(row.fields, ROW)
    ids = {"recordId": row.record_id, "modId": row.mod_id}
    return {key: value for key, value in ids.items() if value is not None} | _values(row.fields)


def _values(fields: Mapping[str, Value]) -> dict[str, Any]:
    """Numbers travel as text: FileMaker reads both (section 8.2 [O]) and no digit is lost."""
    return {name: value if isinstance(value, str) else plain(value) for name, value in fields.items()}


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
