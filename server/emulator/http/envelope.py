"""The bytes of an answer: compact JSON in FileMaker's key order, its ETag, and both kinds of error body."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from json.encoder import encode_basestring
from typing import cast

from ..refusal import Refusal

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"

_OK = '"messages":[{"code":"0","message":"OK"}]'


@dataclass(frozen=True)
class Answer:
    """What goes back over HTTP. `code` is FileMaker's, for the log. Headers add to those every answer carries."""

    status: int
    body: bytes
    content_type: str = JSON
    code: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    tagged: bool = True
    """Whether `ETag` and `Cache-Control` are sent. `productInfo` has neither (reference section 2.3 [O])."""


@dataclass(frozen=True)
class Members:
    """A JSON object that may repeat a key, as two portals of one name make it do (section 14, quirk 25)."""

    items: Sequence[tuple[str, object]]


def success(
    response: Mapping[str, object], headers: tuple[tuple[str, str], ...] = (), tagged: bool = True
) -> Answer:
    body = f'{{"response":{json_text(response)},{_OK}}}'
    return Answer(200, body.encode("utf-8", "replace"), headers=headers, tagged=tagged)


def failure(refusal: Refusal) -> Answer:
    """The engine writes code before message, the Node layer message before code (section 2.5 [O])."""
    code = f'"code":"{refusal.code}"'
    message = f'"message":{json_text(refusal.message)}'
    pair = f"{message},{code}" if refusal.node else f"{code},{message}"
    body = f'{{"messages":[{{{pair}}}],"response":{{}}}}'
    return Answer(refusal.status, body.encode("utf-8", "replace"), code=refusal.code)


def page(status: int, html: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """An answer of the web server or of Express rather than of FileMaker (section 2.5)."""
    return Answer(status, html.encode(), content_type=HTML, code=status, headers=headers, tagged=False)


def etag(body: bytes) -> str:
    """Express's weak tag. Reproduces all nine recorded ones (section 2.4 [O])."""
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    return f'W/"{len(body):x}-{digest[:27]}"'


def json_text(value: object) -> str:
    """Compact JSON, non-ASCII unescaped. A Decimal keeps every digit (section 8.1: 58-digit numbers arrive bare)."""
    if type(value) is str:  # by far the most values
        return encode_basestring(value)
    match value:
        case str():
            return encode_basestring(value)
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case None:
            return "null"
        case Decimal():
            return f"{value:f}"
        case Members():
            return _object_text(value.items)
        case Mapping():
            return _object_text(cast("Mapping[str, object]", value).items())
        case Iterable():
            return "[" + ",".join([json_text(item) for item in cast("Iterable[object]", value)]) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form here")


def _object_text(items: Iterable[tuple[str, object]]) -> str:
    """Texts are written here: a call for each of them would be most of what a page of records costs."""
    encoded = encode_basestring
    return (
        "{"
        + ",".join(
            [
                f"{encoded(key)}:{encoded(item) if type(item) is str else json_text(item)}"
                for key, item in items
            ]
        )
        + "}"
    )
