"""Reads a found set, from kept pages where they are fresh."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from ...criteria.checks.record_tests import may_be_unread, unread
from ...criteria.requests import Leg
from ...criteria.targets import Target
from ...dataapi.sealed_page import Rows
from .find_pages import Consume, FindPages
from .found_set import FoundSet
from .id_bitmap import Seen
from .page_reader import Progress
from .page_rows import only, passing, records
from .read_budget import Budget
from .read_report import Account

if TYPE_CHECKING:
    from ...database.database import Database


class Source:
    """Reads one found set."""

    def __init__(
        self,
        database: Database,
        found_set: FoundSet,
        progress: Progress | None = None,
        *,
        budget: Budget | None = None,
    ) -> None:
        """`budget`: beyond it nothing more is read than the page that tells how much it would be."""
        self._database = database
        self._found_set = found_set
        self.pages = FindPages(database, found_set, progress, budget or Budget(None))
        self._now = database.calendar.now
        found_set.holding.check(database.changes)

    @property
    def is_kept(self) -> bool:
        """Everything is here already."""
        return self._found_set.holding.has_all_of(self._found_set.criteria.legs)

    async def read(self, fields: Sequence[str], consume: Consume) -> Account:
        """`consume` gets each record once, in the found set's order where one find says it all."""
        account = Account([], was_kept=self.is_kept)
        legs = self._found_set.criteria.legs
        seen = Seen()

        def take(rows: Rows) -> Awaitable[None] | None:
            if len(legs) > 1:
                again = seen.add(rows.ids)
                rows = only(rows, [record_id not in again for record_id in rows.ids])
            account.matched += len(rows.ids)
            return consume(rows)

        holding, began = self._found_set.holding, self._now()
        for leg in legs:
            await self._leg(leg, fields, take, account)
        if not account.was_kept:
            holding.started, holding.ended = began, self._now()
            holding.count = sum(course.read for course in account.courses)
        account.started, account.ended = holding.started, holding.ended
        return account

    async def _leg(self, leg: Leg, fields: Sequence[str], consume: Consume, account: Account) -> None:
        gone = Seen()

        def leave_out(rows: Rows) -> None:
            gone.add(rows.ids)

        for minus in leg.minus:
            await self._leg(minus, (), leave_out, account)

        def without(rows: Rows) -> Awaitable[None] | None:
            return consume(only(rows, [not gone.has(each) for each in rows.ids]) if gone.count else rows)

        if leg.portals:
            await self.pages.with_portals(leg, fields, without, account)
            return
        needed = tuple(dict.fromkeys((*fields, *keys_of(leg.residual.targets if leg.residual else ()))))
        opener = await self._database.opener(self._found_set.layout.name, needed)

        counts_unread = leg.residual is not None and may_be_unread(leg.residual)

        def tested(rows: Rows, again: frozenset[str]) -> Awaitable[None] | None:
            if again:
                rows = only(rows, [record_id not in again for record_id in rows.ids])
            if leg.residual is None:
                return without(rows)
            mask = passing(leg.residual, rows)
            if counts_unread:
                failed = only(rows, [not each for each in mask])
                for record in records(failed):
                    account.unread.update(unread(leg.residual, record))
            return without(only(rows, mask))

        await self.pages.each(leg, opener, tested, account)


def keys_of(targets: Sequence[Target]) -> tuple[str, ...]:
    """Record keys under which the targets' values stand."""
    keys = (key for t in targets for key in (t.meta.shown_names if t.name == t.meta.name else (t.name,)))
    return tuple(dict.fromkeys(keys))
