"""What the other layouts of a related table have on them, where a rule closes a field on some of them and not on all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..dataapi.layout_meta import LayoutMeta
from ..errors import AnswerTooLarge, InputError
from ..host_errors import AccessDenied, FileMissing, Missing, RequestRefused
from ..policy import Policy, divided_homes, own_names

AGE = timedelta(minutes=10)
"""As what is known of the layouts that are read."""
UNTOLD = (AccessDenied, AnswerTooLarge, FileMissing, InputError, Missing, RequestRefused)
"""Why a layout is not described: this account cannot see it, or nobody reaches it under its name."""


class HomeFieldNames:
    """`described` is how the host describes a layout. Nobody is shown what it tells here."""

    def __init__(
        self, described: Callable[[str], Awaitable[LayoutMeta]], policy: Policy, now: Callable[[], datetime]
    ) -> None:
        self._described = described
        self._policy = policy
        self._now = now
        self._known: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    async def known(self, meta: LayoutMeta) -> LayoutMeta:
        """The layout with as much of `home_fields` as its rules turn on. Layouts are asked for one by one until that is settled."""
        looked_at: dict[str, tuple[str, ...]] = {}
        for divided in divided_homes(self._policy, meta):
            while (layout := divided.unsettled(looked_at)) is not None:
                looked_at[layout] = await self._names(layout)
        return replace(meta, home_fields=looked_at)

    async def _names(self, layout: str) -> tuple[str, ...]:
        known = self._known.get(layout)
        if known is None or self._now() - known[0] > AGE:
            try:
                fields = own_names((await self._described(layout)).fields)
            except UNTOLD:
                fields = ()
            known = self._known[layout] = (self._now(), fields)
        return known[1]
