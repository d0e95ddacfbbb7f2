"""Files of our own and back: what nobody touched stays as it is, and what could not be used comes back as it was meant."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ...host_of import host_of
from ..workshop_host import in_workshop, made, planned

pytestmark = pytest.mark.anyio

THINGS = """
name = "Workshop"
[tables.Things.fields]
id = {}
Title = {}
[layouts.Things]
occurrence = "Things"
fields = ["id", "Title"]
[scripts]
[privilege_sets."Data Entry"]
full_access = true
extended = ["fmrest"]
[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "Data Entry"
"""


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


async def test_what_an_export_has_of_other_tables_and_of_calculations_changes_nothing(tmp_path: Path) -> None:
    """Two lines of one job that name it differently would both be told as done, and one of them alone would stand."""
    async with office(tmp_path) as assistant:
        await assistant.ask("export_records", layout="Tasks", file="lines.csv")
        lines = tmp_path.joinpath("lines.csv").read_text(encoding="utf-8-sig")
        assert lines.startswith("id,Job ID,Text,Minutes,Jobs::Title")
        title = next(csv.DictReader(lines.splitlines()))["Jobs::Title"]
        refusal = await assistant.refused(
            "edit_records", layout="Tasks", file=written(tmp_path, lines.replace(title, "Other")), key="id"
        )
        assert "as wanted already" in refusal
        assert "Skipped columns: 'Jobs::Title'." in refusal
        named = {"Jobs::Title": "Jobs::Title"}
        plan = await planned(assistant, "edit_records", layout="Tasks", file="in.csv", key="id", map=named)
        assert plan["changes"][0]["fields"] == {"Jobs::Title": [title, "Other"]}
        await assistant.ask("export_records", layout="Jobs", file="jobs.csv")
        refusal = await assistant.refused("edit_records", layout="Jobs", file="jobs.csv", key="id")
        assert "Skipped columns: 'Cost'." in refusal
        file = written(tmp_path, "Code,Cost\nA,1\n")
        assert "'Cost' is a calculation" in await assistant.refused(
            "edit_records", layout="Jobs", file=file, key="Code"
        )


async def test_an_id_is_told_from_a_field_of_that_name(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        await assistant.ask("export_records", layout="Jobs", file="part.csv", fields=["Hours"])
        assert tmp_path.joinpath("part.csv").read_text(encoding="utf-8-sig").startswith("record id,Hours")
        file = written(tmp_path, "record id,Hours\n2,77\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="id")
        assert plan["changes"][0]["fields"]["Hours"][1] == 77
        file = written(tmp_path, "id,Hours\n2,77\n", "theirs.csv")
        shown = (await assistant.call("read_container", file=file, layout="Jobs")).content[0]
        assert """\\"perhaps\\":[\\"the record's id\\",\\"ID\\"]""" in shown.model_dump_json()
        asked = 'may be the record id of an export, or the field \'ID\'. Say which: map = {"id": "id"} or {"id": "ID"}'
        for tool, more in (("edit_records", {"key": "id"}), ("create_records", {})):
            assert asked in await assistant.refused(tool, layout="Jobs", file=file, **more)
        columns = {"id": "ID", "Title": {"value": "New"}}
        plan = await planned(assistant, "create_records", layout="Jobs", file=file, map=columns)
        assert plan["changes"][0]["fields"]["ID"] == "2"
        file = written(tmp_path, "id,ID,Title\n7,J-900,New\n")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert "Skipped columns: 'id'." in notes(plan)


async def test_an_export_of_a_table_whose_field_is_called_id_comes_back(tmp_path: Path) -> None:
    solution = tmp_path / "solution"
    solution.joinpath("data").mkdir(parents=True)
    solution.joinpath("data/Things.csv").write_text("id,Title\n2,one\n1,two\n", encoding="utf-8")
    solution.joinpath("things.toml").write_text(THINGS, encoding="utf-8")
    environment = {"FILEMAKER_FILES_FOLDER": str(tmp_path)}
    async with in_workshop(host_of(solution), environment) as assistant:
        for name in ("things.csv", "things.jsonl"):
            await assistant.ask("export_records", layout="Things", file=name)
        assert tmp_path.joinpath("things.jsonl").read_text(encoding="utf-8").splitlines()[0] == (
            '{"record id":"1","id":"2","Title":"one"}'
        )
        await assistant.ask("export_records", layout="Things", file="titles.csv", fields=["Title"])
        for name in ("things.csv", "titles.csv"):
            text = tmp_path.joinpath(name).read_text(encoding="utf-8-sig").replace("one", "ONE")
            plan = await planned(
                assistant, "edit_records", layout="Things", file=written(tmp_path, text), key="record id"
            )
            assert plan["changes"][0]["fields"] == {"Title": ["one", "ONE"]}
        file = written(tmp_path, "id,Title\n2,ONE\n")
        plan = await planned(assistant, "edit_records", layout="Things", file=file, key="id")
        assert plan["changes"][0]["fields"] == {"Title": ["one", "ONE"]}


async def test_a_field_takes_its_values_from_one_place(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Hours\nA,5\n")
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", file=file, key="Code", map={"hours": {"multiply": 2}}
        )
        assert "'Hours' has a value for every row, and the column 'Hours'" in refusal
        file = written(tmp_path, "Code,Phone,Phone(2)\nA,1\x1d2,3\n")
        refusal = await assistant.refused("edit_records", layout="Jobs", file=file, key="Code")
        assert "row 2: two of its cells fill 'Phone(2)'" in refusal


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_text_that_a_file_cannot_hold_whole_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    texts = ["x" * 33_000, "'=1", "''=1", "a;'=b", "a\x0bb", "a\x01b", "'\t=", "=1", "'a"]
    if kind == "xlsx":
        texts += ["a\x1db", "a\ufffeb"]
    records = [{"Title": f"T{n}", "Ref": text} for n, text in enumerate(texts)]
    async with office(tmp_path) as assistant:
        await made(assistant, "create_records", layout="Jobs", records=records)
        told = await assistant.ask("export_records", layout="Jobs", fields=["Title", "Ref"], file=f"o.{kind}")
        cut = {"cut_texts": "1: a cell holds 32,767 characters; CSV and jsonl hold all"}
        assert {name: told[name] for name in told if name == "cut_texts"} == (cut if kind == "xlsx" else {})
        same = await assistant.refused("edit_records", layout="Jobs", file=f"o.{kind}", key="id")
        assert f"{3 + len(texts)} as wanted already" in same


async def test_an_apostrophe_of_the_text_can_be_taken_off_by_csv(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "'=x"})
        for cell, is_same in (("''=x", True), ("'=x", False), ("=x", False)):
            file = written(tmp_path, f"id,Ref\n1,{cell}\n")
            asked: dict[str, Any] = {"layout": "Jobs", "file": file, "key": "id", "map": {"id": "id"}}
            if is_same:
                assert "1 as wanted already" in await assistant.refused("edit_records", **asked)
            else:
                plan = await planned(assistant, "edit_records", **asked)
                assert plan["changes"][0]["fields"] == {"Ref": ["'=x", "=x"]}


async def test_a_cell_that_means_nothing_but_is_what_the_record_holds_changes_nothing(tmp_path: Path) -> None:
    """A number field of FileMaker may hold a text, and a text field what a failed formula shows."""
    solution = tmp_path / "solution"
    solution.joinpath("data").mkdir(parents=True)
    data = "id,Title,Price\n1,#N/A,12 kg\n2,two,5\n"
    solution.joinpath("data/Things.csv").write_text(data, encoding="utf-8")
    things = THINGS.replace("Title = {}", 'Title = {}\nPrice = { type = "number" }')
    things = things.replace('"id", "Title"', '"id", "Title", "Price"')
    solution.joinpath("things.toml").write_text(things, encoding="utf-8")
    async with in_workshop(host_of(solution), {"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        await assistant.ask("export_records", layout="Things", file="things.csv")
        text = tmp_path.joinpath("things.csv").read_text(encoding="utf-8-sig")
        asked: dict[str, Any] = {"layout": "Things", "key": "record id", "when_missing": "create"}
        file = written(tmp_path, text.replace("1,1,", "1,9,"))
        plan = await planned(assistant, "edit_records", file=file, **asked)
        assert [change["fields"] for change in plan["changes"]] == [{"id": ["1", "9"]}]
        file = written(tmp_path, text.replace("12 kg", "13 kg") + "77,7,new,1 kg\n")
        refusal = await assistant.refused("edit_records", file=file, **asked)
        assert "row 2: 'Price' holds '13 kg', which is no number; row 4: 'Price' holds '1 kg'" in refusal
