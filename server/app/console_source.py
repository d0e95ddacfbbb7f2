"""A database of one caller as the console needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from ..changes.planning.request import PlanRequest
from ..policy.policy_check import complaints
from ..policy.policy_summary import words
from .sign_in_accounts import account_for

if TYPE_CHECKING:
    from ...tools._call import Workspace
    from ..changes.plans.plan import Who
    from ..changes.plans.progress import Progress
    from ..config.database_settings import DatabaseSettings
    from ..policy import Policy
    from .open_workspaces import OpenWorkspaces
    from .seat import Seat

Open = Callable[[str], "Awaitable[Workspace]"]


class ConsoleSource:
    """Opened when its connection or a way back is asked for; until then the settings say everything."""

    def __init__(self, name: str, settings: DatabaseSettings, policy: Policy, opened: Open) -> None:
        self._name = name
        self._settings = settings
        self._policy = policy
        self._opened = opened

    @property
    def identity(self) -> str:
        return self._settings.identity

    @property
    def account(self) -> str:
        return account_for(self._settings).name

    @property
    def policy_words(self) -> Sequence[str]:
        return [*words(self._policy), *complaints(self._policy, account=self._settings.account)]

    async def stages(self) -> AsyncIterator[dict[str, object]]:
        workspace = await self._opened(self._name)
        async for stage in workspace.diagnosis().stages():
            yield stage.facts()

    async def plan_undo(self, who: Who, change_id: str) -> Progress:
        workspace = await self._opened(self._name)
        request = PlanRequest(who, None, False, workspace.database.ended_sessions)
        return await workspace.changes.undo.plan(request, change_id)


def console_sources(seat: Seat, opened: Open) -> Mapping[str, ConsoleSource]:
    """By the names that the configuration gives its databases. `opened` gives one of them in use."""
    return {
        name: ConsoleSource(name, each, seat.policies[name], opened)
        for name, each in seat.settings.database.items()
    }


def opening(workspaces: OpenWorkspaces) -> Open:
    """Of the person at this machine."""

    async def opened(name: str) -> Workspace:
        return workspaces[name]

    return opened
