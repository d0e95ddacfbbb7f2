"""Encodings by the names that people have for them."""

from __future__ import annotations

import codecs

from ..errors import InputError

SPOKEN = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "mac_roman": "Mac Roman",
}
ELSE = "UTF-8, else "
"""What a caller says of a file of two encodings, before the name of the second one."""
_NAMED = {spoken.casefold(): codec for codec, spoken in SPOKEN.items()} | {
    "utf-8": "utf-8-sig",
    "utf-16": "utf-16",
}


def spoken(codec: str) -> str:
    return SPOKEN.get(codec, codec)


def codec_called(given: str) -> str:
    """Raises InputError for what Python knows no encoding by."""
    codec = _NAMED.get(given.strip().casefold(), given.strip())
    try:
        codecs.lookup(codec)
    except (LookupError, ValueError):
        raise InputError(
            f"There is no encoding {given[:40]!r}",
            advice="Such as UTF-8, Windows-1252 or Mac Roman. Nothing was changed.",
        ) from None
    return codec


def keeps_ascii(codec: str) -> bool:
    """Whether bytes below 128 are the letters that ASCII has there, each by itself."""
    try:
        return bytes(range(256)).decode(codec, "replace")[:128].isascii() and codec.replace("_", "-") not in (
            "utf-16",
            "utf-7",
        )
    except (LookupError, UnicodeError):
        return False
