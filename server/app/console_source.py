"""A configured database as the console needs it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..changes.planning.request import PlanRequest
from ..policy.policy_check import complaints
from ..policy.policy_summary import words
from .owner_policy import policy_of
from .sign_in_accounts import account_for

if TYPE_CHECKING:
    from ...tools._call import Workspace
    from ..changes.plans.plan import Who
    from ..changes.plans.plan_store import Progress
    from ..config.settings import DatabaseSettings, Settings
    from .app import OpenWorkspaces


class ConsoleSource:
    """Opened when its connection or a way back is asked for; until then the settings say everything."""

    def __init__(self, name: str, settings: DatabaseSettings, workspaces: OpenWorkspaces) -> None:
        self._name = name
        self._settings = settings
        self._workspaces = workspaces

    @property
    def _workspace(self) -> Workspace:
        return self._workspaces[self._name]

    @property
    def identity(self) -> str:
        return self._settings.identity

    @property
    def account(self) -> str:
        return account_for(self._settings).name

    @property
    def policy_words(self) -> Sequence[str]:
        policy = policy_of(self._settings)
        return [*words(policy), *complaints(policy, account=self._settings.account)]

    async def stages(self) -> AsyncIterator[dict[str, object]]:
        async for stage in self._workspace.diagnosis().stages():
            yield stage.facts()

    async def plan_undo(self, who: Who, change_id: str) -> Progress:
        workspace = self._workspace
        request = PlanRequest(who, None, False, workspace.database.ended_sessions)
        return await workspace.changes.undo.plan(request, change_id)


def console_sources(settings: Settings, workspaces: OpenWorkspaces) -> Mapping[str, ConsoleSource]:
    """By the names that the configuration gives its databases."""
    return {name: ConsoleSource(name, each, workspaces) for name, each in settings.database.items()}
