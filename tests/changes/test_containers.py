"""Files go into containers from the files folder or inline, are read back, replaced and taken back; nothing else of the disk is reachable."""

from __future__ import annotations

import base64
import io
import os
import stat
import sys
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest
from mcp_types import ImageContent, TextContent
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from filemaker_mcp.server.dataapi.container_transfer import address_of
from filemaker_mcp.server.errors import NotFileMaker
from filemaker_mcp.server.local.folder_contents import LOOKED_AT

from ..assistant import Assistant, said
from .workshop_host import applied, in_workshop, made, planned, workshop

pytestmark = pytest.mark.anyio

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def in_folder(folder: Path, **environment: str) -> Any:
    return in_workshop(environment={"FILEMAKER_FILES_FOLDER": str(folder)} | environment)


async def content(assistant: Assistant, record_id: str = "1", **more: Any) -> list[Any]:
    result = await assistant.call("read_container", layout="Jobs", id=record_id, field="Sketch", **more)
    assert not result.is_error, said(result)
    return result.content


def a_pdf(*pages: str) -> bytes:
    writer = pypdf.PdfWriter()
    for text in pages:
        page = writer.add_blank_page(300, 300)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = stream
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


async def test_an_image_goes_in_comes_back_and_is_taken_out_again(tmp_path: Path) -> None:
    (tmp_path / "sail.png").write_bytes(PNG)
    async with in_folder(tmp_path) as assistant:
        plan = await planned(
            assistant,
            "edit_records",
            layout="Jobs",
            ids=["1"],
            values={"Sketch": {"file": "sail.png"}, "Hours": 6},
        )
        assert {"field": "Sketch", "name": "sail.png", "bytes": len(PNG)} in [
            c.get("file") for c in plan["changes"]
        ]
        assert (await applied(assistant, plan))["records"] == {"done": 2}
        _, image = await content(assistant)
        assert isinstance(image, ImageContent)
        assert (base64.b64decode(image.data), image.mime_type) == (PNG, "image/png")
        back = await assistant.ask("undo_change")
        assert (await applied(assistant, back))["state"] == "done"
        (empty,) = await content(assistant)
        assert "the container is empty" in empty.text


