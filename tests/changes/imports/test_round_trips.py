"""Files of our own and back: what nobody touched stays as it is, and what could not be used comes back as it was meant."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ..workshop_host import in_workshop, planned

pytestmark = pytest.mark.anyio


def office(folder: Path) -> Any:
    return in_workshop(environment={"FILEMAKER_FILES_FOLDER": str(folder)})


def written(folder: Path, text: str, name: str = "in.csv") -> str:
    folder.joinpath(name).write_text(text, encoding="utf-8", newline="")
    return name


def notes(plan: dict[str, Any]) -> str:
    return " ".join(plan["notes"])


async def test_a_date_after_filemakers_last_year_is_a_faulty_row_and_stops_no_other(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Title;Due;Seen\nA;9999-12-31;\nB;31.12.4000;\nC;;31.12.9999 23:59\n")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert plan["notes"][0] == "3 rows, 1 new, 0 to change, 2 faulty."
        assert "row 2: '9999-12-31' for 'Due' lies after the year 4000" in notes(plan)
        assert "row 4: '9999-12-31T23:59:00' for 'Seen' lies after the year 4000" in notes(plan)


async def test_rows_to_correct_come_back_with_the_numbers_that_they_had(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Title", "Ref", "Due", "Hours"],
        ["A", 1.5, "soon", 1.234],
        ["B", "x", "soon", "12,50"],
        ["C", "x", "13/01/2026", "1.234,50"],
        ["D", "x", "soon", 5],
    ):
        book.active.append(row)  # pyright: ignore[reportOptionalMemberAccess]
    book.save(tmp_path / "in.xlsx")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file="in.xlsx")
        form = {"decimal": "comma", "dates": "dmy"}
        assert (
            "The faulty rows are in 'in to correct.csv', to correct and import again with format = "
            '{"decimal": "comma", "dates": "dmy"}.'
        ) in notes(plan)
        kept = tmp_path.joinpath("in to correct.csv").read_text(encoding="utf-8-sig")
        assert [(row["Ref"], row["Hours"]) for row in csv.DictReader(kept.splitlines())] == [
            ("1.5", "1,234"),
            ("x", "12,50"),
            ("x", "5"),
        ]
        written(tmp_path, kept.replace("soon", "02/03/2026"))
        back = await planned(assistant, "create_records", layout="Jobs", file="in.csv", format=form)
        assert [c["fields"]["Hours"] for c in back["changes"]] == [1.234, 12.5, 5]
        first = back["changes"][0]["fields"]
        assert (first["Ref"], first["Due"]) == ("1.5", "2026-03-02")


async def test_what_said_how_a_file_writes_numbers_may_stand_in_rows_that_are_not_to_correct(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Title;Start;Hours\nA;soon;1.234\nB;8:30;1.234,50\nC;soon;12.5\n")
        plan = await planned(
            assistant, "create_records", layout="Jobs", file=file, format={"decimal": "comma"}
        )
        assert 'to correct and import again with format = {"decimal": "comma"}.' in notes(plan)
        kept = tmp_path.joinpath("in to correct.csv").read_text(encoding="utf-8-sig")
        file = written(tmp_path, kept.replace("A,soon", "A,9:00"))
        back = await planned(
            assistant, "create_records", layout="Jobs", file=file, format={"decimal": "comma"}
        )
        assert [c["fields"]["Hours"] for c in back["changes"]] == [1234]
