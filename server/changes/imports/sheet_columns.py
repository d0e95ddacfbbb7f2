"""Which field each column of a sheet goes to: as the caller says, else by the columns' own names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from ...criteria.targets import spelled_on
from ...dataapi.layout_meta import LayoutMeta
from ...errors import InputError
from ...query.export.id_column import names_records
from ...text.near_names import near
from ...text.plain_parts import Name
from ...text.sentence import say
from ..plans.field_check import UNCHANGED
from .column_field import Column, check_writable, column_of, field_meant

REASONS = ("row", "why")
"""The last columns of the file of rows to correct, which can be imported as it is."""
SURPLUS = re.compile(r"surplus (\d+)")
"""What is called so before them holds the cells that a row had too many."""
TOLD, SHOWN = 50, 100
"""Headings that a refusal names, and characters of each."""
REPETITION = re.compile(r"(.+)\((\d+)\)")


@dataclass(frozen=True)
class ColumnMap:
    columns: tuple[Column, ...]
    id_at: int | None
    """The position of an export's own `id`."""
    constants: Mapping[str, object]
    """Field -> a value that every row gets; forms as in create_records."""
    notes: tuple[str, ...]
    left_out: tuple[str, ...] = field(default=())
    surplus: tuple[int, ...] = ()
    """The positions of cells that a row of a file to correct had too many."""
    is_export: bool = False
    """Whether its rows are those of an export, named by their record ids."""

    def named(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)


def column_map(
    meta: LayoutMeta, headings: Sequence[str], given: Mapping[str, object] | None, *, is_export: bool = False
) -> ColumnMap:
    """`given`: heading -> field, `Portal::Field`, `id` or null to skip; or field -> {"value": constant}. `is_export`: rows are named
    by the record ids of an export; what it has of calculations and of other tables is left out then, unless `given` names it.

    Raises InputError for a column that fits no field, fits two, or goes where nothing can be written.
    """
    _check_headings(headings)
    wanted, constants = _given(meta, headings, given or {})
    columns: list[Column] = []
    notes: list[str] = []
    unknown: list[str] = []
    skipped: list[str] = []
    id_at: int | None = None
    is_export = is_export and any(
        names_records(meta, wanted.get(h.strip(), h.strip()) or "") for h in headings
    )
    reasons_at = len(headings) - len(REASONS) if tuple(headings[-2:]) == REASONS else len(headings)
    surplus = _surplus(headings[:reasons_at]) if reasons_at < len(headings) else ()
    for position, heading in enumerate(headings):
        plain = heading.strip()
        if not plain:
            continue
        target = wanted.get(plain, plain)
        if target is None:
            continue
        if names_records(meta, target):
            if plain not in wanted:
                _check_no_field(meta, plain, headings)
            id_at = position
            continue
        column = column_of(meta, position, plain, target)
        if column is None:
            (skipped if position >= reasons_at or position in surplus else unknown).append(plain)
            continue
        if is_export and plain not in wanted and (column.is_of_others or column.why_closed):
            skipped.append(plain)
            continue
        check_writable(column)
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
    _check_once(meta, columns, constants)
    if id_at is not None and not is_export:
        skipped.insert(0, headings[id_at].strip())
    skipped = [*(plain for plain, target in wanted.items() if target is None), *skipped]
    return ColumnMap(
        tuple(columns), id_at, constants, tuple(notes), tuple(skipped), surplus, is_export=is_export
    )


def surplus_heading(number: int) -> str:
    """Of the cells that a row has too many, counted from 1."""
    return f"surplus {number}"


def _surplus(headings: Sequence[str]) -> tuple[int, ...]:
    """The last of the headings that are called so."""
    first = len(headings)
    while first and SURPLUS.fullmatch(headings[first - 1]):
        first -= 1
    return tuple(range(first, len(headings)))


def _check_no_field(meta: LayoutMeta, heading: str, headings: Sequence[str]) -> None:
    if field := field_meant(meta, heading, headings):
        raise InputError(
            f"The column {heading!r} may be the record id of an export, or the field {field!r}",
            advice=f'Say which: map = {{"{heading}": "{heading}"}} or {{"{heading}": "{field}"}}. {UNCHANGED}',
        )


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
                advice=f"{_listed(headings)} {UNCHANGED}",
            )
        elif target is None or isinstance(target, str):
            wanted[name.strip()] = target.strip() if isinstance(target, str) else None
        else:
            raise InputError(f"map: {name!r} takes the name of a field, or null to skip it", advice=UNCHANGED)
    return wanted, constants


def _listed(headings: Sequence[str]) -> str:
    named = [heading.strip()[:SHOWN] for heading in headings if heading.strip()]
    more = f" and {len(named) - TOLD} more" if len(named) > TOLD else ""
    return f"Its columns are {', '.join(map(repr, named[:TOLD]))}{more}."


def _unknown(meta: LayoutMeta, unknown: Sequence[str]) -> InputError:
    first = unknown[0] if len(unknown[0]) <= SHOWN else f"{unknown[0][:SHOWN]}..."
    close = near(unknown[0], list(meta.fields))
    hint = f"perhaps {close[0]!r}" if close else "none is like it"
    more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
    return InputError(
        f"The column {first!r}{more} is no field of {meta.name!r}; {hint}",
        advice=f'Say where it goes or skip it: map = {{"{first}": "{close[0] if close else "Field"}"}} or null. '
        f'Headings in another row, or none: format = {{"headings": "3"}} or "none". {UNCHANGED}',
    )


def _check_once(meta: LayoutMeta, columns: Sequence[Column], constants: Mapping[str, object]) -> None:
    of_all = {spelled_on(meta, name) for name in constants}
    for column in columns:
        if column.name in of_all and not column.portal:
            raise InputError(
                f"map: {column.name!r} has a value for every row, and the column {column.heading!r}",
                advice=f'Skip the column ("{column.heading}": null) or leave the value out. {UNCHANGED}',
            )
    seen: dict[tuple[str, str], str] = {}
    for column in columns:
        place = (column.portal, column.name)
        if place in seen:
            raise InputError(
                f"Two columns, {seen[place]!r} and {column.heading!r}, go to the field {column.name!r}",
                advice=f"Skip one of them with map. {UNCHANGED}",
            )
        seen[place] = column.heading
