"""Asking a person by a page in their browser, when the client cannot ask. The address never reaches the assistant."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.to_thread

from ..changes.ledger import Ledger
from ..changes.plan import Plan
from .listener import Listener, Question
from .page import question as page_for

PATIENCE = 40.0
"""Seconds that a call waits for an answer; hosts give up a call after a minute. The page itself stays."""

OpenBrowser = Callable[[str], bool]
"""Shows a page to the person at this machine; False when there is no way to."""


class Approvals:
    def __init__(self, *, seconds: float, open_browser: OpenBrowser | None) -> None:
        self._listener = Listener()
        self._seconds = seconds
        self._open_browser = open_browser

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
        with anyio.move_on_after(min(self._seconds, PATIENCE)):
            await question.done.wait()
            return question.yes
        return None

    @property
    def can_show(self) -> bool:
        return self._open_browser is not None

    async def close(self) -> None:
        await self._listener.close()
