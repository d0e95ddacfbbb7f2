"""Which field of a layout a name means, and the values it has in a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..dataapi.contents import Value
from ..dataapi.layout_meta import FieldMeta, LayoutMeta, PortalMeta
from ..dataapi.record import Record
from ..dataapi.renamed_fields import said
from ..errors import InputError, NameUnknown
from ..text.near_names import matched, near

REPETITION = re.compile(r"(.+)\((\d+)\)")


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a layout as criteria, sorting, grouping and measures name it."""

    name: str
    """As FileMaker spells it, with `(2)` where one repetition is meant."""
    meta: FieldMeta
    portal: str | None = None
    """The portal whose rows hold it, unless it also stands on the layout itself."""

    @property
    def type(self) -> str:
        return self.meta.type

    @property
    def is_single(self) -> bool:
        """One value a record, and the host's find sees just that one: not related, not all repetitions of a repeating field."""
        return not self.meta.is_related and (self.meta.max_repetitions == 1 or self.name != self.meta.name)

    def values(self, record: Record) -> Iterator[Value]:
        """Its values in a record: one, one for each repetition shown, or one for each portal row read."""
        keys = self.meta.shown_names if self.name == self.meta.name else (self.name,)
        if self.portal is None:
            yield from (record.fields[key] for key in keys if key in record.fields)
        elif self.portal in record.portals:
            for row in record.portals[self.portal].rows:
                yield from (row.fields[key] for key in keys if key in row.fields)

    def value(self, record: Record) -> Value:
        """Its first value; empty text where the record has none."""
        return next(self.values(record), "")


def target(layout: LayoutMeta, name: str, *, use: str = "") -> Target:
    """The field that `name` means on the layout, as `names.matched` compares. Raises NameUnknown with near matches."""
    own = spelled_on(layout, name)
    if own is None and _in_portal(layout, _without_repetition(name, layout)[0]) is not None:
        own = name
    if own is not None:
        bare, repetition = _without_repetition(own, layout)
        portal, meta = _looked_up(layout, bare)
        if repetition is not None and not 1 <= repetition <= meta.max_repetitions:
            raise InputError(
                f"{bare!r} has {meta.max_repetitions} repetition(s); {name!r} is not one of them"
            )
        exact = meta.name if repetition is None or meta.max_repetitions == 1 else f"{meta.name}({repetition})"
        return Target(exact, meta, portal)
    now = said(layout, name)
    usual = "describe_layout lists the fields; one that the layout does not show cannot be used."
    raise NameUnknown(
        "field",
        name,
        where=f"on layout {layout.name!r}",
        near=() if now else near(name, field_names(layout)),
        advice=" ".join(part for part in (now, use, usual) if part),
        layout=layout.name,
    )


def field_names(layout: LayoutMeta) -> tuple[str, ...]:
    inside = (name for portal in layout.portals.values() for name in portal.fields)
    return tuple(dict.fromkeys((*layout.fields, *inside)))


def _without_repetition(name: str, layout: LayoutMeta) -> tuple[str, int | None]:
    found = REPETITION.fullmatch(name)
    if found is None or name in field_names(layout):
        return name, None
    return found.group(1), int(found.group(2))


def _looked_up(layout: LayoutMeta, name: str) -> tuple[str | None, FieldMeta]:
    if name in layout.fields:
        return None, layout.fields[name]
    in_portal = _in_portal(layout, name)
    if in_portal is not None:
        return in_portal
    return next((p.name, p.fields[name]) for p in layout.portals.values() if name in p.fields)


def _in_portal(layout: LayoutMeta, name: str) -> tuple[str, FieldMeta] | None:
    """A field of a portal by the portal's own name, which may also be that of a table: `Open Tasks::Status`."""
    prefix, colons, field = name.partition("::")
    own = layout.portals.get(matched(prefix, layout.portals) or "") if colons else None
    if own is None:
        return None
    by_field = {known.partition("::")[2] or known: meta for known, meta in own.fields.items()}
    spelled = matched(name, own.fields) or matched(field, own.fields)
    if spelled is not None:
        return own.name, own.fields[spelled]
    bare = matched(field, by_field)
    return None if bare is None else (own.name, by_field[bare])


def portals_with(layout: LayoutMeta, name: str) -> tuple[str, ...]:
    """The portals that show a field, where its name alone does not tell which of them is meant."""
    if name in layout.fields or _in_portal(layout, name) is not None:
        return ()
    return tuple(portal.name for portal in layout.portals.values() if name in portal.fields)


def spelled_on(layout: LayoutMeta, name: str) -> str | None:
    """A field's name as the layout spells it, with the repetition that it names; None for a name that is not there, or means
    several."""
    if name in layout.fields:
        return name
    bare, repetition = _without_repetition(name, layout)
    own = matched(bare, field_names(layout))
    if own is None and repetition is not None:  # a name that itself ends in a number in brackets
        return matched(name, field_names(layout))
    return own if own is None or repetition is None else f"{own}({repetition})"


def is_field(layout: LayoutMeta, name: str) -> bool:
    """Whether a name means a field; a portal of the very same name goes before a field that only compares equal."""
    if name in layout.fields or name in layout.portals:
        return name in layout.fields
    return spelled_on(layout, name) is not None


def portal_called(layout: LayoutMeta, name: str) -> PortalMeta | None:
    """A portal by its name or by its table occurrence."""
    by_name = {portal.name: portal for portal in layout.portals.values()}
    by_occurrence = {portal.occurrence: portal for portal in reversed(list(layout.portals.values()))}
    for known in (by_name, by_occurrence):
        if (own := matched(name, known)) is not None:
            return known[own]
    return None
