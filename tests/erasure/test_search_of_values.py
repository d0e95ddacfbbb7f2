"""A person is found in values, however they were written, and in files of any letters; what cannot be searched is named."""

from __future__ import annotations

import io
import zipfile

import pytest

from ..changes.workshop_host import made
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
WRITTEN = (
    "Company\nAnna Schmidt\nStreet",
    "Company\tAnna Schmidt",
    "Anna\u00a0 Schmidt",
    "Anna\r\nSCHMIDT",
    "\\Anna Schmidt",
    '{"name": "x\\nAnna Schmidt", "at": ["Zoe\\u0308 Meier"]}',
    '{"$number": "Anna Schmidt"}',
    "Zoe\u0308 Meier",
    "Zo\u00eb\u200b Meier",
    "see\nC-00177",
    "\uff23-00177",
)


async def test_a_name_is_found_however_it_is_written(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        for text in WRITTEN:
            await made(assistant, "edit_records", layout="Jobs", ids=["3"], values={"Ref": text})
            await made(assistant, "run_script", script="Stamp", layout="Jobs", parameter=text)
        await made(assistant, "edit_records", layout="Jobs", ids=["3"], values={"Ref": "gone"})
        other = await made(
            assistant, "edit_records", layout="Jobs", ids=["2"], values={"Ref": "Hanna Schmidts"}
        )
    names = ("--also", "Anna  Schmidt", "--also", "Zo\u00eb Meier", "--also", "c-00177")
    assert "Forgotten" in await office.said("forget", *names, "--yes")
    told = str([entry.image for entry in await office.entries()])
    assert "Hanna Schmidts" in told
    assert not [text for text in WRITTEN if repr(text)[1:-1] in told]
    assert [row[0] for row in office.query("plan", "id")] == [other["change_id"]]


async def test_a_hold_sees_its_key_after_a_line_end(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["3"], values={"Ref": "about\nJ-002"})
    await office.said("hold", "put", "--key", "j-002", "--reason", "claim")
    assert "claim" in await office.said("forget", "--key", "J-003", "--yes", status=1)
    assert [entry for entry in await office.entries() if entry.image]


async def test_a_file_that_names_a_held_key_stays_and_every_file_that_goes_is_shown(
    office: FiledOffice,
) -> None:
    several = {f"list {number:02}.csv" for number in range(20)}
    for name in several:
        (office.files / name).write_text("J-001;1\n", encoding="utf-8")
    (office.files / "all.csv").write_text("J-001;1\nJ-002;2\n", encoding="utf-8")
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Hours": 4})
    await office.said("hold", "put", "--key", "J-002", "--reason", "claim")
    for how in ("--dry-run", "--yes"):
        held = await office.said("forget", "--key", "J-001", how, status=1)
        assert "claim" in held
        assert "all.csv" in held.partition("are held")[2]
        assert not [name for name in several if name not in held]
    assert len(list(office.files.iterdir())) == 21
    assert [entry for entry in await office.entries() if entry.image]
    assert "Forgotten" in await office.said("forget", "--key", "J-001", "--yes", "--keep-files")


def packed(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


async def test_files_are_searched_in_their_own_letters_and_what_cannot_be_is_named(
    office: FiledOffice,
) -> None:
    name = "J\u00f6rg M\u00fcller"
    runs = "<w:p><w:r><w:t>J\u00f6</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>rg M\u00fcller</w:t></w:r></w:p>".encode()
    cells = "<si><t>Bo</t></si><si><r><t>J\u00f6rg </t></r><r><t>M\u00fcller</t></r></si><si><t>x</t></si>".encode()
    theirs = {
        "latin.csv": f"1;{name};x".encode("cp1252"),
        "mac.txt": name.encode("mac_roman"),
        "apart.csv": "1;Jo\u0308rg Mu\u0308ller".encode(),
        "wide.csv": name.encode("utf-16"),
        "bare.csv": f"1,2,{name},3".encode("utf-16-le"),
        "mail.json": '{"to": "x\\nJ\\u00f6rg Müller"}'.encode(),
        "lines.jsonl": b'{"a": 1}\n{"to": "x\\nJ\\u00f6rg M\\u00fcller"}\n',
        "page.html": b"<p>J&ouml;rg<br>M&uuml;ller</p>",
        "letter.docx": packed(word__document_xml=runs),
        "list.xlsx": packed(xl__sharedStrings_xml=cells),
        "all.zip": packed(inner_zip=packed(list_csv=name.encode("cp1252"))),
        "J\u00f6rg_M\u00fcller.bin": b"\0",
    }
    others = {
        "other.csv": "1;Bo M\u00fcller".encode("cp1252"),
        "scan.pdf": b"%PDF-1.7 text",
        "mixed.zip": packed(scan_pdf=b"%PDF-1.7", list_csv=b"Bo"),
        "broken.zip": packed(list_csv=b"Bo Smith" * 9).replace(b"Bo Smith", b"Bo Smitt", 1),
        "mail.eml": b"Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\nSm9lcmc=\r\n",
        "short.txt": b"Bo",
    }
    for file, content in (theirs | others).items():
        (office.files / file).write_bytes(content)
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["2"], values={"Hours": 4})
    shown = await office.said("forget", "--also", name, "--dry-run")
    assert not [
        file for file in theirs if f"{office.files / file}".replace(" ", "") not in shown.replace(" ", "")
    ]
    named = shown.partition("cannot be searched")[2]
    for file in ("scan.pdf", "mixed.zip: scan.pdf", "broken.zip", "mail.eml"):
        assert file in named, named
    assert "short.txt" not in shown
    assert "other.csv" in shown.partition("Windows-1252")[2]
    await office.said("forget", "--also", name, "--yes")
    assert {file.name for file in office.files.iterdir()} == set(others)
