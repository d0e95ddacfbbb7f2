"""An invoice with its lines from two sheets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ..workshop_host import made, planned
from .test_sheets import notes, office, written

pytestmark = pytest.mark.anyio

HEADERS = [["No", "Title", "Code"], [1, "Deck", "N1"], [2, "Keel", "N2"], [3, "Mast", "N3"]]
LINES = [["no", "Text", "Min"], [1, "Sand", 30], [2, "Weld", 90], [1, "Paint", 45], [9, "Lost", 1]]
MAP: dict[str, Any] = {"No": None, "Tasks": {"sheet": "Lines", "by": "No", "map": {"Min": "Minutes"}}}


def book(folder: Path, lines: list[list[Any]] = LINES, headers: list[list[Any]] = HEADERS) -> str:
    made = openpyxl.Workbook()
    for row in headers:
        made.worksheets[0].append(row)
    sheet = made.create_sheet("Lines")
    for row in lines:
        sheet.append(row)
    made.save(folder / "invoices.xlsx")
    return "invoices.xlsx"


async def test_lines_of_a_second_sheet_become_the_related_rows_of_their_records(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=book(tmp_path), map=MAP)
        assert plan["notes"][0] == "3 rows, 3 new, 0 to change."
        assert "3 lines of 'Lines' belong to their records by 'No'." in notes(plan)
        assert "1 lines belong to no row and are left out: row 5 (9)." in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        found = await assistant.ask("get_record", layout="Jobs", where={"Code": "N1"})
        assert [row[1:] for row in found["portals"]["Tasks"]["rows"]] == [["Sand", 30], ["Paint", 45]]


async def test_a_record_with_a_faulty_line_is_left_out_as_a_whole(tmp_path: Path) -> None:
    lines = [*LINES, [2, "Grind", "long"]]
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=book(tmp_path, lines), map=MAP)
        assert plan["notes"][0] == "3 rows, 2 new, 0 to change, 1 faulty."
        assert "row 3: its line in row 6 of 'Lines': 'Min' holds 'long', which is no number" in notes(plan)


async def test_lines_can_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        written(tmp_path, "No;Text;Minutes\nR-1;Sand;30\nr-1;Paint;45\n", "lines.csv")
        file = written(tmp_path, "No;Title\nR-1;Deck\n")
        columns = {"No": "Code", "Tasks": {"file": "lines.csv", "by": "No"}}
        await made(assistant, "create_records", layout="Jobs", file=file, map=columns)
        found = await assistant.ask("get_record", layout="Jobs", where={"Code": "R-1"})
        assert [row[1:] for row in found["portals"]["Tasks"]["rows"]] == [["Sand", 30], ["Paint", 45]]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Tasks": {"sheet": "Lines", "by": "Nr"}}, "has no column 'Nr'"),
        ({"Tasks": {"by": "No"}}, "'Tasks' is of no known form"),
        ({"Tusks": {"sheet": "Lines", "by": "No"}}, "has no portal 'Tusks'"),
        ({"Tasks": {"sheet": "Lines", "by": "No"}}, "The column 'Min' is no field"),
        ({"Tasks": {"sheet": "Linse", "by": "No"}}, "Did you mean 'Lines'?"),
    ],
)
async def test_a_sheet_of_lines_that_does_not_fit_is_told(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    async with office(tmp_path) as assistant:
        arguments = {"layout": "Jobs", "file": book(tmp_path), "map": {"No": None} | change}
        assert words in await assistant.refused("create_records", **arguments)


async def test_two_records_of_one_name_cannot_share_lines(tmp_path: Path) -> None:
    file_of = [*HEADERS, [1, "Rope", "N4"]]
    async with office(tmp_path) as assistant:
        refusal = await assistant.refused(
            "create_records", layout="Jobs", file=book(tmp_path, headers=file_of), map=MAP
        )
        assert "'No' is '1' in row 2 and in row 5 of 'Sheet'" in refusal


async def test_records_to_correct_get_their_lines_from_where_they_stand(tmp_path: Path) -> None:
    spoilt = [[*HEADERS[0], "Due"], [1, "Deck", "N1", "2026-01-02"], [2, "Keel", "N2", "soon"]]
    async with office(tmp_path) as assistant:
        file = book(tmp_path, headers=spoilt)
        plan = await planned(assistant, "create_records", layout="Jobs", file=file, map=MAP)
        assert "Lines stand in no such file: name 'Tasks' in map again" in notes(plan)
        kept = tmp_path.joinpath("invoices to correct.csv").read_text(encoding="utf-8-sig")
        corrected = written(tmp_path, kept.replace("soon", "2026-01-03"))
        lines = {**MAP["Tasks"], "file": file}
        back = await planned(
            assistant, "create_records", layout="Jobs", file=corrected, map={"No": None, "Tasks": lines}
        )
        ((row,),) = [change["rows"] for change in back["changes"]]
        assert row["fields"] == {"Tasks::Text": "Weld", "Tasks::Minutes": 90}
