"""What office programs write, byte for byte: FileMaker's exports, Excel, Numbers; and what people do to a sheet."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ..workshop_host import job, made, planned
from .test_sheets import notes, office, written

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("filemaker.mer", b'Code,Title,Hours\r"A","Gro\xc3\x9fe \x0b""Tour""","7.5"\r"B","","8"\r'),
        ("filemaker.tab", b'Code\tTitle\tHours\rA\tGro\xc3\x9fe \x0b"Tour"\t7.5\rB\t\t8\r'),
        ("excel.csv", b'\xef\xbb\xbfCode;Title;Hours\r\nA;"Gro\xc3\x9fe \n""Tour""";7,5\r\nB;;8\r\n'),
        ("numbers.csv", b'Code,Title,Hours\nA,"Gro\xc3\x9fe \n""Tour""",7.5\nB,,8\n'),
        ("numbers (european).csv", b'Code;Title;Hours\nA;"Gro\xc3\x9fe \n""Tour""";7,5\nB;;8'),
    ],
)
async def test_the_files_of_each_program_mean_the_same(tmp_path: Path, name: str, content: bytes) -> None:
    """Made by what is known of each program, and not by the programs: FileMaker ends rows with a return and writes a return
    within a field as a vertical tab, Excel begins with a mark and takes the separator of its country, Numbers has no mark."""
    tmp_path.joinpath(name).write_bytes(content)
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", file=name, key="Code")
        assert plan["notes"][0] == "2 rows, 0 new, 2 to change."
        await assistant.ask("apply_change", change_id=plan["change_id"])
        first, second = await job(assistant, "1"), await job(assistant, "2")
        assert (first["Title"], first["Hours"]) == ('Große \n"Tour"', 7.5)
        assert (second["Title"], second["Hours"]) == ("Paint the hull", 8)


NASTY = [
    "=1+1",
    "'=1+1",
    "''-2",
    "a;=b",
    "a;'=b;-c",
    "ok;fine",
    "\t=x",
    "+49 30",
    "'quoted",
    "''",
    "0012",
    "1E5",
    "x\ufffey",
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_texts_that_could_act_as_formulas_leave_guarded_and_come_back_as_they_were(
    tmp_path: Path, kind: str
) -> None:
    texts = NASTY if kind == "csv" else [text for text in NASTY if "'" not in text]
    async with office(tmp_path) as assistant:
        records = [{"Title": f"T{n}", "Ref": text} for n, text in enumerate(texts)]
        await made(assistant, "create_records", layout="Jobs", records=records)
        await assistant.ask("export_records", layout="Jobs", fields=["Title", "Ref"], file=f"out.{kind}")
        if kind == "csv":
            with tmp_path.joinpath("out.csv").open(encoding="utf-8-sig", newline="") as file:
                for line in csv.reader((line.replace('"', "") for line in file), delimiter=";"):
                    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line)
        same = await assistant.refused("edit_records", layout="Jobs", file=f"out.{kind}", key="id")
        assert f"{len(texts) + 3} as wanted already" in same


@pytest.mark.parametrize(
    ("cell", "hours"),
    [
        ("(1.234,50)", -1234.5),
        ("(€ 5,00)", -5),
        ("-€5", -5),
        ("5,25-", -5.25),
        ("−5", -5),
        ("12,-", 12),
        ("CHF 1'234,50", 1234.5),
        ("1 234,50 kr", 1234.5),
        ("12 LTR", "which is no number"),
        ("030 123 456", "which is no number"),
        ("19 %", "which is a percentage"),
        ("SKU5", "which is no number"),
        ("(-5)", "which is no number"),
        ("+49 171 123 456", "which is no number"),
        ("(0171)", "which is no number"),
        ("007-", "which is no number"),
        ("€ 007", "which is no number"),
        ("1-2", "which is no number"),
        ("12 St.", "which is no number"),
        ("1/2", "which is no number"),
        ("１２", "which is no number"),
        ("١٢", "which is no number"),
    ],
)
async def test_an_amount_is_read_as_people_write_it_or_told(
    tmp_path: Path, cell: str, hours: float | str
) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, f"Code;Hours\nA;{cell}\nB;0,75\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code")
        if isinstance(hours, str):
            assert hours in notes(plan)
            return
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (await job(assistant, "1"))["Hours"] == hours


