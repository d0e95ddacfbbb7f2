"""The console: pages on this machine for the person whose assistants work here. A link that works once lets one browser in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..changes.plans.stored_plans import Filed
from ..pages.html import style_sheet
from ..text.sentence import marked
from .console_database import ConsoleDatabase
from .frame import STYLE, Frame
from .one_time_link import COOKIE, OneTimeLink
from .oversight import OwnAlone
from .person_pages import person_pages


class Console:
    """`user` is the operating-system user, `origin` where the pages are, once they are served. `language` is what the owner
    sets for the pages, empty to go by each person's browser."""

    def __init__(
        self,
        files: Filed,
        databases: Mapping[str, ConsoleDatabase],
        *,
        user: str,
        origin: Callable[[], str],
        language: str = "",
    ) -> None:
        self._frame = frame = Frame(origin, language)
        self.link = OneTimeLink()
        pages = Starlette(
            routes=[
                Route(STYLE, self._style),
                Route("/open", self._open),
                *person_pages(frame, files, databases, user, OwnAlone()),
            ],
            exception_handlers={404: self._nothing},
        )
        self.app: ASGIApp = _LetIn(pages, self.link, frame)

    def prepare(self) -> None:
        """What takes long the first time."""
        self._frame.html.compile_plan()

    async def _style(self, request: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def _open(self, request: Request) -> Response:
        cookie = self.link.taken(request.query_params.get("key", ""))
        if cookie is None:
            return self._frame.message(
                request,
                410,
                marked("This link was used"),
                marked("Start 'filemaker-mcp console' again for a new one."),
            )
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path="/")
        return answer

    async def _nothing(self, request: Request, error: Exception) -> Response:
        return self._frame.not_there(request)


class _LetIn:
    """Whoever brings the cookie. The style sheet and the link itself are for everybody."""

    def __init__(self, app: ASGIApp, link: OneTimeLink, frame: Frame) -> None:
        self._app = app
        self._link = link
        self._frame = frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.url.path in (STYLE, "/open") or self._link.is_brought_by(request):
            await self._app(scope, receive, send)
            return
        words = marked("Open the console with the link that 'filemaker-mcp console' shows.")
        await self._frame.message(request, 403, marked("You are not let in"), words)(scope, receive, send)
