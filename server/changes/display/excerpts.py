"""Long texts before and after a change, so that somebody who agrees sees what changes in them."""

from __future__ import annotations

from itertools import takewhile

from ...dataapi.contents import Value
from ...text.sentence import say

MOST = 600
"""Characters of a value that a person is shown."""
AROUND = 40


def excerpts(before: Value, after: Value, most: int = MOST) -> tuple[Value, Value]:
    """Both values. Texts longer than `most` are shortened to the part that differs, with a little of what stands around it."""
    if max(_length(before), _length(after)) <= most:
        return before, after
    old, new = str(before), str(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    return _part(old, start, end, most), _part(new, start, end, most)


def _length(value: Value) -> int:
    return len(value) if isinstance(value, str) else 0


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _part(text: str, start: int, end: int, most: int) -> str:
    first = max(0, start - AROUND)
    last = min(len(text), len(text) - end + AROUND)
    part = text[first:last]
    cut = part if len(part) <= most else f"{part[: most // 2]} … {part[-most // 2 :]}"
    sentence = f"{'…' if first else ''}{cut}{'…' if last < len(text) else ''}"
    if sentence == text:
        return text
    return say("%(text)s (%(count)s characters)", text=sentence, count=len(text))
