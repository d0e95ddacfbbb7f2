"""Plans and changes that are there already, as they stand and as far as they are told now."""

from __future__ import annotations

from typing import Any

from ..errors import NameUnknown
from .applying.apply_context import Means
from .contents.altered_plan import AlteredPlan
from .display.disclosure import Disclosure
from .execution import Execution
from .plans.plan import Who
from .plans.plan_digest import digest_in_turns
from .plans.progress import Progress


class KnownChanges:
    """Those of one database. `identity` as `Ledger.identity`."""

    def __init__(self, means: Means, execution: Execution, identity: str) -> None:
        self._means = means
        self._execution = execution
        self._identity = identity
        self._disclosure = Disclosure(means.database)

    async def restorations(self, who: Who) -> list[str]:
        """When FileMaker was found to be put back to a backup, in words."""
        return await self._means.history.told(who)

    async def find(self, who: Who, change_id: str) -> Progress:
        """The caller's own plan, as it stands now."""
        return await self._execution.settled(who, change_id)

    async def planned_as(self, asked: tuple[Any, ...], who: Who) -> Progress | None:
        """The caller's plan of what was asked for, whatever became of it; see `Ledger.put`."""
        question, values = self._means.shelf.same.as_asked(
            await digest_in_turns(self._identity, "", asked), who
        )
        row = await self._means.state.row(question, *values)
        return None if row is None else await self.find(who, row["id"])

    async def recent(self, who: Who, limit: int) -> list[Progress | str]:
        """The caller's plans and changes, the latest first; the id alone of one that was altered."""
        await self._execution.settle(who)
        return await self._means.shelf.recent(who, limit)

    async def disclosed(self, progress: Progress, *, contents: bool = True) -> Progress:
        """A plan as far as it is told under the settings of now; with its `contents` the text that outsiders wrote is read."""
        told = await self._disclosure.of(progress)
        if contents:
            self._disclosure.note_read(told.plan)
        return told

    async def is_told_whole(self, change_id: str, who: Who) -> bool:
        """Whether all that was written down of a plan may be told to the caller now: it is theirs, and nothing was closed."""
        try:
            progress = await self._means.shelf.find(change_id, who)
        except (NameUnknown, AlteredPlan):
            return False
        return self._disclosure.is_whole(progress.plan)

    async def found_by_anybody(self, change_id: str) -> Progress:
        """A plan whoever made it, for a person at this machine."""
        return await self._means.shelf.open_progress(change_id)
