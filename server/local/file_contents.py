"""What a file holds, as far as an assistant can take it: an image, text, the pages of a PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..errors import InputError

MOST_TEXT = 24_000
"""Characters of an answer, about 8,000 tokens."""
MOST_IMAGE = 3_750_000
"""Bytes of an image that clients pass on; base64 makes five million characters of them."""
AROUND = 200
MOST_HITS = 20

SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"%PDF-", "application/pdf", ".pdf"),
)
"""First bytes, type, ending: the type that a host tells is guessed from a name (section 10.2)."""


class Kind(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Content:
    kind: Kind
    media_type: str
    ending: str
    data: bytes


def recognised(data: bytes, name: str, told: str) -> Content:
    """By its first bytes; what the host tells and the name only where those say nothing."""
    for sign, media_type, ending in SIGNS:
        if data.startswith(sign):
            kind = Kind.PDF if ending == ".pdf" else Kind.IMAGE
            return Content(kind, media_type, ending, data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Content(Kind.IMAGE, "image/webp", ".webp", data)
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
    suffix = ending[0].lower() if ending else ""
    if decoded(data) is not None:
        return Content(Kind.TEXT, told if told.startswith("text/") else "text/plain", suffix or ".txt", data)
    return Content(Kind.OTHER, told, suffix, data)


def decoded(data: bytes) -> str | None:
    """The text; None for bytes that are none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    if b"\x00" in data and encodings[0] != "utf-16":
        return None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        strange = sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text)
        return text if strange <= len(text) // 100 else None
    return None


def pages_of(data: bytes) -> list[str]:
    """The text of each page of a PDF. Raises InputError for one that is damaged or locked."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("The PDF is locked with a password", advice="Save it with save: true instead.")
        return [page.extract_text() for page in reader.pages]
    except InputError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        RecursionError,
        OSError,
        AttributeError,
        IndexError,
    ) as error:
        raise InputError(
            "The PDF is damaged and cannot be read", advice="Save it with save: true instead."
        ) from error


def chosen_pages(wanted: str | None, count: int) -> list[int]:
    """`2-4,7` as page numbers; every page when nothing is wanted. Raises InputError."""
    if wanted is None:
        return list(range(1, count + 1))
    numbers: list[int] = []
    for part in wanted.split(","):
        bounds = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
        if bounds is None:
            raise InputError(f"pages is {wanted!r}, and is written like 1-3,7")
        first, last = int(bounds[1]), int(bounds[2] or bounds[1])
        if not 1 <= first <= last <= count:
            raise InputError(f"There is no page {part.strip()}: the document has {count}")
        numbers += range(first, last + 1)
    return list(dict.fromkeys(numbers))


def within(pages: Sequence[tuple[int | None, str]]) -> tuple[str, str]:
    """Text within the budget, page by page, and how to go on when it was cut."""
    parts: list[str] = []
    room = MOST_TEXT
    for number, text in pages:
        heading = f"[page {number}]\n" if number is not None else ""
        piece = f"{heading}{text.strip()}\n"
        if len(piece) > room:
            parts.append(piece[:room])
            rest = f'go on with pages "{number}-..."' if number is not None else "use find, or save"
            return "\n".join(parts), f"cut after {MOST_TEXT:,} characters; {rest}"
        parts.append(piece)
        room -= len(piece)
    return "\n".join(parts), ""


def found_in(pages: Sequence[tuple[int | None, str]], wanted: str) -> list[str]:
    """Where a text stands, with what is around it; capitals overlooked."""
    hits: list[str] = []
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    for number, text in pages:
        for hit in pattern.finditer(text):
            around = " ".join(text[max(0, hit.start() - AROUND) : hit.end() + AROUND].split())
            hits.append(f"[page {number}] {around}" if number is not None else around)
            if len(hits) == MOST_HITS:
                return [*hits, "and perhaps more"]
    return hits
