"""Plans, items and outcomes as JSON and back. Numbers keep every digit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from ...text.kept_numbers import NUMBER, kept_number, kept_object, number_or_object
from ...text.kept_sentences import SAY, sentence_of, sentence_parts
from ...text.sentence import Sentence
from .item import FileChange, FromStep, Item, RowChange, RowKind, Values
from .outcome import ItemState, Outcome
from .step import Step, StepKind, SummedItems

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NO_ITEMS = '"items":[]'
"""Where the items of a step go in its text, which is kept without them."""
Json = dict[str, Any]
SPARSE = frozenset({Item, Outcome})
"""Written without what is as by default: of two dozen parts an item has four, and a plan has tens of thousands of items."""
ATOMS = frozenset({str, int, bool, type(None)})
"""By far most values are one of these, and stay as they are."""

WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
"""Made once: `json.dumps` makes one for every text that is not written its own way."""


def written(value: object) -> str:
    """Canonical JSON of a value or a frozen dataclass: equal things give equal text."""
    return WRITER.encode(_plain(value))


def read(text: str) -> Any:
    if NUMBER in text or SAY in text:
        return READER.decode(text)
    return PLAIN_READER.raw_decode(text)[0]


def read_item(text: str) -> Item:
    """Fields that it was stored without, before they existed, have their defaults."""
    raw: Json = read(text)
    # What is empty is as by default, but for the parameter of a script, which may be none or an empty one.
    parts: Json = {name: value for name, value in raw.items() if value or name == "parameter"}
    for name in _PARTS.keys() & parts.keys():
        parts[name] = _PARTS[name](parts[name])
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


def texts_of(items: Sequence[Item]) -> Iterator[str]:
    """Each as it is written."""
    return items.texts() if isinstance(items, SummedItems) else map(written, items)


def read_step(text: str, items: Sequence[Item]) -> Step:
    """As `read_item`."""
    raw: Json = read(text)
    lists = {name: tuple(raw.get(name, ())) for name in ("warnings", "notes")}
    parts: Json = {**raw, **lists, "kind": StepKind(raw["kind"]), "items": items}
    return Step(**parts)


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
    if isinstance(value, dict):  # before what is asked of an abstract class, which costs ten times as much
        return kept_object({str(k): _plain(v) for k, v in cast("dict[object, object]", value).items()})
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("list[object]", value)]
    if isinstance(value, Sentence):
        return sentence_parts(value)
    if isinstance(value, Decimal):
        return kept_number(value)
    if isinstance(value, float):
        return {NUMBER: repr(value)}
    if type(value) in SPARSE:
        parts = ((name, getattr(value, name), usual) for name, usual in _usual(type(value)))
        return {name: _plain(part) for name, part, usual in parts if part or part != usual}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return kept_object({str(k): _plain(v) for k, v in cast("Mapping[object, object]", value).items()})
    return value


@lru_cache(maxsize=64)
def _names(kind: type[DataclassInstance]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@lru_cache(maxsize=8)
def _usual(kind: type[DataclassInstance]) -> tuple[tuple[str, object], ...]:
    """Its fields, each with what it is by default."""
    return tuple(
        (each.name, each.default if each.default_factory is dataclasses.MISSING else each.default_factory())
        for each in dataclasses.fields(kind)
    )


def _kept(raw: Json) -> object:
    return number_or_object(raw) if SAY not in raw else sentence_of(raw) or raw


READER = json.JSONDecoder(object_hook=_kept)
"""As `WRITER`."""
PLAIN_READER = json.JSONDecoder()
"""For a text without such numbers and without sentences: a hook costs as much as all the rest."""
