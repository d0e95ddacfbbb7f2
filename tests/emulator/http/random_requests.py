"""Requests that hypothesis makes up: mostly what belongs there, sometimes anything at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

from hypothesis import strategies as st

LAYOUTS = ("Items", "Items Brief", "Items #1")
FIELDS = (
    "Marker",
    "Number",
    "Label",
    "Day",
    "Stamp",
    "Clock",
    "Needed",
    "Phone",
    "Phone(2)",
    "Phone(9)",
    "File",
    "Key",
)
ROW_FIELDS = ("Rows::Text", "Rows::Line(2)", "Extras::Note", "Rows::Nowhere", "recordId", "modId")
ODD = (
    "",
    "*",
    "==",
    "!",
    "//",
    "?",
    "1...3",
    "{1..5}/2024",
    "==a*",
    "1/1/2024",
    "2024-02-30",
    "\0",
    "\ud800",
    "9" * 500,
)
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "FROB")
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.b"\r\n\r\n%s\r\n--x--\r\n'


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    """After the database."""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    kind: str = "application/json"


texts = st.text(max_size=12) | st.sampled_from(ODD)
numbers = st.integers(-(10**30), 10**30) | st.floats() | st.sampled_from([0, 1, -1, 10**400, 1e308])
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
values: st.SearchStrategy[Any] = texts | numbers | st.sampled_from(["1", "12:30", "1/2/2026", "low"])
layouts = st.sampled_from(LAYOUTS) | texts
records = st.integers(0, 6).map(str) | texts


def mixed(known: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return known | known | known | anything


def keyed(
    optional: Mapping[str, st.SearchStrategy[Any]],
    required: Mapping[str, st.SearchStrategy[Any]] | None = None,
) -> st.SearchStrategy[dict[str, Any]]:
    strategy = st.fixed_dictionaries(dict[Any, Any](required or {}), optional=dict[Any, Any](optional))
    return cast("st.SearchStrategy[dict[str, Any]]", strategy)


fields = st.dictionaries(st.sampled_from(FIELDS) | texts, values, max_size=4)
rows = st.lists(st.dictionaries(st.sampled_from(ROW_FIELDS) | texts, values, max_size=3), max_size=2)
scripts: Mapping[str, st.SearchStrategy[Any]] = {
    "script": st.sampled_from(["Echo", "Fail", "Nowhere"]) | texts,
    "script.param": texts,
    "script.prerequest": st.sampled_from(["Echo", "Fail"]),
    "script.presort.param": texts,
    "dateformats": st.sampled_from([0, 1, 2, "2", 3]),
}
written: Mapping[str, st.SearchStrategy[Any]] = {
    **scripts,
    "fieldData": mixed(fields),
    "portalData": mixed(st.dictionaries(st.sampled_from(["Rows", "rows.of #_1"]) | texts, rows, max_size=2)),
    "modId": mixed(st.sampled_from(["0", "1", 1])),
    "options": mixed(keyed({"entrymode": st.sampled_from(["user", "script"])})),
}
orders = st.sampled_from(["ascend", "descend", "Labels"]) | texts
sorts = st.lists(keyed({"sortOrder": orders}, {"fieldName": st.sampled_from(FIELDS)}), max_size=2)
criteria = st.dictionaries(st.sampled_from((*FIELDS, "Rows::Text", "omit")) | texts, values, max_size=3)
found: Mapping[str, st.SearchStrategy[Any]] = {
    **scripts,
    "layout.response": st.sampled_from(LAYOUTS) | texts,
    "sort": mixed(sorts),
    "offset": mixed(st.integers(1, 3)),
    "limit": mixed(st.integers(1, 3)),
    "portal": mixed(st.lists(st.sampled_from(["Rows"]), max_size=2)),
    "limit.Rows": mixed(st.integers(1, 2)),
}
names = ["_limit", "_offset", "_sort", "portal", "_limit.Rows", "script", "script.param", "layout.response"]
asked = st.sampled_from(["1", "2", '["Rows"]', '[{"fieldName":"Number"}]', "Echo", "Items Brief"]) | texts
parameters = st.lists(st.tuples(st.sampled_from(names) | texts, asked), max_size=3).map(tuple)


def path(*parts: str) -> str:
    return "/".join(quote(part.encode("utf-8", "replace"), safe="") for part in parts)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


@st.composite
def writes(draw: st.DrawFn) -> Sent:
    body = draw(keyed(written))
    place = path("layouts", draw(layouts), "records")
    if draw(st.booleans()):
        return Sent("POST", place, body=encoded(body))
    return Sent("PATCH", f"{place}/{path(draw(records))}", body=encoded(body))


@st.composite
def related_deletions(draw: st.DrawFn) -> Sent:
    named = draw(
        mixed(st.lists(st.sampled_from(["Rows.1", "Rows.2", "Rows.x", "Extras.1", "Items.1"]), max_size=2))
    )
    place = path("layouts", "Items", "records", draw(records))
    return Sent("PATCH", place, body=encoded({"fieldData": {"deleteRelated": named}}))


@st.composite
def finds(draw: st.DrawFn) -> Sent:
    body = draw(keyed(found, {"query": mixed(st.lists(criteria, max_size=3))}))
    return Sent("POST", path("layouts", draw(layouts), "_find"), body=encoded(body))


@st.composite
def reads(draw: st.DrawFn) -> Sent:
    place = ["layouts", draw(layouts), "records"]
    method = draw(st.sampled_from(["GET", "GET", "DELETE", "POST"]))
    return Sent(method, path(*place, *draw(st.lists(records, max_size=1))), draw(parameters))


@st.composite
def others(draw: st.DrawFn) -> Sent:
    tail = draw(
        st.sampled_from([(), ("metadata",), ("script", "Echo"), ("script", "Fail"), ("script", "Nowhere")])
    )
    return Sent("GET", path("layouts", draw(layouts), *tail), draw(parameters))


@st.composite
def uploads(draw: st.DrawFn) -> Sent:
    raw = draw(st.binary(max_size=40))
    field = draw(st.sampled_from(["File", "Number"]) | texts)
    place = path("layouts", "Items", "records", draw(records), "containers", field)
    body = UPLOAD.replace(b"%s", raw) if draw(st.booleans()) else raw
    return Sent("POST", place, (), body, "multipart/form-data; boundary=x")


@st.composite
def wild(draw: st.DrawFn) -> Sent:
    parts = st.sampled_from(
        ["layouts", "records", "sessions", "globals", "_find", "script", "metadata", ".."]
    )
    place = path(*draw(st.lists(texts | parts, max_size=5)))
    kind = draw(st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""]))
    body = draw(st.binary(max_size=60) | anything.map(encoded))
    return Sent(draw(st.sampled_from(METHODS)), place, draw(parameters), body, kind)


global_values = mixed(fields).map(lambda sent: Sent("PATCH", "globals", body=encoded({"globalFields": sent})))
requests = st.one_of(
    writes(), related_deletions(), finds(), reads(), others(), uploads(), wild(), global_values
)
