"""What all pages of the console share: how one is rendered, and who may send a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..pages.forms import is_from_its_page
from ..pages.html import Html
from ..pages.messages import FILES, PLACES
from ..pages.page_language import Language

STYLE = "/style.css"
ADDRESSES = ("/", "/changes", "/jobs", "/connection", "/usage", "/journal", "/policy")
LINKS = tuple(zip(ADDRESSES, PLACES, strict=True))
OF_TEAM = (*LINKS, ("/files", FILES))
"""Where people are not at the machine on whose disk their files lie."""


class Frame:
    def __init__(self, origin: Callable[[], str], language: str = "", person: str = "") -> None:
        """`language` is what the owner sets for the pages, empty to go by each person's browser. `person` is who is signed in,
        where several may be."""
        self.html = Html(STYLE, OF_TEAM if person else LINKS, language, person)
        self.origin = origin

    def page(
        self, template: str, place: str, status: int = 200, language: Language | None = None, **facts: object
    ) -> Response:
        """In English unless a language is given."""
        page = self.html.page(template, language, place=place, moment=moment, **facts)
        return HTMLResponse(page, status)

    def message(
        self, status: int, heading: str, words: str, action: dict[str, str] | None = None
    ) -> Response:
        page = self.html.page("message.html", heading=heading, words=words, action=action)
        return HTMLResponse(page, status)

    def not_there(self) -> Response:
        """The same for what does not exist and for what is somebody else's."""
        return self.message(404, "There is no such page", "It is not there, or it is not yours.")

    def refused(self, request: Request) -> Response | None:
        """For a form that did not come from a page of ours."""
        if is_from_its_page(request, self.origin()):
            return None
        return self.message(403, "Refused", "The answer did not come from this page.")


def moment(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


def page_number(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1
