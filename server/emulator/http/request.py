"""An HTTP request as the host sees it: path segments decoded, query and body still untyped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import parse_qsl, unquote_to_bytes

from ..refusal import Refusal, parameter_refusal


class NumberText(str):
    """A JSON number, kept as its own digits: the engine must not round what a client sent (reference section 8.1)."""

    __slots__ = ()


class BadPath(Exception):
    """The path is not what the web server lets through. `status` is its answer (section 2.7)."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"path refused with {status}")


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """As it came, percent-encoded, without the query."""
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    """Names in lower case. The last of several wins."""
    body: bytes
    client: str
    scheme: str
    host: str

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def segments(self) -> tuple[str, ...]:
        """The path's decoded segments. Raises BadPath for `%2F`, which Apache refuses (section 2.7 [O])."""
        if "%2f" in self.path.lower():
            raise BadPath(404)
        parts = self.path.strip("/").split("/")
        try:
            return tuple(unquote_to_bytes(part).decode("utf-8") for part in parts)
        except UnicodeDecodeError:
            raise BadPath(400) from None

    def json_object(self) -> dict[str, object]:
        """The body's JSON object. Empty and `null` bodies count as `{}` (sections 2.2 and 6.3 [U])."""
        text = self.body.strip()
        if not text:
            return {}
        try:
            value: object = json.loads(
                text.decode("utf-8"),
                parse_int=NumberText,
                parse_float=NumberText,
                parse_constant=_no_constant,
            )
        except (ValueError, RecursionError):
            raise parameter_refusal(Refusal(1710).message, 1710) from None
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise parameter_refusal(Refusal(1708).message, 1708)
        return cast("dict[str, object]", value)


def parse_query(raw: bytes) -> tuple[tuple[str, str], ...]:
    """A plus is a space in a query string (section 22), unlike in a path."""
    text = raw.decode("latin-1")
    return tuple(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace"))


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
