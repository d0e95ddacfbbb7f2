"""What a form of a page sends back, and whether it was that page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

LONGEST = 16_384
"""Bytes of a form."""


class FormTooLong(Exception):
    """More came than any form of ours holds."""


def is_from_its_page(request: Request, origin: str) -> bool:
    """A browser names the origin of a form's answer, and marks one that another site sent. What names none is none."""
    return (
        request.headers.get("origin") == origin
        and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    )


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form. One that comes twice is none: no page of ours sends both answers. Raises FormTooLong."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST:
            raise FormTooLong
    fields = parse_qs(body.decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items() if len(values) == 1}
