"""Scripts as they are sent: by themselves in an address, or in the body of a find that carries a parameter of any length."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from ..dataapi.client import DataApi
from ..dataapi.contents import Value
from ..dataapi.query import FindRequest, Query
from ..dataapi.request_scripts import ScriptCall, ScriptOutcome, Scripts
from ..errors import NameUnknown
from ..policy import Policy, check_layout, check_script
from ..text.near_names import folded
from .scope_guard import ScopeGuard

if TYPE_CHECKING:
    from ..auth.sessions.channel import Channel


class ScriptCalls:
    """Checked by the owner's policy before anything is sent."""

    def __init__(self, api: DataApi, scope_guard: ScopeGuard, policy: Policy) -> None:
        self._api = api
        self._scope_guard = scope_guard
        self._policy = policy

    def check(self, layout: str, call: ScriptCall) -> None:
        """Raises Forbidden."""
        check_script(self._policy, call.name)
        check_layout(self._policy, layout)

    async def check_there(self, name: str) -> None:
        """Whether FileMaker has exactly one script by that name. Raises NameUnknown."""
        names = [item.name for item in await self._api.scripts() if folded(item.name) == folded(name)]
        if len(names) != 1:
            why = (
                "It was renamed or deleted, or the account may not run it"
                if not names
                else "There are several"
            )
            raise NameUnknown(
                "script",
                name,
                where="in FileMaker, which the owner's settings let write these records",
                advice=f"{why}. Nothing was planned; the owner corrects `write_through`.",
            )

    async def run(
        self,
        layout: str,
        call: ScriptCall,
        *,
        record_id: str | None,
        carrier: Mapping[str, str] | None,
        global_fields: Mapping[str, Value] | None,
        timeout: float | None,
    ) -> ScriptOutcome | None:
        """One run, with `record_id` standing on that record; with `carrier`, criteria of a find on the layout, None when that
        find matched nothing (section 9.1)."""
        if record_id is not None:
            await self._scope_guard.check_record(layout, record_id)
        async with self._channel_with(global_fields) as channel:
            if carrier is None:
                return await self._api.run_script(
                    layout, call, record_id=record_id, timeout=timeout, channel=channel
                )
            query = Query(layout, (FindRequest(carrier),), limit=1, portals=(), scripts=Scripts(after=call))
            page = await self._api.page(await self._scope_guard.within(query), channel, timeout=timeout)
            return page.scripts.after

    @asynccontextmanager
    async def _channel_with(
        self, global_fields: Mapping[str, Value] | None
    ) -> AsyncGenerator[Channel | None]:
        """A session of its own in which the global fields are set; None, for any session, where there are none."""
        if not global_fields:
            yield None
            return
        async with self._api.channel(own=True) as channel:
            await self._api.set_globals(global_fields, channel)
            yield channel
