"""Text files that no single encoding explains, as offices make them by pasting: asked about with the cell where it shows, and never
written as wrong letters in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..workshop_host import applied, job, planned
from .test_sheets import imported, notes, office, written

pytestmark = pytest.mark.anyio

UTF8 = "Code,Title\nA,Größe „M“\n".encode()
WINDOWS = "B,Café Süd\n".encode("cp1252")
MIXED = 'format = {"encoding": "UTF-8, else Windows-1252"}'
FAR = 150_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            UTF8 + WINDOWS,
            ["it is UTF-8, such as 'Größe „M“' in row 2, 'Title', and 2 places are not: row 3, 'Title' is 'Café Süd' (Windows-1252)", MIXED],
        ),
        (
            b"Code,Title\n" + WINDOWS * 9 + "A,Käse\n".encode(),
            ["it is UTF-8, such as 'Käse' in row 11, 'Title', and 18 places are not: row 2, 'Title'", MIXED],
        ),
        (UTF8 + b"B,M\x81ller\n", ["one place is not: row 3, 'Title' reads 'M\ufffdller'", "Correct the file"]),
        (UTF8 + b"B,Caf\xc3", ["one place is not, at its end, where it may have been cut off: row 3, 'Title' reads 'Caf\ufffd'"]),
        (b"\xef\xbb\xbfCode,Title\n" + WINDOWS, ["row 2, 'Title' is 'Café Süd' (Windows-1252)", MIXED]),
        (
            b"Code,Title\n" + b"Z,plain\n" * FAR + WINDOWS + "A,Käse\n".encode(),
            [f"'Käse' in row {FAR + 3}, 'Title'", f"row {FAR + 2}, 'Title' is 'Café Süd'"],
        ),
        (
            "Code,Title\nA,“Hello”\n".encode("cp1252"),
            ["row 2, 'Title' is '“Hello”' (Windows-1252) or 'ìHelloî' (Mac Roman)"],
        ),
        ("Code,Title\nA,Größe\n".encode("cp850"), ["cannot be told: row 2, 'Title' may be"]),
        ("Code,Title\nA,Größe\n".encode("utf-16")[:-1], ["is not UTF-16 text", "may have been cut off"]),
    ],
)  # fmt: skip
async def test_text_that_no_single_encoding_explains_is_asked_about_with_the_cell_where_it_shows(
    tmp_path: Path, content: bytes, words: list[str]
) -> None:
    tmp_path.joinpath("in.csv").write_bytes(content)
    async with office(tmp_path) as assistant:
        refusal = await assistant.refused("edit_records", layout="Jobs", file="in.csv", key="Code")
        for each in (*words, "Nothing was changed."):
            assert each in refusal


async def test_a_file_of_two_encodings_is_read_in_both_when_that_is_said(tmp_path: Path) -> None:
    tmp_path.joinpath("in.csv").write_bytes(UTF8 + WINDOWS)
    async with office(tmp_path) as assistant:
        said = {"encoding": "UTF-8, else Windows-1252"}
        plan = await planned(assistant, "edit_records", layout="Jobs", file="in.csv", key="Code", format=said)
        assert "2 places are no UTF-8 and are read in the other encoding: row 3 ('Café Süd')" in notes(plan)
        await applied(assistant, plan)
        titles = [(await job(assistant, record_id))["Title"] for record_id in ("1", "2")]
        assert titles == ["Größe „M“", "Café Süd"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (UTF8, {"encoding": "Windows-1252"}),
        ("Code,Title\nA,GrÃ¶ÃŸe â€žMâ€œ\n".encode(), {}),
        ("Code,Title\nA,Gr√∂√üe ‚ÄûM‚Äú\n".encode(), {}),
    ],
)
async def test_letters_that_look_spoilt_are_told_in_the_plan(
    tmp_path: Path, content: bytes, said: dict[str, str]
) -> None:
    tmp_path.joinpath("in.csv").write_bytes(content)
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", file="in.csv", key="Code", format=said)
        assert "1 cells look as if UTF-8 had been read in another encoding" in notes(plan)
        assert "perhaps 'Größe „M“'" in notes(plan)


async def test_letters_that_were_lost_before_are_told_in_the_plan(tmp_path: Path) -> None:
    file = written(tmp_path, "Code,Title\nA,Gr\ufffde\n")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code")
        assert "1 cells hold a sign for letters that were lost before: row 2 ('Gr\ufffde')" in notes(plan)


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("cp1252", "„Spaß“ « marché\xa0» CAFÉ”"),  # some of it is UTF-8 by chance
        ("mac_roman", "„Größe“ Müller’s Élève François"),
        ("utf-16-le", "北京 一二三"),
        ("utf-16-be", "Москва"),
    ],
)
async def test_what_only_one_encoding_explains_is_read_and_said_to_be_guessed(
    tmp_path: Path, encoding: str, title: str
) -> None:
    file = written(tmp_path, f"Code,Title\nA,{title}\n", encoding=encoding)
    async with office(tmp_path) as assistant:
        plan = await imported(assistant, file, key="Code")
        assert plan["state"] == "done"
        assert (await job(assistant, "1"))["Title"] == title


async def test_a_delimiter_beyond_ascii_is_of_the_encoding_that_is_asked_for(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Title§Ref\nMüller§A\nGroß§B\n", encoding="cp1252")
        arguments = {"layout": "Jobs", "file": file}
        refusal = await assistant.refused("create_records", **arguments, format={"delimiter": "§"})
        assert "The encoding of 'in.csv' cannot be told: row 1, column 1 may be 'Title§Ref'" in refusal
        form = {"delimiter": "§", "encoding": "Windows-1252"}
        plan = await planned(assistant, "create_records", **arguments, format=form)
        assert [change["fields"]["Title"] for change in plan["changes"]] == ["Müller", "Groß"]
        refusal = await assistant.refused("create_records", **arguments, format={"encoding": "idna"})
        assert "'in.csv' is not idna text" in refusal
