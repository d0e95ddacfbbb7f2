"""Answers as JSON: every number exact, as few characters as possible, the same facts as text and as structure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from ..server.text.json_values import plain

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
    text = compact(facts)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
        facts = json.loads(text)
    return facts, text


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
    """One line of JSON without spaces, text in its own script."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
