"""Writes how soon each recovery is noticed into the documentation: `python -m tests.auth.recovery_table`."""

from __future__ import annotations

import inspect
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio

from .fault_table import PAGE
from .recoveries import RECOVERIES, Recovery, written
from .workplace import Assistant, Stand

BEGIN, END = "<!-- recoveries: written by tests/auth/recovery_table.py -->", "<!-- /recoveries -->"
MOMENTS = (0, 5, 15, 60, 300, 900)
"""Seconds after the person acted, at which somebody asks."""


@dataclass(frozen=True)
class Noticed:
    """`seconds` None: not at all."""

    seconds: int | None
    calls: int

    def __str__(self) -> str:
        if self.seconds is None:
            return "by `check_connection` alone"
        return f"{self.seconds} s" if self.seconds else "at once"


@dataclass(frozen=True)
class Row:
    recovery: Recovery
    by_question: Noticed
    by_check: Noticed

    def line(self) -> str:
        recovery = self.recovery
        calls = self.by_check.calls if self.by_question.seconds is None else self.by_question.calls
        cells = [recovery.state, recovery.act, str(self.by_question), str(self.by_check), str(calls)]
        return f"| {' | '.join(cells)} |"


async def row_of(recovery: Recovery, folder: Path) -> Row:
    """Through an MCP client, first by questions and then by `check_connection`; the server is not started again."""

    async def asks(assistant: Assistant) -> bool:
        return "Rope" in await assistant.sales()

    async def checks(assistant: Assistant) -> bool:
        return all(stage["result"] != "failed" for stage in await assistant.stages())

    folders = [folder / "question", folder / "check"]
    for each in folders:
        each.mkdir()
    by_question = await _noticed(recovery, folders[0], asks)
    return Row(recovery, by_question, await _noticed(recovery, folders[1], checks))


async def _noticed(
    recovery: Recovery, folder: Path, works: Callable[[Assistant], Awaitable[bool]]
) -> Noticed:
    stand = Stand(folder)
    environment = dict(recovery.environment) | {recovery.variable: ""}
    if recovery.secret:
        written(recovery.secret)(stand)
        environment[f"{recovery.variable}_FILE"] = str(folder / "secret")
    recovery.arrange(stand)
    async with stand.assistant(environment) as assistant:
        assert "Rope" not in await assistant.sales(), f"{recovery.state} is no fault"
        ended = recovery.end(stand)
        if inspect.isawaitable(ended):
            await ended
        before, now = len(stand.pool.calls), 0
        for moment in MOMENTS:
            stand.clock.advance(moment - now)
            now = moment
            if await works(assistant):
                return Noticed(moment, len(stand.pool.calls) - before)
    return Noticed(None, 0)


def table(made: Sequence[Row]) -> str:
    head = (
        "| what was wrong | what the person does | noticed within | by `check_connection` | calls to Claris |\n"
        "|---|---|---|---|---|\n"
    )
    return head + "\n".join(row.line() for row in made)


async def rows() -> list[Row]:
    made: list[Row] = []
    for recovery in RECOVERIES:
        with tempfile.TemporaryDirectory() as folder:
            made.append(await row_of(recovery, Path(folder)))
    return made


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table(anyio.run(rows))}\n{END}{after}", encoding="utf-8")
