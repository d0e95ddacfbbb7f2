"""What carrying a plan out needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from ...dataapi.contents import Value
from ...dataapi.layout_meta import LayoutMeta
from ...dataapi.query import FindRequest
from ...database.database import Database
from ...local.state.state import State
from ..consent.owner_stop import OwnerStop
from ..display.record_links import RecordLinks
from ..duties.mirror import Mirror
from ..duties.save_request import Saves
from ..files.uploads import Uploads
from ..journal.journal import Journal
from ..journal.other_writes import Accounts
from ..journal.script_log import ScriptLog
from ..plans.item import Item
from ..plans.outcome import Outcome
from ..plans.plan_store import PlanStore
from ..plans.step import Step
from .host_history import HostHistory
from .item_claims import ItemClaims
from .record_check import Continuity

Exact = Callable[[LayoutMeta, str, Value], FindRequest]
"""A find request for exactly that value in a field."""


class Runs(Protocol):
    """Scripts, as `jobs` runs them."""

    async def check(self, step: Step, item: Item) -> None:
        """Raises when it is not to be run (any more). Nothing was sent then."""
        ...

    def window(self, script: str) -> float | None:
        """Seconds in which it is not run again with the same parameter for the same record; None: never again."""
        ...

    async def carry_out(self, step: Step, item: Item) -> Outcome:
        """Raises only where nothing was run."""
        ...


@dataclass(frozen=True)
class Means:
    """What carrying out needs."""

    database: Database
    state: State
    shelf: PlanStore
    journal: Journal
    script_log: ScriptLog
    uploads: Uploads
    sleep: Callable[[float], Awaitable[None]]
    exact: Exact
    runs: Runs
    saves: Saves
    now: Callable[[], float]
    continuity: Continuity
    history: HostHistory
    timeout: float
    """Seconds after which a request to FileMaker is given up."""
    mirror: Mirror
    stop: OwnerStop
    links: RecordLinks
    patience: float
    """Seconds for which a record is waited for that somebody has open."""

    @property
    def claims(self) -> ItemClaims:
        return ItemClaims(self.state, self.shelf.database)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.state, self.shelf.database, self.shelf.rows)
