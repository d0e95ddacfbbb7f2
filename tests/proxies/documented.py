"""The configurations of the documents themselves, with nothing replaced but ports, names and where certificates lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

DOCUMENTS = Path(__file__).parents[2] / "docs"


def documented(document: str, language: str, instead: Mapping[str, str]) -> str:
    """The one block of that language, with each of `instead` replaced. Fails where one of them is not there."""
    (text,) = re.findall(rf"```{language}\n(.*?)```", (DOCUMENTS / document).read_text("utf-8"), re.DOTALL)
    for old, new in instead.items():
        assert old in text, f"{document} does not say {old!r} any more"
        text = text.replace(old, new)
    return text


def with_both(text: str) -> str:
    """The line of a second server counts, as the document says; so does what stands beside it."""
    return re.sub(r"^(\s*)# (?=.*\b127\.0\.0\.1:\d+)", r"\1", text, flags=re.MULTILINE)
