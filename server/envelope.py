"""An HTTP answer -> the response inside it, or an error. Used by signing in and by the Data API client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import httpx

from .codes import error_for
from .errors import NotFileMaker
from .text.exact_json import exact_json

JsonObject = dict[str, Any]
T = TypeVar("T")
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What comes of an answer that lacks a part, or has another thing in its place."""


def opened(response: httpx.Response) -> JsonObject:
    """The `response` object of a Data API answer. Numbers with a fraction are `Decimal`, so that no digit is lost.

    Raises the class of `errors` for the first message with a code other than 0 (section 2.4, 2.5), NotFileMaker for
    anything that is not the Data API's JSON.
    """
    body = _json(response)
    told = None if body is None else _told(body)
    if body is None or told is None:
        raise not_file_maker(response)
    for code, message in told:
        if code:
            raise error_for(code, message)
    if response.status_code >= 400:  # it says two things at once
        raise not_file_maker(response)
    inside = body.get("response")
    return cast("JsonObject", inside) if isinstance(inside, dict) else {}


def read_as(read: Callable[[JsonObject], T], response: httpx.Response) -> T:
    """What `read` makes of the `response` object. Raises as `opened`; NotFileMaker, too, where it cannot be read."""
    inside = opened(response)
    try:
        return read(inside)
    except UNREADABLE as error:
        raise not_file_maker(response) from error


def unread(response: httpx.Response) -> bytes:
    """The body of a successful answer as it came (section 2.6: an error is never 200). Raises as `opened` does for any other."""
    kind = response.headers.get("content-type", "")
    if response.status_code == 200 and kind.startswith("application/json"):
        return response.content
    opened(response)
    return response.content


def code_of(response: httpx.Response) -> int | None:
    """The FileMaker code of an answer, or None when it has none (HTML, an empty body)."""
    body = _json(response)
    told = None if body is None else _told(body)
    return None if told is None else next((code for code, _ in told if code), 0)


def not_file_maker(response: httpx.Response) -> NotFileMaker:
    """What to say when a web server, a proxy or nothing at all stands where the Data API should be."""
    status = response.status_code
    host = response.request.url.host
    if status in (502, 503, 504):
        what = (
            f"The web server on {host} answers, but the FileMaker Data API behind it does not (HTTP {status})"
        )
        advice = "The Data API may be switched off or starting; the FileMaker administrator can look in Admin Console > Connectors."
    elif status in (301, 302, 303, 307, 308):
        what = f"{host} redirects to another address (HTTP {status}) instead of answering"
        advice = "Set the host to the FileMaker Server itself; redirects are not followed."
    elif status == 404:
        what = f"{host} does not know the Data API's address (HTTP 404)"
        advice = (
            "Check the host name, that the Data API is enabled, and that the server is FileMaker 17 or later."
        )
    elif status == 407:
        what = f"A proxy on the way to {host} wants a sign-in of its own (HTTP 407)"
        advice = "Put name and password into HTTPS_PROXY, or name the host in NO_PROXY."
    elif status == 401:
        what = f"{host} refused the sign-in before FileMaker saw it (HTTP 401 without a FileMaker code)"
        advice = "check_connection tells which stage of signing in fails."
    else:
        kind = response.headers.get("content-type", "no content type").partition(";")[0]
        what = (
            f"{host} sent what is no answer of the Data API (HTTP {status})"
            if kind.endswith("json")
            else f"{host} sent {kind} (HTTP {status}) where the Data API sends JSON"
        )
        advice = "A proxy or another web server may stand in between; check the host name."
    return NotFileMaker(what, status=status, advice=advice)


def _json(response: httpx.Response) -> JsonObject | None:
    try:
        body: object = exact_json(response.content)
    except ValueError:
        return None
    if isinstance(body, dict) and "messages" in body:
        return cast("JsonObject", body)
    return None


def _told(body: JsonObject) -> list[tuple[int, str]] | None:
    """Codes and texts of its messages. None where one is no message of FileMaker's, or there is none (section 2.4): nobody knows
    then what it says."""
    messages: object = body["messages"]
    if not isinstance(messages, list) or not messages:
        return None
    told: list[tuple[int, str]] = []
    for each in cast("list[object]", messages):
        message = cast("JsonObject", each) if isinstance(each, dict) else {}
        try:
            told.append((int(str(message.get("code"))), str(message.get("message", ""))))
        except ValueError:
            return None
    return told
