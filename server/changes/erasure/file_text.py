"""What stands in a file, to be searched: text in whatever letters it was saved, text of documents, and files within files."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST = 200_000_000
"""Bytes of a file that is searched, with all that is packed in it."""
DEEPEST = 5
"""Archives within one another."""
SHORTER = ("cp1252", "mac_roman", "cp850", "shift_jis")
"""What FileMaker saves in besides UTF-8 and UTF-16."""
UNREADABLE = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    zlib.error,
)
"""What a file raises that is not what it seems, or is sealed by a password."""
_SIGNS = (
    b"%PDF",
    b"{\\rtf",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
)
_ENCODED = re.compile(rb"(?im)^content-transfer-encoding:\s*(?:base64|quoted-printable)")
_BINARY = re.compile(rb"[\0-\x08\x0e-\x19]")
_MARK = re.compile(r"<[^<>]*>")
_ENDS = re.compile(
    r"</?(?:\w+:)?(?:p|h[1-6]?|br|cr|tab|line-break|si|c|v|row|tr|td|th|li|div|dt|dd|title|table-cell)\b[^<>]*>|<text:s\b[^<>]*>",
    re.IGNORECASE,
)
"""Marks that part words; the others stand between pieces of one, as where a letter is bold."""


@dataclass
class FileText:
    texts: list[str] = field(default_factory=list[str])
    unsearched: list[str] = field(default_factory=list[str])
    """Names of what is packed in it and cannot be looked into; an empty name is the file itself."""
    is_guessed: bool = False
    """Whether some of it is neither UTF-8 nor UTF-16, so that its letters are a guess."""


def text_of(content: bytes) -> FileText:
    found = FileText()
    _look(found, content, "", MOST, DEEPEST)
    return found


def _look(found: FileText, content: bytes, name: str, room: int, depth: int) -> int:
    """What is left of `room`."""
    if len(content) > room or not depth:
        found.unsearched.append(name)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        return _unpack(found, content, name, room, depth)
    elif content.startswith(_SIGNS) or _ENCODED.search(content[:100_000]):
        found.texts += _plain(content)
        found.unsearched.append(name)
    elif (texts := _saved(content)) is None:
        found.unsearched.append(name)
    else:
        found.is_guessed |= len(texts) > 2
        found.texts += [form for text in texts for form in _forms(text)]
    return room - len(content)


def _unpack(found: FileText, content: bytes, name: str, room: int, depth: int) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                found.texts += [part.filename, part.comment.decode("utf-8", "replace")]
                inner = f"{name}/{part.filename}".lstrip("/")
                if part.is_dir():
                    continue
                try:
                    room = _look(found, _read(packed, part, room), inner, room, depth - 1)
                except UNREADABLE:
                    found.unsearched.append(inner)
    except UNREADABLE:
        found.unsearched.append(name)
    return room


def _read(packed: zipfile.ZipFile, part: zipfile.ZipInfo, room: int) -> bytes:
    """No more than there is room for, whatever it says of its size."""
    with packed.open(part) as opened:
        return opened.read(room + 1)


def _saved(content: bytes) -> list[str] | None:
    """None where it is no text. One text as UTF-8, two as UTF-16, more where it can only be guessed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(content):
        body = content.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
        return [body.decode("utf-16-le", "replace"), body.decode("utf-16-be", "replace")]
    if _BINARY.search(content):
        return None
    try:
        return [content.decode("utf-8-sig")]
    except UnicodeDecodeError:
        return _plain(content)


def _plain(content: bytes) -> list[str]:
    return [content.decode(each, "replace") for each in ("utf-8", *SHORTER)]


def _is_wide(content: bytes) -> bool:
    """Without a mark at its begin: every second byte of Western text is nothing."""
    start = content[:4096]
    return any(
        start[half::2].count(0) * 2 > len(start) // 2 > start[1 - half :: 2].count(0) * 20 for half in (0, 1)
    )


def _forms(text: str) -> Iterator[str]:
    """As it is, and of pages and documents what a reader sees."""
    yield text
    if "<" in text:
        yield _MARK.sub("", _ENDS.sub(" ", text))
        yield _MARK.sub(" ", text)
