"""Long texts before and after a change, so that somebody who agrees sees what changes in them."""

from __future__ import annotations

from itertools import takewhile

from ...dataapi.models import Value

MOST = 600
"""Characters of a value that a person is shown."""
AROUND = 40


def excerpts(before: Value, after: Value) -> tuple[Value, Value]:
    """Both values; of long texts the part that differs, with a little of what stands around it."""
    if not isinstance(before, str) or not isinstance(after, str) or max(len(before), len(after)) <= MOST:
        return before, after
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    return _part(before, start, end), _part(after, start, end)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _part(text: str, start: int, end: int) -> str:
    first = max(0, start - AROUND)
    last = min(len(text), len(text) - end + AROUND)
    part = text[first:last]
    cut = part if len(part) <= MOST else f"{part[: MOST // 2]} … {part[-MOST // 2 :]}"
    said = f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"
    return said if said == text else f"{said} ({len(text):,} characters)"
