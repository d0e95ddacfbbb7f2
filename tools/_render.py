"""Answers as JSON: every number exact, as few characters as possible, the same facts as text and as structure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from ..server.text.json_values import plain

MOST_CHARACTERS = 250_000
"""The last limit of an answer, whatever size the tool expected. Images are limited where they are read."""
LONG_TEXT = 1_000
"""Characters of a text in an answer that is too long as a whole."""
LONG_TEXTS_CUT = (
    f"texts of more than {LONG_TEXT:,} characters are shown without their end; get_record shows them in parts"
)
LONGEST_SENTENCE = 3_000
"""Characters of a refusal."""


def rendered(answer: Mapping[str, object]) -> tuple[dict[str, Any], str]:
    """The facts, and their text. A name of a file that is no Unicode is shown with signs for what cannot be shown."""
    facts = cast("dict[str, Any]", plain(answer))
    try:
        return facts, compact(facts)
    except UnicodeEncodeError:
        text = (
            json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
        )
        return json.loads(text), text


def without_long_texts(value: Any) -> Any:
    """The same facts, each long text without its end."""
    if isinstance(value, str):
        return value if len(value) <= LONG_TEXT else f"{value[:LONG_TEXT]}…"
    if isinstance(value, list):
        return [without_long_texts(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {name[:LONG_TEXT]: without_long_texts(item) for name, item in items}
    return value


def shortened(sentence: str) -> str:
    """A refusal that echoes something endless, without its middle: what is wrong comes first and what to do last."""
    if len(sentence) > LONGEST_SENTENCE:
        half = LONGEST_SENTENCE // 2
        left_out = len(sentence) - 2 * half
        sentence = f"{sentence[:half]} [... {left_out:,} characters ...] {sentence[-half:]}"
    return sentence.encode("utf-8", "replace").decode()


def compact(facts: object) -> str:
    """One line of JSON without spaces, text in its own script. Raises UnicodeEncodeError for text that is no Unicode."""
    import msgspec  # not before there is something to tell

    return msgspec.json.encode(facts, enc_hook=_own_kind).decode()


def _own_kind(value: object) -> str | int:
    """A text or a number of a kind of its own, as the library takes only Python's."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    raise ValueError(f"{type(value).__name__} is nothing that JSON has")
