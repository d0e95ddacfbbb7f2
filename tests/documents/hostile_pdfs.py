"""PDFs that ask for more than a reader may take, or are none."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Callable

import pypdf


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    body, places = bytearray(b"%PDF-1.7\n"), list[int]()
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return bytes(
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + (b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body)))
    )


def tree(levels: int, width: int) -> bytes:
    """Pages that stand in a tree in which each branch is the same: width to the power of levels."""
    nodes = [
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (width ** (levels - n), b"%d 0 R " % (n + 3) * width)
        for n in range(levels)
    ]
    page = b"<< /Type /Page /MediaBox [0 0 9 9] >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, page])


def looping() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R] >>"])


def streamed(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    packed = content if filters == b"" else zlib.compress(content, 9)
    named = b"/Filter " + filters if filters else b""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), named, packed),
        ]
    )


def locked() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(9, 9)
    writer.encrypt("secret", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


READ_SOMEHOW = ("a page that unpacks to 100 MB", "brackets without end", "an unknown filter")
"""The library may give up or pass over what it does not understand."""
PDFS: dict[str, Callable[[], bytes]] = {
    "10^12 pages in 2 KB": lambda: tree(12, 10),
    "pages that lead to themselves": looping,
    "a page that unpacks to 100 MB": lambda: streamed(b"(x) Tj " * 14_000_000),
    "brackets without end": lambda: streamed(b"[" * 2_000_000),
    "an unknown filter": lambda: streamed(b"BT (x) Tj ET", b"/NoSuchDecode"),
    "a password": locked,
    "only its beginning": lambda: b"%PDF-1.7\n",
    "noise": lambda: b"%PDF-1.4\n" + os.urandom(20_000),
    "an endless number": lambda: pdf([b"<< /Type /Catalog /Pages " + b"9" * 10_000 + b" 0 R >>"]),
    "arrays in arrays": lambda: pdf([b"<< /Type /Catalog /Pages " + b"[" * 50_000 + b" >>"]),
}


def _page(contents: bytes, more: bytes = b"", *others: bytes) -> bytes:
    """A document of one page; objects 4 and on are `others`."""
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents %s %s >>" % (contents, more)
    catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
    return pdf([catalog, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, *others])


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


FONTS = b"/Resources << /Font << /F 5 0 R >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
RANGES = (
    b"1 begincodespacerange <00> <ff> endcodespacerange\n"
    + b"1 beginbfrange <0000> <ffff> <0000> endbfrange\n" * 200
)
TEXT = b"BT /F 12 Tf (x) Tj ET "
FURTHER_PDFS: dict[str, Callable[[], bytes]] = {
    "300,000 objects": lambda: pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 0 /Kids [] >>",
            *[b"<< /A 1 >>"] * 300_000,
        ]
    ),
    "one stream 100,000 times on a page": lambda: _page(b"[%s]" % (b"4 0 R " * 100_000), b"", _stream(TEXT)),
    "a drawing that draws itself": lambda: _page(
        b"4 0 R",
        b"/Resources << /XObject << /X 5 0 R >> >>",
        _stream(b"/X Do " * 100),
        _stream(
            b"/X Do " * 100,
            b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>",
        ),
    ),
    "a font of 13 million letters": lambda: _page(b"4 0 R", FONTS, _stream(TEXT), FONT, _stream(RANGES)),
    "a thousand filters": lambda: _page(
        b"4 0 R", b"", _stream(zlib.compress(TEXT), b"/Filter [%s]" % (b"/FlateDecode " * 1_000))
    ),
    "a table that leads to itself": lambda: pdf([b"<< /Type /Catalog /Pages 2 0 R >>"]).replace(
        b"/Root", b"/Prev 60 /Root"
    ),
    "a page that is its own parent": lambda: _page(b"4 0 R", b"", _stream(TEXT)).replace(
        b"/Parent 2 0 R", b"/Parent 3 0 R"
    ),
    "a length without end": lambda: _page(
        b"4 0 R", b"", _stream(TEXT).replace(b"/Length", b"/Length 9" + b"9" * 5_000)
    ),
    "a picture of 15 MB in the text": lambda: _page(
        b"4 0 R", b"", _stream(b"BI /W 4000 /H 4000 /BPC 8 /CS /G ID " + b"\xe1" * 15_000_000 + b" EI")
    ),
    "less than no pages": lambda: pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count -9 /Kids [-1 0 R 99999 0 R] >>"]
    ),
    "words in 2,000 brackets": lambda: _page(
        b"4 0 R",
        FONTS,
        _stream(b"BT /F 12 Tf " + b"(" * 2_000 + b"x" + b")" * 2_000 + b" Tj ET"),
        FONT,
        _stream(b""),
    ),
    "strings of octal digits": lambda: _page(
        b"4 0 R", FONTS, _stream(b"BT /F 12 Tf (" + b"\\777" * 2_000_000 + b") Tj ET"), FONT, _stream(b"")
    ),
}
