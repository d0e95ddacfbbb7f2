"""What all pages of signing in share: how one is rendered, and who may send a form."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..pages.forms import FormTooLong, form_of, is_from_its_page
from ..pages.headers import HEADERS, POLICY
from ..pages.html import Html

STYLE = "/style.css"


class PageFrame:
    def __init__(self, origin: str, owner: str) -> None:
        """`origin` is the public address without a path. `owner` is how the company calls this server."""
        self.origin = origin
        self.owner = owner
        self._html = Html(STYLE)

    def page(
        self, template: str, status: int = 200, *, forms_to: str = "", scripts: bool = False, **facts: object
    ) -> Response:
        """`forms_to` is where the answer of its form may lead in the end, beside this server. Every page of ours sets all
        headers itself, so that nothing depends on what it is mounted in."""
        policy = POLICY
        if forms_to:
            policy = policy.replace("form-action 'self'", f"form-action 'self' {forms_to}")
        if scripts:
            policy = f"{policy}; script-src 'self'; connect-src 'self'"
        page = self._html.page(template, None, owner=self.owner, **facts)
        return HTMLResponse(page, status, {**HEADERS, "Content-Security-Policy": policy})

    def message(
        self, status: int, heading: str, words: str, action: Mapping[str, str] | None = None
    ) -> Response:
        return self.page("message.html", status, heading=heading, words=words, action=action)

    async def form(self, request: Request) -> Mapping[str, str] | Response:
        """The fields of a form of ours, or the page that refuses it."""
        if not is_from_its_page(request, self.origin):
            return self.message(403, "Refused", "The answer did not come from a page of this server.")
        try:
            return await form_of(request)
        except FormTooLong:
            return self.message(413, "Not understood", "More came than this page asks for.")

    def over(self) -> Response:
        """For a sign-in that is too old, was used, or was begun in another browser: nobody is told which."""
        return self.message(
            410,
            "This sign-in is over",
            "It was used, has waited too long, or began in another browser. Begin again in your assistant.",
        )
