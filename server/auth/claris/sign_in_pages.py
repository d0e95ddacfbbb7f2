"""The pages on which a person signs in to Claris ID without a terminal. Password and code go from the form to Claris alone."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ...pages.forms import FormTooLong, form_of, is_from_its_page
from ...pages.html import Html, style_sheet
from .sign_in_dialogue import METHODS, wanted
from .sign_in_question import AGAIN, SignInQuestion

STYLE = "/style.css"


class SignInPages:
    """`find` gives the sign-in that an address is for, while it is not over. `origin` is where the pages are."""

    def __init__(self, find: Callable[[str], SignInQuestion | None], origin: Callable[[], str]) -> None:
        self._find = find
        self._origin = origin
        self._html = Html(STYLE)
        self.app = Starlette(
            routes=[Route(STYLE, self._style), Route("/{token}", self._page, methods=["GET", "POST"])]
        )

    async def _style(self, request: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def _page(self, request: Request) -> Response:
        question = self._find(request.path_params["token"])
        if question is None:
            return self._message(410, "This page is over", AGAIN)
        if request.method == "POST":
            return await self._answer(request, question)
        question.look()
        return self._shown(question)

    async def _answer(self, request: Request, question: SignInQuestion) -> Response:
        if not is_from_its_page(request, self._origin()):
            return self._message(403, "Refused", "The answer did not come from this page.")
        try:
            form = await form_of(request)
        except FormTooLong:
            return self._message(413, "Not understood", "More came than this page asks for.")
        await question.take(form)
        if question.is_signed_in:
            words = f"{question.user} is signed in, and the sign-in is kept. Go back to the assistant and let it try again. You can close this page."
            return self._message(200, "You are signed in", words)
        if question.is_over:
            return self._message(410, "You are not signed in", question.end or AGAIN)
        if question.problem:
            return self._shown(question, 422)
        return RedirectResponse(request.url.path, 303)

    def _shown(self, question: SignInQuestion, status: int = 200) -> Response:
        request = question.request
        page = self._html.page(
            "sign_in.html",
            user=question.user,
            step=question.step,
            problem=question.problem,
            needs_password=not question.has_password,
            choices=[(kind, METHODS.get(kind, kind)) for kind in request.choices] if request else [],
            wanted=wanted(request) if request else "",
        )
        return HTMLResponse(page, status)

    def _message(self, status: int, heading: str, words: str) -> Response:
        return HTMLResponse(
            self._html.page("message.html", heading=heading, words=words, action=None), status
        )