async def test_a_number_of_a_file_is_kept_with_the_characters_that_create_records_keeps(
    tmp_path: Path,
) -> None:
    cells = ["007", "-007", "+49", ".5", "00.50", "7", "49.0", "171123456789012345678901234567"]
    async with office(tmp_path) as assistant:
        rows = "".join(f"F{n},{cell}\n" for n, cell in enumerate(cells))
        file = written(tmp_path, f"Title,Hours\n{rows}", name="cells.csv")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert [change["fields"]["Hours"] for change in plan["changes"]][:5] == cells[:5]
        await assistant.ask("apply_change", change_id=plan["change_id"])
        records = [{"Title": f"R{n}", "Hours": cell} for n, cell in enumerate(cells)]
        await made(assistant, "create_records", layout="Jobs", records=records)
        found = await assistant.ask("find_records", layout="Jobs", fields=["Title", "Hours"])
        hours = {row[1]: row[2] for row in found["rows"]}
        assert [str(hours[f"F{n}"]) for n in range(len(cells))] == [
            str(hours[f"R{n}"]) for n in range(len(cells))
        ]
        same = written(tmp_path, "Title,Hours\nF0,7\nF2,49\nF5,007\n")
        refused = await assistant.refused("edit_records", layout="Jobs", file=same, key="Title")
        assert "3 as wanted already" in refused


async def test_what_is_taken_off_a_number_is_told(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        cells = ["€ 5", "(100)", "100-", "−5", "1 234", "1.234,50", "12,-", "7,5", "8", " "]
        rows = "".join(f"F{n};{cell}\n" for n, cell in enumerate(cells))
        file = written(tmp_path, f"Title;Hours\n{rows}")
        told = notes(await planned(assistant, "create_records", layout="Jobs", file=file))
        assert "Read as numbers: € 5 = 5; (100) = -100; 100- = -100; −5 = -5." in told
        few = written(tmp_path, "Title;Hours\nA;49 171 123\nB;0,5\n")
        told = notes(await planned(assistant, "create_records", layout="Jobs", file=few))
        assert "Read as numbers: 49 171 123 = 49171123." in told
        plain = written(tmp_path, "Title;Hours\nA;7,5\nB;007\n")
        told = notes(await planned(assistant, "create_records", layout="Jobs", file=plain))
        assert "Read as numbers" not in told


async def test_half_a_unit_with_a_point_is_no_five_hundred_among_decimal_commas(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code;Hours\nA;0.500\nB;0,75\nC;1,5\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code")
        assert "row 2: 'Hours' holds '0.500', which is no number" in notes(plan)
        assert [change["fields"]["Hours"][1] for change in plan["changes"]] == [0.75, 1.5]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("Price list 2026,\n,\nCode,Hours\nA,7\n", "3"),
        ("A,7\nZZ,1\n", "none"),
        ("Code,Hours\n(text),(h)\nA,7\n", None),
    ],
)
async def test_headings_can_stand_below_a_title_or_be_missing(
    tmp_path: Path, text: str, headings: str | None
) -> None:
    async with office(tmp_path) as assistant:
        arguments: dict[str, Any] = {"layout": "Jobs", "file": written(tmp_path, text), "key": "Code"}
        if headings is not None:
            told = await assistant.refused("edit_records", **arguments)
            assert 'format = {"headings": "3"} or "none"' in told
            arguments["format"] = {"headings": headings}
        if headings == "none":
            arguments["map"] = {"1": "Code", "2": "Hours"}
        await made(assistant, "edit_records", **arguments)
        assert (await job(assistant, "1"))["Hours"] == 7
        missing = await assistant.refused("edit_records", **arguments | {"format": {"headings": "77"}})
        assert "has no row '77'" in missing


