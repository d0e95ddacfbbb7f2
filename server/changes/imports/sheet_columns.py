"""Which field each column of a sheet goes to: as the caller says, else by the columns' own names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from ...criteria.targets import portal_called, spelled_on
from ...dataapi.layout_meta import FieldMeta, LayoutMeta
from ...errors import InputError
from ...text.near_names import near
from ...text.plain_parts import Name
from ...text.sentence import say
from ..plans.field_check import UNCHANGED

ID = "id"
"""The column in which our own exports name a record."""
REASONS = ("row", "why")
"""The last columns of the file of rows to correct, which can be imported as it is."""
REPETITION = re.compile(r"(.+)\((\d+)\)")


@dataclass(frozen=True)
class Column:
    """One column: `field` as a record has it, or `Portal::Field` with `portal` for a related row."""

    position: int
    heading: str
    name: str
    meta: FieldMeta
    portal: str = ""


@dataclass(frozen=True)
class ColumnMap:
    columns: tuple[Column, ...]
    id_at: int | None
    """The position of an export's own `id`."""
    constants: Mapping[str, object]
    """Field -> a value that every row gets; forms as in create_records."""
    notes: tuple[str, ...]
    left_out: tuple[str, ...] = field(default=())

    def named(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def column_map(meta: LayoutMeta, headings: Sequence[str], given: Mapping[str, object] | None) -> ColumnMap:
    """`given`: heading -> field, `Portal::Field`, `id` or null to skip; or field -> {"value": constant}.

    Raises InputError for a column that fits no field, fits two, or goes where nothing can be written.
    """
    _check_headings(headings)
    wanted, constants = _given(meta, headings, given or {})
    columns: list[Column] = []
    notes: list[str] = []
    unknown: list[str] = []
    reasons: list[str] = []
    id_at: int | None = None
    is_to_correct = tuple(headings[-2:]) == REASONS
    for position, heading in enumerate(headings):
        plain = heading.strip()
        if not plain:
            continue
        target = wanted.get(plain, plain)
        if target is None:
            continue
        if target == ID and meta.fields.get(ID) is None:
            id_at = position
            continue
        column = _column(meta, position, plain, target)
        if column is None:
            is_reason = is_to_correct and position >= len(headings) - 2
            (reasons if is_reason else unknown).append(plain)
            continue
        if column.name != target:
            notes.append(
                say(
                    "The column %(plain)s goes to the field %(name)s.",
                    plain=Name(plain),
                    name=Name(column.name),
                )
            )
        columns.append(column)
    if unknown:
        raise _unknown(meta, unknown)
    _check_once(columns)
    skipped = (*(plain for plain, target in wanted.items() if target is None), *reasons)
    return ColumnMap(tuple(columns), id_at, constants, tuple(notes), skipped)


def _check_headings(headings: Sequence[str]) -> None:
    named = [heading.strip() for heading in headings if heading.strip()]
    twice = sorted(name for name, count in Counter(named).items() if count > 1)
    if twice:
        raise InputError(
            f"The heading {twice[0]!r} stands above two columns", advice=f"Rename one of them. {UNCHANGED}"
        )
    if not named:
        raise InputError("The first row of the file has no headings", advice=UNCHANGED)


def _given(
    meta: LayoutMeta, headings: Sequence[str], given: Mapping[str, object]
) -> tuple[dict[str, str | None], dict[str, object]]:
    """What the caller says of columns, and the values that every row gets."""
    plain = {heading.strip() for heading in headings}
    wanted: dict[str, str | None] = {}
    constants: dict[str, object] = {}
    for name, target in given.items():
        if isinstance(target, Mapping):
            parts = cast("Mapping[str, object]", target)
            constants[name] = parts["value"] if set(parts) == {"value"} else dict(parts)
        elif name.strip() not in plain:
            close = near(name, plain)
            raise InputError(
                f"The file has no column {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""),
                advice=f"Its columns are {', '.join(repr(h) for h in sorted(plain) if h)}. {UNCHANGED}",
            )
        elif target is None or isinstance(target, str):
            wanted[name.strip()] = target.strip() if isinstance(target, str) else None
        else:
            raise InputError(f"map: {name!r} takes the name of a field, or null to skip it", advice=UNCHANGED)
    return wanted, constants


def _column(meta: LayoutMeta, position: int, heading: str, target: str) -> Column | None:
    column = _found(meta, position, heading, target)
    return column if column is None else _writable(column)


def _found(meta: LayoutMeta, position: int, heading: str, target: str) -> Column | None:
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


def target_of(meta: LayoutMeta, heading: str) -> str | None:
    """The field that a heading names by itself, as the layout spells it."""
    column = _found(meta, 0, heading, heading)
    return None if column is None else column.name


def _writable(column: Column) -> Column:
    found = column.meta
    why = ""
    if found.type == "container":
        why = "is a container, which takes files and no text"
    elif found.kind != "normal":
        why = f"is a {found.kind} field, which FileMaker fills itself"
    elif found.is_global:
        why = "is a global field, which belongs to no record"
    if why:
        raise InputError(
            f"The column {column.heading!r} cannot be written: {column.name!r} {why}",
            advice=f'Skip it: map = {{"{column.heading}": null}}. {UNCHANGED}',
        )
    return column


def _unknown(meta: LayoutMeta, unknown: Sequence[str]) -> InputError:
    first = unknown[0]
    close = near(first, list(meta.fields))
    hint = f"perhaps {close[0]!r}" if close else "none is like it"
    more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
    return InputError(
        f"The column {first!r}{more} is no field of {meta.name!r}; {hint}",
        advice=f'Say where it goes or skip it: map = {{"{first}": "{close[0] if close else "Field"}"}} or null. '
        f'Headings in another row, or none: format = {{"headings": "3"}} or "none". {UNCHANGED}',
    )


def _check_once(columns: Sequence[Column]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for column in columns:
        place = (column.portal, column.name)
        if place in seen:
            raise InputError(
                f"Two columns, {seen[place]!r} and {column.heading!r}, go to the field {column.name!r}",
                advice=f"Skip one of them with map. {UNCHANGED}",
            )
        seen[place] = column.heading
