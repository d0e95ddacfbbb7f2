"""Sheets that ask for more than a reader may take, or are none."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "{}<sheetData>{}</sheetData></worksheet>"
)


STRINGS = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def sheet(
    rows: str, *, dimension: str = "", strings: str | None = None, more: dict[str, bytes] | None = None
) -> bytes:
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
            elif part in (more or {}):
                continue
            else:
                kept.writestr(part, given.read(part))
        for part, content in (more or {}).items():
            kept.writestr(part, content)
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


SPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
STYLES = b"<styleSheet %s><cellXfs>%s</cellXfs></styleSheet>" % (SPACE, b'<xf numFmtId="14"/>' * 300_000)
NAMES = b"".join(b'<definedName name="n%d">Sheet!$A$1</definedName>' % n for n in range(200_000))
BOOK = b"<workbook %s><sheets>%s</sheets><definedNames>%s</definedNames></workbook>"
MANY = b"".join(b'<sheet name="s%d" sheetId="%d"/>' % (n, n) for n in range(1, 100_000))


def _locked() -> bytes:
    """The marks of a password in each part's head."""
    content = bytearray(sheet(numbers(3)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 1)
    return bytes(content)


FURTHER_SHEETS: dict[str, Callable[[], bytes]] = {
    "300,000 styles.xlsx": lambda: sheet(numbers(3), more={"xl/styles.xml": STYLES}),
    "200,000 names.xlsx": lambda: sheet(numbers(3), more={"xl/workbook.xml": BOOK % (SPACE, b"", NAMES)}),
    "100,000 sheets.xlsx": lambda: sheet(numbers(3), more={"xl/workbook.xml": BOOK % (SPACE, MANY, b"")}),
    "a cell of 30 MB.xlsx": lambda: sheet(
        f'<row><c t="inlineStr"><is><t>{"x" * 30_000_000}</t></is></c></row>' * 2
    ),
    "a column that no sheet has.xlsx": lambda: sheet('<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row>'),
    "a row that no sheet has.xlsx": lambda: sheet('<row r="99999999999999"><c><v>1</v></c></row>'),
    "numbers without end.xlsx": lambda: sheet(f"<row><c><v>{'9' * 400_000}</v></c></row>" * 20),
    "dates beyond all time.xlsx": lambda: sheet('<row><c s="1"><v>1e300</v></c></row>' * 2_000),
    "a formula of 1 MB.xlsx": lambda: sheet(f"<row><c><f>{'1+' * 500_000}1</f></c></row>" * 20),
    "a password.xlsx": _locked,
    "a line of 19 MB.csv": lambda: b"a,b\n" + b"x" * 19_000_000,
    "a quote that never ends.csv": lambda: b'a,b\n"' + b'x,"" \n' * 2_500_000,
    "nothing but delimiters.csv": lambda: b"a,b\n" + b"," * 19_000_000,
    "nothing but line ends.csv": lambda: b"a,b\n" + b"\n" * 19_000_000,
    "nothing but zeros.csv": lambda: b"\0" * 19_000_000,
    "half an encoding.csv": lambda: "a,b\n1,2\n".encode("utf-16-le") * 900_000 + b"\xd8",
    "one heading a million times.csv": lambda: b",".join([b"a"] * 1_000_000) + b"\n1\n",
}


def long_sheet() -> bytes:
    """Within every bound of rows and memory; reading it takes a second or more."""
    return sheet("<row><c><v>1</v></c></row>" * 60_000)
