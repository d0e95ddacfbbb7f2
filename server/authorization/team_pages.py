"""The console's pages at the public address: each person's own, behind their sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..pages.headers import StrictHeaders
from ..text.sentence import marked
from .grants.grant import Person
from .page_frame import PageFrame
from .sign_in.account_links import BUTTON, Linkable
from .sign_in.arrival_desk import Admission, ArrivalDesk

PATHS = (
    "/", "/changes", "/changes/{rest:path}", "/jobs", "/jobs/{rest:path}", "/connection", "/usage", "/usage.csv",
    "/journal", "/journal.csv", "/policy", "/files",
)  # fmt: skip

METHODS = ["GET", "POST"]

PagesOf = Callable[[Person], Awaitable[ASGIApp]]
"""All pages of one person. Raises Forbidden for whoever the owner gives nothing."""


class TeamPages:
    def __init__(
        self, frame: PageFrame, desk: ArrivalDesk, refusal: Admission, pages_of: PagesOf, linkable: Linkable
    ) -> None:
        """`linkable` gives nothing where nobody links an account. Whoever has linked none yet has no other page than that."""
        self._frame = frame
        self._desk = desk
        self._refusal = refusal
        self._pages_of = pages_of
        self._linkable = linkable
        self._strictly = StrictHeaders(self._served)

    def routes(self) -> list[BaseRoute]:
        return [Route(path, self._strictly, methods=METHODS) for path in PATHS]

    async def _served(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope, receive))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        person = await self._desk.signed_in(request)
        if isinstance(person, Response):
            return person
        if refusal := await self._refusal(person):
            action = None
            if await self._linkable(person):
                action = BUTTON | {"label": self._frame.language(request).text(BUTTON["label"])}
            return self._frame.message(request, 403, marked("You are not let in"), refusal, action)
        return await self._pages_of(person)
