"""An export changed in LibreOffice's manner: ten cells, the file saved again by the program itself. `make test-clients`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from ..workshop_host import job, made, planned
from .test_sheets import office

FIELDS = ["Code", "Title", "Ref", "Hours", "Rate", "Due", "Start", "Seen", "Customer"]
TEXTS = [
    "=1+1",
    "-5",
    "+49 30 123",
    "@home",
    "Zwei\nZeilen",
    "'quoted",
    "0012",
    "1E5",
    "  blanks  ",
    "ünïcode 😀",
    "a;b,c",
    '"q"',
]
SAVED_AS = {
    "xlsx": "xlsx",
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1",
    "csv, German": "csv:Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true",
}
CHANGED = 10
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice Calc is not installed"),
]


def saved_again(folder: Path, name: str, how: str) -> str:
    """What LibreOffice makes of a file of the folder; its name."""
    (folder / "lo").mkdir()
    subprocess.run(
        [
            "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to", SAVED_AS[how], "--outdir", str(folder / "lo"), str(folder / name),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (saved,) = (folder / "lo").iterdir()
    return saved.replace(folder / f"again{saved.suffix}").name


@pytest.mark.parametrize("how", SAVED_AS)
async def test_ten_cells_changed_in_a_spreadsheet_come_back_as_a_plan_of_ten(
    tmp_path: Path, how: str
) -> None:
    async with office(tmp_path) as assistant:
        records = [
            {
                "Code": f"P{n:02}", "Title": f"Part {n}", "Ref": TEXTS[n % len(TEXTS)], "Hours": n + 0.5, "Rate": n + 0.125,
                "Due": f"2026-01-{n % 28 + 1:02}", "Start": "09:05", "Seen": f"2026-03-{n % 28 + 1:02}T08:15:30",
            }
            for n in range(40)
        ]  # fmt: skip
        await made(assistant, "create_records", layout="Jobs", records=records)
        await assistant.ask("export_records", layout="Jobs", fields=FIELDS, file="out.xlsx")
        untouched = saved_again(tmp_path, "out.xlsx", how)
        same = await assistant.refused("edit_records", layout="Jobs", file=untouched, key="id")
        assert "43 as wanted already" in same
        (tmp_path / "lo").rmdir()
        (tmp_path / untouched).unlink()
        book = openpyxl.load_workbook(tmp_path / "out.xlsx")
        sheet = book.worksheets[0]
        for row in range(5, 5 + CHANGED):
            sheet.cell(row, 1 + FIELDS.index("Hours") + 1, 77.25)
        book.save(tmp_path / "out.xlsx")
        again = saved_again(tmp_path, "out.xlsx", how)
        plan = await planned(assistant, "edit_records", layout="Jobs", file=again, key="id")
        assert plan["notes"][0] == f"43 rows, 0 new, {CHANGED} to change, 33 as wanted already."
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (await job(assistant, "4"))["Hours"] == 77.25


@pytest.mark.parametrize("how", ["csv", "csv, German"])
async def test_a_table_made_in_libreoffice_is_read(tmp_path: Path, how: str) -> None:
    book = openpyxl.Workbook()
    for row in (["Code", "Title", "Hours"], ["A", 'Große "Tour"\nheute', 7.5]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "made.xlsx")
    async with office(tmp_path) as assistant:
        name = saved_again(tmp_path, "made.xlsx", how)
        await made(assistant, "edit_records", layout="Jobs", file=name, key="Code")
        changed = await job(assistant, "1")
        assert (changed["Title"], changed["Hours"]) == ('Große "Tour"\nheute', 7.5)
