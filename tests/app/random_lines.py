"""Lines that a client could write: sound requests, requests cut, bent and glued, and sizes that nobody means well with."""

from __future__ import annotations

import json
import random
from typing import Any, cast

from filemaker_mcp.server.text.exact_json import is_deeper

NAMES = ("Jobs", "Tasks", "Brief", "jobs", "No Such", "", "\u202e", "x" * 5_000)
VALUES: tuple[Any, ...] = (
    *("", "High", "2026-03", "==*", "\u0000", "é" * 300, None, True, 0, -1, 10**30, 1.5, 1e308),
    *([], {}, [[]], {"gt": 3}, {"not": None}, {"is": "x"}, {"between": [1]}),
)
TOOLS = (
    "list_layouts",
    "describe_layout",
    "find_records",
    "get_record",
    "summarize_records",
    "export_records",
)
PLANNERS = ("create_records", "edit_records", "delete_records")
OTHERS = (
    "list_changes",
    "apply_change",
    "undo_change",
    "check_job",
    "stop_job",
    "list_scripts",
    "run_script",
    "nothing",
)
PARAMETERS = (
    *(
        "layout",
        "layouts",
        "where",
        "omit",
        "found_set",
        "fields",
        "portals",
        "sort",
        "limit",
        "offset",
        "id",
    ),
    *(
        "group_by",
        "measures",
        "top",
        "having",
        "change_id",
        "job",
        "script",
        "parameter",
        "search",
        "nonsense",
    ),
)
METHODS = (
    *("ping", "tools/list", "resources/list", "resources/read", "prompts/list", "prompts/get", "initialize"),
    *("completion/complete", "logging/setLevel", "tools/call", "no/such", "", "notifications/cancelled"),
)
HUGE = 33_000_000
PLANS_IN = 200
"""One line in so many plans a change, since plans are kept."""


class RandomLines:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._number = 0

    def line(self) -> bytes:
        """One line without its end."""
        dice = self._chance.random()
        if dice < 0.45:
            return self._sound()
        if dice < 0.75:
            return self._bent(self._sound())
        if dice < 0.80:
            return b"[" + b",".join(self._sound() for _ in range(self._chance.randrange(4))) + b"]"
        if dice < 0.85:
            return json.dumps({"jsonrpc": "2.0", "method": self._one(METHODS[7:-1])}).encode()
        if dice < 0.95:
            return self._odd()
        return self._large() if dice < 0.9995 else self._sound()[:-1] + b"," + b" " * HUGE + b"}"

    def _sound(self) -> bytes:
        self._number += 1
        identity: object = self._number if self._chance.random() < 0.8 else f"id {self._number}"
        if self._chance.random() < 0.3:
            message = {
                "jsonrpc": "2.0",
                "id": identity,
                "method": self._one(METHODS),
                "params": self._params(),
            }
        else:
            plans = self._chance.randrange(PLANS_IN) == 0
            name = self._one(PLANNERS if plans else TOOLS if self._chance.random() < 0.8 else OTHERS)
            params = {"name": name, "arguments": self._params()}
            message = {"jsonrpc": "2.0", "id": identity, "method": "tools/call", "params": params}
        return json.dumps(message, ensure_ascii=self._chance.random() < 0.5).encode()

    def _params(self) -> dict[str, Any]:
        params: dict[str, Any] = {}
        if self._chance.random() < 0.8:
            params["layout"] = self._one(NAMES)
        for _ in range(self._chance.randrange(4)):
            params[self._one(PARAMETERS)] = self._one(VALUES)
        return params

    def _bent(self, line: bytes) -> bytes:
        place, other = sorted(self._chance.randrange(len(line) + 1) for _ in range(2))
        match self._chance.randrange(6):
            case 0:
                return line[:place].replace(b"\n", b"")
            case 1:
                return line[:place] + line[other:]
            case 2:
                return line[:place] + bytes([self._chance.choice(range(11, 256))]) + line[place:]
            case 3:
                return line + line
            case 4:
                return line[:place] + b"\\ud83d" + line[place:]
            case _:
                return line[place:] + line[:place]

    def _odd(self) -> bytes:
        identity = self._one((None, {}, [], True, 1.5, -7, 10**25, "", "x" * 2_000))
        shapes: tuple[object, ...] = (
            {"jsonrpc": "2.0", "id": identity, "method": "ping"},
            {"jsonrpc": "1.0", "id": 5, "method": "ping"},
            {"id": 5},
            *([], {}, 17, "x", None),
            {"jsonrpc": "2.0", "id": 5, "method": "ping", "params": [1]},
        )
        return json.dumps(self._one(shapes)).encode()

    def _large(self) -> bytes:
        match self._chance.randrange(4):
            case 0:
                return self._sound()[:-1] + b',"x":' + b"[" * self._chance.randrange(5_000)
            case 1:
                return self._sound()[:-1] + b',"x":"' + b"y" * self._chance.randrange(300_000) + b'"}'
            case 2:
                return self._sound()[:-1] + b',"x":[' + b"1," * self._chance.randrange(30_000) + b"1]}"
            case _:
                return bytes(self._chance.choices([*range(10), *range(11, 256)], k=2_000))

    def _one(self, choices: Any) -> Any:
        return self._chance.choice(choices)


def answers_due(line: bytes) -> int:
    """How many answers a line is owed, by a reader of JSON that shares nothing with the server's."""
    if len(line) > 32_000_000:
        return 1
    line = line.removeprefix(b"\xef\xbb\xbf")
    if not line.strip():
        return 0
    try:
        message: object = json.loads(line)
    except (ValueError, RecursionError):
        return 1
    if isinstance(message, list):
        members = cast("list[object]", message)
        return max(1, sum(isinstance(each, dict) and "method" in each and "id" in each for each in members))
    if not isinstance(message, dict) or "id" in message:
        return 1
    message = cast("dict[str, object]", message)
    try:
        json.dumps(message, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a pair, which the server's reader takes for no JSON
        return 1
    if not isinstance(message.get("params"), dict | None) or is_deeper(message, 100):
        return 1
    return 0 if message.get("jsonrpc") == "2.0" and isinstance(message.get("method"), str) else 1
