"""Opens sealed pages of one layout for a question: the fields it needs, readable, and nothing that the policy hides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..dataapi.contents import Value
from ..dataapi.sealed_page import Projection, Rows, Sealed
from ..dataapi.wire import iso_date, iso_timestamp
from .row_scope import RowScope

Column = Sequence[Value | None]


def dates_read_once() -> dict[str, Once]:
    """For each type of date what makes its texts those of ISO 8601."""
    return {"date": Once(iso_date), "timeStamp": Once(iso_timestamp)}


class MissingColumn(Exception):
    """A field that a page does not have; its name is the argument."""


class PageColumns:
    """`types`: each field's type; `disguises`: fields for whose values something else stands."""

    def __init__(
        self,
        types: Mapping[str, str],
        disguises: Mapping[str, Callable[[Value], Value]],
        *,
        scope: RowScope | None,
        projection: Callable[[tuple[str, ...]], Projection],
        dates: Mapping[str, Once],
    ) -> None:
        """`dates`: what converts the texts of a type of date."""
        self._wanted = tuple(types)
        self._scope = scope
        types = {**(scope.types if scope is not None else {}), **types}
        self._projection = projection(tuple(types))
        self._disguises = disguises
        self._dates = {name: dates[kind] for name, kind in types.items() if kind in dates}
        self._texts = [name for name, kind in types.items() if kind not in dates]

    @property
    def holds_nothing(self) -> bool:
        """Whether it is the same after any number of pages: scopes and pseudonyms remember what they saw."""
        return self._scope is None and not self._disguises

    def open(self, sealed: Sealed) -> Rows:
        """Raises MissingColumn for a field that a record lacks: the layout changed since it was described."""
        rows = self._projection.open(sealed)
        columns = dict(rows.columns)
        for name, column in columns.items():
            if type(None) in frozenset(map(type, column)):  # a number compared with None is slow
                raise MissingColumn(name)
        for name, convert in self._dates.items():
            columns[name] = convert.all_of(columns[name])
        if b"\\r" in sealed.body:
            for name in self._texts:
                columns[name] = _with_line_feeds(columns[name])
        opened = Rows(rows.ids, columns, rows.found)
        if self._scope is not None:
            opened = self._scope.applied(opened, self._wanted)
        if not self._disguises:
            return opened
        columns = dict(opened.columns)
        for name, disguise in self._disguises.items():
            columns[name] = [disguise(value) if value is not None else None for value in columns[name]]
        return replace(opened, columns=columns)


class Once:
    """Converts each different text once: there are few different dates."""

    def __init__(self, convert: Callable[[str], str]) -> None:
        self._convert = convert
        self._known: dict[Value | None, Value | None] = {}

    def all_of(self, column: Column) -> Column:
        known = self._known
        if len(known) > 100_000:
            known.clear()
        try:
            return [known[value] for value in column]
        except KeyError:
            for value in set(column):
                if value not in known:
                    known[value] = self._convert(value) if isinstance(value, str) and value else value
            return [known[value] for value in column]


def _with_line_feeds(column: Column) -> Column:
    return [
        value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) and "\r" in value else value
        for value in column
    ]
