"""What a host showed when it was looked at last: names and types, no value. The next look tells what became of them, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ..dataapi.layout_meta import FieldMeta, LayoutMeta, PortalMeta
from ..dataapi.renamed_fields import renamed
from ..policy.misspellings import Solution

NAMED = 8
"""Names that a sentence tells."""


@dataclass(frozen=True)
class SchemaLook:
    """`at` is a moment as seconds since 1970."""

    at: float
    layouts: Mapping[str, LayoutMeta]
    scripts: Sequence[str]

    @classmethod
    def of(cls, solution: Solution, at: float, before: SchemaLook | None) -> SchemaLook:
        """What could not be described now stays as it was seen before."""
        layouts = {meta.name: meta for meta in solution.layouts}
        if before is not None:
            layouts |= {name: meta for name, meta in before.layouts.items() if name in solution.unread}
        return cls(at, layouts, tuple(solution.scripts))

    def text(self) -> str:
        layouts = {
            name: {
                "fields": _fields_out(meta.fields),
                "portals": {key: _fields_out(portal.fields) for key, portal in meta.portals.items()},
            }
            for name, meta in self.layouts.items()
        }
        return json.dumps(
            {"at": self.at, "layouts": layouts, "scripts": list(self.scripts)}, ensure_ascii=False
        )


def read_look(text: str) -> SchemaLook | None:
    """None for what is no look: it is then as if there had been none."""
    try:
        raw = cast("dict[str, Any]", json.loads(text))
        layouts = {
            name: LayoutMeta(
                name,
                _fields_in(each["fields"]),
                {key: PortalMeta(key, _fields_in(fields)) for key, fields in each["portals"].items()},
                {},
            )
            for name, each in raw["layouts"].items()
        }
        return SchemaLook(float(raw["at"]), layouts, tuple(map(str, raw["scripts"])))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def look_file(folder: Path, identity: str) -> Path:
    """Where the last look at one database is kept."""
    return folder / f"{hashlib.sha256(identity.encode()).hexdigest()[:24]}.json"


def changed_since(before: SchemaLook, now: SchemaLook) -> list[str]:
    """In words, one sentence for each layout that is not as it was."""
    told = [*_sets("layout", before.layouts, now.layouts), *_sets("script", before.scripts, now.scripts)]
    for name, old in before.layouts.items():
        if (new := now.layouts.get(name)) is not None and (parts := list(_of_layout(old, new))):
            told.append(f"On {name!r} {'; '.join(parts)}.")
    return told


def _sets(
    what: str, before: Mapping[str, object] | Sequence[str], now: Mapping[str, object] | Sequence[str]
) -> Iterator[str]:
    gone = [name for name in before if name not in now]
    come = [name for name in now if name not in before]
    if gone:
        yield f"{_counted(what, gone)} gone: {_few(gone)}."
    if come:
        yield f"{_counted(what, come)} new: {_few(come)}."


def _of_layout(old: LayoutMeta, new: LayoutMeta) -> Iterator[str]:
    names = renamed(old, new)
    for first, then in names.items():
        yield f"{first!r} seems to be called {then!r} now"
    was, is_now = _every(old), _every(new)
    if gone := [name for name in was if name not in is_now and name not in names]:
        yield f"{_few(gone)} {'is' if len(gone) == 1 else 'are'} gone"
    if come := [name for name in is_now if name not in was and name not in names.values()]:
        yield f"{_few(come)} {'is' if len(come) == 1 else 'are'} new"
    for name, field in was.items():
        other = is_now.get(name)
        if other is not None and _kind(other) != _kind(field):
            yield f"{name!r} was {_kind(field)} and is {_kind(other)}"
    for name in old.portals:
        if name not in new.portals:
            yield f"the portal {name!r} is gone"
    for name in new.portals:
        if name not in old.portals:
            yield f"the portal {name!r} is new"


def _every(meta: LayoutMeta) -> dict[str, FieldMeta]:
    return {
        **meta.fields,
        **{name: each for portal in meta.portals.values() for name, each in portal.fields.items()},
    }


def _kind(field: FieldMeta) -> str:
    return field.type if field.kind == "normal" else f"a {field.kind} ({field.type})"


def _fields_out(fields: Mapping[str, FieldMeta]) -> list[list[object]]:
    return [
        [each.name, each.type, each.kind, each.max_repetitions, each.is_global] for each in fields.values()
    ]


def _fields_in(raw: list[list[Any]]) -> dict[str, FieldMeta]:
    return {
        name: FieldMeta(name, kind_of, kind, max_repetitions=repetitions, is_global=is_global)
        for name, kind_of, kind, repetitions, is_global in raw
    }


def _counted(what: str, names: Sequence[str]) -> str:
    return f"{len(names)} {what}{'s are' if len(names) != 1 else ' is'}"


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:NAMED]))
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown
