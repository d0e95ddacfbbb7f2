"""Plans and journal as they lie in the state file, for a person at a terminal: no host is needed, and no session opened."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio.to_thread

from ...errors import ConfigurationError, NameUnknown
from ...local.keys.key_file import KeyPlace
from ...local.places import is_nowhere, no_home
from ...local.state.state import State
from ...local.state.state_place import StatePlace
from ..consent.agreement_store import Validity
from ..consent.agreements import Agreements, Standing
from ..contents.altered_plan import AlteredPlan
from ..contents.earlier_records import take_over
from ..journal.journal import Journal
from .plan_seal import Seal
from .plan_store import PlanStore
from .progress import Progress


@dataclass(frozen=True)
class Filed:
    state: State
    journal: Journal
    seal: Seal
    validity: Validity | None = None
    """Judges agreements of people who sign in."""

    async def change(self, change_id: str) -> tuple[Agreements, Standing]:
        """Any caller's plan, in whichever database. Raises NameUnknown."""
        row = await self.state.row("SELECT database FROM plan WHERE id = ?", change_id)
        if row is None:
            newer = await self.journal.replaced_by(change_id)
            where = f"It was replaced by {newer}. " if newer else ""
            raise NameUnknown(
                "change", change_id, advice=f"{where}'filemaker-mcp approve' alone lists the plans that wait."
            )
        identity = row["database"]
        store = PlanStore(self.state, identity, self.seal, validity=self.validity)
        agreements = Agreements(self.state, store, self.journal, identity=identity, now=time.time)
        return agreements, await agreements.standing(change_id)

    async def waiting(self, now: float) -> list[Progress]:
        """Plans of which nothing was carried out and to which nobody has agreed, the latest first."""
        rows = await self.state.rows(
            "SELECT id, database FROM plan WHERE state = 'open' AND expires > ? AND NOT EXISTS"
            " (SELECT 1 FROM item WHERE plan = plan.id AND state <> 'open') ORDER BY made DESC LIMIT 20",
            now,
        )
        found: list[Progress] = []
        for row in rows:
            store = PlanStore(self.state, row["database"], self.seal, validity=self.validity)
            with suppress(
                AlteredPlan, NameUnknown
            ):  # nobody can agree to it: `journal verify` names it, or it is gone since
                found.append(await store.open_progress(row["id"]))
        return [progress for progress in found if not progress.approved_by]


@asynccontextmanager
async def filed(
    place: StatePlace, key_file: Path, keys: Sequence[KeyPlace] = (), *, makes: bool = False
) -> AsyncGenerator[Filed]:
    """What the state holds, sealed by the key in `key_file`. Raises ConfigurationError when there is none yet, unless it `makes`
    one, as a server does."""
    path = place.file
    if path is not None and is_nowhere(path):
        raise no_home("plans and journal (the state file)", "--state or FILEMAKER_STATE")
    if path is not None and not makes and not await anyio.to_thread.run_sync(os.path.exists, path):
        raise ConfigurationError(
            f"Nothing was planned yet: there is no state file {path}",
            advice="Name another with --state, or the configuration with --config.",
        )
    state = place.state()
    try:
        seal = Seal.of_file(key_file, keys)
        state.first(partial(take_over, seal=seal, is_shared=state.is_shared))
        yield Filed(state, Journal(state, now=time.time, seal=seal), seal)
    finally:
        await state.close()
