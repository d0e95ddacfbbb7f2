"""What of a map the owner's policy leaves open: a table, a field and a formula exist only as far as an open layout shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from ..dataapi.layout_meta import FieldMeta, LayoutMeta, PortalMeta
from ..dataapi.menu_item import MenuItem
from ..policy import Policy, homes, may_read, own_names, visible
from ..text.near_names import folded
from .atlas import Atlas
from .near_tables import TableKey
from .solution import LayoutPlace

LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')


class OpenTables:
    """For the layouts that an account has now. Nothing in it opens anything: it is the policy, applied to what the map knows."""

    def __init__(self, atlas: Atlas, policy: Policy, layouts: Iterable[MenuItem]) -> None:
        self._atlas = atlas
        self._policy = policy
        self._items = tuple(layouts)
        self._shown_names: dict[str, frozenset[str]] = {}

    @cached_property
    def fields(self) -> frozenset[tuple[TableKey, str]]:
        """Table and folded field name."""
        found: set[tuple[TableKey, str]] = set()
        for place in self.layouts:
            for name in self.shown_on(place):
                occurrence, _, bare = name.rpartition("::")
                table = self._atlas.table_of(occurrence or place.occurrence)
                if table is not None:
                    found.add((table, folded(bare)))
        return frozenset(found)

    @cached_property
    def tables(self) -> frozenset[TableKey]:
        own = {t for place in self.layouts if (t := self._atlas.table_of(place.occurrence)) is not None}
        return frozenset(own | {table for table, _ in self.fields})

    @cached_property
    def layouts(self) -> tuple[LayoutPlace, ...]:
        """The map's layouts that are open and there."""
        items = [item for item in self._items if may_read(self._policy, item.name)]
        places = [self._atlas.place_of(item.name, item.table) for item in items]
        return tuple(place for place in places if place is not None)

    def shown_on(self, place: LayoutPlace) -> frozenset[str]:
        """The fields of a layout and of its portals that are open there."""
        if place.name not in self._shown_names:
            self._shown_names[place.name] = frozenset(_names(self._shown(place)))
        return self._shown_names[place.name]

    def is_open(self, occurrence: str, field: str) -> bool:
        table = self._atlas.table_of(occurrence)
        return table is not None and (table, folded(field)) in self.fields

    def shows_table(self, table: TableKey | None) -> bool:
        return table is not None and table in self.tables

    def places_of(self, table: TableKey) -> list[LayoutPlace]:
        """The open layouts that show the table as their own."""
        return [each for each in self.layouts if self._atlas.table_of(each.occurrence) == table]

    def names_nothing_closed(self, text: str, context: str) -> bool:
        """Whether a formula or a comment names open fields and tables only. `context` is the occurrence it looks from.

        Names are sought as words, so that one too many is withheld rather than one too few.
        """
        if self._words is None:
            return True
        own = self._atlas.table_of(context)
        literals = [match.span() for match in LITERAL.finditer(text)]
        for match in self._words.finditer(text):
            occurrence, name = match["occurrence"], folded(match["name"])
            if occurrence is not None:
                if not self.is_open(occurrence, name):
                    return False
                continue
            quoted = any(begin <= match.start() < end for begin, end in literals)
            if not quoted and own is not None and self._atlas.field(own, name) is not None:
                if (own, name) not in self.fields:
                    return False
            elif name in self._closed:
                return False
        return True

    def fields_in(self, formula: str, context: str) -> Iterator[tuple[str, str]]:
        """Occurrence and field, as far as names tell."""
        own = self._atlas.table_of(context)
        for match in self._words.finditer(formula) if self._words is not None else ():
            if match["occurrence"] is not None:
                yield match["occurrence"], match["name"]
            elif self._atlas.field(own, match["name"]) is not None:
                yield context, match["name"]

    def named_in(self, text: str) -> frozenset[str]:
        """The names of fields and tables in a formula, as it spells them."""
        return (
            frozenset() if self._words is None else frozenset(m["name"] for m in self._words.finditer(text))
        )

    @cached_property
    def _closed(self) -> frozenset[str]:
        """Folded names that stand for something closed, whatever else they stand for."""
        atlas = self._atlas
        closed = {
            folded(name)
            for table, facts in atlas.tables.items()
            for name in facts.fields
            if (table, folded(name)) not in self.fields
        }
        closed |= {folded(name) for key, name in atlas.names.items() if key not in self.tables}
        return frozenset(
            closed | {folded(o) for o in atlas.facts.occurrences if not self.shows_table(atlas.table_of(o))}
        )

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        atlas = self._atlas
        fields = {name for facts in atlas.tables.values() for name in facts.fields}
        occurrences = set(atlas.facts.occurrences)
        names = sorted(fields | occurrences | set(atlas.names.values()), key=len, reverse=True)
        if not names:
            return None
        before = "|".join(map(re.escape, sorted(occurrences, key=len, reverse=True)))
        words = "|".join(map(re.escape, names))
        return re.compile(
            rf"(?<!\w)(?:(?P<occurrence>{before})\s*::\s*)?(?P<name>{words})(?!\w)", re.IGNORECASE
        )

    def _shown(self, place: LayoutPlace) -> LayoutMeta:
        """The layout as the policy shows it, by what the map says is on it."""
        whole = LayoutMeta(
            place.name,
            {name: self._meta(place, name) for name in place.fields},
            {
                (each.name or each.occurrence): PortalMeta(
                    each.name or each.occurrence, {name: self._meta(place, name) for name in each.fields}
                )
                for each in place.portals
            },
            {},
        )
        told = [
            MenuItem(item.name, item.folder, item.table or known.occurrence)
            for item in self._items
            if (known := self._atlas.layout(item.name)) is not None
        ]
        homed = replace(whole, homes=homes(self._policy, whole, told), home_fields=self._home_fields)
        return visible(self._policy, homed)

    @cached_property
    def _home_fields(self) -> dict[str, tuple[str, ...]]:
        """What each layout has on it, by the map."""
        places = ((item.name, self._atlas.layout(item.name)) for item in self._items)
        return {name: own_names(place.fields) for name, place in places if place is not None}

    def _meta(self, place: LayoutPlace, name: str) -> FieldMeta:
        occurrence, _, bare = name.rpartition("::")
        found = self._atlas.field(self._atlas.table_of(occurrence or place.occurrence), bare)
        return FieldMeta(name, "text") if found is None else FieldMeta(name, found[1].type, found[1].kind)


def _names(meta: LayoutMeta) -> Iterable[str]:
    for field in meta.fields.values():
        if not field.is_disguised:
            yield field.name
    for portal in meta.portals.values():
        for field in portal.fields.values():
            if not field.is_disguised:
                yield field.name
