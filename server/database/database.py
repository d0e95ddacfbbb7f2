"""Database: the only holder of the Data API client. Typed values in; policy, scope and metering applied; then sent.

The policy is enforced here by effect, not by HTTP verb: in the Data API a GET can run a script, an edit can delete
related rows, an option can skip validation, and `layout.response` can show another layout.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

from ..dataapi.contents import Value
from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import File
from ..dataapi.request_scripts import ScriptCall, ScriptOutcome, Scripts
from ..dataapi.write import Write, WrittenRecord
from ..errors import StateAway
from ..policy import visible
from ..policy.stamp_fields import Fill, Reached
from ..solution_map.known_layout import KnownLayout
from .conversion import sendable
from .limits.change_gate import ChangeGate
from .limits.change_rules import ChangeRules
from .log_layout import LogLayout
from .owner_scripts import OwnerScripts, ThroughSave, no_stamp
from .rate_limits import Block, What
from .read_access import ReadAccess
from .write_checks import WriteChecks


class Database(ReadAccess):
    """One configured database as the assistant may use it."""

    async def mapped(self, layout: LayoutMeta) -> KnownLayout | None:
        """The layout with what the map adds to it; None without a map, and where the map is older than the layout."""
        known = None if self.map is None else self.map.known(layout, await self.layouts())
        return None if isinstance(known, str) else known

    @property
    def shows_by_columns(self) -> bool:
        """Whether a page's columns say all that its records would: no policy and no notice needs to look at whole records."""
        looks = self._sources is not None and self._sources.looks_at_records
        return self._redaction.is_by_columns and not looks

    @property
    def change_rules(self) -> ChangeRules:
        """Which records may be changed at all."""
        return self._redaction.change_rules

    @property
    def log(self) -> LogLayout | None:
        """The owner's log in FileMaker; None where there is none."""
        name = self.policy.journal_table
        return LogLayout(self._api, self._metadata, self.calendar, name) if name else None

    @property
    def owner_scripts(self) -> OwnerScripts:
        """Which scripts write records in the assistant's stead, and what changed records are stamped with."""
        return OwnerScripts(self.policy, self._script_calls)

    def _begin_write(self) -> WriteChecks:
        """From now on it counts as a change, whatever becomes of it."""
        self.changes += 1
        gate = ChangeGate(self._api, self.policy, self.change_rules)
        return WriteChecks(self.policy, self._whole, self._scope_guard, gate)

    def session_remark(self) -> str:
        """Why fewer sessions are open than might be, once; empty where nothing is to be said."""
        return self._api.remark()

    @asynccontextmanager
    async def writes_ahead(self, count: int) -> AsyncGenerator[Block | None]:
        """So many creates, edits or deletes counted in one go for the owner's limits. What was not made is given back, but
        while the state is away: then too many count."""
        if self._allowance is None:
            yield None
            return
        try:
            block = await self._allowance.block(count)
        except StateAway:  # each is told so when it is counted by itself
            yield None
            return
        yield block
        with suppress(StateAway):
            await self._allowance.give_back(block)

    async def create(
        self, layout: str, write: Write, block: Block | None = None, *, stamp: Fill = no_stamp
    ) -> WrittenRecord:
        """`stamp`: what the owner wants written beside it."""
        self.owner_scripts.check_direct(layout)
        meta, write = await self._begin_write().to_create(layout, write)
        await self._take(What.WRITES, block)
        async with self._layout_changes.noticed(layout, write.fields):
            return await self._api.create(layout, self._sent(meta, write, stamp))

    async def edit(
        self,
        layout: str,
        record_id: str,
        write: Write,
        *,
        mod_id: str | None,
        own: bool = False,
        block: Block | None = None,
        stamp: Fill = no_stamp,
    ) -> WrittenRecord:
        """With `mod_id`, only if the record is as it was read (RecordChanged otherwise). `own`: related rows that it removes
        are ones that a change of this caller added, so the right to edit is enough. `stamp`: as `create`."""
        self.owner_scripts.check_direct(layout)
        meta, mod_id = await self._begin_write().to_edit(layout, record_id, write, mod_id, own=own)
        await self._take(What.WRITES, block)
        async with self._layout_changes.noticed(layout, write.fields):
            return await self._api.edit(layout, record_id, self._sent(meta, write, stamp), mod_id=mod_id)

    async def delete(
        self, layout: str, record_id: str, *, own: bool = False, block: Block | None = None
    ) -> None:
        """`own`: a change of this caller created it, so the right to edit is enough."""
        self.owner_scripts.check_direct(layout, deletes=True)
        await self._begin_write().to_delete(layout, record_id, own=own)
        await self._take(What.WRITES, block)
        await self._api.delete(layout, record_id)

    async def save_through(
        self,
        layout: str,
        save: ThroughSave,
        write: Write | None,
        *,
        record_id: str | None = None,
        mod_id: str | None = None,
        own: bool = False,
    ) -> ScriptOutcome | None:
        """A new record, an edit, or for no `write` a delete, by the owner's script; what may be written is checked as ever.

        With a record it runs after an edit that names no field (section 6.2: it changes nothing), so that FileMaker compares
        the modId, refuses a record in use, and stands on the record. The parameter then travels in a body of any length. None
        where a carrier matched nothing.
        """
        self.owner_scripts.check_call(layout, save.call)
        if record_id is None:
            meta, write = await self._begin_write().to_create(layout, write or Write({}))
            sendable(write, meta, partial(visible, self.policy, meta))
            await self._take(What.WRITES)
            return await self._script_calls.run(
                save.layout or layout, save.call, record_id=None, carrier=save.carrier, global_fields=None, timeout=save.timeout
            )  # fmt: skip
        if write is None:
            await self._begin_write().to_delete(layout, record_id, own=own)
        else:
            meta, mod_id = await self._begin_write().to_edit(layout, record_id, write, mod_id, own=own)
            sendable(write, meta, partial(visible, self.policy, meta))
        await self._take(What.WRITES)
        scripts = Scripts(after=save.call)
        written = await self._api.edit(
            layout, record_id, Write({}), mod_id=mod_id, scripts=scripts, timeout=save.timeout
        )
        return written.scripts.after or ScriptOutcome(0, None)

    async def check_written_by(self, layout: str) -> str:
        """The script that writes a layout's records; empty where they are written directly. Raises NameUnknown, Forbidden,
        ConfigurationError as `OwnerScripts.check_planned`."""
        return await self.owner_scripts.check_planned(await self._whole(layout))

    async def check_stamps(self, layout: str, reached: Iterable[Reached]) -> None:
        """Raises ConfigurationError where related records cannot be stamped."""
        self.owner_scripts.check_stamps(await self._whole(layout), reached)

    async def stamped(self, layout: str, write: Write, fill: Fill) -> Write:
        """A write for the owner's script. Raises ConfigurationError."""
        return self.owner_scripts.stamped(await self._whole(layout), write, fill)

    def _sent(self, meta: LayoutMeta, write: Write, fill: Fill) -> Write:
        whole = self.owner_scripts.stamped(meta, write, fill)
        return sendable(whole, meta, partial(visible, self.policy, meta))

    async def duplicate(self, layout: str, record_id: str) -> WrittenRecord:
        self.owner_scripts.check_direct(layout)
        await self._begin_write().to_duplicate(layout, record_id)
        await self._take(What.WRITES)
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
    ) -> WrittenRecord:
        mod_id = await self._begin_write().to_upload(layout, record_id, field, mod_id)
        await self._take(What.WRITES)
        return await self._api.upload(layout, record_id, field, file, repetition=repetition, mod_id=mod_id)

    async def run_script(
        self,
        layout: str,
        call: ScriptCall,
        *,
        record_id: str | None = None,
        carrier: Mapping[str, str] | None = None,
        global_fields: Mapping[str, Value] | None = None,
        timeout: float | None = None,
    ) -> ScriptOutcome | None:
        """One run, on a record where `record_id` names one. Global fields that it needs are set in a session of their own, which
        ends with it. `carrier` are criteria of a find on the layout, whose body carries a parameter of any length; None when
        that find matched nothing."""
        self.changes += 1
        layout = self._metadata.spelled(layout)
        self._script_calls.check(layout, call)
        await self._take(What.SCRIPTS)
        return await self._script_calls.run(
            layout,
            call,
            record_id=record_id,
            carrier=carrier,
            global_fields=global_fields,
            timeout=timeout,
        )
