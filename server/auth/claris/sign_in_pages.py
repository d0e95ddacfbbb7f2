"""The pages on which a person signs in to Claris ID without a terminal. Password and code go from the form to Claris alone."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ...pages.forms import FormTooLong, form_of, is_from_its_page
from ...pages.html import Html, style_sheet
from ...pages.page_language import Language
from .claris_sign_in import CodeRequest
from .sign_in_dialogue import METHODS
from .sign_in_question import AGAIN, SignInQuestion

STYLE = "/style.css"


class SignInPages:
    """`find` gives the sign-in that an address is for, while it is not over. `origin` is where the pages are."""

    def __init__(
        self, find: Callable[[str], SignInQuestion | None], origin: Callable[[], str], language: str = ""
    ) -> None:
        self._find = find
        self._origin = origin
        self._html = Html(STYLE, language=language)
        self.app = Starlette(
            routes=[Route(STYLE, self._style), Route("/{token}", self._page, methods=["GET", "POST"])]
        )

    async def _style(self, request: Request) -> Response:
        return Response(style_sheet(), media_type="text/css")

    async def _page(self, request: Request) -> Response:
        say = self._html.language(request).text
        question = self._find(request.path_params["token"])
        if question is None:
            return self._message(request, 410, say("This page is over"), say(AGAIN))
        if request.method == "POST":
            return await self._answer(request, question)
        question.look()
        return self._shown(request, question)

    async def _answer(self, request: Request, question: SignInQuestion) -> Response:
        say = self._html.language(request).text
        if not is_from_its_page(request, self._origin()):
            return self._message(request, 403, say("Refused"), say("The answer did not come from this page."))
        try:
            form = await form_of(request)
        except FormTooLong:
            return self._message(
                request, 413, say("Not understood"), say("More came than this page asks for.")
            )
        await question.take(form)
        if question.is_signed_in:
            words = say(
                "%(user)s is signed in, and the sign-in is kept. Go back to the assistant and let it try again. You can close this page.",
                user=question.user,
            )
            return self._message(request, 200, say("You are signed in"), words)
        if question.is_over:
            return self._message(request, 410, say("You are not signed in"), question.end or say(AGAIN))
        if question.problem:
            return self._shown(request, question, 422)
        return RedirectResponse(request.url.path, 303)

    def _shown(self, request: Request, question: SignInQuestion, status: int = 200) -> Response:
        language = self._html.language(request)
        asked = question.request
        page = self._html.page(
            "sign_in.html",
            language,
            user=question.user,
            step=question.step,
            problem=question.problem,
            needs_password=not question.has_password,
            choices=[(kind, _way(language, kind)) for kind in asked.choices] if asked else [],
            wanted=_wanted(language, asked) if asked else "",
        )
        return HTMLResponse(page, status)

    def _message(self, request: Request, status: int, heading: str, words: str) -> Response:
        language = self._html.language(request)
        page = self._html.page("message.html", language, heading=heading, words=words, action=None)
        return HTMLResponse(page, status)


def _way(language: Language, kind: str) -> str:
    """What the button of a second step says."""
    ways = {
        "SOFTWARE_TOKEN_MFA": language.text("By authenticator app"),
        "SMS_MFA": language.text("By text message"),
        "EMAIL_OTP": language.text("By e-mail"),
    }
    return ways.get(kind, METHODS.get(kind, kind))


def _wanted(language: Language, asked: CodeRequest) -> str:
    """As `sign_in_dialogue.wanted`."""
    if asked.kind == "SOFTWARE_TOKEN_MFA":
        return language.text("Code from your authenticator app")
    if asked.destination:
        return language.text("Code sent to %(place)s", place=asked.destination)
    return language.text("Code sent to you")
