"""What all pages of the console share: how one is rendered, and who may send a form."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ..pages.forms import is_from_its_page
from ..pages.html import Called, Html
from ..pages.messages import FILES, PLACES
from ..text.sentence import marked

STYLE = "/style.css"
ADDRESSES = ("/", "/changes", "/jobs", "/connection", "/usage", "/journal", "/policy")
LINKS = tuple(zip(ADDRESSES, PLACES, strict=True))
OF_TEAM = (*LINKS, ("/files", FILES))
"""Where people are not at the machine on whose disk their files lie."""


class Frame:
    def __init__(
        self, origin: Callable[[], str], language: str = "", person: str = "", called: Called = str
    ) -> None:
        """`language` is what the owner sets for the pages, empty to go by each person's browser. `person` is who is signed in,
        where several may be, `called` how others are named."""
        self.html = Html(STYLE, OF_TEAM if person else LINKS, language, person, called)
        self.origin = origin

    def page(
        self, request: Request, template: str, place: str, status: int = 200, /, **facts: object
    ) -> Response:
        """In the language of whoever asks."""
        return HTMLResponse(
            self.html.page(template, self.html.language(request), place=place, **facts), status
        )

    def message(
        self,
        request: Request,
        status: int,
        heading: str,
        words: str,
        action: dict[str, str] | None = None,
    ) -> Response:
        """`heading` and `words`: messages, told in the person's language where a catalogue knows them."""
        language = self.html.language(request)
        told, stays_english = language.told(words)
        facts = {"heading": language.text(heading), "words": told, "stays_english": stays_english}
        return self.page(request, "message.html", "", status, action=action, **facts)

    def not_there(self, request: Request) -> Response:
        """The same for what does not exist and for what is somebody else's."""
        return self.message(
            request, 404, marked("There is no such page"), marked("It is not there, or it is not yours.")
        )

    def refused(self, request: Request) -> Response | None:
        """For a form that did not come from a page of ours."""
        if is_from_its_page(request, self.origin()):
            return None
        return self.message(
            request, 403, marked("Refused"), marked("The answer did not come from this page.")
        )


def page_number(request: Request) -> int:
    asked = request.query_params.get("page", "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1
