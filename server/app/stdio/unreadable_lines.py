"""What is answered to a line that is no request: the error of JSON-RPC, with the id wherever one can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from pydantic import ValidationError

from .standard_streams import ENDING, LONGEST_LINE, Line, LineTooLong

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
HEAD = 65_536
"""Bytes at the beginning of a broken line that are searched for an id."""
LONGEST_ID = 1_000
WHOLE = 1_000_000
"""Up to this size a line is read as JSON once more, by a reader that overlooks more."""
MOST_ANSWERS = 100
"""Errors for one batch."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_VALUE = re.compile(rb'\s*:\s*(-?\d{1,18}(?=\s*[,}])|"(?:[^"\\]|\\.)*")', re.DOTALL)
_AT_THE_END = re.compile(
    rb'"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"(\s*:\s*(?:-?\d{1,18}|"(?:[^"\\]|\\.)*"))\s*}\s*$', re.DOTALL
)

Id = int | str | None


def answers_to(line: Line, error: ValidationError | None) -> list[dict[str, Any]]:
    """Errors to send: one, or one for each request of a batch. `error` says why the line is no message, if anything does."""
    if isinstance(line, LineTooLong):
        what = f"This message has {line.size:,} bytes, and {LONGEST_LINE:,} are read. A large file belongs in the files folder."
        return [_answer(_id_in_pieces(line.beginning, line.ending), INVALID_REQUEST, what)]
    details = error.errors(include_url=False, include_context=False, include_input=False) if error else []
    reason = next((each["msg"] for each in details if each["type"] == "json_invalid"), None)
    if reason is not None:
        what = f"This line is no JSON that can be read: {reason.removeprefix('Invalid JSON: ')[:200]}"
        return [_answer(_id_in(line), PARSE_ERROR, what)]
    if line.lstrip().startswith(b"["):
        ids = [_usable(each) for each in _ids_of_batch(line)][:MOST_ANSWERS] or [None]
        return [
            _answer(each, INVALID_REQUEST, "A batch is not taken. Send each request as a line of its own.")
            for each in ids
        ]
    what = (
        'This is no JSON-RPC 2.0 message: it takes `jsonrpc` "2.0", a `method` in text, `params` as an object, '
        "and an `id` that is a text or a whole number."
    )
    return [_answer(_id_in(line), INVALID_REQUEST, what)]


def too_many_values(line: bytes) -> list[dict[str, Any]]:
    what = "This message holds more values than are taken at once. Ask in smaller pieces."
    return [_answer(_id_in(line), INVALID_REQUEST, what)]


def has_id(line: bytes) -> bool:
    """Whether the message is a request by its shape, whatever its id is."""
    try:
        read: object = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and "id" in read


def _answer(identity: Id, code: int, what: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": identity, "error": {"code": code, "message": what}}


def _ids_of_batch(line: bytes) -> Iterator[object]:
    members = _read(line)
    for member in cast("list[object]", members) if isinstance(members, list) else ():
        if isinstance(member, dict) and "method" in member and "id" in member:
            yield cast("dict[str, object]", member)["id"]


def _id_in(line: bytes) -> Id:
    read = _read(line)
    if isinstance(read, dict):
        return _usable(cast("dict[str, object]", read).get("id"))
    return _id_in_pieces(line[:HEAD], line[-ENDING:])


def _id_in_pieces(head: bytes, ending: bytes) -> Id:
    """The `id` of the outermost object, in what may be cut or broken anywhere."""
    depth = 0
    for token in _TOKEN.finditer(head):
        sign = token[0]
        if sign in (b"{", b"["):
            depth += 1
        elif sign in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and sign == b'"id"' and (value := _VALUE.match(head, token.end())) is not None:
            return _usable(_read(value[1]))
    last = _AT_THE_END.search(ending)
    return None if last is None else _usable(_read(last[1].lstrip(b" \t\r:")))


def _read(text: bytes) -> object:
    if len(text) > WHOLE:
        return None
    try:
        return json.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None


def _usable(found: object) -> Id:
    """An id that can be sent back as it came."""
    if isinstance(found, bool) or not isinstance(found, int | str):
        return None
    if isinstance(found, str):
        return found if len(found) <= LONGEST_ID and found.isprintable() else None
    return found if abs(found) < 10**18 else None
