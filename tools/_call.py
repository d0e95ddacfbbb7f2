"""What a tool is handed: the parts of one configured database, and who is asking."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mcp.server.mcpserver import Context

from ..server.caller import Caller
from ..server.errors import ConfigurationError, StateAway
from ..server.text.one_line import one_line

if TYPE_CHECKING:
    from ..server.approval.approvals import Approvals
    from ..server.changes.change_desk import Changes
    from ..server.changes.consent.owner_stop import OwnerStop
    from ..server.changes.planning.request import PlanRequest
    from ..server.changes.plans.plan import Who
    from ..server.database.database import Database
    from ..server.documents.documents import Documents
    from ..server.jobs.job_desk import Jobs
    from ..server.local.files_folder import FilesFolder
    from ..server.local.licence_year import LicenceYear
    from ..server.local.usage import Usage
    from ..server.query.found_sets.handles import FoundSets
    from ..server.query.found_sets.read_budget import Budget
    from ..server.runbooks.runbook_desk import Runbooks
    from ..server.scripts.script_desk import Scripting

LONGEST_CLIENT = 100
"""Characters of a program's name and version."""
Answer = dict[str, object]
"""What a tool returns: plain values, lists and dicts, with `Decimal` for numbers. None and empty values are left out."""


class Stage(Protocol):
    """One stage of connecting, looked at."""

    @property
    def failed(self) -> bool: ...

    def facts(self) -> dict[str, object]: ...


class Diagnosis(Protocol):
    """Looks at the stages of connecting in order, and ends at the first that fails."""

    def stages(self, *, data_sources: bool = False) -> AsyncIterator[Stage]: ...


@dataclass(frozen=True)
class Workspace:
    """What the tools of one configured database work with. It is put together in `server.app`."""

    database: Database
    found_sets: FoundSets
    changes: Changes
    files: FilesFolder
    documents: Documents
    approvals: Approvals
    approval_seconds: float
    """How long a person is waited for before silence means no."""
    diagnosis: Callable[[], Diagnosis]
    jobs: Jobs
    scripting: Scripting
    runbooks: Runbooks
    usage: Usage
    account: str
    """The FileMaker account, as `Caller` has it."""
    read_budget: int | None
    """Bytes that one question may read without asking. None means no limit."""
    licence_year: LicenceYear | None = None
    """How much data the owner's licence has for a year, where they say it."""
    stop: OwnerStop | None = None
    """What the owner has stopped; None where whoever is stopped is not let in at all."""


@dataclass(frozen=True)
class Call:
    """One call of a tool."""

    workspace: Workspace
    user: str
    """Whoever asks; over stdio the operating-system user."""
    context: Context[Any, Any]
    """The SDK's own context, for what only it can do: asking the person at the client."""
    view: dict[str, object] | None = None
    """What a view of the answer needs and a model does not; a tool adds to it. None where no view shows the answer."""

    @property
    def caller(self) -> Caller:
        """What plans, jobs and found sets belong to."""
        return Caller(self.user, self.workspace.account)

    @property
    def database(self) -> Database:
        return self.workspace.database

    async def layout_called(self, name: str) -> str:
        """The own name of a layout that the owner's notes know by another; one that is really called so comes first."""
        meant = self.database.notes.layout_called(name)
        if meant is None or any(item.name == name for item in await self.database.layouts()):
            return await self.database.layout_called(name)
        return meant

    @property
    def found_sets(self) -> FoundSets:
        return self.workspace.found_sets

    async def catch_up(self, *, changes: bool = False) -> None:
        """What others have written since counts here from now on. Raises Forbidden where the owner has stopped what is asked."""
        if self.workspace.stop is not None:
            await self._check_stop(self.workspace.stop, changes=changes)
        if await self.found_sets.are_outdated():
            self.database.changes += 1

    async def _check_stop(self, stop: OwnerStop, *, changes: bool) -> None:
        try:
            await stop.check(self.caller.id, changes=changes)
        except (StateAway, ConfigurationError):
            return  # reading goes on without our own records, and each change needs them

    @property
    def changes(self) -> Changes:
        return self.workspace.changes

    @property
    def who(self) -> Who:
        """Who asks, as the journal names them."""
        from ..server.changes.plans.plan import Who

        return Who(self.caller, self.client)

    def budget(self, go_ahead: bool) -> Budget:
        """How much the question may read; with `go_ahead` all that it takes."""
        from ..server.query.found_sets.read_budget import Budget

        return Budget(None if go_ahead else self.workspace.read_budget)

    def request(self, change_id: str | None = None, repeat: bool = False) -> PlanRequest:
        """What every planning tool hands on."""
        from ..server.changes.planning.request import PlanRequest

        return PlanRequest(self.who, change_id, repeat, self.database.ended_sessions)

    @property
    def jobs(self) -> Jobs:
        return self.workspace.jobs

    @property
    def runbooks(self) -> Runbooks:
        return self.workspace.runbooks

    @property
    def scripting(self) -> Scripting:
        return self.workspace.scripting

    @property
    def client(self) -> str:
        """Name and version that the MCP client gives itself; for the log only, anybody can claim a name."""
        parameters = self.context.session.client_params
        info = getattr(parameters, "client_info", None)
        return one_line(f"{info.name} {info.version}"[:LONGEST_CLIENT]) if info else ""

    @property
    def answers_by_result(self) -> bool:
        """Whether a question to the person goes out as the call's result and the answer comes with a second call."""
        version = self.context.protocol_version
        return version is not None and version >= "2026-07-28"

    async def progress(self, done: int, total: int | None, message: str) -> None:
        """Reports progress to the client, if it asked for that."""
        await self.context.report_progress(done, total, message)


Workspaces = Mapping[str, Workspace]
"""By the names that the configuration gives its databases, in its order."""
