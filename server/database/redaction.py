"""Removes hidden fields and records out of scope, and notes which fields of outsiders were read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from ..criteria.calendar import Calendar
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import Record
from ..dataapi.sealed_page import Projection
from ..dataapi.wire import ValueReader
from ..errors import InputError
from ..policy import (
    Policy,
    disguise_of,
    hidden,
    is_in_scope,
    is_unrestricted,
    shown,
    untrusted_in,
    untrusted_names,
    visible,
)
from ..policy.same_table import possible_kin
from ..solution_map.map_view import MapView
from .conversion import readable, unknown_field
from .limits.change_rules import ChangeRules, unknown_match
from .page_columns import PageColumns, dates_read_once
from .row_scope import RowScope
from .untrusted.untrusted_fields import UntrustedFields
from .untrusted.untrusted_reads import UntrustedReads

MOST_PROJECTIONS = 100
MOST_LAYOUTS = 50
"""Whose open parts are remembered."""


class Redaction:
    """Pseudonyms hold for one run of the server. `database` is the name under which `outsiders` keeps what was read."""

    def __init__(
        self,
        policy: Policy,
        outsiders: UntrustedReads,
        database: str,
        calendar: Calendar,
        untrusted: UntrustedFields,
        solution_map: MapView | None = None,
    ) -> None:
        match_fields = unknown_match if solution_map is None else solution_map.atlas.match_fields
        self.change_rules = ChangeRules(policy, calendar, match_fields)
        self._policy = policy
        self._outsiders = outsiders
        self._untrusted = untrusted
        self._database = database
        self._secret = secrets.token_bytes(16)
        self._dates = dates_read_once()
        self._projections: dict[tuple[str, ...], Projection] = {}
        self._known: dict[str, tuple[LayoutMeta, LayoutMeta]] = {}
        self._openers: dict[tuple[str, ...], tuple[LayoutMeta, PageColumns]] = {}

    def known(self, meta: LayoutMeta) -> LayoutMeta:
        """The layout as this assistant knows it, made out once for each description of it."""
        kept = self._known.get(meta.name)
        if kept is None or kept[0] is not meta:
            if len(self._known) >= MOST_LAYOUTS:
                self._known.clear()
            kept = self._known[meta.name] = (meta, visible(self._policy, meta))
        return kept[1]

    def records(
        self, meta: LayoutMeta, records: tuple[Record, ...], *, unread: bool = False
    ) -> tuple[Record, ...]:
        """Records as they may be shown, typed, without those that lie out of scope. `meta` is the whole layout; `unread` says
        that nobody is shown them."""
        reader = ValueReader(meta)
        released = tuple(readable(record, reader) for record in records)
        if self._policy.scope is not None:
            released = tuple(record for record in released if is_in_scope(self._policy, meta, record))
        if self._policy.change_only_where:  # by the whole record, before anything of it is hidden
            released = tuple(self.change_rules.marked(meta, record) for record in released)
        if not is_unrestricted(self._policy):
            released = tuple(shown(self._policy, meta, record, secret=self._secret) for record in released)
        if not unread and (theirs := untrusted_in(self._untrusted.policy, meta, released)):
            self._outsiders.note(self._database, theirs)
        return released

    @property
    def is_by_columns(self) -> bool:
        """Whether nothing has to be known of a record but the fields that are shown, to show them as `records` would."""
        return self._policy.scope is None and not self._policy.change_only_where

    def _projection(self, fields: tuple[str, ...]) -> Projection:
        """Made once: what decodes just these fields costs more to make than a page costs to read."""
        if len(self._projections) > MOST_PROJECTIONS:
            self._projections.clear()
        made = self._projections.get(fields)
        if made is None:
            made = self._projections[fields] = Projection(fields)
        return made

    def opener(self, meta: LayoutMeta, fields: Sequence[str]) -> PageColumns:
        """For sealed pages: `fields` as keys of its records, none of them in a portal. Raises Forbidden, NameUnknown."""
        described, opener = self._openers.get(key := (meta.name, *fields), (None, None))
        if described is meta and opener is not None:
            self.read(meta, fields)
            return opener
        opener = self._made_opener(meta, fields)
        if opener.holds_nothing:
            if len(self._openers) >= MOST_PROJECTIONS:
                self._openers.clear()
            self._openers[key] = (meta, opener)
        return opener

    def _made_opener(self, meta: LayoutMeta, fields: Sequence[str]) -> PageColumns:
        known = self.known(meta)
        for name in fields:
            if known.field_named(name) is None:
                there = meta.field_named(name) is not None
                raise hidden(meta.name, name) if there else unknown_field(name, known)
        self.read(meta, fields)
        types = {name: field.type for name in fields if (field := known.field_named(name)) is not None}
        disguises = {
            name: disguise
            for name in fields
            if (disguise := disguise_of(self._policy, meta, name, secret=self._secret)) is not None
        }
        return PageColumns(
            types,
            disguises,
            scope=None if self._policy.scope is None else RowScope(self._policy, meta),
            projection=self._projection,
            dates=self._dates,
        )

    def check_container(self, meta: LayoutMeta, field: str) -> None:
        """Raises Forbidden, NameUnknown, or InputError for a field whose content is no file."""
        known = self.known(meta)
        found = known.field_named(field)
        if found is None:
            raise unknown_field(field, known)
        if found.is_disguised:
            raise hidden(meta.name, field, in_part=found.is_masked)
        if found.type != "container":
            names = [repr(each.name) for each in known.fields.values() if each.type == "container"]
            which = f" Containers of {meta.name!r}: {', '.join(names)}." if names else ""
            raise InputError(
                f"{field!r} is a {found.type} field and no container",
                advice=f"get_record shows what it holds.{which}",
            )

    def read(self, meta: LayoutMeta, fields: Iterable[str]) -> None:
        """Their text was handed on."""
        theirs = untrusted_names(self._untrusted.policy, meta.name, fields, possible_kin(meta))
        self._outsiders.note(self._database, theirs)
