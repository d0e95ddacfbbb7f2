"""The whole: does a field meet a criterion?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .chars import read, trim
from .dates import date_test
from .moments import amount
from .numbers import number_test
from .text import text_test


def answer(
    criterion: str,
    kind: str,
    language: str,
    texts: Sequence[str],
    today: date,
    iso: bool = False,
    by_line: bool = False,
) -> bool:
    """Whether a field of these repetitions meets the criterion (never asked about `!`); raises Refused."""
    chars = read(criterion)
    bare = "".join(char.text for char in chars).strip() if all(char.kind == "op" for char in chars) else None
    if bare == "":
        return True
    if bare in ("=", "=="):
        return not any(texts)
    if bare is not None and not bare.strip("*"):
        return any(texts)
    if kind == "text":
        test = text_test(chars, language, by_line)
    elif bare == "?":
        return any(text != "" and amount(kind, text) is None for text in texts)
    elif kind == "number":
        test = number_test(trim(chars))
    else:
        test = date_test(trim(chars), kind, today, iso)
    return any(test(text) for text in texts)
