"""Which operation a method and a path name: all twenty of reference sections 3 to 11, and how the others are refused."""

from __future__ import annotations

from dataclasses import dataclass

from ..profiles import Profile
from ..refusal import Refusal
from .envelope import Answer, page


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    pattern: tuple[str, ...]
    """Segments after the API version. `{...}` stands for any."""
    since: int = 17
    authorization: str = "bearer"
    """`bearer`, `login`, or `none`."""
    body: str = "none"
    """`json`, `multipart`, or `none` when a body is not looked at."""


_DATABASE = ("databases", "{database}")
_LAYOUT = (*_DATABASE, "layouts", "{layout}")
_RECORD = (*_LAYOUT, "records", "{record}")

OPERATIONS: tuple[Operation, ...] = (
    Operation("product_info", "GET", ("productInfo",), 18, "none"),
    Operation("databases", "GET", ("databases",), 18, "none"),
    Operation("validate_session", "GET", ("validateSession",), 19),
    Operation("login", "POST", (*_DATABASE, "sessions"), authorization="login", body="json"),
    Operation("logout", "DELETE", (*_DATABASE, "sessions", "{token}"), authorization="none"),
    Operation("globals", "PATCH", (*_DATABASE, "globals"), body="json"),
    Operation("layouts", "GET", (*_DATABASE, "layouts"), 18),
    Operation("scripts", "GET", (*_DATABASE, "scripts"), 18),
    Operation("layout", "GET", _LAYOUT, 18),
    Operation("old_metadata", "GET", (*_LAYOUT, "metadata"), 17),
    Operation("create", "POST", (*_LAYOUT, "records"), body="json"),
    Operation("read_range", "GET", (*_LAYOUT, "records")),
    Operation("read_one", "GET", _RECORD),
    Operation("edit", "PATCH", _RECORD, body="json"),
    Operation("duplicate", "POST", _RECORD, 18, body="json"),
    Operation("delete", "DELETE", _RECORD),
    Operation("find", "POST", (*_LAYOUT, "_find"), body="json"),
    Operation("run_script", "GET", (*_LAYOUT, "script", "{script}"), 18),
    Operation("upload", "POST", (*_RECORD, "containers", "{field}"), body="multipart"),
    Operation("upload", "POST", (*_RECORD, "containers", "{field}", "{repetition}"), body="multipart"),
)


@dataclass(frozen=True)
class Route:
    operation: Operation
    version: str
    names: dict[str, str]


def find_route(method: str, segments: tuple[str, ...], profile: Profile) -> Route | None:
    """The operation, or None where Express knows no such path. Raises Refusal 1704 for a wrong method (section 2.6)."""
    if len(segments) < 4 or segments[:2] != ("fmi", "data") or segments[2] not in profile.segments:
        return None
    rest = segments[3:]
    fitting = [each for each in OPERATIONS if each.since <= profile.version and _fits(each.pattern, rest)]
    for operation in fitting:
        if operation.method == method:
            return Route(operation, segments[2], _names(operation.pattern, rest))
    if fitting:
        raise Refusal(1704)
    return None


def unknown_route(method: str, path: str) -> Answer:
    """Express's own answer (section 2.5 [U])."""
    shown = path.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return page(
        404,
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
        f"<body>\n<pre>Cannot {method} {shown}</pre>\n</body>\n</html>\n",
    )


def _fits(pattern: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    # An empty name never fits: a log-out without a token is a routing error (section 4.5).
    return len(pattern) == len(segments) and all(
        bool(segment) if part.startswith("{") else part == segment
        for part, segment in zip(pattern, segments, strict=True)
    )


def _names(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, str]:
    return {
        part.strip("{}"): segment
        for part, segment in zip(pattern, segments, strict=True)
        if part.startswith("{")
    }
