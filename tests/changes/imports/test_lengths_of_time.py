"""Times and days at their edges, in sheets and back: lengths of time beyond a day, below zero, parts of seconds, days that programs
count differently."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ..workshop_host import job, made, planned
from .test_sheets import imported, notes, office, written

pytestmark = pytest.mark.anyio

FIELDS = ("Start", "Due", "Seen")
TIMES = {
    "36:15:00": "36:15:00",
    "-1:30": "-01:30:00",
    "−0:30:00": "-00:30:00",
    "8:05:30,25": "08:05:30.25",
    "8:05 p.m.": "20:05:00",
    "12:15 AM": "00:15:00",
    "1000:00:00.5": "1000:00:00.5",
}


async def test_a_time_of_a_text_file_may_be_a_length_of_time(tmp_path: Path) -> None:
    rows = "".join(f"N{n};{text}\n" for n, text in enumerate(TIMES))
    file = written(tmp_path, f"Title;Start\n{rows}X;8:61\nY;13:00 pm\nZ;1,5\n")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert [change["fields"]["Start"] for change in plan["changes"]] == list(TIMES.values())
        assert "3 faulty and left out: row 9: 'Start' holds '8:61', which is no time" in notes(plan)


def book(folder: Path, rows: list[list[Any]], **more: Any) -> str:
    """The last value of each row, with its format behind it."""
    made_book = openpyxl.Workbook()
    sheet = made_book.active
    assert sheet is not None
    for name, value in more.items():
        setattr(made_book, name, value)
    sheet.append(["Title", "Start", "Due", "Seen"])
    for number, (column, value, form) in enumerate(rows, start=2):
        sheet.cell(number, 1, f"N{number}")
        sheet.cell(number, column, value).number_format = form
    made_book.save(folder / "in.xlsx")
    return "in.xlsx"


async def test_cells_of_a_workbook_keep_what_they_mean_and_those_of_two_meanings_are_told(
    tmp_path: Path,
) -> None:
    rows: list[tuple[int, Any, str, Any]] = [
        (2, timedelta(hours=36), "[h]:mm", "36:00:00"),
        (2, 1.5, "[h]:mm:ss", "36:00:00"),
        (2, -1.5 / 24, "[h]:mm", "-01:30:00"),
        (2, timedelta(seconds=5, milliseconds=250), "[h]:mm:ss.00", "00:00:05.25"),
        (2, time(8, 5), "h:mm", "08:05:00"),
        (
            4,
            datetime.fromisoformat("2026-03-04T05:06:07.25"),
            "yyyy-mm-dd hh:mm:ss.00",
            "2026-03-04T05:06:07.25",
        ),
        (3, date(1900, 3, 1), "yyyy-mm-dd", "1900-03-01"),
        (2, 1.5, "h:mm", None),
        (3, 60, "yyyy-mm-dd", None),
        (3, "29.02.1900", "@", None),
        (3, 0, "yyyy-mm-dd", None),
        (3, "31.12.1899", "@", "1899-12-31"),
        (4, "1850-03-01T12:00:00", "@", "1850-03-01T12:00:00"),
    ]
    file = book(tmp_path, [[column, value, form] for column, value, form, _ in rows])
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        wanted = {f"N{number}": text for number, (*_, text) in enumerate(rows, start=2) if text}
        found = {
            change["fields"]["Title"]: next(v for n, v in change["fields"].items() if n in FIELDS)
            for change in plan["changes"]
        }
        assert found == wanted
        told = notes(plan)
        assert (
            "row 9: 'Start' holds '1900-01-01T12:00:00', which is a day before March 1900, or a length"
            in told
        )
        assert "row 10: 'Due' holds '1900-02-28', which is a day before March 1900" in told
        assert "row 11: 'Due' holds '29.02.1900', which is no date" in told


async def test_a_workbook_that_counts_from_1904_means_its_own_days(tmp_path: Path) -> None:
    rows = [[3, date(1904, 1, 1), "yyyy-mm-dd"], [3, date(2026, 3, 4), "yyyy-mm-dd"], [2, 1.5, "[h]:mm"]]
    file = book(tmp_path, rows, epoch=CALENDAR_MAC_1904)
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert [
            next(v for n, v in change["fields"].items() if n in FIELDS) for change in plan["changes"]
        ] == [
            "1904-01-01",
            "2026-03-04",
            "36:00:00",
        ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_times_and_days_of_every_kind_come_back_as_they_were(tmp_path: Path, kind: str) -> None:
    records = [
        {"Title": f"T{n}", "Start": start, "Due": due, "Seen": seen}
        for n, (start, due, seen) in enumerate(
            [
                ("37:30:00", "1850-03-01", "1850-03-01T12:00:00"),
                ("-00:30:00", "1900-02-28", "1900-01-01T00:00:00"),
                ("08:05:30.25", "1904-01-01", "2026-03-04T05:06:07.25"),
                ("00:00:00.123456", "1900-03-01", "2026-03-04T05:06:07.123456"),
                ("123456:00:01", "4000-12-31", "1899-12-31T23:59:59"),
            ]
        )
    ]
    async with office(tmp_path) as assistant:
        await made(assistant, "create_records", layout="Jobs", records=records)
        assert (await job(assistant, "5"))["Start"] == "-00:30:00"
        fields = ["Title", "Start", "Due", "Seen"]
        await assistant.ask("export_records", layout="Jobs", fields=fields, file=f"out.{kind}")
        if kind == "xlsx":
            sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
            assert sheet is not None
            assert sheet["C5"].value == timedelta(hours=37, minutes=30), "a length that can be summed"
        same = await assistant.refused("edit_records", layout="Jobs", file=f"out.{kind}", key="id")
        assert "8 as wanted already" in same
        await imported(assistant, written(tmp_path, "record id,Start\n4,38:00:00\n"), key="id")
        assert (await job(assistant, "4"))["Start"] == "38:00:00"
