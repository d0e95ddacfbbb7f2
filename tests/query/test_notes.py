"""Solution notes: what the owner wrote down applies to every question, is named in every answer, and yields to what a question says."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.errors import ConfigurationError

from ..assistant import Assistant, assisted, said
from .ledger import Invoice, Ledger, kept

pytestmark = pytest.mark.anyio

COUNT = 2_000
NOTES = """
approved = "Marta, 2026-11-22"

[layouts.Invoices]
synonyms = ["bills"]
trusted = true
date = "Date"

[[layouts.Invoices.leave_out]]
label = "archived invoices"
where = { Archived = 1 }

[layouts.Invoices.fields]
Total = ["turnover", "amount"]

[layouts.Invoices.spellings.Status]
paid = ["Paid ", "settled"]

[layouts.Invoices.measures.revenue]
measure = { sum = "Total" }
where = { Status = "paid" }
meaning = "what was paid for, before tax"
"""
"""The table has no `settled`; it stands for a spelling that comes and goes."""

RUNBOOK = """
[records]
layout = "Invoices"
where = { Region = "North" }
most = 2000

[each]
edit = { Remark = "reminded" }
"""


@asynccontextmanager
async def noted(
    folder: Path, notes: str = NOTES, **settings: object
) -> AsyncGenerator[tuple[Assistant, Ledger]]:
    ledger, solution = kept(COUNT)
    file = folder / "ledger.notes.toml"
    file.write_text(notes, encoding="utf-8")
    environment = {
        "FILEMAKER_DATABASE": "Ledger",
        "FILEMAKER_TIME_ZONE": "Europe/Berlin",
        "FILEMAKER_NOTES": str(file),
    }
    async with assisted(
        environment | {k: str(v) for k, v in settings.items()}, emulator=Emulator(solution)
    ) as assistant:
        yield assistant, ledger


def total(invoices: list[Invoice]) -> Decimal:
    return sum((each.total for each in invoices), Decimal(0))


def is_paid(invoice: Invoice) -> bool:
    return invoice.status in ("paid", "Paid ")


LEFT = "archived invoices left out; where 'Archived': 1 asks for them"


async def test_archived_records_are_left_out_of_every_kind_of_answer_and_it_says_how_many(
    tmp_path: Path,
) -> None:
    books = tmp_path / "books"
    books.mkdir()
    (books / "remind.toml").write_text(RUNBOOK, encoding="utf-8")
    async with noted(tmp_path, FILEMAKER_FILES_FOLDER=tmp_path / "files", FILEMAKER_RUNBOOKS=books) as (
        assistant,
        ledger,
    ):
        live = [each for each in ledger.invoices if not each.archived]
        left = [f"{COUNT - len(live)} {LEFT}"]

        every = await assistant.ask(
            "summarize_records", layout="Invoices", measures=["count", {"sum": "Total"}]
        )
        assert every["found"] == every["figures"]["count"] == len(live)
        assert Decimal(str(every["figures"]["sum Total"])) == total(live)
        assert every["notes"] == left
        assert "Archived" not in str(every.get("remarks"))

        north = [each for each in live if each.region == "North"]
        gone = sum(1 for each in ledger.invoices if each.archived and each.region == "North")
        before = len(assistant.emulator.requests)
        result = await assistant.call("find_records", layout="Invoices", where={"Region": "North"}, limit=3)
        found = result.structured_content
        assert found is not None
        assert found["found"] == len(north)
        assert found["notes"] == [f"{gone} {LEFT}"]
        assert f"{gone} {LEFT}" in said(result)
        assert len(assistant.emulator.requests) - before == 2, "the find, and one small find that counts"
        before = len(assistant.emulator.requests)
        again = await assistant.ask("find_records", found_set=found["found_set"], limit=3)
        assert again["notes"] == found["notes"]
        assert len(assistant.emulator.requests) - before == 1, "counted once for a found set"
        before = len(assistant.emulator.requests)
        later = await assistant.ask("find_records", layout="Invoices", limit=3, offset=3)
        assert later["notes"] == [LEFT]
        assert len(assistant.emulator.requests) - before == 1, "not counted again for a later page"

        one = await assistant.ask("get_record", layout="Invoices", where={"Number": north[0].number})
        assert one["notes"] == [f"0 {LEFT}"]
        archived = next(each for each in ledger.invoices if each.archived)
        none = await assistant.ask("get_record", layout="Invoices", where={"Number": archived.number})
        assert (none["found"], none["notes"]) == (0, [f"1 {LEFT}"])
        by_id = await assistant.ask("get_record", layout="Invoices", id=str(int(archived.number)))
        assert by_id["fields"]["Number"] == archived.number, "an id names a record whatever the notes say"

        file = await assistant.ask("export_records", file="live", layout="Invoices", fields=["Number"])
        assert (file["rows"], file["notes"]) == (len(live), left)

        deleted = await assistant.ask("delete_records", found_set=found["found_set"], max_records=COUNT)
        assert deleted["summary"].startswith(f"Delete {len(north)} records")
        assert f"{gone} {LEFT}" in deleted["notes"]
        edited = await assistant.ask(
            "edit_records",
            layout="Invoices",
            where={"Region": "South", "Status": "open"},
            values={"Remark": "x"},
            max_records=COUNT,
        )
        assert "leaving out: Archived is 1" in edited["summary"]
        assert LEFT in edited["notes"][0]
        run = await assistant.ask("run_script", script="remind")
        assert f"Edit {len(north)} records" in run["summary"]
        assert "leaving out: Archived is 1" in run["summary"]


async def test_a_scope_holds_for_what_is_left_out_and_for_its_count(tmp_path: Path) -> None:
    scope = {"Invoices": {"where": {"Region": "North"}, "key": "Number"}}
    async with noted(tmp_path, FILEMAKER_SCOPE=json.dumps(scope)) as (assistant, ledger):
        north = [each for each in ledger.invoices if each.region == "North"]
        live = [each for each in north if not each.archived]
        for tool in ("find_records", "summarize_records"):
            answer = await assistant.ask(tool, layout="Invoices")
            assert answer["found"] == len(live)
            assert answer["notes"] == [f"{len(north) - len(live)} {LEFT}"]


async def test_only_the_left_out_value_itself_asks_for_what_is_left_out(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        archived = [each for each in ledger.invoices if each.archived]
        decided = "archived invoices are not left out here, because the criteria ask for them"
        for where in (
            {"Archived": 1},
            {"Archived": [1, 2]},
            {"Archived": {"is": "1"}},
            [{"Archived": 1, "Region": region} for region in ("North", "South", "East", "West")],
        ):
            answer = await assistant.ask("find_records", layout="Invoices", limit=1, where=where)
            assert answer["found"] == len(archived), where
            assert answer["notes"] == [decided]
        for where in ({"Archived": {"not": 2}}, {"Archived": None}, {"Archived": {"not": {"gt": 5}}}):
            answer = await assistant.ask("find_records", layout="Invoices", limit=1, where=where)
            assert answer["found"] == COUNT - len(archived), where
        none = await assistant.ask("find_records", layout="Invoices", where={"Archived": {"empty": False}})
        assert (none["found"], none["notes"]) == (0, [LEFT])


async def test_in_an_or_only_the_branch_that_asks_for_it_has_what_is_left_out(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        wanted = [
            each
            for each in ledger.invoices
            if (each.archived and each.region == "North") or (not each.archived and each.status == "open")
        ]
        either = [{"Archived": 1, "Region": "North"}, {"Status": "open"}]
        answer = await assistant.ask(
            "summarize_records", layout="Invoices", where=either, measures=["count", {"sum": "Total"}]
        )
        assert answer["found"] == len(wanted)
        assert Decimal(str(answer["figures"]["sum Total"])) == total(wanted)
        assert answer["notes"] == [LEFT]
        narrower = await assistant.ask(
            "find_records", found_set=answer["found_set"], where={"Region": "South"}, limit=1
        )
        assert narrower["found"] == sum(1 for each in wanted if each.region == "South")


async def test_a_void_value_stays_left_out_where_another_value_is_excluded(tmp_path: Path) -> None:
    notes = NOTES.replace('label = "archived invoices"', 'label = "void invoices"').replace(
        "{ Archived = 1 }", '{ Status = "cancelled" }'
    )
    async with noted(tmp_path, notes) as (assistant, ledger):
        answer = await assistant.ask(
            "summarize_records", layout="Invoices", where={"Status": {"not": "paid"}}, measures=["sum Total"]
        )
        wanted = [each for each in ledger.invoices if each.status == "open"]
        assert Decimal(str(answer["figures"]["sum Total"])) == total(wanted)
        assert "where 'Status': 'cancelled' asks for them" in answer["notes"][0]


async def test_names_spellings_periods_and_measures_are_those_of_the_owner(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, ledger):
        live = [each for each in ledger.invoices if not each.archived]
        paid = [each for each in live if is_paid(each)]
        odd = sum(1 for each in live if each.status == "Paid ")

        by_status = await assistant.ask(
            "summarize_records",
            layout="bills",
            measures=["count", {"sum": "turnover"}, {"distinct": "Status"}],
            group_by=["Status"],
            sort=["-sum turnover"],
        )
        figures = {row[0]: row[1:] for row in by_status["rows"]}
        assert set(figures) == {"paid", "open", "cancelled"}
        assert (figures["paid"][0], Decimal(str(figures["paid"][1]))) == (len(paid), total(paid))
        assert by_status["rows"][0][0] == "paid"
        assert by_status["total"]["distinct Status"] == 3
        assert by_status["layout"] == "Invoices"
        assert "'bills' is the layout 'Invoices'" in by_status["notes"]
        assert "'turnover' is read as 'Total'" in by_status["notes"]
        assert by_status["spellings"] == [f"Status: 'Paid ' ({odd:,}) counted as 'paid'"]

        behind = await assistant.ask(
            "find_records", found_set=by_status["found_set"], group={"Status": "paid"}, limit=1
        )
        assert behind["found"] == len(paid)
        assert LEFT in behind["notes"], "how many of the whole question says nothing about a group"

        for where in (
            {"Status": "paid"},
            {"Status": "settled"},
            {"Status": {"is": "PAID"}},
            {"Status": {"any_of": ["paid", "nothing else"]}},
            {"Status": {"not": ["open", "cancelled"]}},
            {"Status": {"not": {"not": "Paid "}}},
        ):
            answer = await assistant.ask("find_records", layout="Invoices", where=where, fields=["amount"])
            assert answer["found"] == len(paid), where
            assert answer["columns"] == ["id", "Total"]
        exact = await assistant.ask(
            "find_records", layout="Invoices", where={"Status": {"case_exact": "Paid "}}, limit=1
        )
        assert exact["found"] == odd

        revenue = await assistant.ask(
            "summarize_records",
            layout="Invoices",
            where={"date": "2024"},
            measures=["revenue"],
            group_by=[{"by": "quarter"}],
        )
        of_2024 = [each for each in paid if each.date is not None and each.date.year == 2024]
        assert revenue["columns"] == ["Date (quarter)", "revenue"]
        assert Decimal(str(revenue["total"]["revenue"])) == total(of_2024)
        assert revenue["found"] == len(of_2024)
        assert {
            "'date' is read as 'Date'",
            "periods are those of 'Date'",
            'revenue is {"sum": "Total"}: what was paid for, before tax',
        } & set(revenue["notes"]) == {
            "periods are those of 'Date'",
            'revenue is {"sum": "Total"}: what was paid for, before tax',
        }
        compared = await assistant.ask(
            "summarize_records",
            layout="Invoices",
            where={"Date": "2024"},
            measures=["revenue"],
            compare="previous_year",
        )
        of_2023 = [each for each in paid if each.date is not None and each.date.year == 2023]
        assert Decimal(str(compared["figures"]["revenue before"])) == total(of_2023)
        held = await assistant.ask("find_records", layout="Invoices", where={"Region": "East"}, limit=1)
        east = await assistant.ask(
            "summarize_records", found_set=held["found_set"], measures=["Revenue"], group_by=["month"]
        )
        assert Decimal(str(east["total"]["revenue"])) == total([e for e in paid if e.region == "East"])
        mixed = await assistant.refused(
            "summarize_records", layout="Invoices", measures=["revenue", {"average": "Total"}]
        )
        assert "rests on certain records only" in mixed


async def test_an_assistant_is_told_what_the_notes_hold(tmp_path: Path) -> None:
    async with noted(tmp_path) as (assistant, _):
        layouts = await assistant.ask("list_layouts")
        assert layouts["trusted"] == ["Invoices"]
        assert layouts["layouts"][0] == "Invoices"
        assert layouts["also_called"] == {"Invoices": ["bills"]}
        assert (await assistant.ask("list_layouts", search="bill"))["layouts"] == ["Invoices"]
        (described,) = (await assistant.ask("describe_layout", layouts=["bills"]))["layouts"]
        assert described["notes"]["left_out_by_default"] == {"archived invoices": {"Archived": 1}}
        assert described["notes"]["measures"]["revenue"]["meaning"].startswith("what was paid")
        assert "archive_flags" not in described.get("guesses", {})


async def test_a_draft_is_never_applied(tmp_path: Path) -> None:
    async with noted(tmp_path, NOTES.replace('"Marta, 2026-11-22"', "false")) as (assistant, ledger):
        answer = await assistant.ask("summarize_records", layout="Invoices")
        assert answer["found"] == COUNT
        assert "notes" not in answer
        archived = sum(1 for each in ledger.invoices if each.archived)
        assert f"Archived is set on {archived}" in str(answer["remarks"])
        (described,) = (await assistant.ask("describe_layout", layouts=["Invoices"]))["layouts"]
        assert described["guesses"]["archive_flags"] == ["Archived"]
        assert "bills" in await assistant.refused("find_records", layout="bills")


async def test_notes_that_do_not_fit_the_layout_are_refused_and_not_overlooked(tmp_path: Path) -> None:
    wrong = NOTES.replace("where = { Archived = 1 }", "where = { Archivd = 1 }").replace(
        "Total = [", "Totl = ["
    )
    async with noted(tmp_path, wrong) as (assistant, _):
        text = await assistant.refused("summarize_records", layout="Invoices")
        for part in ("ledger.notes.toml, line 11", "archived invoices", "'Archivd'", "'Archived'", "owner"):
            assert part in text
        text = await assistant.refused("summarize_records", layout="Invoices", measures=[{"sum": "turnover"}])
        assert "Archivd" in text
        text = await assistant.refused("find_records", layout="Lines", where={"turnover": 1})
        assert "'turnover'" in text


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ("approved =", "aproved =", 2, "Did you mean 'approved'?"),
        ('approved = "Marta, 2026-11-22"', "", 1, "'approved' is missing"),
        ("date = ", "dates = ", 7, "Did you mean 'date'?"),
        ("label = ", "lable = ", 10, "Did you mean 'label'?"),
        ("{ Archived = 1 }", "{}", 11, "would match every record"),
        ("{ Archived = 1 }", "{ Archived = { gret = 1 } }", 11, "there is no condition 'gret'"),
        ("{ Archived = 1 }", '{ text = "x" }', 11, "notes name the fields"),
        ('"settled"]', '"settled"]\nopen = ["PAID"]', 18, "'PAID' stands for both 'paid' and 'open'"),
        ("revenue]", "sum]", 19, "'sum' is a measure by itself"),
        ('{ sum = "Total" }', '{ summ = "Total" }', 20, "Did you mean 'sum'?"),
        ("trusted = true", 'trusted = "yes"', 6, "'layouts.Invoices.trusted'"),
        ("[layouts.Invoices]", "[layouts.Invoices", 4, "no TOML"),
    ],
)
async def test_a_mistake_in_notes_is_named_with_file_line_and_remedy_at_the_start(
    tmp_path: Path, right: str, wrong: str, line: int, words: str
) -> None:
    file = tmp_path / "sales.notes.toml"
    file.write_text(NOTES.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        async with assisted({"FILEMAKER_NOTES": str(file)}):
            raise AssertionError("it started")
    assert f"sales.notes.toml, line {line}" in str(refused.value)
    assert words in str(refused.value)
    with pytest.raises(ConfigurationError, match="is not there"):
        async with assisted({"FILEMAKER_NOTES": str(tmp_path / "none.toml")}):
            raise AssertionError("it started")
