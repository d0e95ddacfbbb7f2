"""Database: the only holder of the Data API client. Typed values in; policy, scope and metering applied; then sent."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager

from .dataapi.client import DataApi
from .dataapi.models import (
    File,
    LayoutMeta,
    MenuItem,
    Page,
    PortalRange,
    PortalRows,
    PortalWrite,
    Query,
    Record,
    ScriptCall,
    ScriptOutcome,
    Value,
    Write,
    Written,
)
from .dataapi.wire import Reader, writable
from .errors import InputError, Missing, NameUnknown
from .metadata import Metadata
from .names import near


class Database:
    """One configured database as the assistant may use it. Values read are ISO dates, line feeds and exact numbers."""

    def __init__(self, api: DataApi, *, name: str, pool_size: int) -> None:
        self._api = api
        self._metadata = Metadata(api)
        self.name = name
        self.pool_size = pool_size

    async def layouts(self) -> tuple[MenuItem, ...]:
        return await self._metadata.layouts()

    async def scripts(self) -> tuple[MenuItem, ...]:
        return await self._api.scripts()

    async def layout(self, name: str, *, fresh: bool = False, record_id: str | None = None) -> LayoutMeta:
        """Fields, portals and value lists; `record_id` evaluates value lists that follow a field. Raises NameUnknown."""
        if record_id is not None:
            return await self._api.layout(name, record_id=record_id)
        return await self._metadata.layout(name, fresh=fresh)

    async def page(self, query: Query) -> Page:
        """A page of what matches; nothing found is an empty page. Any number may run at once: the pool bounds them."""
        reader = Reader(await self.layout(query.response_layout or query.layout))
        async with self._naming(query.layout, _fields_of(query)):
            page = await self._api.page(query)
        return dataclasses.replace(page, records=tuple(_readable(record, reader) for record in page.records))

    async def record(
        self, layout: str, record_id: str, *, portals: tuple[PortalRange, ...] | None = None
    ) -> Record:
        reader = Reader(await self.layout(layout))
        return _readable(await self._api.record(layout, record_id, portals=portals), reader)

    async def create(self, layout: str, write: Write) -> Written:
        meta = await self.layout(layout)
        async with self._naming(layout, write.fields):
            return await self._api.create(layout, _sendable(write, meta))

    async def edit(self, layout: str, record_id: str, write: Write, *, mod_id: str | None) -> Written:
        """With `mod_id`, only if the record is as it was read (RecordChanged otherwise)."""
        meta = await self.layout(layout)
        async with self._naming(layout, write.fields):
            return await self._api.edit(layout, record_id, _sendable(write, meta), mod_id=mod_id)

    async def delete(self, layout: str, record_id: str) -> None:
        await self._api.delete(layout, record_id)

    async def duplicate(self, layout: str, record_id: str) -> Written:
        return await self._api.duplicate(layout, record_id)

    async def upload(
        self,
        layout: str,
        record_id: str,
        field: str,
        file: File,
        *,
        repetition: int = 1,
        mod_id: str | None = None,
    ) -> Written:
        return await self._api.upload(layout, record_id, field, file, repetition=repetition, mod_id=mod_id)

    async def download(self, layout: str, record_id: str, field: str, *, most: int) -> File | None:
        """A container's file; None when it is empty. `field` as a record names it, `Photo` or `Photo(2)`."""
        return await self._api.download(layout, record_id, field, most=most)

    async def run_script(
        self,
        layout: str,
        call: ScriptCall,
        *,
        global_fields: Mapping[str, Value] | None = None,
        timeout: float | None = None,
    ) -> ScriptOutcome:
        """One run. Global fields that it needs are set in a session of their own, which ends with it."""
        if not global_fields:
            return await self._api.run_script(layout, call, timeout=timeout)
        async with self._api.channel(own=True) as channel:
            await self._api.set_globals(global_fields, channel)
            return await self._api.run_script(layout, call, timeout=timeout, channel=channel)

    @asynccontextmanager
    async def _naming(self, layout: str, names: Iterable[str]) -> AsyncGenerator[None]:
        """FileMaker's 102 does not say which field is missing (section 6.7): look, and say it."""
        try:
            yield
        except Missing as error:
            if error.code != 102:
                raise
            meta = await self._metadata.layout(layout, fresh=True)
            lost = [name for name in names if meta.field_named(name) is None]
            if not lost:
                raise
            raise unknown_field(lost[0], meta) from error


def unknown_field(name: str, meta: LayoutMeta) -> NameUnknown:
    """The refusal for a field that a layout does not have."""
    names = [*meta.fields, *(field for portal in meta.portals.values() for field in portal.fields)]
    return NameUnknown(
        "field",
        name,
        where=f"on layout {meta.name!r}",
        near=near(name, names),
        advice="Nothing was changed. describe_layout lists the fields; only those on the layout exist for the Data API.",
    )


def _fields_of(query: Query) -> list[str]:
    return [
        *(name for request in query.requests for name in request.criteria),
        *(key.field for key in query.sort),
    ]


def _readable(record: Record, reader: Reader) -> Record:
    portals = {
        name: PortalRows(
            rows=tuple(dataclasses.replace(row, fields=reader.read(row.fields)) for row in rows.rows),
            found=rows.found,
        )
        for name, rows in record.portals.items()
    }
    return Record(record.record_id, record.mod_id, reader.read(record.fields), portals)


def _sendable(write: Write, meta: LayoutMeta) -> Write:
    portals = {
        name: tuple(PortalWrite(_texts(row.fields, meta), row.record_id, row.mod_id) for row in rows)
        for name, rows in write.portals.items()
    }
    return dataclasses.replace(write, fields=_texts(write.fields, meta), portals=portals)


def _texts(fields: Mapping[str, Value], meta: LayoutMeta) -> dict[str, Value]:
    texts: dict[str, Value] = {}
    for name, value in fields.items():
        field = meta.field_named(name)
        if field is None:
            raise unknown_field(name, meta)
        if field.type == "container" and value != "":
            raise InputError(
                f"{name!r} is a container: it takes a file, not text", advice="Nothing was changed."
            )
        texts[name] = "" if field.type == "container" else writable(value, field)
    return texts
