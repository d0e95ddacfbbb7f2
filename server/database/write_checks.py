"""What the owner allows of a write, asked before it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.write import Write
from ..policy import Policy, RecordEffect, check_fields_writable, check_layout, check_table, check_write
from .limits.change_gate import ChangeGate
from .scope_guard import ScopeGuard


class WriteChecks:
    """All raise Forbidden. `whole` gives a layout with all its fields."""

    def __init__(
        self,
        policy: Policy,
        whole: Callable[[str], Awaitable[LayoutMeta]],
        scope_guard: ScopeGuard,
        gate: ChangeGate,
    ) -> None:
        self._policy = policy
        self._whole = whole
        self._scope_guard = scope_guard
        self._gate = gate

    async def to_create(self, layout: str, write: Write) -> tuple[LayoutMeta, Write]:
        """The whole layout, and the write with the scope's values. Raises Forbidden."""
        check_layout(self._policy, layout, RecordEffect.CREATE)
        meta = await self._whole(layout)
        write = self._scope_guard.completed(layout, write)
        check_write(self._policy, RecordEffect.CREATE, meta, write)
        self._gate.check_new(meta, write)
        return meta, write

    async def to_edit(
        self, layout: str, record_id: str, write: Write, mod_id: str | None, *, own: bool
    ) -> tuple[LayoutMeta, str | None]:
        """The whole layout, and the modId to send with. Raises Forbidden."""
        check_layout(self._policy, layout, RecordEffect.EDIT)
        meta = await self._whole(layout)
        check_write(self._policy, RecordEffect.EDIT, meta, write, own=own)
        self._scope_guard.check_stays(layout, write)
        await self._scope_guard.check_record(layout, record_id)
        return meta, await self._gate.check(meta, record_id, mod_id, write)

    async def to_delete(self, layout: str, record_id: str, *, own: bool) -> None:
        check_layout(self._policy, layout, RecordEffect.EDIT if own else RecordEffect.DELETE)
        check_table(self._policy, await self._whole(layout), deletes=True)
        await self._scope_guard.check_record(layout, record_id)
        await self._gate.check_gone(await self._whole(layout), record_id)

    async def to_duplicate(self, layout: str, record_id: str) -> None:
        check_layout(self._policy, layout, RecordEffect.CREATE)
        check_table(self._policy, await self._whole(layout))
        await self._scope_guard.check_record(layout, record_id)
        await self._gate.check_copy(await self._whole(layout), record_id)

    async def to_upload(self, layout: str, record_id: str, field: str, mod_id: str | None) -> str | None:
        """The modId to send with."""
        check_layout(self._policy, layout, RecordEffect.EDIT)
        check_table(self._policy, await self._whole(layout), files=True)
        check_fields_writable(self._policy, await self._whole(layout), (field,))
        await self._scope_guard.check_record(layout, record_id)
        return await self._gate.check(await self._whole(layout), record_id, mod_id, Write({field: ""}))