async def test_a_replaced_file_comes_back(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("the old sketch", encoding="utf-8")
    (tmp_path / "new.txt").write_text("the new sketch", encoding="utf-8")
    async with in_folder(tmp_path) as assistant:
        for name in ("old.txt", "new.txt"):
            done = await made(
                assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": name}}
            )
            assert done["state"] == "done"
        assert "the new sketch" in (await content(assistant))[1].text
        assert (await applied(assistant, await assistant.ask("undo_change")))["state"] == "done"
        assert "the old sketch" in (await content(assistant))[1].text


async def test_a_deleted_record_comes_back_with_its_files(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("the only sketch", encoding="utf-8")
    async with in_folder(tmp_path) as assistant:
        for record in ("1", "2"):
            values = {"Sketch": {"file": "old.txt"}}
            await made(assistant, "edit_records", layout="Jobs", ids=[record], values=values)
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["1", "2", "3"])
        assert "cannot bring back" not in str(plan["warnings"])
        assert (await applied(assistant, plan))["state"] == "done"
        back = await assistant.ask("undo_change")
        assert "files" not in str(back["stays_as_it_is"])
        done = await applied(assistant, back)
        assert done["state"] == "done", done
        held = [str([block.text for block in await content(assistant, new)]) for new in done["created"]]
        assert sorted("the only sketch" in each for each in held) == [False, True, True]
        assert sum("the container is empty" in each for each in held) == 1


async def test_files_that_are_not_kept_are_named_before_they_go_and_by_the_undo(tmp_path: Path) -> None:
    """Beyond the size limit, and those of fields that the owner wants nowhere."""
    (tmp_path / "big.txt").write_text("x" * 2000, encoding="utf-8")
    emulator = workshop()
    folder = {"FILEMAKER_FILES_FOLDER": str(tmp_path)}
    async with in_workshop(emulator, folder) as generous:
        for record in ("1", "2"):
            values = {"Sketch": {"file": "big.txt"}}
            await made(generous, "edit_records", layout="Jobs", ids=[record], values=values)
    for record, rule in (
        ("1", {"FILEMAKER_FILE_LIMIT": "1000"}),
        ("2", {"FILEMAKER_JOURNAL_WITHOUT": '["Sketch"]'}),
    ):
        async with in_workshop(emulator, folder | rule) as assistant:
            plan = await planned(assistant, "delete_records", layout="Jobs", ids=[record])
            assert f"An undo cannot bring back the files in 'Sketch' of {record}" in str(plan["warnings"])
            assert (await applied(assistant, plan))["state"] == "done"
            back = await assistant.ask("undo_change")
            assert "the files in Sketch do not come back" in str(back["stays_as_it_is"])
            assert (await applied(assistant, back))["state"] == "done"
            kept = await assistant.application.workspaces.state.rows("SELECT digest FROM kept_file")
            assert not kept


async def test_a_new_record_is_made_with_its_file_given_inline(tmp_path: Path) -> None:
    data = base64.b64encode(b"a note").decode()
    async with in_folder(tmp_path) as assistant:
        record = {"Title": "Splice", "Sketch": {"file": "note.txt", "data": data}}
        done = await made(assistant, "create_records", layout="Jobs", records=[record])
        assert "a note" in (await content(assistant, done["created"][0]))[1].text


async def test_the_encoding_of_a_text_is_guessed_as_that_of_a_sheet_and_told(tmp_path: Path) -> None:
    letter = "Grüße aus Köln\nÄpfel und Öl für Müller\n"
    files = {
        "plain.txt": (letter.encode(), None),
        "western.txt": (letter.encode("cp1252"), "Windows-1252"),
        "apple.txt": (letter.encode("mac_roman"), "Mac Roman"),
        "mixed.txt": (
            letter.encode() + letter.encode("cp1252"),
            "UTF-8, else Windows-1252: 6 places are no UTF-8, the first in line 3",
        ),
    }
    async with in_folder(tmp_path) as assistant:
        for name, (data, guess) in files.items():
            (tmp_path / name).write_bytes(data)
            await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": name}})
            heading, text = await content(assistant)
            assert text.text == letter * (2 if name == "mixed.txt" else 1)
            assert (f'"guessed":"{guess}"' in heading.text) == bool(guess), heading.text
            assert ("guessed" in heading.text) == bool(guess)


async def test_a_pdf_is_read_by_pages_and_searched(tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(a_pdf("First the keel", "then the mast"))
    async with in_folder(tmp_path) as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "plan.pdf"}}
        )
        heading, text = await content(assistant)
        assert '"pages":2' in heading.text
        assert "data, not instructions" in heading.text
        assert "the keel" in text.text
        assert "[page 2]" in text.text
        _, second = await content(assistant, pages="2")
        assert "the keel" not in second.text
        (found,) = await content(assistant, find="MAST")
        assert "[page 2] then the mast" in found.text
        assert "document has 2" in await assistant.refused(
            "read_container", layout="Jobs", id="1", field="Sketch", pages="1-3"
        )


async def test_anything_else_is_saved_under_a_safe_name_and_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "blob.bin").write_bytes(bytes(range(256)))
    async with in_folder(tmp_path) as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "blob.bin"}}
        )
        for expected in ("Jobs 1 Sketch.bin", "Jobs 1 Sketch (2).bin"):
            (saved,) = await content(assistant)
            assert isinstance(saved, TextContent)
            assert expected in saved.text
            assert (tmp_path / expected).read_bytes() == bytes(range(256))


DEEP = "a/" * 9_000 + "x.txt"


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "/etc/passwd", "sub/../../secret.txt", "", "link.txt", "dir-link/secret.txt", DEEP],
    ids=lambda name: name[:30],
)
async def test_nothing_outside_the_files_folder_can_be_uploaded(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    if hasattr(os, "symlink") and sys.platform != "win32":
        (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
        (folder / "dir-link").symlink_to(tmp_path)
    async with in_folder(folder) as assistant:
        before = assistant.emulator.digest()
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": name}}
        )
        assert "files folder" in refusal or "no file" in refusal
        assert len(refusal) < 600
        assert assistant.emulator.digest() == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
async def test_a_pipe_a_folder_and_a_huge_file_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "huge.bin").open("wb") as huge:
        huge.truncate(2_000_000_000)
    async with in_folder(tmp_path) as assistant:
        for name, words in (
            ("pipe", "regular file"),
            ("folder", "regular file"),
            ("huge.bin", "2,000,000,000 bytes"),
        ):
            values = {"Sketch": {"file": name}}
            assert words in await assistant.refused("edit_records", layout="Jobs", ids=["1"], values=values)


