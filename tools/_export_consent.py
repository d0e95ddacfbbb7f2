"""Before something leaves FileMaker after outsiders' text was read, a person agrees: to a file, or to a script that only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from mcp_types import InputRequiredResult

from ..server.errors import Forbidden
from ._call import Answer, Call
from ._consent import Agreed, ask

if TYPE_CHECKING:
    from ..server.changes.plans.progress import Progress
    from ..server.changes.plans.step import Step


@dataclass(frozen=True)
class Free:
    """It may go."""

    call: Call
    progress: Progress | None = None
    """The plan to which a person agreed; None where nobody had to."""

    async def gone(self, **facts: Any) -> None:
        """It has gone: what was agreed to was agreed to once, also when the call is cancelled now."""
        if self.progress is None:
            return
        with anyio.CancelScope(shield=True):
            await self.call.changes.leaving.let_go(self.progress, self.call.who, facts)


async def free_to_leave(
    call: Call, tool: str, step: Step, asked: tuple[Any, ...]
) -> Free | Answer | InputRequiredResult:
    """`Free`, or what to answer: nobody has agreed (yet). The same call finds the agreement that came meanwhile."""
    leaving = call.changes.leaving
    progress = await leaving.asked(call.who, step, asked)
    if progress.approved_by:
        return Free(call, progress)
    agreement = await call.changes.carrying.required.person_needed(progress)
    if agreement is None:
        raise Forbidden("Nobody can be asked to agree to this", advice="Nothing was written.")
    given = await ask(call, progress, agreement, again=f"{tool} with the same arguments")
    if not isinstance(given, Agreed):
        return given
    return Free(call, await leaving.asked(call.who, step, asked))


def file_step(layout: str, how: str, facts: Mapping[str, str], covers: str) -> Step:
    from ..server.changes.export_consent import export_step

    return export_step(layout, how, facts, covers)
