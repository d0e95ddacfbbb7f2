"""Sentences as JSON, so that what is kept can be told in another language later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import cast

from .plain_parts import Day, Held, Inner, Listed, Name, Part
from .sentence import Sentence

SAY = "$say"
BEGINNING = '{"$say":'
"""Of a sentence that is kept by itself."""


def kept(text: str) -> str:
    """A sentence by itself as a text; what is no sentence of ours stays as it is."""
    if not isinstance(text, Sentence):
        return text
    return json.dumps(sentence_parts(text), ensure_ascii=False, separators=(",", ":"))


def told(text: str) -> str:
    """What `kept` made of it. A text that only begins alike stays as it is."""
    if not text.startswith(BEGINNING):
        return text
    try:
        return sentence_of(json.loads(text)) or text
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        return text


def sentence_parts(sentence: Sentence) -> dict[str, object]:
    """As JSON keeps it."""
    said: object = [sentence.message, sentence.many] if sentence.many else sentence.message
    return {SAY: said, "with": {name: _kept(value) for name, value in sentence.values.items()}}


def sentence_of(raw: Mapping[str, object]) -> Sentence | None:
    """The same read again; None for what is no sentence."""
    message, values = raw.get(SAY), raw.get("with")
    if len(raw) != 2 or message is None or not isinstance(values, dict):
        return None
    one, many = cast("list[str]", message) if isinstance(message, list) else (cast("str", message), "")
    read = {name: _read(value) for name, value in cast("dict[str, object]", values).items()}
    return Sentence(one, read, many)


def _kept(value: Part) -> object:
    if isinstance(value, Sentence):
        return sentence_parts(value)
    if isinstance(value, Name):
        return {"$name": str(value)}
    if isinstance(value, Listed):
        return {"$list": [_kept(each) for each in value.parts], "by": value.separator, "more": value.more}
    if isinstance(value, Held):
        return {"$held": value.value if isinstance(value.value, str) else _kept(Decimal(value.value))}
    if isinstance(value, Day):
        return {"$day": value.date.isoformat()}
    if isinstance(value, Inner):
        return {"$inner": _kept(value.text)}
    return {"$count": format(value, "f")} if isinstance(value, Decimal) else value


def _read(value: object) -> Part:
    if isinstance(value, Sentence | int | str):
        return value
    raw = cast("dict[str, object]", value)
    if "$name" in raw:
        return Name(raw["$name"])
    if "$list" in raw:
        parts = tuple(_read(each) for each in cast("list[object]", raw["$list"]))
        return Listed(parts, str(raw["by"]), cast("int", raw["more"]))
    if "$held" in raw:
        return Held(cast("str | Decimal", _read(raw["$held"])))
    if "$day" in raw:
        return Day(date.fromisoformat(str(raw["$day"])))
    if "$inner" in raw:
        return Inner(cast("str", _read(raw["$inner"])))
    return Decimal(str(raw["$count"])) if "$count" in raw else (sentence_of(raw) or "")