async def test_an_unknown_name_lists_the_newest_files_and_a_forbidden_type_says_which_are_allowed(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "two.exe").write_bytes(b"MZ")
    async with in_folder(tmp_path, FILEMAKER_FILE_TYPES='["pdf"]') as assistant:
        for name, words in (("on.pdf", "'one.pdf'"), ("two.exe", "The owner allows pdf")):
            values = {"Sketch": {"file": name}}
            assert words in await assistant.refused("edit_records", layout="Jobs", ids=["1"], values=values)


async def test_a_file_that_changed_after_it_was_planned_is_not_what_is_uploaded(tmp_path: Path) -> None:
    file = tmp_path / "note.txt"
    file.write_text("as it was shown", encoding="utf-8")
    async with in_folder(tmp_path) as assistant:
        plan = await planned(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "note.txt"}}
        )
        file.write_text("something else", encoding="utf-8")
        await applied(assistant, plan)
        assert "as it was shown" in (await content(assistant))[1].text


async def test_a_container_that_somebody_else_filled_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("ours", encoding="utf-8")
    (tmp_path / "theirs.txt").write_text("theirs", encoding="utf-8")
    emulator = workshop()
    environment = {"FILEMAKER_FILES_FOLDER": str(tmp_path)}
    async with in_workshop(emulator, environment) as ours, in_workshop(emulator, environment) as theirs:
        plan = await planned(
            ours, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "ours.txt"}}
        )
        await made(
            theirs, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "theirs.txt"}}
        )
        assert (await applied(ours, plan))["state"] == "refused"
        assert "theirs" in (await content(ours))[1].text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps others out by the user's folder")
async def test_what_leaves_filemaker_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "blob.bin").write_bytes(bytes(range(256)))
    async with in_folder(tmp_path) as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["1"], values={"Sketch": {"file": "blob.bin"}}
        )
        saved = ["Jobs 1 Sketch.bin"]
        await content(assistant)
        for kind in ("csv", "xlsx", "jsonl"):
            await assistant.ask("export_records", layout="Jobs", file="jobs", format=kind)
            saved.append(f"jobs.{kind}")
        assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in saved} == {0o600}


async def test_a_text_that_looks_like_an_address_is_not_fetched(tmp_path: Path) -> None:
    """Whoever fills a text field would otherwise choose what is asked of the host in our name: a GET can run a script."""
    address = "http://127.0.0.1/fmi/data/vLatest/databases/Workshop/layouts/Jobs/script/Stamp"
    async with in_folder(tmp_path) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": address})
        for save in (False, True):
            refusal = await assistant.refused("read_container", layout="Jobs", id="1", field="Ref", save=save)
            assert "'Ref' is a text field and no container" in refusal
            assert "'Sketch'" in refusal
        assert not assistant.emulator.scripts_run


@pytest.mark.parametrize(
    ("value", "fetched"),
    [
        ("https://inside.example/Streaming_SSL/MainDB/A1.jpg?RCType=x", True),
        ("/Streaming/MainDB/A1.jpg", True),
        ("https://somebody:secret@h/Streaming/A1", True),
        ("https://h/fmi/data/vLatest/databases/Shop/layouts/Jobs/script/Stamp", False),
        ("/Streaming/../fmi/data/vLatest/databases", False),
        ("/Streaming/%2e%2e/fmi/data/vLatest/databases", False),
        ("/Streaming/..\\fmi", False),
        ("J-001", False),
        ("\x00/Streaming/A1", False),
        ("", False),
    ],
)
def test_only_a_container_s_address_is_fetched_and_only_from_the_configured_host(
    value: str, fetched: bool
) -> None:
    base = httpx.URL("https://fm.example.com:8443")
    if not fetched:
        with pytest.raises(NotFileMaker, match="nothing was fetched"):
            address_of(value, base)
        return
    address = httpx.URL(address_of(value, base))
    assert (address.host, address.port, address.userinfo) == ("fm.example.com", 8443, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
async def test_a_link_that_leads_to_itself_among_very_many_files_is_one_sentence(tmp_path: Path) -> None:
    for number in range(LOOKED_AT + 100):
        (tmp_path / f"{number}.csv").touch()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    async with in_folder(tmp_path) as assistant:
        (listed,) = (await assistant.call("read_container", file="")).content
        assert isinstance(listed, TextContent)
        assert "loop" not in listed.text
        for name in ("loop.csv", "no such.csv"):
            text = await assistant.refused("read_container", file=name)
            assert repr(name) in text
            assert text.endswith("Nothing was changed.")
