"""Which fields each changed record is to be stamped in, on the layout and where a relationship of it writes, and whether they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..text.near_names import folded
from .field_names import bare, closed_by, is_closed
from .same_table import OWN, said_at_home, said_on
from .tables import occurrence_of
from .visibility import is_visible

if TYPE_CHECKING:
    from ..dataapi.layout_meta import FieldMeta, LayoutMeta
    from ..dataapi.write import PortalWrite, Write
    from .rules import Policy

Fill = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Each template with what it stands for."""
Reached = tuple[str, str]
"""A portal, or nothing for a related field of the layout itself, and the occurrence whose record is written there."""
UNSHOWN = "a field that is not shown here"


def stamp_on(policy: Policy, meta: LayoutMeta) -> Mapping[str, str]:
    """Field -> template, for records written through the layout. Where nothing is stamped everywhere, another layout of the table
    counts."""
    said = said_on(policy.stamp_by_layout, meta)
    if said is None or (said.elsewhere and policy.stamp):
        return policy.stamp
    return said.rule


def stamp_at_home(policy: Policy, meta: LayoutMeta, occurrence: str) -> Mapping[str, str]:
    """The same for an occurrence's records, which the layout reaches by a relationship. A table without a layout of its own has no
    stamp, since no stamp could be placed there."""
    said = said_at_home(policy.stamp_by_layout, meta, occurrence)
    if any(not each.rule for each in said):
        return {}
    is_silent_somewhere = len(said) < len(meta.kin.get(folded(occurrence), ()))
    if said and not (policy.stamp and is_silent_somewhere):
        return said[0].rule
    return policy.stamp if is_silent_somewhere else {}


def is_stamp(policy: Policy, meta: LayoutMeta, name: str) -> bool:
    """Whether the owner keeps a field for stamps: on this layout, on another one of the field's table, or wherever none is named.
    A layout on which no stamp is written does not open it."""
    if not policy.stamp and not policy.stamp_by_layout:
        return False
    at_home = said_at_home(policy.stamp_by_layout, meta, occurrence_of(name) or OWN)
    stamps = [policy.stamp, stamp_on(policy, meta), *(said.rule for said in at_home)]
    own = bare(name).rpartition("::")[2]
    return folded(own) in {folded(each) for stamp in stamps for each in stamp}


def stamped(policy: Policy, meta: LayoutMeta, write: Write, fill: Fill) -> Write:
    """The write with its stamps: of the record, and of each related record that it writes."""
    if not policy.stamp and not policy.stamp_by_layout:
        return write
    fields = {**write.fields, **fill(stamp_on(policy, meta))}
    for occurrence in _named(write.fields):
        fields |= _qualified(occurrence, fill(stamp_at_home(policy, meta, occurrence)))
    portals = {
        portal: tuple(_row(policy, meta, portal, row, fill) for row in rows)
        for portal, rows in write.portals.items()
    }
    return replace(write, fields=fields, portals=portals)


def reached_by(meta: LayoutMeta, write: Write) -> Iterator[Reached]:
    """Whose related records a write creates or edits."""
    for occurrence in _named(write.fields):
        yield "", occurrence
    for portal, rows in write.portals.items():
        for row in rows:
            yield from ((portal, occurrence) for occurrence in _of_row(meta, portal, row))


def stamp_problems(policy: Policy, meta: LayoutMeta, *, for_owner: bool = False) -> Iterator[str]:
    """Sentences about the layout's stamp. `meta` is the whole layout: a stamp may be hidden from the assistant, which is then
    told no name."""
    for name in stamp_on(policy, meta):
        is_told = for_owner or is_visible(policy, meta, name)
        what = f"Each change of {meta.name!r} is to be stamped in {repr(name) if is_told else UNSHOWN}"
        if why := _why_unwritable(policy, meta, name, meta.fields.get(name)):
            yield f"{what}, {why}"


def related_stamp_problems(policy: Policy, meta: LayoutMeta, reached: Iterable[Reached]) -> Iterator[str]:
    """The same about the records that a change would write by relationships."""
    for portal, occurrence in dict.fromkeys(reached):
        known = meta.portals[portal].fields if portal in meta.portals else meta.fields
        for name in stamp_at_home(policy, meta, occurrence):
            full = f"{occurrence}::{name}"
            told = repr(full) if is_visible(policy, meta, full) else UNSHOWN
            if why := _why_unwritable(policy, meta, name, known.get(full)):
                yield (
                    f"Each change of a record of {occurrence!r} is to be stamped in {told}, {why}"
                    f"{f' ({portal!r} of {meta.name!r})' if portal else f' ({meta.name!r})'}"
                )


def _why_unwritable(policy: Policy, meta: LayoutMeta, name: str, field: FieldMeta | None) -> str:
    if field is None:
        return "which the layout does not have"
    if field.is_global or field.kind != "normal" or field.type == "container" or "::" in name:
        kind = "related" if "::" in name else "global" if field.is_global else field.kind
        return f"and nobody can write to that field ({'container' if field.type == 'container' else kind})"
    if is_closed(closed_by(policy.read_only_fields, meta.name), field.name):
        return "which read_only_fields closes"
    return ""


def _row(policy: Policy, meta: LayoutMeta, portal: str, row: PortalWrite, fill: Fill) -> PortalWrite:
    fields = dict(row.fields)
    for occurrence in _of_row(meta, portal, row):
        fields |= _qualified(occurrence, fill(stamp_at_home(policy, meta, occurrence)))
    return replace(row, fields=fields)


def _of_row(meta: LayoutMeta, portal: str, row: PortalWrite) -> list[str]:
    """A new row is a record of the portal's own occurrence, whatever fields it is given."""
    own = meta.portals[portal].occurrence if portal in meta.portals and row.record_id is None else ""
    return list(dict.fromkeys([*([own] if own else []), *_named(row.fields)]))


def _named(fields: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(occurrence for name in fields if (occurrence := occurrence_of(name)))


def _qualified(occurrence: str, stamp: Mapping[str, str]) -> dict[str, str]:
    return {f"{occurrence}::{name}": text for name, text in stamp.items()}
