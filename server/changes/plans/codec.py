"""Plans, items and outcomes as JSON and back. Numbers keep every digit."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from .plan import FileChange, FromStep, Item, ItemState, Outcome, RowChange, RowKind, Step, StepKind, Values

NUMBER = "$number"
NO_ITEMS = '"items":[]'
"""Where the items of a step go in its text, which is kept without them."""
Json = dict[str, Any]
ATOMS = frozenset({str, int, bool, type(None)})
"""By far most values are one of these, and stay as they are."""


def written(value: object) -> str:
    """Canonical JSON of a value or a frozen dataclass: equal things give equal text."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest_of(*values: object) -> str:
    return hashlib.sha256(written(values).encode()).hexdigest()


def read(text: str) -> Any:
    return json.loads(text, object_hook=_number_or_object)


def read_item(text: str) -> Item:
    """Fields that it was stored without, before they existed, have their defaults."""
    raw: Json = read(text)
    parts: Json = {name: _PARTS[name](value) if name in _PARTS else value for name, value in raw.items()}
    return Item(**parts)


def _pair(raw: list[Any] | None) -> tuple[Any, ...] | None:
    return tuple(raw) if raw else None


def _row(raw: Json) -> RowChange:
    parts: Json = {**raw, "kind": RowKind(raw["kind"])}
    return RowChange(**parts)


_PARTS: Mapping[str, Callable[[Any], object]] = {
    "later": lambda raw: {name: FromStep(**later) for name, later in raw.items()},
    "rows": lambda raw: tuple(_row(row) for row in raw),
    "related": lambda raw: tuple(_row(row) for row in raw),
    "known_rows": lambda raw: {name: tuple(ids) for name, ids in raw.items()},
    "file": lambda raw: FileChange(**raw) if raw else None,
    "files": lambda raw: tuple(FileChange(**each) for each in raw),
    "created_by": _pair,
    "takes_back": _pair,
    "droppable": tuple,
    "key": _pair,
}


def step_body(step: Step) -> str:
    """A step without its items, which are kept one by one."""
    return written(dataclasses.replace(step, items=()))


def read_step(text: str, items: tuple[Item, ...]) -> Step:
    """As `read_item`."""
    raw: Json = read(text)
    lists = {name: tuple(raw.get(name, ())) for name in ("warnings", "notes")}
    parts: Json = {**raw, **lists, "kind": StepKind(raw["kind"]), "items": items}
    return Step(**parts)


def stored_digest(database: str, caller: str, steps: Sequence[tuple[str, Sequence[str]]]) -> str:
    """What `digest_of` gave for the steps when they were stored, from the text of each and of its items: steps that were
    stored without the fields of today stay what they are."""
    digest = hashlib.sha256(f"[{written(database)},{written(caller)},[".encode())
    for number, (body, items) in enumerate(steps):
        head, _, tail = body.partition(NO_ITEMS)  # quotes within a text have a backslash before them
        digest.update(f"{',' if number else ''}{head}{NO_ITEMS[:-1]}".encode())
        for place, item in enumerate(items):
            digest.update(f"{',' if place else ''}{item}".encode())
        digest.update(f"]{tail}".encode())
    digest.update(b"]]")
    return digest.hexdigest()


def read_outcome(text: str, state: str) -> Outcome:
    raw: Json = read(text)
    return Outcome(
        state=ItemState(state),
        record_id=raw.get("record_id"),
        mod_id=raw.get("mod_id"),
        after=cast("Values", raw.get("after", {})),
        new_rows=tuple((portal, record_id) for portal, record_id in raw.get("new_rows", ())),
        related=tuple((portal, count) for portal, count in raw.get("related", ())),
        rows_left=tuple((portal, row, mod_id) for portal, row, mod_id in raw.get("rows_left", ())),
        notes=tuple(raw.get("notes", ())),
        code=raw.get("code"),
        result=raw.get("result", ""),
        looked=raw.get("looked", False),
    )


def _plain(value: object) -> object:
    if type(value) in ATOMS:
        return value
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
