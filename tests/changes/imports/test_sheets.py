"""Files of offices: what is read, what is asked, what is planned, and nothing that is written silently."""

from __future__ import annotations

import csv
import io
import shutil
import threading
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ...assistant import Assistant
from ..workshop_host import FOLDER, ended, in_workshop, job, made, planned

pytestmark = pytest.mark.anyio


def office(folder: Path, **more: str) -> Any:
    return in_workshop(environment={"FILEMAKER_FILES_FOLDER": str(folder)} | more)


def written(folder: Path, text: str, name: str = "in.csv", encoding: str = "utf-8") -> str:
    folder.joinpath(name).write_bytes(text.encode(encoding))
    return name


def notes(plan: dict[str, Any]) -> str:
    return " ".join(plan["notes"])


async def imported(assistant: Assistant, file: str, **arguments: Any) -> dict[str, Any]:
    return await made(assistant, "edit_records", layout="Jobs", file=file, **arguments)


async def jobs(assistant: Assistant, *fields: str) -> dict[str, list[Any]]:
    found = await assistant.ask("find_records", layout="Jobs", fields=["Code", *fields], limit=1000)
    return {row[1]: row[2:] for row in found["rows"]}


async def test_four_hundred_prices_with_german_decimals_become_one_plan_that_says_what_it_left_out(
    tmp_path: Path,
) -> None:
    known = [["Code", "Title", "Rate"], *([f"P{n:03}", f"Part {n}", "1"] for n in range(397))]
    prices = [[f"p{n:03}", f"{n},50", ""] for n in range(397)]
    prices[5][1], prices[6][1] = "", "12,5 Stk"
    prices += [["X-1", "1,00", ""], ["X-2", "1,00", ""], ["X-3", "1,00", ""], ["P007", "9,90", ""]]
    async with office(tmp_path) as assistant:
        with tmp_path.joinpath("parts.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(known)
        await ended(assistant, await made(assistant, "create_records", layout="Jobs", file="parts.csv"))
        text = "\n".join(";".join(row) for row in [["Code", "Rate", "Customer"], *prices])
        written(tmp_path, text, "prices.csv", "cp1252")
        plan = await planned(assistant, "edit_records", layout="Jobs", file="prices.csv", key="Code")
        said = notes(plan)
        assert "Numbers have a decimal comma." in said
        assert "3 have no record and are left out: row 399 (X-1)" in said
        assert "2 have the same key as another row and are left out: row 9 (p007); row 402 (P007)." in said
        assert "1 faulty and left out: row 8: 'Rate' holds '12,5 Stk', which is no number." in said
        assert "empty cells change nothing" in said
        done = await ended(assistant, await assistant.ask("apply_change", change_id=plan["change_id"]))
        assert done["records"] == {"done": 394}
        now = await jobs(assistant, "Rate")
        assert [now[f"P{n:03}"][0] for n in (0, 5, 6, 7, 8, 396)] == [0.5, 1, 1, 1, 8.5, 396.5]
        with tmp_path.joinpath("prices to correct.csv").open(encoding="utf-8-sig", newline="") as file:
            (faulty,) = csv.DictReader(file)
        assert (faulty["Rate"], faulty["row"]) == ("12,5 Stk", "8")


async def test_an_upsert_edits_the_known_and_creates_the_rest(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Title,Hours\na,Mend the sail,6\nN1,Deck,2\nN2,Keel,\n")
        plan = await planned(
            assistant, "edit_records", layout="Jobs", file=file, key="Code", when_missing="create"
        )
        assert plan["notes"][0] == "3 rows, 2 new, 1 to change."
        assert (await assistant.carried_out(plan["change_id"]))["records"] == {"done": 3}
        now = await jobs(assistant, "Title", "Hours")
        assert now["N1"] == ["Deck", 2]
        assert (now["A"] if "A" in now else now["a"])[1] == 6
        again = await assistant.refused(
            "edit_records", layout="Jobs", file=file, key="Code", when_missing="create"
        )
        assert "changes anything" in again
        assert "3 as wanted already" in again


@pytest.mark.parametrize(
    ("when_found", "when_missing", "words"),
    [
        ("refuse", "skip", "1 rows have a record that is there already: row 2 (A)"),
        ("edit", "refuse", "1 rows have no record: row 3 (N)"),
    ],
)
async def test_what_the_caller_refuses_is_named_with_its_row(
    tmp_path: Path, when_found: str, when_missing: str, words: str
) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Hours\nA,6\nN,2\n")
        refusal = await assistant.refused(
            "edit_records",
            layout="Jobs",
            file=file,
            key="Code",
            when_found=when_found,
            when_missing=when_missing,
        )
        assert words in refusal


async def test_two_fields_can_name_a_record_together(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Customer,Ref,Hours\nADA,R1,7\nAda,R2,8\n")
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key=["Customer", "Ref"])
        assert "1 have no record and are left out: row 3 (Ada, R2)" in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (await job(assistant, "1"))["Hours"] == 7


async def test_an_empty_cell_changes_nothing_unless_it_is_to_clear(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Customer,Hours\nA,,9\n")
        await imported(assistant, file, key="Code")
        assert (await job(assistant, "1"))["Customer"] == "Ada"
        await imported(assistant, file, key="Code", format={"empty": "clear"})
        assert (await job(assistant, "1")).get("Customer", "") == ""


async def test_columns_go_where_they_are_sent_and_every_row_gets_what_it_should(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Artikel,Std,Notiz\nA,9,x\n")
        columns = {"Artikel": "Code", "Std": "hours", "Notiz": None, "Status": {"value": "Done"}}
        plan = await planned(assistant, "edit_records", layout="Jobs", file=file, key="Code", map=columns)
        assert "The column 'Std' goes to the field 'Hours'." in notes(plan)
        assert "Skipped columns: 'Notiz'." in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        changed = await job(assistant, "1")
        assert (changed["Hours"], changed["Status"]) == (9, "Done")


@pytest.mark.parametrize(
    ("text", "arguments", "words"),
    [
        ("Code,Hours\nA,1,5\n", {}, "row 2: it has 3 cells under 2 headings"),
        ("Code,Hours\nA\n", {}, "row 2: it has 1 cell under 2 headings"),
        ("Code,Phone\nA,1\x1d2\x1d3\x1d4\n", {}, "has 4 repetitions, and the layout shows 3"),
        ("Code,Title\nA,1\x1d2\n", {}, "has 2 repetitions, and the layout shows 1"),
        (
            "Code,Rate,Due\nA,1.234,03/04/2026\n",
            {},
            'Say which: format = {"decimal": "point", "dates": "dmy"}',
        ),
        ("Code,Hours,Hours\nA,1,2\n", {}, "The heading 'Hours' stands above two columns"),
        ("Code,Hours, hours\nA,1,2\n", {}, "go to the field 'Hours'"),
        ("Code,Hourz\nA,1\n", {}, "The column 'Hourz' is no field of 'Jobs'; perhaps 'Hours'"),
        ("Code,Cost\nA,1\n", {}, "'Cost' is a calculation field"),
        ("Code,Sketch\nA,x\n", {}, "is a container"),
        ("Code,Rate\nA,1.234\n", {}, "1.234 is 1.234 (point) or 1.234 is 1234 (comma)"),
        ("Code,Due\nA,03/04/2026\n", {}, "03/04/2026 is 2026-04-03 (dmy) or 03/04/2026 is 2026-03-04 (mdy)"),
        ("Code,Hours\nA,1\n", {"key": "Title"}, "the file has no column for 'Title'"),
        ("Code,Hours\nA,1\n", {"key": None}, "`key` is missing"),
        (
            "Code,Hours\nA,1\n",
            {"map": {"Codes": "Code"}},
            "The file has no column 'Codes'; did you mean 'Code'?",
        ),
        ("Code,Hours\nA,1\n", {"format": {"decimals": "point"}}, "format has no 'decimals'"),
        ("Code,Hours\nA,1\n", {"format": {"dates": "german"}}, "dates is 'german'"),
        ("Code,Hours\nA,x\n", {"format": {"faulty": "refuse"}}, "1 rows are faulty"),
        ("Code,Hours\n", {}, "no rows"),
        ("", {}, "is empty"),
        ("<html><table><tr><td>Code</td></tr></table></html>", {}, "is a web page"),
        ("Code,Hours\nA,\x00\n", {}, "is no text file"),
    ],
)
async def test_what_cannot_be_told_is_asked_and_what_is_wrong_is_said(
    tmp_path: Path, text: str, arguments: dict[str, Any], words: str
) -> None:
    async with office(tmp_path) as assistant:
        given: dict[str, Any] = {"layout": "Jobs", "file": written(tmp_path, text), "key": "Code"} | arguments
        refusal = await assistant.refused("edit_records", **{k: v for k, v in given.items() if v is not None})
        assert words in refusal
        assert "Nothing was changed" in refusal or "changes anything" in refusal


async def test_a_new_record_takes_a_computed_value_from_its_own_row(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Title,Ref\nN1,Deck,R1\nN2,Sail,\nA,Mast,R3\n")
        given = {"Customer": {"value": {"field": "Ref"}}, "Hours": {"value": {"add": 2}}}
        await ended(
            assistant,
            await imported(assistant, file, key="Code", when_missing="create", map=given),
        )
        now = await jobs(assistant, "Customer", "Hours")
        assert (now["N1"], now["N2"][0] or "", now["N2"][1]) == (["R1", 2], "", 2)
        assert now["A"][1] == 7, "of a record that is there, what it holds"


@pytest.mark.parametrize(
    ("form", "rate", "due"),
    [
        ({"decimal": "comma", "dates": "dmy"}, 1123, "2026-04-03"),
        ({"decimal": "point", "dates": "mdy"}, 1.123, "2026-03-04"),
    ],
)
async def test_what_was_asked_is_answered_by_format(
    tmp_path: Path, form: dict[str, str], rate: float, due: str
) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Hours,Due\nA,1.123,03/04/2026\n")
        await imported(assistant, file, key="Code", format=form)
        changed = await job(assistant, "1")
        assert (changed["Hours"], changed["Due"]) == (rate, due)


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", "UTF-16"), ("cp1252", "Windows-1252")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
async def test_text_of_every_office_program_is_read(
    tmp_path: Path, encoding: str, said: str, delimiter: str
) -> None:
    text = (
        delimiter.join(["Code", "Title"])
        + "\r\n"
        + delimiter.join(["A", '"Große Überholung – für 5 €"'])
        + "\r\n"
    )
    async with office(tmp_path) as assistant:
        plan = await planned(
            assistant,
            "edit_records",
            layout="Jobs",
            file=written(tmp_path, text, encoding=encoding),
            key="Code",
        )
        assert said in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (await job(assistant, "1"))["Title"] == "Große Überholung – für 5 €"


async def test_two_encodings_that_both_read_well_are_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, "Code,Title\nA,Müller\n", encoding="mac_roman")
    async with office(tmp_path) as assistant:
        refusal = await assistant.refused("edit_records", layout="Jobs", file=file, key="Code")
        assert "row 2, 'Title' is 'Müller' (Mac Roman)" in refusal
        await imported(assistant, file, key="Code", format={"encoding": "Mac Roman"})
        assert (await job(assistant, "1"))["Title"] == "Müller"


async def test_the_forms_of_filemakers_own_exports_are_read(tmp_path: Path) -> None:
    """A vertical tab is a return, a group separator stands between repetitions."""
    text = '"Code","Title","Phone","Start"\r"A","Mend\x0bthe sail","1\x1d2\x1d3","8:05:30.25"\r'
    file = written(tmp_path, text, "in.mer")
    async with office(tmp_path) as assistant:
        await imported(assistant, file, key="Code")
        changed = await job(assistant, "1")
        assert (changed["Title"], changed["Start"]) == ("Mend\nthe sail", "08:05:30.25")
        assert [changed[name] for name in ("Phone(1)", "Phone(2)", "Phone(3)")] == ["1", "2", "3"]


async def test_an_export_that_was_changed_comes_back_as_what_was_changed(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        await made(
            assistant, "edit_records", layout="Jobs", ids=["2"], values={"Title": "=1+1", "Ref": "007"}
        )
        fields = ["Ref", "Title", "Hours", "Due"]
        for kind in ("csv", "xlsx"):
            await assistant.ask("export_records", layout="Jobs", fields=fields, file=f"out.{kind}")
            same = await assistant.refused("edit_records", layout="Jobs", file=f"out.{kind}", key="id")
            assert "3 as wanted already" in same
        book = openpyxl.load_workbook(tmp_path / "out.xlsx")
        sheet = book.active
        assert sheet is not None
        sheet["D2"] = 17.5
        book.save(tmp_path / "out.xlsx")
        plan = await planned(assistant, "edit_records", layout="Jobs", file="out.xlsx", key="id")
        assert plan["notes"][0] == "3 rows, 0 new, 1 to change, 2 as wanted already."
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert (await job(assistant, "1"))["Hours"] == 17.5
        assert (await job(assistant, "2"))["Title"] == "=1+1"


async def test_a_workbook_tells_formulas_without_results_and_failed_ones_by_their_rows(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Code", "Hours", "Ref"], ["A", 6.5, "0012"], ["B", "=A1*2", "x"], ["C", "#N/A", "y"]):
        sheet.append(row)
    book.create_sheet("Other").append(["nothing"])
    book.save(tmp_path / "in.xlsx")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", file="in.xlsx", key="Code")
        assert "row 3: 'Hours' holds '=A1*2', which is a formula without a result" in notes(plan)
        assert "row 4: 'Hours' holds '#N/A', which is what a failed formula shows" in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        changed = await job(assistant, "1")
        assert (changed["Hours"], changed["Ref"]) == (6.5, "0012")
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", file="in.xlsx", key="Code", sheet="Othr"
        )
        assert "Did you mean 'Other'?" in refusal


async def test_lines_below_a_repeated_header_become_one_record_with_its_rows(tmp_path: Path) -> None:
    text = (
        "Title,Code,Tasks::Text,Tasks::Minutes\nDeck,N1,Sand,30\n,N1,Paint,45\n,,Dry,600\nKeel,N2,Weld,90\n"
    )
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file=written(tmp_path, text))
        assert plan["notes"][0] == "4 rows, 2 new, 0 to change."
        await assistant.ask("apply_change", change_id=plan["change_id"])
        found = await assistant.ask("get_record", layout="Jobs", where={"Code": "N1"})
        assert [row[1] for row in found["portals"]["Tasks"]["rows"]] == ["Sand", "Paint", "Dry"]


async def test_lines_of_a_record_that_is_there_are_said_to_change_nothing(tmp_path: Path) -> None:
    text = "Code,Title,Tasks::Text\nA,Mended,Weld\nA,Mended,Oil\nN1,Deck,Sand\n"
    async with office(tmp_path) as assistant:
        file = written(tmp_path, text)
        plan = await planned(
            assistant, "edit_records", layout="Jobs", file=file, key="Code", when_missing="create"
        )
        assert "1 have a record already, and their related rows change nothing: row 2 (A)." in notes(plan)


async def test_blanks_around_a_key_name_no_other_record(tmp_path: Path) -> None:
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Title\n A,Mended \nN1 ,Deck\n")
        plan = await planned(
            assistant, "edit_records", layout="Jobs", file=file, key="Code", when_missing="create"
        )
        assert "2 have blanks around their key, which are left off: row 2 (A); row 3 (N1)." in notes(plan)
        await assistant.ask("apply_change", change_id=plan["change_id"])
        assert await jobs(assistant, "Title") == {
            "A": ["Mended "],
            "B": ["Paint the hull"],
            "C": ["New rope"],
            "N1": ["Deck"],
        }


@pytest.mark.parametrize(
    "spoilt",
    [
        "Deck,N1,Paint,many",  # a cell of the line
        "Deck,N1,Paint,4,5",  # one cell too many
        "Deck,N1,Paint",  # one too few
        ",,Dry,long",  # below a header that is left empty
    ],
)
async def test_a_record_with_a_faulty_row_is_faulty_as_a_whole(tmp_path: Path, spoilt: str) -> None:
    text = (
        f"Title,Code,Tasks::Text,Tasks::Minutes\nDeck,N1,Sand,30\n{spoilt}\nDeck,N1,Oil,10\nKeel,N2,Weld,90\n"
    )
    async with office(tmp_path) as assistant:
        constant = {"Customer": {"value": "Ada"}}
        plan = await planned(
            assistant, "create_records", layout="Jobs", file=written(tmp_path, text), map=constant
        )
        assert plan["notes"][0] == "4 rows, 1 new, 0 to change, 3 faulty."
        assert "row 2: its record has a faulty row, 3: " in notes(plan)
        assert [row["row"] for row in corrections(tmp_path)] == ["2", "3", "4"]


async def test_percentages_of_a_workbook_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Title", "Hours"])
    sheet.append(["Deck", 0.19])
    sheet["B2"].number_format = "0.0%"
    book.save(tmp_path / "in.xlsx")
    async with office(tmp_path) as assistant:
        plan = await planned(assistant, "create_records", layout="Jobs", file="in.xlsx")
        assert "Percentages in 'Hours' are read as fractions: 19 % is 0.19." in notes(plan)


@pytest.mark.parametrize("text", ["\n=1+1", "  =1+1", "\t@x", "one; =x", "'  -5", "'plain"])
async def test_a_text_that_looks_like_a_formula_is_guarded_and_comes_back(tmp_path: Path, text: str) -> None:
    async with office(tmp_path) as assistant:
        await made(assistant, "create_records", layout="Jobs", records=[{"Title": text, "Code": "G1"}])
        await assistant.ask(
            "export_records", layout="Jobs", where={"Code": "G1"}, fields=["Title"], file="out.csv"
        )
        raw = tmp_path.joinpath("out.csv").read_text(encoding="utf-8-sig")
        assert text == "'plain" or f"'{text}" in raw or "one;' =x" in raw
        refusal = await assistant.refused("edit_records", layout="Jobs", file="out.csv", key="id")
        assert "1 as wanted already" in refusal


async def test_the_cap_of_a_change_is_told_before_its_rows_are_planned(tmp_path: Path) -> None:
    rows = "\n".join(f"N{n},Deck,many" for n in range(30))
    async with office(tmp_path, FILEMAKER_MAX_RECORDS_PER_CHANGE="20") as assistant:
        file = written(tmp_path, f"Code,Title,Customer\n{rows}\n")
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", file=file, key="Code", when_missing="create"
        )
        assert "more than 20 records, and the owner allows 20 in one" in refusal


async def test_every_faulty_row_carries_its_reason_in_the_file_of_rows_to_correct(tmp_path: Path) -> None:
    exported = "'+49 89 1"  # with the apostrophe that an export of ours puts there
    rows = "\n".join(f"J{n},many,{n * 1000},Open,{exported}" for n in range(15))
    async with office(tmp_path) as assistant:
        text = f"Title,Hours,Rate,Status,Ref\nFine,1,2,Open,{exported}\n{rows}\nLate,1,2,Never,\n"
        file = written(tmp_path, text)
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert plan["notes"][0] == "17 rows, 1 new, 0 to change, 16 faulty."
        told = [row["why"] for row in corrections(tmp_path)]
        assert told[:15] == ["'Hours' holds 'many', which is no number"] * 15
        assert told[15] == "'Never' is not in the value list 'Status' of 'Status'"
        corrected = tmp_path / "in to correct.csv"
        text = corrected.read_text(encoding="utf-8-sig").replace("many", "4").replace("Never,", "Done,")
        corrected.write_text(text, encoding="utf-8-sig")
        again = await planned(assistant, "create_records", layout="Jobs", file=corrected.name)
        assert again["notes"][0] == "16 rows, 16 new, 0 to change."
        assert "Skipped columns: 'row', 'why'." in notes(again), "a file may have such columns of its own"
        assert plan["changes"][0]["fields"]["Ref"] == again["changes"][0]["fields"]["Ref"] == "+49 89 1"


def corrections(folder: Path) -> list[dict[str, str]]:
    with folder.joinpath("in to correct.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_a_file_is_looked_at_before_it_is_imported(tmp_path: Path) -> None:
    text = "Code;Hourz;Due\nA;1,5;03.04.2026\nB;2;31.12.2026\n"
    async with office(tmp_path) as assistant:
        listed = (await assistant.call("read_container", file="")).content[0]
        assert "newest" in listed.model_dump_json()
        written(tmp_path, text)
        shown = (await assistant.call("read_container", file="in.csv", layout="Jobs")).content[0]
        said = shown.model_dump_json()
        for words in ("semicolon", "comma", "dmy", "Hourz", "perhaps", "Hours"):
            assert words in said


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "is an Excel file of before 2007"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "is locked with a password"),
        ("broken.xlsx", b"PK\x03\x04" + bytes(600), "no XLSX file that can be read"),
    ],
)
async def test_files_that_only_look_like_sheets_are_named(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    tmp_path.joinpath(name).write_bytes(content)
    async with office(tmp_path) as assistant:
        assert words in await assistant.refused("create_records", layout="Jobs", file=name)


async def test_a_sheet_of_many_columns_is_read(tmp_path: Path) -> None:
    headings = ["Code", *(f"Extra {n}" for n in range(16_383))]
    text = io.StringIO()
    csv.writer(text).writerows([headings, ["A", *("x" for _ in headings[1:])]])
    async with office(tmp_path) as assistant:
        refusal = await assistant.refused(
            "edit_records", layout="Jobs", file=written(tmp_path, text.getvalue()), key="Code"
        )
        assert "'Extra 0' (and 16382 more)" in refusal


async def test_a_key_that_is_taken_spoils_its_row_and_no_other(tmp_path: Path) -> None:
    async with office(tmp_path, FILEMAKER_KEYS='{"Jobs": "Code"}') as assistant:
        file = written(tmp_path, "Code,Title\nN1,Deck\na,Sail\nN2,Keel\nN3,Mast\nn3,Boom\n")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert plan["notes"][0] == "5 rows, 2 new, 0 to change, 3 faulty."
        said = notes(plan)
        assert "row 3: 'Code' is the key of 'Jobs', and" in said
        assert "row 5: Two of the new records have the key 'N3'" in said
        refusal = await assistant.refused(
            "create_records", layout="Jobs", file=file, format={"faulty": "refuse"}
        )
        assert "3 rows are faulty" in refusal


async def test_a_file_that_is_being_written_is_not_planned_in_part(tmp_path: Path) -> None:
    path = tmp_path / written(tmp_path, "Code,Title\n" + "N,Keel\n" * 20_000)
    is_over, refusal = threading.Event(), ""

    def write() -> None:
        with path.open("a", encoding="utf-8") as file:
            while not is_over.wait(0.001):
                file.write("N,Keel\n")
                file.flush()

    writer = threading.Thread(target=write)
    async with office(tmp_path) as assistant:
        writer.start()
        try:
            for _ in range(20):  # the writer may have had no turn while it was read
                refusal = await assistant.refused("create_records", layout="Jobs", file="in.csv")
                if "was written to" in refusal:
                    break
        finally:
            is_over.set()
            writer.join()
        assert "'in.csv' was written to while it was read" in refusal
        assert "Nothing was changed" in refusal
        written(tmp_path, "Code,Title\nN1,Deck\n")
        await planned(assistant, "create_records", layout="Jobs", file="in.csv")


async def test_of_very_many_columns_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    headings = ["Code", *(f"Column {n}" for n in range(16_383))]
    async with office(tmp_path) as assistant:
        written(tmp_path, f"{','.join(headings)}\n{','.join('x' * 16_384)}\n")
        shown = (await assistant.call("read_container", file="in.csv", layout="Jobs")).content[0]
        assert '\\"more_columns\\":16184' in shown.model_dump_json()
        refusal = await assistant.refused("create_records", layout="Jobs", file="in.csv")
        assert "The column 'Column 0' (and 16382 more) is no field of 'Jobs'" in refusal


async def test_a_column_for_what_no_record_is_given_is_refused_with_its_reason(tmp_path: Path) -> None:
    solution = tmp_path / "workshop"
    shutil.copytree(FOLDER, solution)
    (described,) = solution.glob("*.toml")
    text = described.read_text(encoding="utf-8").replace("Ref = {}", "Ref = {}\nRound = { global = true }")
    described.write_text(text.replace('"ID", "Ref", ', '"ID", "Ref", "Round", '), encoding="utf-8")
    file = written(tmp_path, "Code,X\nN1,5\n")
    why = {
        "Round": "a global field, which belongs to no record",
        "Cost": "a calculation field, which FileMaker fills itself",
        "Total": "a summary field, which FileMaker fills itself",
        "Sketch": "a container, which takes files",
    }
    async with in_workshop(Emulator([solution]), {"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        for field, words in why.items():
            arguments = {"layout": "Jobs", "file": file, "map": {"X": field}}
            for refusal in (
                await assistant.refused("create_records", **arguments),
                await assistant.refused("edit_records", **arguments, key="Code"),
            ):
                assert f"The column 'X' cannot be written: {field!r} is {words}" in refusal
                assert "Nothing was changed" in refusal


async def test_rows_to_correct_keep_every_cell_and_come_back_until_they_are_right(tmp_path: Path) -> None:
    """A price of 12,50 in a file of commas is two cells: 12 alone would be another price."""
    async with office(tmp_path) as assistant:
        file = written(tmp_path, "Code,Title,Hours\nN1,Deck,12,50\nN2,Keel,x\n")
        await assistant.refused("create_records", layout="Jobs", file=file)
        kept = tmp_path.joinpath("in to correct.csv").read_text(encoding="utf-8-sig").splitlines()
        assert kept[:2] == [
            "Code,Title,Hours,surplus 1,row,why",
            "N1,Deck,12,50,2,it has 4 cells under 3 headings",
        ]
        refusal = await assistant.refused("create_records", layout="Jobs", file="in to correct.csv")
        assert "2 faulty and left out: row 2: it has 4 cells under 3 headings; row 3: 'Hours'" in refusal
        again = tmp_path.joinpath("in to correct (2).csv").read_text(encoding="utf-8-sig").splitlines()
        assert again[:2] == kept[:2]
        right = "\n".join(again).replace("12,50,", '"12,50",,').replace(",x,", ",'-1,")
        file = written(tmp_path, right, "right.csv")
        plan = await planned(assistant, "create_records", layout="Jobs", file=file)
        assert [change["fields"]["Hours"] for change in plan["changes"]] == [12.5, -1]
