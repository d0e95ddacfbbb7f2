"""Names of files that every system takes, and that look like what they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
"""What some system forbids, and marks of direction, which disguise an ending."""
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\..*)?", re.IGNORECASE)
"""Names that mean a device on Windows."""
LONGEST = 120
LONGEST_BYTES = 200
"""Most file systems take 255 bytes of UTF-8; a number and an ending still find room."""
MOST_VERSIONS = 1_000


def safe_name(name: str) -> str:
    """The name with everything unsafe replaced, and not too long; its ending stays."""
    plain = UNSAFE.sub("_", name).strip(" .") or "file"
    if RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    stem, ending = os.path.splitext(plain)  # noqa: PTH122 -- Path.stem makes `.profile` of nothing
    ending = _cut(ending, 20)
    return f"{_cut(stem[: LONGEST - len(ending)], LONGEST_BYTES - len(ending.encode()))}{ending}"


def is_safe(name: str) -> bool:
    return safe_name(name) == name and not name.startswith(".")


def versions(name: str) -> Iterator[str]:
    """`report.pdf`, `report (2).pdf`, ... for whoever needs one that is free."""
    stem, ending = os.path.splitext(name)  # noqa: PTH122 -- as above
    yield name
    for number in range(2, MOST_VERSIONS):
        yield f"{stem} ({number}){ending}"


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, and no half characters."""
    return text.encode()[:most].decode(errors="ignore")
