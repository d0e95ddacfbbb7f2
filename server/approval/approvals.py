"""Asking a person by a page in their browser, when the client cannot ask. The address never reaches the assistant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anyio
import anyio.to_thread

from ..changes.plans.ledger import Ledger
from ..changes.plans.plan import Plan
from .approval_listener import Listener, Question
from .approval_page import question as page_for

PATIENCE = 40.0
"""Seconds that a call waits for an answer; hosts give up a call after a minute. The page itself stays."""

OpenBrowser = Callable[[str], bool]
"""Shows a page to the person at this machine; False when there is no way to."""


class Approvals:
    def __init__(
        self,
        *,
        seconds: float,
        open_browser: OpenBrowser | None,
        state_file: Path | None = None,
        command: str = "filemaker-mcp",
    ) -> None:
        """`command` is how a person starts this program in a terminal."""
        self._listener = Listener()
        self._seconds = seconds
        self._open_browser = open_browser
        self._state_file = state_file
        self._command = command
        self._shown: set[str] = set()

    async def ask(self, ledger: Ledger, plan: Plan, because: str) -> bool | None:
        """The person's answer; None when the page could not be shown, or nobody has answered yet (then it stays open)."""
        if self._open_browser is None:
            return None

        def answered(yes: bool) -> None:
            if yes:
                ledger.agreed(plan, plan.who, "a person on the approval page")
            else:
                ledger.declined(plan, plan.who, "on the approval page")

        question = Question(page_for(plan, because), answered)
        address = await self._listener.put(question)
        if not await anyio.to_thread.run_sync(self._open_browser, address):
            self._listener.withdraw(question)
            return None
        self._shown.add(plan.id)
        with anyio.move_on_after(min(self._seconds, PATIENCE)):
            await question.done.wait()
            return question.yes
        return None

    def places(self, plan: Plan) -> str:
        """Where a person can still agree."""
        page = ["on the page that opened in their browser"] if plan.id in self._shown else []
        return ", or ".join([*page, self.terminal(plan)])

    def terminal(self, plan: Plan) -> str:
        """The line to type; with the state file, where a terminal would not find it by itself."""
        from ..local.state import default_state_file

        usual = self._state_file is None or self._state_file == default_state_file()
        path = f'"{self._state_file}"' if " " in str(self._state_file) else str(self._state_file)
        where = "" if usual else f" --state {path}"
        return f"in a terminal: {self._command} approve {plan.id}{where}"

    async def close(self) -> None:
        await self._listener.close()
