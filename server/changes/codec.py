"""Plans, items and outcomes as JSON and back; numbers keep every digit."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from .plan import FileChange, FromStep, Item, ItemState, Kind, Outcome, RowChange, RowKind, Step, Values

NUMBER = "$number"
Json = dict[str, Any]


def written(value: object) -> str:
    """Canonical JSON of a value or a frozen dataclass: equal things give equal text."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest_of(*values: object) -> str:
    return hashlib.sha256(written(values).encode()).hexdigest()


def read(text: str) -> Any:
    return json.loads(text, object_hook=_number_or_object)


def read_item(text: str) -> Item:
    raw: Json = read(text)
    parts: Json = {
        **raw,
        "later": {name: FromStep(**later) for name, later in raw["later"].items()},
        "rows": tuple(_row(row) for row in raw["rows"]),
        "related": tuple(_row(row) for row in raw["related"]),
        "known_rows": {name: tuple(ids) for name, ids in raw["known_rows"].items()},
        "file": FileChange(**raw["file"]) if raw["file"] else None,
        "created_by": tuple(raw["created_by"]) if raw["created_by"] else None,
        "takes_back": tuple(raw["takes_back"]) if raw.get("takes_back") else None,
        "droppable": tuple(raw["droppable"]),
        "key": tuple(raw["key"]) if raw["key"] else None,
    }
    return Item(**parts)


def _row(raw: Json) -> RowChange:
    parts: Json = {**raw, "kind": RowKind(raw["kind"])}
    return RowChange(**parts)


def step_body(step: Step) -> str:
    """A step without its items, which are kept one by one."""
    return written(dataclasses.replace(step, items=()))


def read_step(text: str, items: tuple[Item, ...]) -> Step:
    raw: Json = read(text)
    return Step(
        kind=Kind(raw["kind"]),
        layout=raw["layout"],
        items=items,
        how=raw["how"],
        warnings=tuple(raw["warnings"]),
        notes=tuple(raw["notes"]),
        script=raw["script"],
        effect=raw["effect"],
        runbook=raw["runbook"],
    )


def read_outcome(text: str, state: str) -> Outcome:
    raw: Json = read(text)
    return Outcome(
        state=ItemState(state),
        record_id=raw.get("record_id"),
        mod_id=raw.get("mod_id"),
        after=cast("Values", raw.get("after", {})),
        new_rows=tuple((portal, record_id) for portal, record_id in raw.get("new_rows", ())),
        notes=tuple(raw.get("notes", ())),
        code=raw.get("code"),
        result=raw.get("result", ""),
        looked=raw.get("looked", False),
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return {NUMBER: format(value, "f")}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    if isinstance(value, float):
        return {NUMBER: repr(value)}
    return value


def _number_or_object(raw: Json) -> object:
    return Decimal(raw[NUMBER]) if set(raw) == {NUMBER} else raw
