"""An export as text, read in pieces: its encoding from its first bytes, and what old exports spell wrong mended on request."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...errors import InputError

PIECE = 1 << 15
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])
_BARE = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_OPENS, _CLOSES = "<![CDATA[", "]]>"


def pieces(path: Path) -> Iterator[str]:
    """The text in pieces. What a declaration says of the encoding is overlooked: copies are re-encoded and keep it (section 3).

    Raises InputError for what is neither UTF-8 nor UTF-16.
    """
    with path.open("rb") as file:
        first = file.read(PIECE)
        encoding = next((name for mark, name in _MARKS if first.startswith(mark)), "utf-8")
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while first:
                yield decoder.decode(first)
                first = file.read(PIECE)
            yield decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            ended = error.reason in ("unexpected end of data", "truncated data")
            raise InputError(
                f"{path.name} is cut off in the middle of a character"
                if ended
                else f"{path.name} is not text in UTF-8 or UTF-16, as FileMaker writes it",
                advice="Export it again, and give the file as FileMaker wrote it.",
            ) from None


def mended(texts: Iterable[str]) -> Iterator[str]:
    """The same with what FileMaker 18 to 19.4 spell wrong mended: CDATA inside attributes, bare ampersands, control
    characters (section 15). Every CDATA section becomes escaped text, which means the same wherever it stands."""
    held, inside = "", False
    for text in texts:
        held += text.translate(_CONTROLS)
        made, held, inside = _mended(held, inside)
        if made:
            yield made
    if inside:  # never closed: the parser will say so
        yield _OPENS
    yield held if inside else _plain(held)


def _mended(held: str, inside: bool) -> tuple[str, str, bool]:
    """What can be handed on of it, what waits for the next piece, and whether that lies inside a section."""
    made: list[str] = []
    while True:
        mark = _CLOSES if inside else _OPENS
        before, found, after = held.partition(mark)
        if not found:
            break
        made.append(_escaped(before) if inside else _plain(before))
        held, inside = after, not inside
    keep = 12  # as long as an entity or a mark that the next piece may complete
    if len(held) > keep:
        ready, held = held[:-keep], held[-keep:]
        if inside:
            made.append(_escaped(ready))
        else:
            cut = ready.rfind("&", -keep)
            ready, held = (ready, held) if cut < 0 else (ready[:cut], ready[cut:] + held)
            made.append(_plain(ready))
    return "".join(made), held, inside


def _plain(text: str) -> str:
    return _BARE.sub("&amp;", text).replace(_CLOSES, "]]&gt;")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
