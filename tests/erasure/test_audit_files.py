"""An auditor's CSV and PDF: who, when, what, before and after, agreement, outcome, and where it lies in the chain."""

from __future__ import annotations

import csv
import io
import re

import pypdf
import pytest

from ..changes.workshop_host import made
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
JAPANESE = "株式会社 山田"


async def some_changes(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        values = {
            "Title": "=Größe",
            "Customer": JAPANESE,
            "Ref": "DE89370400440532013000",
            "Code": "secret-code",
        }
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
        await made(assistant, "edit_records", layout="Tasks", ids=["1"], values={"Text": "a task"})
        await assistant.refused("edit_records", layout="Jobs", ids=["1"], values={"Nothing": 1})


async def test_a_csv_for_an_auditor_tells_each_field_and_the_chain_and_nothing_that_is_closed(
    office: FiledOffice,
) -> None:
    office.configure(
        hidden_fields='["Code"]', mask='{ Ref = "last4" }', journal_days_by_layout="{ Tasks = 0 }"
    )
    await some_changes(office)
    await office.said("retain", "--undoable")
    file = office.folder / "audit.csv"
    said = await office.said("export", "--from", "today", "--to", "today", str(file))
    assert "Keep it like the records" in said
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    of_job = {row["field"]: row for row in rows if row["what"] == "edit" and row["layout"] == "Jobs"}
    assert (of_job["Customer"]["before"], of_job["Customer"]["after"]) == ("Ada", JAPANESE)
    assert of_job["Title"]["after"] == "'=Größe"
    assert of_job["Ref"]["after"] == "••••3000"
    assert "secret-code" not in text
    assert of_job["Title"]["outcome"] == "done"
    assert of_job["Title"]["agreement"] == "none was needed"
    assert [row["note"] for row in rows if row["layout"] == "Tasks"] == ["contents are erased"]
    chain = " ".join(row["what"] for row in rows if row["what"].startswith("chain:"))
    (line,) = (await office.said("head")).splitlines()[:1]
    assert line.split()[1] in chain
    assert "the chain is whole" in chain
    assert "is there already" in await office.said("export", str(file), status=2)
    assert "neither" in await office.said("export", "audit.doc", status=2)
    await office.said("export", "--layout", "tasks", str(office.folder / "tasks.csv"))
    assert "Jobs" not in (office.folder / "tasks.csv").read_text(encoding="utf-8").split("chain:")[0]


async def test_a_pdf_for_an_auditor_has_numbered_pages_and_letters_of_many_scripts(
    office: FiledOffice,
) -> None:
    async with office.assistant() as assistant:
        for number in range(12):
            values = {"Title": f"Größe {number} Łódź Ελλάδα", "Customer": JAPANESE}
            await made(assistant, "edit_records", layout="Jobs", ids=["1"], values=values)
    file = office.folder / "audit.pdf"
    said = await office.said("export", str(file))
    pages = [page.extract_text() for page in pypdf.PdfReader(file).pages]
    assert len(pages) > 1
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert "Head of the chain" in pages[0]
    whole = " ".join(pages)
    assert len(re.findall("Größe 11", whole)) == 1
    assert JAPANESE.split()[1] in whole or "No font here" in said


async def test_values_of_many_lines_letters_and_hidden_signs_are_told_whole_and_seen(
    office: FiledOffice,
) -> None:
    many = "\n".join(f"line {number}" for number in range(120))
    hidden = "a\u202eb\x1bc\u200bd"
    large = "=" + "x" * 140_000
    async with office.assistant() as assistant:
        for text in (many, "W" * 3_000, "\n" * 400, hidden):
            await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": text})
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": large})
    await office.said("export", str(office.folder / "audit.pdf"))
    told = " ".join(page.extract_text() for page in pypdf.PdfReader(office.folder / "audit.pdf").pages)
    assert {f"line {number}" for number in range(120)} <= set(re.findall(r"line \d+", told))
    assert "\u202e" not in told
    assert "right-to-left override" in " ".join(told.split())
    await office.said("export", str(office.folder / "audit.csv"))
    text = (office.folder / "audit.csv").read_text(encoding="utf-8-sig")
    assert not {"\u202e", "\x1b", "\u200b", "\0"} & set(text)
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["field"] == "Ref"]
    assert many in [row["after"] for row in rows]
    assert any("right-to-left override" in row["after"] for row in rows)
    parts = [row for row in rows if "x" * 100 in row["after"]]
    assert "".join(row["after"] for row in parts) == f"'{large}"
    assert [row["note"] for row in parts] == [f"part {number} of 5" for number in range(1, 6)]
