"""What all pages of signing in share: how one is rendered, and who may send a form."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..pages.forms import FormTooLong, form_of, is_from_its_page
from ..pages.headers import HEADERS, POLICY
from ..pages.html import Called, Html
from ..pages.page_language import Language
from ..text.sentence import marked

STYLE = "/style.css"


class PageFrame:
    def __init__(self, origin: str, owner: str, language: str = "", called: Called = str) -> None:
        """`origin` is the public address without a path. `owner` is how the company calls this server. `language` is what the owner
        sets for the pages, empty to go by each person's browser, `called` how callers are named on them."""
        self.origin = origin
        self.owner = owner
        self.html = Html(STYLE, language=language, called=called)

    def language(self, request: Request) -> Language:
        return self.html.language(request)

    def page(
        self, request: Request, template: str, status: int = 200, /, *,
        forms_to: str = "", scripts: bool = False, **facts: object,
    ) -> Response:  # fmt: skip
        """`forms_to` is where the answer of its form may lead in the end, beside this server. Every page of ours sets all
        headers itself, so that nothing depends on what it is mounted in."""
        policy = POLICY
        if forms_to:
            policy = policy.replace("form-action 'self'", f"form-action 'self' {forms_to}")
        if scripts:
            policy = f"{policy}; script-src 'self'; connect-src 'self'"
        page = self.html.page(template, self.language(request), owner=self.owner, **facts)
        return HTMLResponse(page, status, {**HEADERS, "Content-Security-Policy": policy})

    def message(
        self,
        request: Request,
        status: int,
        heading: str,
        words: str,
        action: Mapping[str, str] | None = None,
    ) -> Response:
        """`heading`, `words` and the action's label: messages, told in the person's language where a catalogue knows them."""
        language = self.language(request)
        told, stays_english = language.told(words)
        return self.page(
            request, "message.html", status,
            heading=language.text(heading), words=told, stays_english=stays_english, action=action,
        )  # fmt: skip

    async def form(self, request: Request) -> Mapping[str, str] | Response:
        """The fields of a form of ours, or the page that refuses it."""
        if not is_from_its_page(request, self.origin):
            return self.message(
                request, 403, marked("Refused"), marked("The answer did not come from a page of this server.")
            )
        try:
            return await form_of(request)
        except FormTooLong:
            return self.message(
                request, 413, marked("Not understood"), marked("More came than this page asks for.")
            )

    def over(self, request: Request) -> Response:
        """For a sign-in that is too old, was used, or was begun in another browser: nobody is told which."""
        return self.message(
            request,
            410,
            marked("This sign-in is over"),
            marked(
                "It was used, has waited too long, or began in another browser. Begin again in your assistant."
            ),
        )
