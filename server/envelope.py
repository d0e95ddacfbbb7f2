"""An HTTP answer -> the response inside it, or an error. Used by signing in and by the Data API client."""

from __future__ import annotations

from typing import Any, cast

import httpx

from .codes import error_for
from .errors import NotFileMaker
from .text.exact_json import exact_json

JsonObject = dict[str, Any]


def opened(response: httpx.Response) -> JsonObject:
    """The `response` object of a Data API answer. Numbers with a fraction are `Decimal`, so that no digit is lost.

    Raises the class of `errors` for the first message with a code other than 0 (section 2.4, 2.5), NotFileMaker for
    anything that is not the Data API's JSON.
    """
    body = _json(response)
    if body is None:
        raise not_file_maker(response)
    for message in cast("list[JsonObject]", body.get("messages") or []):
        code = _integer(message.get("code"))
        if code:
            raise error_for(code, str(message.get("message", "")))
    inside = body.get("response")
    return cast("JsonObject", inside) if isinstance(inside, dict) else {}


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
    if body is None:
        return None
    codes = [_integer(m.get("code")) for m in cast("list[JsonObject]", body.get("messages") or [])]
    return next((code for code in codes if code), 0) if codes else None


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
        what = f"{host} sent {kind} (HTTP {status}) where the Data API sends JSON"
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


def _integer(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        return -1
