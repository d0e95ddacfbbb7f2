"""Notices that a layout changed: a name that was there when it was described is missing from an answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager

from ..dataapi.layout_meta import LayoutMeta
from ..dataapi.record import Record
from ..errors import NameUnknown
from ..host_errors import Missing
from ..policy import Policy, visible
from .conversion import unknown_field
from .metadata import Metadata

FIELD, LAYOUT = 102, 105


class LayoutChanges:
    """Looks again at a layout when an error or a record shows that it changed, and says what is now called otherwise."""

    def __init__(self, metadata: Metadata, policy: Policy) -> None:
        self._metadata = metadata
        self._policy = policy

    @asynccontextmanager
    async def noticed(self, layout: str, names: Iterable[str]) -> AsyncGenerator[None]:
        """FileMaker's 102 does not say which field is missing (section 6.7), nor its 105 what a layout is called now: look,
        and say it. Raises NameUnknown."""
        try:
            yield
        except Missing as error:
            if error.code not in (FIELD, LAYOUT):
                raise
            meta = await self._fresh(layout)
            lost = [name for name in names if meta.field_named(name) is None]
            if error.code == LAYOUT or not lost:
                raise
            raise unknown_field(lost[0], meta) from error

    async def check(self, layout: str, records: Iterable[Record], names: Iterable[str]) -> None:
        """Raises NameUnknown for a field of the layout itself that a record should have and lacks: nothing else tells that it
        was renamed when no criterion names it."""
        for record in records:
            for name in names:
                if name not in record.fields:
                    raise await self.lost(layout, name)
            return

    async def lost(self, layout: str, name: str) -> NameUnknown:
        """The refusal for a field that an answer did not have."""
        return unknown_field(name, await self._fresh(layout))

    async def _fresh(self, layout: str) -> LayoutMeta:
        return visible(self._policy, await self._metadata.layout(layout, fresh=True))
