"""The FileMaker Data API, one method an endpoint (sections 3 to 11). Logging in and out belongs to `auth.sessions`.

Every method raises the classes of `errors`. Methods that write raise OutcomeUnknown when the request may have been
carried out although no answer came back, and are never repeated here.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial

from ..auth.sessions.channel import Channel
from ..errors import AnswerTooLarge, OutcomeUnknown
from ..host_errors import NothingFound, RecordMissing
from . import answers, endpoints
from .container_transfer import stream
from .contents import Value
from .endpoints import NO_SCRIPTS
from .layout_meta import LayoutMeta
from .menu_item import MenuItem
from .page_parts import parts_of
from .product import Product
from .query import PortalRange, Query
from .record import File, Page, Record
from .request_scripts import ScriptCall, ScriptOutcome, Scripts
from .sealed_page import Sealed
from .transport import Transport
from .write import Write, WrittenRecord


class DataApi:
    """One database of one host, through the sessions of one account."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.file = transport.database

    @property
    def ended_sessions(self) -> int | None:
        """As `Pool.ended_sessions`."""
        return self._transport.ended_sessions

    def remark(self) -> str:
        """As `Pool.remark`."""
        return self._transport.remark()

    async def product(self) -> Product:
        return await self._transport.send_unsigned(endpoints.product_info(), answers.product)

    async def databases(self, authorization: str | None = None) -> tuple[str, ...]:
        """Open files whose accounts may use the Data API (fmrest). A host that filters its list needs the `Authorization` of an account."""
        return await self._transport.send_unsigned(endpoints.database_list(), answers.files, authorization)

    async def validate_session(self, channel: Channel | None = None) -> bool:
        """Whether another call is running on the session. Raises SessionRefused when the token belongs to no session (19+)."""
        return await self._transport.send(endpoints.session_check(), answers.is_in_use, channel)

    async def layouts(self) -> tuple[MenuItem, ...]:
        return await self._transport.send(endpoints.layout_list(), answers.layout_menu)

    async def scripts(self) -> tuple[MenuItem, ...]:
        return await self._transport.send(endpoints.script_list(), answers.script_menu)

    async def layout(self, name: str, *, record_id: str | None = None) -> LayoutMeta:
        """Fields, portals and value lists (18+). With `record_id`, value lists that depend on a field are evaluated for that record."""
        request = endpoints.layout_description(name, record_id)
        return await self._transport.send(request, partial(answers.layout, name))

    async def legacy_layout(self, name: str) -> LayoutMeta:
        """The metadata that FileMaker 17 has: fields only (section 5.4)."""
        request = endpoints.legacy_description(name)
        return await self._transport.send(request, partial(answers.legacy_layout, name))

    async def create(self, layout: str, write: Write, scripts: Scripts = NO_SCRIPTS) -> WrittenRecord:
        request = endpoints.creation(layout, write, scripts)
        return await self._transport.send(request, answers.made)

    async def edit(
        self,
        layout: str,
        record_id: str,
        write: Write,
        *,
        mod_id: str | None,
        scripts: Scripts = NO_SCRIPTS,
        timeout: float | None = None,
    ) -> WrittenRecord:
        """With `mod_id` nothing is written if the record has changed since (306). Without it the last writer wins."""
        request = endpoints.edit(layout, record_id, write, mod_id=mod_id, scripts=scripts, timeout=timeout)
        return await self._transport.send(request, partial(answers.written, record_id))

    async def duplicate(self, layout: str, record_id: str, scripts: Scripts = NO_SCRIPTS) -> WrittenRecord:
        request = endpoints.duplication(layout, record_id, scripts)
        return await self._transport.send(request, answers.made)

    async def delete(self, layout: str, record_id: str, scripts: Scripts = NO_SCRIPTS) -> WrittenRecord:
        request = endpoints.deletion(layout, record_id, scripts)
        return await self._transport.send(request, partial(answers.written, record_id))

    async def record(
        self,
        layout: str,
        record_id: str,
        *,
        portals: tuple[PortalRange, ...] | None = None,
        response_layout: str | None = None,
        scripts: Scripts = NO_SCRIPTS,
        channel: Channel | None = None,
    ) -> Record:
        query = Query(layout, portals=portals, response_layout=response_layout, scripts=scripts)
        own = response_layout is None and scripts == NO_SCRIPTS  # else it may be another one that is shown
        read = partial(answers.first_record, record_id if own else None)
        return await self._transport.send(endpoints.record(query, record_id), read, channel)

    async def page(
        self, query: Query, channel: Channel | None = None, *, timeout: float | None = None
    ) -> Page:
        """A page of every record, or of those that match. Nothing found, and an empty table, are an empty page. One that is too
        large for an answer comes in parts. Raises AnswerTooLarge where a single record is."""
        try:
            return await self._transport.send(endpoints.page(query, timeout), answers.page, channel)
        except AnswerTooLarge:
            if query.limit == 1:
                raise
            pages = [await self.page(part, channel, timeout=timeout) for part in parts_of(query)]
            return replace(pages[0], records=tuple(record for page in pages for record in page.records))
        except NothingFound:
            return Page(records=(), found=0, total=0)
        except RecordMissing:  # GET on an empty table, or an offset beyond its end (section 6.5)
            if query.requests:
                raise
            return Page(records=(), found=0, total=0)

    async def sealed(self, query: Query) -> Sealed:
        """The same page, unread: for large found sets of which a few fields matter. Raises AnswerTooLarge."""
        try:
            return Sealed(await self._transport.body(endpoints.page(query)))
        except NothingFound:
            return Sealed(b"")
        except RecordMissing:
            if query.requests:
                raise
            return Sealed(b"")

    async def run_script(
        self,
        layout: str,
        call: ScriptCall,
        *,
        record_id: str | None = None,
        timeout: float | None = None,
        channel: Channel | None = None,
    ) -> ScriptOutcome:
        """Runs a script by itself. The layout only sets its context (section 9.2). With `record_id` it runs after that record
        was fetched, so that it is the current record (section 9.1: the order is [D], the current record is [I])."""
        request = endpoints.script_run(layout, call, record_id, timeout)
        try:
            outcome = (await self._transport.send(request, answers.scripts, channel)).after
        except RecordMissing as error:
            if record_id is None:
                raise
            raise OutcomeUnknown(
                f"{request.what}: record {record_id} is not there; it was gone before, or the script deleted it",
                code=error.code,
                advice="Look in FileMaker before it is run again.",
            ) from error
        return outcome or ScriptOutcome(error=0, result=None)

    async def set_globals(self, values: Mapping[str, Value], channel: Channel) -> None:
        """Global fields, `Occurrence::Field`, for this session only (section 11): hence the channel."""
        await self._transport.send(endpoints.global_values(values), answers.nothing, channel)

    async def upload(
        self,
        layout: str,
        record_id: str,
        field: str,
        file: File,
        *,
        repetition: int = 1,
        mod_id: str | None = None,
    ) -> WrittenRecord:
        """A file into a container of the layout's own table (section 10.1)."""
        request = endpoints.upload(layout, record_id, field, file, repetition=repetition, mod_id=mod_id)
        return await self._transport.send(request, partial(answers.written, record_id))

    async def download(self, layout: str, record_id: str, field: str, *, most: int) -> File | None:
        """A container's file of at most `most` bytes, or None when it is empty. `field` is the key in the record.

        The address belongs to the session that read it, so both happen on one channel; redirects are followed on
        the configured host only, and other host names in the address (a host behind a proxy) are replaced by it
        (section 10.2 [U]).
        """
        async with self._transport.channel() as channel:
            record = await self.record(layout, record_id, portals=(), channel=channel)
            address = record.fields.get(field, "")
            if not isinstance(address, str) or not address:
                return None
            return await stream(channel, self._transport.address_of(address), most)

    def channel(self, *, own: bool = False) -> AbstractAsyncContextManager[Channel]:
        """Several requests on one session. `own` opens a session of its own, which is logged out at the end."""
        return self._transport.channel(own=own)
