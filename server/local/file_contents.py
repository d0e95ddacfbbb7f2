"""What a file is: an image, a PDF, text, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_IMAGE = 3_750_000
"""Bytes of an image that clients pass on; base64 makes five million characters of them."""

SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"GIF87a", "image/gif", ".gif"),
    (b"GIF89a", "image/gif", ".gif"),
    (b"%PDF-", "application/pdf", ".pdf"),
)
"""First bytes, type, ending: the type that a host tells is guessed from a name (section 10.2)."""


STRANGE = bytes(set(range(32)) - set(b"\t\n\r\f"))
"""Control characters that text does not hold."""


class ContentKind(StrEnum):
    IMAGE = "image"
    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Content:
    kind: ContentKind
    media_type: str
    ending: str
    data: bytes


def recognised(data: bytes, name: str, told: str) -> Content:
    """Decided by the first bytes. The host's type and the name count only where those say nothing."""
    for sign, media_type, ending in SIGNS:
        if data.startswith(sign):
            kind = ContentKind.PDF if ending == ".pdf" else ContentKind.IMAGE
            return Content(kind, media_type, ending, data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Content(ContentKind.IMAGE, "image/webp", ".webp", data)
    ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
    suffix = ending[0].lower() if ending else ""
    if _is_text(data):
        return Content(
            ContentKind.TEXT, told if told.startswith("text/") else "text/plain", suffix or ".txt", data
        )
    return Content(ContentKind.OTHER, told, suffix, data)


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    if b"\x00" in data and encodings[0] != "utf-16":
        return False
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = text.encode()
        strange = len(plain) - len(plain.translate(None, STRANGE))
        return strange <= len(text) // 100
    return False
