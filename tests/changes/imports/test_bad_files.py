"""Files that cannot be imported, by the ways in which people come to them: each is one sentence that says what to do, nothing is
planned, and the server goes on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ...documents.hostile_sheets import sheet
from ..workshop_host import ended, made, planned
from .test_sheets import jobs, notes, office, written

pytestmark = pytest.mark.anyio

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PAGE = b"<html><body><table><tr><td>Code</td><td>Title</td></tr><tr><td>N1</td><td>Deck</td></tr></table></body></html>"


def two_gigabytes(path: Path) -> None:
    """Of which the disk holds nothing."""
    with path.open("wb") as file:
        file.write(b"Code,Title\nN1,Deck\n")
        file.truncate(2_000_000_000)


def empty_rows(path: Path) -> None:
    """As a workbook tells of them: by the number of the next one that is not empty."""
    path.write_bytes(sheet('<row r="1"><c><v>1</v></c></row><row r="20000001"><c><v>1</v></c></row>'))


def numbers_document(path: Path) -> None:
    """As Numbers packs it: a folder of IWA parts and pictures, no XML of a workbook (not from the program)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("Index/Document.iwa", bytes(400))
        archive.writestr("Index/Tables/DataList.iwa", bytes(400))
        archive.writestr("Metadata/Properties.plist", b"bplist00")
        archive.writestr("preview.jpg", b"\xff\xd8\xff")
    path.write_bytes(packed.getvalue())


def bytes_of(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


FILES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "two gigabytes": (
        "big.csv",
        two_gigabytes,
        "has 2,000,000,000 bytes, and at most 20,000,000 are allowed",
    ),
    "twenty million empty rows": (
        "empty.xlsx",
        empty_rows,
        "has more than 1,048,576 lines, empty ones included",
    ),
    "a password": ("locked.xlsx", bytes_of(OLD_EXCEL), "is locked with a password"),
    "Excel of before 2007": ("old.xls", bytes_of(OLD_EXCEL), "is an Excel file of before 2007"),
    "a Numbers document": ("list.numbers", numbers_document, "Numbers"),
    "a Numbers document renamed": ("list.xlsx", numbers_document, "Numbers"),
    "JSON lines": ("list.jsonl", bytes_of(b'{"id":"1","Code":"A"}\n{"id":"2"}\n'), "is a file of JSON"),
    "JSON named .csv": ("list.csv", bytes_of(b'[\n {"Code": "A"}\n]\n'), "is a file of JSON"),
    "a web page named .xls": ("report.xls", bytes_of(PAGE), "is a web page"),
    "a NUL in a CSV": ("nul.csv", bytes_of(b"Code,Title\nN1,De\x00ck\n"), "is no text file"),
    "one column more than Excel has": ("wide.csv", bytes_of(b"," * 16_384 + b"\nN1\n"), "columns"),
}


@pytest.mark.parametrize("what", FILES)
async def test_a_file_that_cannot_be_imported_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, what: str
) -> None:
    name, make, words = FILES[what]
    make(tmp_path / name)
    async with office(tmp_path) as assistant:
        refusal = await assistant.refused("edit_records", layout="Jobs", file=name, key="Code")
        assert words in refusal
        assert "Nothing was changed" in refusal
        assert len(refusal) < 600
        await assistant.ask("find_records", layout="Jobs", limit=1)
        assert (await assistant.ask("list_changes"))["changes"] == []


async def test_a_key_that_several_rows_or_several_records_have_changes_none_of_them(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        written(tmp_path, "Code,Title\nB1,Deck\nB2,Deck\nB3,Keel\nB4,Mast\n", "new.csv")
        await ended(assistant, await made(assistant, "create_records", layout="Jobs", file="new.csv"))
        written(tmp_path, "Title,Hours\nDeck,7\nKeel,7\nkeel,8\nMast,7\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file="in.csv", key="Title")
        said = notes(plan)
        assert "1 fit several records and are left out: row 2 (Deck)." in said
        assert "2 have the same key as another row and are left out: row 3 (Keel); row 4 (keel)." in said
        done = await ended(assistant, await assistant.ask("apply_change", change_id=plan["change_id"]))
        assert done["records"] == {"done": 1}
        now = await jobs(assistant, "Hours")
        assert [now[f"B{number}"][0] for number in range(1, 5)] == [None, None, None, 7]


async def test_a_cell_takes_the_time_of_its_length_and_bare_columns_are_read_once(tmp_path: Path) -> None:
    """Each of these would take minutes, in which nobody else is served."""
    many = " " * 90_000
    async with office(tmp_path) as assistant:
        for column, cell in (("Hours", f"1{many}1"), ("Start", f"1:1{many}x"), ("Due", f"1{many}.")):
            file = written(tmp_path, f"Code,{column}\nA1,{cell}\n")
            refusal = await assistant.refused("edit_records", layout="Jobs", file=file, key="Code")
            assert f"'{column}' holds '1" in refusal
            assert len(refusal) < 600
        file = written(tmp_path, f"Code{',' * 1_000}\n" + "x\n" * 4_000, "bare.csv")
        refusal = await assistant.refused("edit_records", layout="Jobs", file=file, key="Code")
        assert "4,000 faulty" in refusal
        file = written(tmp_path, f"Code{',' * 10_000}\n" + "x\n" * 4_000, "wider.csv")
        refusal = await assistant.refused("edit_records", layout="Jobs", file=file, key="Code")
        assert "has 10,001 columns and more than 1,999 rows" in refusal
        file = written(tmp_path, ",".join(f"C{n}" for n in range(9_000)) + "\n1" + "," * 8_999 + "\n")
        for columns in ({}, {"Nowhere": "Code"}):
            refusal = await assistant.refused("edit_records", layout="Jobs", file=file, map=columns)
            assert len(refusal) < 900
