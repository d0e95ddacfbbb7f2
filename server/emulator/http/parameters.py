"""What the Node layer checks before FileMaker sees a request: known names, whole numbers, script keys (section 2.5)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from ..refusal import Refusal, parameter_refusal
from .request import NumberText, Request

SCRIPT_KEYS = frozenset(
    {
        "script",
        "script.param",
        "script.prerequest",
        "script.prerequest.param",
        "script.presort",
        "script.presort.param",
    }
)


@dataclass(frozen=True)
class ScriptCall:
    name: str
    parameter: str = ""


@dataclass(frozen=True)
class ScriptCalls:
    """The three places of reference section 9.1 at which a request may run a script."""

    prerequest: ScriptCall | None = None
    presort: ScriptCall | None = None
    after: ScriptCall | None = None

    def named(self) -> tuple[str, ...]:
        return tuple(call.name for call in (self.prerequest, self.presort, self.after) if call is not None)


def refuse_unknown(names: Iterable[str], known: Collection[str], prefixes: tuple[str, ...] = ()) -> None:
    """960 with the names in the order they came (section 2.5 [O])."""
    unknown = [name for name in names if name not in known and not (prefixes and name.startswith(prefixes))]
    if unknown:
        raise parameter_refusal(f"Unknown parameter(s): {','.join(dict.fromkeys(unknown))}")


def invalid() -> Refusal:
    return parameter_refusal("Parameter is invalid")


def url_parameters(
    request: Request, known: Collection[str], prefixes: tuple[str, ...] = ()
) -> dict[str, str]:
    refuse_unknown((name for name, _ in request.query), known, prefixes)
    return dict(request.query)


def whole_number(value: object, default: int, *, at_least: int = 1) -> int:
    """`_limit`, `_offset` and their kin: a number or numeric text of at least 1, else 960 (sections 7.1 and 20)."""
    if value is None:
        return default
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and text.isdecimal() and len(text) <= 400:
            # SQLite and lists count in 64 bits. 10^18 was accepted by a host (section 6.5).
            number = min(int(text), 2**62)
            if number >= at_least:
                return number
    raise invalid()


def text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise invalid()


def date_formats(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, str) and value in {"0", "1", "2"}:
        return int(value)
    raise invalid()


def mod_id(value: object, *, numeric: bool) -> str | None:
    """A modId is a text. Some clients send a number (section 22), which a switch accepts."""
    if isinstance(value, NumberText) and not numeric:
        raise invalid()
    return None if value is None else text(value)


def script_calls(values: Mapping[str, object]) -> ScriptCalls:
    def call(key: str) -> ScriptCall | None:
        name = values.get(key)
        if name is None or name == "":
            return None
        parameter = values.get(f"{key}.param")
        return ScriptCall(text(name), "" if parameter is None else text(parameter))

    return ScriptCalls(call("script.prerequest"), call("script.presort"), call("script"))


def name_list(value: object) -> tuple[str, ...] | None:
    """`portal`: a JSON array, in a URL its text or a comma list (sections 6.5 and 22). None when absent or empty."""
    if value is None:
        return None
    if isinstance(value, str) and not isinstance(value, NumberText):
        stripped = value.strip()
        if stripped.startswith("["):
            value = parse_json(stripped)
        else:
            value = [part.strip() for part in stripped.split(",") if part.strip()]
    if not isinstance(value, list):
        raise invalid()
    return tuple(text(item) for item in cast("list[object]", value)) or None


def parse_json(source: str) -> object:
    try:
        return cast("object", json.loads(source, parse_int=NumberText, parse_float=NumberText))
    except (ValueError, RecursionError):
        raise invalid() from None