async def test_a_row_of_totals_becomes_no_record(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Title;Ref;Hours\nTotal;Station;3\nDeck;x;2\nSumme:;;5\n")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert plan["notes"][0] == "3 rows, 2 new, 0 to change, 1 faulty."
        assert "row 4: it looks like the totals of the rows above" in notes(plan)


async def test_what_a_workbook_hides_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["Code", "Title", "", "Hours"],
        ["A", "Deck", "lost", 5.5],
        ["B", "Keel", None, 2],
        ["C", None, None, 3],
    ):
        sheet.append(row)
    sheet.merge_cells("B3:B4")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.save(tmp_path / "in.xlsx")
    async with office(tmp_path) as assistant:
        said = notes(await planned(assistant, "edit_records", layout="Jobs", file="in.xlsx", key="Code"))
        assert "Merged cells, of which only the first has a value: B3:B4." in said
        assert "1 hidden rows are read like the others. 1 hidden columns are read like the others." in said
        assert "Columns without a heading are left out: column 3." in said
        shown = (await assistant.call("read_container", file="in.xlsx", layout="Jobs")).content[0]
        assert "hidden_rows" in shown.model_dump_json()


async def test_zeros_that_a_spreadsheet_took_off_are_pointed_out(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "0012"})
        file = written(tmp_path, "Code,Ref\nA,12\nB,R5\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code")
        assert (
            "1 texts would change as numbers do, which a spreadsheet may have done by itself: row 2 ('Ref' to '12')."
        ) in notes(plan)


async def test_a_day_with_midnight_behind_it_is_that_day(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code;Due\nA;31.12.2026 00:00:00\nB;2026-12-30 00:00\nC;30.12.2026 08:00\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code")
        assert "row 4: 'Due' holds '30.12.2026 08:00', which is no date" in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert [(await job(assistant, n))["Due"] for n in ("1", "2")] == ["2026-12-31", "2026-12-30"]


async def test_a_file_beyond_the_owners_cap_is_refused_before_its_rows_are_planned(tmp_path: Path) -> None:
    rows = "".join(f"T{n},wrong\n" for n in range(20_000))
    async with office(tmp_path, FILEMAKER_MAX_RECORDS_PER_CHANGE="19999") as assistant:
        file = written(tmp_path, f"Title,Ref\n{rows}")
        refusal = await assistant.refused("create_records", layout="Jobs", file=file)
        assert "This change has 20000 records, and the owner allows 19999 in one" in refusal


async def test_a_statement_is_read_below_the_lines_that_stand_above_its_headings(tmp_path: Path) -> None:
    """A bank's: the account and the period first, the balance last."""
    lines = "Konto;DE02 1203\nZeitraum;01.10. - 31.10.\n\nTitle;Hours;Ref;Customer\nRent, Oct;-1.234,56;EUR;C1\nTax;99,00-;EUR;C1\n"
    file = written(tmp_path, f"{lines};3.666,44;EUR;Endsaldo\n")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=file, format={"headings": "4"})
        assert [change["fields"]["Hours"] for change in plan["changes"]] == [-1234.56, -99]
        assert "row 7: it looks like the totals of the rows above" in notes(plan)


async def test_headings_that_stand_again_on_each_page_become_no_record(tmp_path: Path) -> None:
    file = written(tmp_path, "Title,Ref\nDeck,1\nTitle,Ref\nKeel,2\n")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert [change["fields"]["Title"] for change in plan["changes"]] == ["Deck", "Keel"]
        assert "1 faulty and left out: row 3: it repeats the headings." in notes(plan)
        counted = written(tmp_path, "1\t2\n7\t2\n", "pairs.tab")
        arguments: dict[str, Any] = {"format": {"headings": "none"}, "map": {"1": "Title", "2": "Ref"}}
        plan = await planned(assistant, "create_records", layout="Jobs", file=counted, **arguments)
        assert [change["fields"]["Title"] for change in plan["changes"]] == ["1", "7"]


async def test_a_number_that_is_shown_with_zeros_before_it_keeps_them(tmp_path: Path) -> None:
    """As a postcode is, which a workbook holds as a number."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Title", "Ref", "Hours"], ["Deck", 1067, 1067]):
        sheet.append(row)
    sheet["B2"].number_format = sheet["C2"].number_format = "00000"
    book.save(tmp_path / "in.xlsx")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file="in.xlsx")
        (change,) = plan["changes"]
        assert (change["fields"]["Ref"], change["fields"]["Hours"]) == ("01067", "01067")
