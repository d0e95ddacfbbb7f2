"""Documents that ask for more than a reader may take: each is one sentence, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import anyio
import pypdf
import pytest
from openpyxl import Workbook

from filemaker_mcp.server.documents.documents import Documents
from filemaker_mcp.server.errors import InputError

from ..assistant import assisted, said

pytestmark = pytest.mark.anyio

SECONDS, MEMORY = 3.0, 250_000_000
SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{}<sheetData>{}</sheetData></worksheet>"
)


STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def sheet(rows: str, *, dimension: str = "", strings: str | None = None) -> bytes:
    """A workbook whose first sheet is this XML."""
    plain = io.BytesIO()
    book = Workbook()
    book.active.append(["ID"])  # pyright: ignore[reportOptionalMemberAccess] -- a new workbook has an active sheet
    book.save(plain)
    made = io.BytesIO()
    with (
        zipfile.ZipFile(plain) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as kept,
    ):
        for part in given.namelist():
            if part == "xl/worksheets/sheet1.xml":
                kept.writestr(part, SHEET.format(dimension, rows))
            elif part == "[Content_Types].xml" and strings is not None:
                kept.writestr(part, given.read(part).replace(b"</Types>", STRINGS + b"</Types>"))
                kept.writestr("xl/sharedStrings.xml", strings)
            else:
                kept.writestr(part, given.read(part))
    return made.getvalue()


def numbers(count: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, count + 1))


def shared(count: int, length: int) -> str:
    items = f"<si><t>{'x' * length}</t></si>" * count
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><sst xmlns="{space}">{items}</sst>'


SHEETS: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows of 16,384 cells": (
        lambda: sheet(f"<row>{'<c><v>1</v></c>' * 16_384}</row>" * 130),
        "takes more than",
    ),
    "twenty million empty rows": (
        lambda: sheet('<row r="1"/><row r="20000000"><c><v>1</v></c></row>'),
        "",
    ),
    "60,000 filled rows": (lambda: sheet("<row><c><v>1</v></c></row>" * 60_000), ""),
    "180 MB of shared strings": (
        lambda: sheet(numbers(3), strings=shared(1_800, 100_000)),
        "takes more than",
    ),
    "a bomb": (lambda: sheet(" " * 201_000_000), "bytes when it is unpacked"),
    "elements inside one another": (lambda: sheet("<row>" * 200_000), "no XLSX file that can be read"),
    "no end": (lambda: sheet(numbers(10))[:3_000], "no XLSX file that can be read"),
    "no archive": (lambda: b"PK\x03\x04" + os.urandom(5_000), "no XLSX file that can be read"),
    "an archive of something else": (
        lambda: _archive({"hello.txt": b"hello"}),
        "no XLSX file that can be read",
    ),
    "entities that grow": (lambda: _archive({"[Content_Types].xml": ENTITIES}), ""),
}
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)


def _archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    body, places = b"%PDF-1.7\n", list[int]()
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
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
    import zlib

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


@pytest.mark.parametrize("name", SHEETS)
async def test_a_hostile_sheet_is_one_sentence_in_seconds(name: str) -> None:
    make, says = SHEETS[name]
    assert says in await refused(Documents(seconds=SECONDS, memory=MEMORY).sheet("x.xlsx", make()))


async def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    content = sheet(numbers(3), dimension='<dimension ref="A1:XFD1048576"/>')
    assert [row.cells for row in (await Documents().sheet("x.xlsx", content)).rows] == [(2,), (3,)]


@pytest.mark.parametrize("name", PDFS)
async def test_a_hostile_pdf_is_one_sentence_or_an_answer_in_seconds(name: str) -> None:
    reading = Documents(seconds=SECONDS, memory=MEMORY).pdf(PDFS[name](), None, None)
    if name in READ_SOMEHOW:
        with anyio.fail_after(15), contextlib.suppress(InputError):
            assert len((await reading)["text"]) <= 24_100
        return
    await refused(reading)


async def test_which_bound_was_met_is_said() -> None:
    cells = b"ID\n" + (b"," * 999 + b"\n") * 2_100
    assert "2,000,000 cells" in await refused(Documents().sheet("x.csv", cells))
    assert "50,000 rows" in await refused(Documents().sheet("x.csv", b"ID\n" + b"1\n" * 50_001))
    small = Documents(memory=30_000_000)
    assert "takes more than 30 MB of memory" in await refused(small.sheet("x.csv", cells * 3))
    short = Documents(seconds=0.3)
    assert "takes more than 0.3 seconds" in await refused(
        short.sheet("x.xlsx", SHEETS["60,000 filled rows"][0]())
    )


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
async def test_the_child_has_neither_our_environment_nor_our_files_and_is_gone_with_its_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FILEMAKER_PASSWORD", "canary-4711")
    endless = SHEETS["60,000 filled rows"][0]()
    reading = asyncio.ensure_future(Documents().sheet("x.xlsx", endless))
    child = None
    with anyio.fail_after(20):
        while child is None:
            await asyncio.sleep(0.01)
            child = next(iter(children()), None)
    assert b"canary" not in (child / "environ").read_bytes()
    assert len(list((child / "fd").iterdir())) <= 5
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not child.exists()


async def test_others_are_answered_while_a_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "long.xlsx").write_bytes(SHEETS["60,000 filled rows"][0]())
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        await assistant.ask("find_records", layout="Tasks", limit=1)
        answers, longest = 0, 0.0
        async with anyio.create_task_group() as group:

            async def read() -> None:
                answer = await assistant.call("edit_records", layout="Tasks", file="long.xlsx", key="Title")
                assert "did not foresee" not in said(answer)
                group.cancel_scope.cancel()

            group.start_soon(read)
            while True:
                begun = monotonic()
                await assistant.ask("find_records", layout="Tasks", limit=1)
                answers, longest = answers + 1, max(longest, monotonic() - begun)
        assert answers > 5


def children() -> list[Path]:
    """The processes that this one started and that have begun to run our child."""
    found: list[Path] = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                status = (place / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == os.getpid() and b"documents.child" in (place / "cmdline").read_bytes():
                    found.append(place)
            except OSError:
                continue
    return found


async def refused(reading: object) -> str:
    with anyio.fail_after(15), pytest.raises(InputError) as raised:
        await reading  # type: ignore[misc] -- any of the readings
    text = str(raised.value)
    assert text.endswith(".")
    assert len(text) < 400
    return text
