"""The field to which a column of a sheet goes, and whether anybody can write to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...criteria.targets import portal_called, spelled_on
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...errors import InputError
from ..plans.field_check import UNCHANGED


@dataclass(frozen=True)
class Column:
    """One column: `field` as a record has it, or `Portal::Field` with `portal` for a related row."""

    position: int
    heading: str
    name: str
    meta: FieldMeta
    portal: str = ""

    @property
    def is_of_others(self) -> bool:
        """A field of a related record that is no row of a portal."""
        return self.meta.is_related and not self.portal

    @property
    def why_closed(self) -> str:
        """Why nobody can write to its field; empty where somebody can."""
        if self.meta.type == "container":
            return "is a container, which takes files and no text"
        if self.meta.kind != "normal":
            return f"is a {self.meta.kind} field, which FileMaker fills itself"
        return "is a global field, which belongs to no record" if self.meta.is_global else ""


def column_of(meta: LayoutMeta, position: int, heading: str, target: str) -> Column | None:
    name = spelled_on(meta, target)
    found = meta.field_named(name) if name is not None else None
    if name is not None and found is not None:
        portal = next(
            (p.name for p in meta.portals.values() if name in p.fields and name not in meta.fields), ""
        )
        return Column(position, heading, name, found, portal)
    if "::" not in target:
        return None
    portal_name, _, rest = target.partition("::")
    portal = portal_called(meta, portal_name)
    if portal is None:
        return None
    own = next((f for f in portal.fields if f.rpartition("::")[2].casefold() == rest.casefold()), None)
    if own is None:
        return None
    return Column(position, heading, own, portal.fields[own], portal.name)


def field_meant(meta: LayoutMeta, heading: str, headings: Sequence[str]) -> str | None:
    """The field that an `id` of another program may be meant for: `ID`, unless that has a column of its own."""
    field = spelled_on(meta, heading)
    return None if field in [each.strip() for each in headings] else field


def target_of(meta: LayoutMeta, heading: str) -> str | None:
    """The field that a heading names by itself, as the layout spells it."""
    column = column_of(meta, 0, heading, heading)
    return None if column is None else column.name


def check_writable(column: Column) -> None:
    if why := column.why_closed:
        raise InputError(
            f"The column {column.heading!r} cannot be written: {column.name!r} {why}",
            advice=f'Skip it: map = {{"{column.heading}": null}}. {UNCHANGED}',
        )
