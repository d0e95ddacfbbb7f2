"""Asking a person by a page in their browser, or naming the command for a terminal. The page's address never reaches the
assistant."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from .chat_question import OpenQuestions

if TYPE_CHECKING:
    from starlette.requests import Request

    from ..changes.consent.agreements import Agreements
    from ..changes.plans.plan import Plan
    from ..pages.loopback import Loopback
    from ..policy import ShowAll
    from .plan_question import PlanQuestion

PATIENCE = 40.0
"""Seconds that a call waits for an answer. Clients give up a call after a minute. The page itself stays."""

MOST_OPEN = 20
"""Pages that are kept. The oldest goes, and its plan can still be agreed to at a terminal."""

OpenBrowser = Callable[[str], bool]
"""Shows a page to the person at this machine. False when there is no way to."""


class Approvals:
    def __init__(
        self,
        *,
        seconds: float,
        open_browser: OpenBrowser | None,
        show_all: ShowAll,
        state_file: Path | None = None,
        key_file: Path | None = None,
        command: str = "filemaker-mcp",
        asks_in_chat: bool = True,
        public_page: str = "",
        language: str = "",
        on_waiting: Callable[[Plan], None] = lambda plan: None,
    ) -> None:
        """`command` is how a person starts this program in a terminal. The files are named there where they are not the usual
        ones. A server for others asks nobody in the chat, where a program may answer; `public_page` is the address of its own
        pages, on which people sign in. `language` is what the owner sets for the pages. `on_waiting` hears of a plan that waits for
        somebody who has to be called."""
        self._seconds = seconds
        self._open_browser = open_browser
        self._show_all = show_all
        self._files = (state_file, key_file)
        self._command = command
        self._language = language
        self._on_waiting = on_waiting
        self._server: Loopback | None = None
        self._questions: dict[str, PlanQuestion] = {}
        self._public_page = public_page
        self.asks_in_chat = asks_in_chat
        self.in_chat = OpenQuestions()

    async def ask(self, agreements: Agreements, plan: Plan, because: str) -> bool | None:
        """The person's answer. None when the page could not be shown, or nobody has answered yet (then it stays open)."""
        if self._open_browser is None or plan.four_eyes:  # whoever sits here is the one who asked
            if self._public_page:
                self._on_waiting(plan)
            return None
        token, question = self._put(agreements, plan, because)
        origin = await self._serving().open()
        if not await anyio.to_thread.run_sync(self._open_browser, f"{origin}/{token}"):
            del self._questions[token]
            return None
        with anyio.move_on_after(min(self._seconds, PATIENCE)):
            await question.answered.wait()
        return question.answer

    def places(self, plan: Plan) -> str:
        """Where a person can still agree."""
        if plan.four_eyes:
            at = f"on the page {self._public_page}/{plan.id}, or " if self._public_page else ""
            return f"somebody else than who asked, as the owner wants it: {at}{self.terminal(plan)}"
        if self._public_page:
            return f"on the page {self._public_page}/{plan.id}, where they sign in as themselves"
        is_shown = any(each.plan.id == plan.id for each in self._questions.values())
        page = ["on the page that opened in their browser"] if is_shown else []
        return ", or ".join([*page, self.terminal(plan)])

    def terminal(self, plan: Plan) -> str:
        """The line to type. It names the files where a terminal would not find them by itself."""
        from ..local.own_command import quoted
        from ..local.places import key_file, state_file

        usual = (state_file(), key_file())
        named = zip(("--state", "--seal-key"), self._files, usual, strict=True)
        words = [
            f" {option} {quoted(str(path))}" for option, path, known in named if path not in (None, known)
        ]
        return f"in a terminal: {self._command} approve {plan.id}{''.join(words)}"

    async def close(self) -> None:
        self._questions.clear()
        if self._server is not None:
            await self._server.close()

    def _put(self, agreements: Agreements, plan: Plan, because: str) -> tuple[str, PlanQuestion]:
        """The question that is open about this very plan, else a new one at an address that nobody can guess."""
        from .plan_inspection import PlanInspection
        from .plan_question import PlanQuestion

        for token, question in self._questions.items():
            if question.plan.id == plan.id and question.plan.digest == plan.digest:
                return token, question
        while len(self._questions) >= MOST_OPEN:
            del self._questions[next(iter(self._questions))]
        token = secrets.token_urlsafe(24)
        self._questions[token] = PlanQuestion(PlanInspection(plan, self._show_all), because, agreements)
        return token, self._questions[token]

    def _serving(self) -> Loopback:
        if self._server is None:
            from ..pages.html import Html
            from ..pages.loopback import Loopback
            from .plan_pages import STYLE, PlanPages

            def origin() -> str:
                return "" if self._server is None else self._server.origin

            html = Html(STYLE, language=self._language)
            self._server = Loopback(PlanPages(self._asked_at, origin, html).app, html.compile_plan)
        return self._server

    async def _asked_at(self, request: Request) -> PlanQuestion | None:
        return self._questions.get(request.path_params["token"])
