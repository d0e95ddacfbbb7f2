"""How a tool is declared, and the one boundary at which values become answers and errors become sentences."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, ContentBlock, InputRequiredResult, ToolAnnotations
from pydantic import BeforeValidator, Field, SkipValidation, create_model

from ..server.changes.unhurried import Pace
from ..server.errors import FilemakerMcpError, NameUnknown
from ..server.text.near_names import matched
from ._call import Answer, Call, Workspaces
from .arguments.argument_forms import validated
from .arguments.parameters import lean
from .views.view import MODEL_ONLY, tool_meta

if TYPE_CHECKING:
    from ..server.database.database import Database
    from ._results import Results

log = logging.getLogger("filemaker_mcp")

Function = Callable[..., Awaitable[Answer | list[ContentBlock] | InputRequiredResult]]


class ToolEffect(StrEnum):
    """What calling a tool can do to the solution."""

    READ = "read"
    SAVE = "save"
    """Changes nothing in FileMaker, but may write a new file into the files folder of this machine."""
    PLAN = "plan"
    WRITE = "write"
    RUN = "run"


class Need(StrEnum):
    """What the owner must have allowed somewhere before a tool is offered at all."""

    NOTHING = "nothing"
    EDIT = "edit"
    DELETE = "delete"
    SCRIPTS = "scripts"
    OUTSIDE = "outside"
    """A script that reaches outside FileMaker: no tool needs it, and those that run scripts say so to the client."""


@dataclass(frozen=True)
class Declaration:
    """One row of TOOLS. Name, description and parameters are the function's own."""

    function: Function
    title: str
    effect: ToolEffect
    need: Need = Need.NOTHING
    destructive: bool = False
    idempotent: bool = False
    runs_scripts: bool = False

    @property
    def name(self) -> str:
        return self.function.__name__

    @cached_property
    def bare(self) -> Tool:
        """The tool made from its function, for one database. All servers of a process share it."""
        description = " ".join((self.function.__doc__ or "").split())
        tool = Tool.from_function(
            self.function, description=description, context_kwarg="call", structured_output=False
        )
        tool.parameters = lean(tool.parameters)
        return tool

    def annotations(self, needs: Set[Need]) -> ToolAnnotations:
        """The annotations that a client shows its user. `needs` is what the owner allows."""
        if self.effect is ToolEffect.READ:
            return ToolAnnotations(title=self.title, read_only_hint=True, open_world_hint=False)
        return ToolAnnotations(
            title=self.title,
            read_only_hint=False,
            destructive_hint=self.destructive,
            idempotent_hint=self.idempotent,
            open_world_hint=self.runs_scripts and Need.OUTSIDE in needs,
        )


