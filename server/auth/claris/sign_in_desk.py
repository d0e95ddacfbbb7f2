"""Where a person at this machine signs in: an address for each Claris ID that needs somebody."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ...pages.loopback import Loopback
from ..clock import Clock
from .claris_id import ClarisId
from .sign_in_pages import SignInPages
from .sign_in_question import SignInQuestion


class SignInDesk:
    """Serves pages on loopback from the first address it gives until it is closed. An address is for one sign-in."""

    def __init__(self, clock: Clock, language: str = "") -> None:
        """`language` is what the owner sets for the pages, empty to go by each person's browser."""
        self._clock = clock
        self._questions: dict[str, SignInQuestion] = {}
        self._server = Loopback(SignInPages(self._asked_at, lambda: self._server.origin, language).app)

    async def address(self, ids: ClarisId, password: Callable[[], str] | None) -> str:
        """The address that is open for this Claris ID, else a new one that nobody can guess. `password` is the stored one."""
        origin = await self._server.open()
        self._questions = {token: each for token, each in self._questions.items() if not each.is_over}
        for token, question in self._questions.items():
            if question.ids is ids:
                return f"{origin}/{token}"
        token = secrets.token_urlsafe(24)
        self._questions[token] = SignInQuestion(ids, password, self._clock)
        return f"{origin}/{token}"

    async def close(self) -> None:
        self._questions.clear()
        await self._server.close()

    def _asked_at(self, token: str) -> SignInQuestion | None:
        question = self._questions.get(token)
        return None if question is None or question.is_over else question
