"""The owner's own log in FileMaker: a layout that the server writes for them, whatever the assistant may write there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..criteria.calendar import Calendar
from ..criteria.criteria import exact_find
from ..dataapi.client import DataApi
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.query import Query
from ..dataapi.record import Record
from ..dataapi.write import Write
from ..errors import ConfigurationError
from .conversion import sendable
from .metadata import Metadata

ENTRY = "Entry"
"""The field that names an entry: text, by which one that was lost on its way is found again."""
OUTCOME = "Outcome"
FIELDS = (ENTRY, "Plan", "Person", "Layout", "Record", "Action", "Fields", OUTCOME, "Code", "At")
AT_ONCE = 25
"""Entries that one find asks for."""


class LogLayout:
    def __init__(self, api: DataApi, metadata: Metadata, calendar: Calendar, name: str) -> None:
        self._api = api
        self._metadata = metadata
        self._calendar = calendar
        self.name = name

    async def meta(self) -> LayoutMeta:
        """Raises ConfigurationError for a layout by whose entries nothing could be found again."""
        meta = await self._metadata.layout(self.name)
        entry = meta.fields.get(ENTRY)
        if entry is None or entry.type != "text" or entry.kind != "normal":
            raise ConfigurationError(
                f"journal_table {self.name!r} needs a text field {ENTRY!r}, and has none that can be written"
            )
        return meta

    async def there(self, entries: Sequence[str]) -> dict[str, Record]:
        """Those of the entries that are in it."""
        meta, found = await self.meta(), dict[str, Record]()
        for start in range(0, len(entries), AT_ONCE):
            some = entries[start : start + AT_ONCE]
            requests = tuple(exact_find(meta, ENTRY, entry, self._calendar) for entry in some)
            page = await self._api.page(Query(self.name, requests, limit=2 * AT_ONCE, portals=()))
            found.update((str(record.fields.get(ENTRY, "")), record) for record in page.records)
        return {entry: found[entry] for entry in entries if entry in found}

    async def add(self, values: Mapping[str, str]) -> None:
        """Raises OutcomeUnknown where it may be in it."""
        await self._api.create(self.name, self._write(await self.meta(), values))

    async def correct(self, record: Record, values: Mapping[str, str]) -> None:
        await self._api.edit(self.name, record.record_id, self._write(await self.meta(), values), mod_id=None)

    @staticmethod
    def _write(meta: LayoutMeta, values: Mapping[str, str]) -> Write:
        """As far as the layout has fields for it."""
        return sendable(Write({n: v for n, v in values.items() if n in meta.fields}), meta, lambda: meta)