class GovernedTool(Tool):
    """A tool of ours in the SDK: strict arguments, the database chosen, one boundary."""

    workspaces: SkipValidation[Mapping[str, Any]] = Field(exclude=True)
    """Not looked at before a call: looking would open every database."""
    user: str = Field(exclude=True)
    changes_things: bool = Field(exclude=True)
    is_change: bool = Field(exclude=True)
    """It goes no further where the owner has stopped changes. Stopping a job is none."""
    may_let_out: bool = Field(exclude=True)
    """It changes something, or writes a file."""
    may_run_again: bool = Field(exclude=True)
    """Asking twice does no more than asking once."""
    has_view: bool = Field(exclude=True)
    """A view shows its answers."""
    DATABASE: ClassVar[str] = "database"

    @classmethod
    def of(
        cls,
        declaration: Declaration,
        workspaces: Workspaces,
        user: str,
        needs: Set[Need],
        views: Set[str],
    ) -> GovernedTool:
        """`views`: those that are on."""
        parts = {name: getattr(declaration.bare, name) for name in Tool.model_fields}
        parts |= {"title": declaration.title, "annotations": declaration.annotations(needs)}
        parts["meta"] = tool_meta(declaration.name, views)
        model = declaration.bare.fn_metadata.arg_model
        if len(workspaces) > 1:
            names = Literal[tuple(workspaces)]  # type: ignore[valid-type] -- the configured names are known only now
            spelled = BeforeValidator(lambda given: matched(str(given), workspaces) or given)
            choice: Any = (Annotated[names, spelled], Field(description="Which configured database"))
            model = create_model(model.__name__, __base__=model, **{cls.DATABASE: choice})
            parts["fn_metadata"] = declaration.bare.fn_metadata.model_copy(update={"arg_model": model})
            parts["parameters"] = lean(model.model_json_schema(by_alias=True))
        only_looks = declaration.effect in (ToolEffect.READ, ToolEffect.SAVE)
        return cls(
            **parts,
            workspaces=workspaces,
            user=user,
            changes_things=not only_looks,
            is_change=not only_looks and declaration.need is not Need.NOTHING,
            may_let_out=declaration.effect is not ToolEffect.READ,
            may_run_again=only_looks or declaration.effect is ToolEffect.PLAN,
            has_view=parts["meta"] not in (None, MODEL_ONLY),
        )

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """The boundary: whatever happens inside, the result is an answer or a refusal in one sentence."""
        try:
            pace = Pace()
            values = validated(self.name, self.fn_metadata, arguments)
            await pace.turn()
            workspace = self.workspaces[values.pop(self.DATABASE, next(iter(self.workspaces)))]
            view: dict[str, object] | None = {} if self.has_view else None
            call = Call(workspace=workspace, user=self.user, context=context, view=view)
            if self.may_let_out:  # it asks what was read, perhaps by another process
                await call.database.outsiders.look_for_marks()
            await call.catch_up(changes=self.is_change)
            with workspace.usage.during(self.name):
                answer = await self._answer(call, values)
                remarks = await call.database.remarks()
            await call.database.outsiders.keep_marks()
        except FilemakerMcpError as error:
            return self._results.refusal(error)
        except Exception as error:  # noqa: BLE001 -- the one place where a defect of ours is masked
            return self._results.defect(error)
        if isinstance(answer, InputRequiredResult):
            return answer
        if isinstance(answer, list):
            return CallToolResult(content=cast("list[ContentBlock]", answer))
        answer = self._with_database(answer, workspace.database.name)
        answer |= {"unopened_files": remarks} if remarks else {}
        sessions = call.database.session_remark()
        return self._results.written(answer | {"sessions": sessions} if sessions else answer, view)

    @property
    def _results(self) -> Results:
        from ._results import Results

        return Results(self.name, changes_things=self.changes_things)

    def _with_database(self, answer: Answer, name: str) -> Answer:
        """What goes on is asked of the same database, which has to be named where there are several."""
        more = answer.get("next")
        if more is None or len(self.workspaces) < 2:
            return answer
        named = {**cast("dict[str, object]", more), self.DATABASE: name} if isinstance(more, dict) else None
        return answer | {"next": named or f"{more} ({self.DATABASE}: {name})"}

    async def _answer(self, call: Call, values: dict[str, Any]) -> Any:
        """If a name is unknown and the layout turns out to have changed, the call is made once more. Nothing was sent the first time."""
        database = call.database
        layouts, writes = database.layout_changes, database.changes
        try:
            return await self.fn(call, **values)
        except NameUnknown as error:
            if not error.layout:
                raise
            if not self.may_run_again:
                await _refuse_closed(database, error)
                raise
            if database.layout_changes == layouts:
                await database.layout(error.layout, fresh=True)
            if database.layout_changes == layouts or database.changes != writes:
                await _refuse_closed(database, error)
                raise
        return await self.fn(call, **values)


async def _refuse_closed(database: Database, error: NameUnknown) -> None:
    """Raises Forbidden for a field that is there and that the owner's policy closes, under whatever tool it is named."""
    if error.kind == "field" and await database.missing_fields.is_closed(error.layout, error.name):
        from ..server.policy import hidden

        raise hidden(error.layout, error.name) from error
