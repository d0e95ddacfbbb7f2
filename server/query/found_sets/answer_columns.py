"""Which fields and portals of a layout an answer shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ...criteria.targets import Target, portal_called, portals_with, target
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import PortalRange
from ...errors import InputError, NameUnknown
from ...text.near_names import folded, matched, near
from .field_guesses import likely_key, likely_name

MOST_BY_DEFAULT = 8
FIRST_ROWS = 200
"""Portal rows asked for with the records; the rest is fetched record by record."""


class InManyRows(InputError):
    """A field of a portal where one value for each record is wanted. `occurrence`: the table that has it."""

    def __init__(self, name: str, portal: str, occurrence: str, what: str) -> None:
        super().__init__(
            f"{name!r} stands in portal {portal!r}: a record has many values there, so it cannot {what}",
            advice="Use a layout of that related table; list_layouts shows them.",
        )
        self.occurrence = occurrence


@dataclass(frozen=True)
class Columns:
    """`fields` as record keys, one for each repetition shown; `portals`: name -> keys of its rows."""

    fields: tuple[str, ...]
    containers: frozenset[str] = frozenset()
    portals: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    offsets: dict[str, int] = field(default_factory=dict[str, int])
    """Portal -> rows to pass over."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the record and of all its portal rows."""
        return (*self.fields, *(key for keys in self.portals.values() for key in keys))

    @property
    def ranges(self) -> tuple[PortalRange, ...]:
        return tuple(PortalRange(name, self.offsets.get(name, 0) + 1, FIRST_ROWS) for name in self.portals)


def chosen(
    layout: LayoutMeta, fields: Sequence[str] | None, portals: Sequence[str], used: Iterable[Target] = ()
) -> Columns:
    """What was asked for, or at most eight columns: key, name, criteria and sort fields, then the first on the layout;
    of a repeating field only the first repetition."""
    inside: dict[str, list[str]] = {}
    own: list[Target] = []
    for name in fields or ():
        found = target(layout, name, use="Choose fields as describe_layout names them.")
        if len(several := portals_with(layout, name)) > 1:
            raise InputError(
                f"{name!r} stands in the portals {' and '.join(map(repr, several))}, which may show different rows",
                advice=f"Name the portal: {several[0]}::{name.partition('::')[2]}.",
            )
        if found.portal is None:
            own.append(found)
        else:
            inside.setdefault(found.portal, []).extend(_keys(found))
    if fields is None:
        own = _by_default(layout, used)
    named = dict.fromkeys(portal_named(layout, name) for name in portals)
    rows = {name: tuple(inside.get(name) or _all_of_portal(layout, name)) for name in (*named, *inside)}
    keys = tuple(dict.fromkeys(key for each in own for key in _keys(each)))
    metas = [t.meta for t in own] + [f for name in rows for f in layout.portals[name].fields.values()]
    containers = frozenset(key for meta in metas if meta.type == "container" for key in meta.shown_names)
    return Columns(keys, containers, rows)


def everything(layout: LayoutMeta, portals: Sequence[str] | None = None) -> Columns:
    """All fields and, unless some are named, all portals of a layout."""
    names = [name for name, meta in layout.fields.items() if meta.type != "invalid"]
    return chosen(layout, names, tuple(layout.portals) if portals is None else portals)


def portal_named(layout: LayoutMeta, name: str) -> str:
    """The portal's name as the layout spells it; its occurrence will do. Raises NameUnknown."""
    own = matched(name, layout.portals)
    several = [each.name for each in layout.portals.values() if folded(each.occurrence) == folded(name)]
    if own is None and len(several) > 1:
        raise InputError(
            f"{name!r} stands in the portals {' and '.join(map(repr, several))}, which may show different rows",
            advice="Name the portal.",
        )
    portal = portal_called(layout, name)
    if portal is not None:
        return portal.name
    raise NameUnknown(
        "portal",
        name,
        where=f"on layout {layout.name!r}",
        near=near(name, layout.portals),
        advice=f"It has {', '.join(map(repr, layout.portals)) or 'none'}.",
    )


def single(layout: LayoutMeta, name: str, what: str) -> Target:
    """A field with one value a record, for sorting, grouping and measuring. Raises InputError for the others."""
    found = target(layout, name)
    if found.portal is not None:
        raise InManyRows(found.name, found.portal, layout.portals[found.portal].occurrence, what)
    if found.type == "container":
        raise InputError(f"{found.name!r} is a container, which cannot {what}")
    if found.meta.max_repetitions > 1 and found.name == found.meta.name:
        raise InputError(f"{found.name!r} repeats; name one repetition, such as '{found.name}(1)'")
    return found


def _by_default(layout: LayoutMeta, used: Iterable[Target]) -> list[Target]:
    first = [name for name in (likely_key(layout), likely_name(layout)) if name is not None]
    named = [t.name for t in used if t.portal is None]
    names = [*first, *named]
    names += [
        name
        for name, meta in layout.fields.items()
        if meta.type not in ("container", "invalid") and not meta.is_global and meta.kind != "summary"
    ]
    unique = list(dict.fromkeys(names))
    found = [target(layout, name) for name in unique[:MOST_BY_DEFAULT]]
    return [each if each.name in named else replace(each, name=_keys(each)[0]) for each in found]


def _keys(found: Target) -> tuple[str, ...]:
    return found.meta.shown_names if found.name == found.meta.name else (found.name,)


def _all_of_portal(layout: LayoutMeta, name: str) -> list[str]:
    metas = layout.portals[name].fields.values()
    return [key for meta in metas if meta.type != "invalid" for key in meta.shown_names]
