"""What a person sees at an address of this server at which nothing is."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ..pages.headers import HEADERS
from ..pages.html import Html
from ..text.sentence import marked

HEADING = marked("There is no such page")
WORDS = marked("It is not there, or it is not yours.")


async def no_such_page(html: Html, request: Request, error: Exception) -> Response:
    """A page for a browser, a line for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse("Not Found", 404, HEADERS)
    language = html.language(request)
    facts = {"heading": language.text(HEADING), "words": language.text(WORDS), "action": None}
    return HTMLResponse(html.page("message.html", language, **facts), 404, HEADERS)
