"""The reading tools on the sample solution, and what they say to questions that cannot be answered."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from filemaker_mcp.server.app.sample_server import sample_folder

from ..assistant import assisted, said
from ..tokens import tokens, tokens_of

pytestmark = pytest.mark.anyio


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def invoices() -> list[dict[str, str]]:
    with (sample_folder() / "data" / "Invoices.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_a_period_stands_beside_the_same_period_a_year_before() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask(
            "summarize_records",
            layout="Invoices",
            where={"Date": "2025-Q3"},
            group_by=[{"field": "Date", "by": "month"}],
            compare="previous_year",
        )
    months = [row["Date"][:7] for row in invoices()]
    expected = [
        [m, months.count(f"2025{m[4:]}"), months.count(f"2024{m[4:]}")]
        for m in ("2025-07", "2025-08", "2025-09")
    ]
    assert [row[:3] for row in answer["rows"]] == expected
    assert answer["understood_before"] == "Date is 2024-07-01 to 2024-09-30"


async def test_what_changed_most_against_last_year_comes_first() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask(
            "summarize_records",
            layout="Invoices",
            where={"Date": "2025"},
            group_by=["Status"],
            compare="previous_year",
            sort=["-count change"],
            having={"count before": {"gt": 0}},
            top=2,
        )
    now, before = (
        Counter(row["Status"] for row in invoices() if row["Date"][:4] == year) for year in ("2025", "2024")
    )
    change = {status: now[status] - before[status] for status in before}
    assert [row[3] for row in answer["rows"]] == sorted(change.values(), reverse=True)[:2]
    assert all(row[3] == change[row[0]] for row in answer["rows"])
    assert answer["other"] == {"groups": len(before) - 2}


async def test_a_column_may_be_named_as_people_do_and_as_the_answer_shows_it() -> None:
    days = "average days_between(Date, Due Date)"
    measures = ["sum Paid Amount", "sum(Total)", "avg: Total", "p90 Total", "share", "share of Total %", days]
    question = {
        "layout": "Invoices",
        "where": {"Status": "Paid"},
        "measures": measures,
        "group_by": ["Date (year)"],
    }
    async with assisted() as assistant:
        first = await assistant.ask("summarize_records", **question)
        assert first["columns"][1:6] == [
            "sum Paid Amount",
            "sum Total",
            "average Total",
            "p90 Total",
            "share of count %",
        ]
        kept = {"found_set": first["found_set"], "measures": measures, "group_by": ["Date (year)"]}
        shown = {"measures": first["columns"][1:], "group_by": first["columns"][:1]}
        again = await assistant.ask("summarize_records", **(kept | shown))
        assert again["rows"] == first["rows"]
        for said in ("-sum Paid Amount", "-Paid Amount", "-sum(Paid Amount)", "Sum: paid amount desc"):
            answer = await assistant.ask("summarize_records", **kept, sort=[said])
            figures = [row[1] for row in answer["rows"]]
            assert figures == sorted(figures, reverse=True), said
            assert len(figures) == len(first["rows"])


async def test_what_an_answer_cannot_have_is_refused_before_a_record_is_read() -> None:
    impossible: list[dict[str, object]] = [
        {"sort": ["-sum Paid"]},
        {"measures": ["sum Total", "average Total"], "sort": ["-Total"]},
        {"having": {"median Total": 5}},
        {"compare": "previous_year"},
        {"group_by": ["month"]},
    ]
    async with assisted() as assistant:
        await assistant.ask("describe_layout", layouts=["Invoices"])
        requests = len(assistant.emulator.requests)
        refusals = [
            await assistant.refused("summarize_records", **({"layout": "Invoices"} | question))
            for question in impossible
        ]
        assert len(assistant.emulator.requests) == requests
    assert "Did you mean 'sum Total' or 'average Total'?" in refusals[1]
    assert 'Write {"field": "Date", "by": "month"}.' in refusals[4]


async def test_a_record_that_is_not_there_is_looked_for_by_words_too() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask("get_record", layout="Customers", where={"Name": "fisheries"})
        assert answer["record"] == "none matches"
        assert answer["words_would_find"] > 0


async def test_unless_fields_are_named_a_repeating_field_shows_its_first_repetition() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask("find_records", layout="Customers", limit=1)
        assert len(answer["columns"]) == 9
        assert [name for name in answer["columns"] if name.startswith("Phone")] == ["Phone(1)"]
        named = await assistant.ask(
            "find_records", layout="Customers", where={"Phone": {"starts_with": "+46"}}
        )
        assert [name for name in named["columns"] if name.startswith("Phone")] == [
            "Phone(1)",
            "Phone(2)",
            "Phone(3)",
        ]


async def test_nothing_found_is_an_answer_that_says_what_words_would_find() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask("find_records", layout="Customers", where={"Name": "fisheries"})
        assert (answer["found"], answer["shown"]) == (0, 0)
        assert answer["words_would_find"] > 0


async def test_what_a_find_cannot_say_is_compared_here_and_said() -> None:
    async with assisted() as assistant:
        answer = await assistant.ask(
            "find_records",
            layout="Invoices",
            where={"Total": {"gt": {"field": "Paid Amount"}}},
            fields=["Total", "Paid Amount"],
            sort=["-Total"],
            limit=50,
        )
    assert "compared here" in answer["understood"]
    totals = [row[1] for row in answer["rows"]]
    assert totals == sorted(totals, reverse=True)
    assert all(row[1] > (row[2] or 0) for row in answer["rows"])


async def test_what_several_finds_bring_is_put_in_order_here_also_in_a_file(tmp_path: Path) -> None:
    statuses = ["Draft", "Sent", "Paid", "Overdue", "Cancelled"]
    own = [r for r in invoices() if r["Status"] == "Sent" or r["Shipped At"][:10] == r["Date"] != ""]
    expected = sorted(own, key=lambda row: row["Number"])
    expected.sort(key=lambda row: (row["Paid Amount"] != "", float(row["Paid Amount"] or 0)))
    expected.sort(key=lambda row: row["Date"], reverse=True)
    expected.sort(key=lambda row: statuses.index(row["Status"]))
    question: dict[str, object] = {
        "layout": "Invoices",
        "where": [{"Status": "Sent"}, {"Shipped At": {"lt": {"field": "Date", "plus": {"days": 1}}}}],
        "sort": [{"Status": "Invoice Status"}, "-Date", "Paid Amount"],
        "fields": ["Number", "Paid Amount"],
    }
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        shown = await assistant.ask("find_records", **question, offset=5, limit=30)
        assert shown["found"] == len(own)
        assert [row[1] for row in shown["rows"]] == [row["Number"] for row in expected[5:35]]
        await assistant.ask("export_records", **question, file="sent.csv")
    with (tmp_path / "sent.csv").open(encoding="utf-8-sig", newline="") as file:
        written = [(row["Number"], float(row["Paid Amount"] or 0)) for row in csv.DictReader(file)]
    assert written == [(row["Number"], float(row["Paid Amount"] or 0)) for row in expected]


async def test_another_question_to_a_found_set_fetches_nothing_until_something_is_written() -> None:
    async with assisted() as assistant:
        first = await assistant.ask("summarize_records", layout="Customers", group_by=["Country"])
        requests = len(assistant.emulator.requests)
        again = await assistant.ask("summarize_records", found_set=first["found_set"], group_by=["Status"])
        assert len(assistant.emulator.requests) == requests
        assert again["total"] == first["total"]
        await assistant.ask("run_script", script="Echo", layout="Tasks", parameter="x")
        await assistant.ask("summarize_records", found_set=first["found_set"], group_by=["Status"])
        assert len(assistant.emulator.requests) > requests + 1


async def test_the_records_behind_a_group_their_export_and_their_grouping_are_here_already(
    tmp_path: Path,
) -> None:
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        month = {"field": "Date", "by": "month"}
        summary = await assistant.ask(
            "summarize_records", layout="Invoices", group_by=["Status", month], top=500
        )
        requests = len(assistant.emulator.requests)
        status, period, count = summary["rows"][0]
        group = {"Status": status, "Date (month)": period}
        records = await assistant.ask(
            "find_records",
            found_set=summary["found_set"],
            group=group,
            sort=["-Paid Amount", "Number"],
            fields=["Number"],
        )
        assert records["found"] == count
        assert (
            records["understood"] == f"every record; of these Status = {status} and Date (month) = {period}"
        )
        own = [row for row in invoices() if row["Status"] == status and row["Date"].startswith(period)]
        best = sorted(own, key=lambda row: (-float(row["Paid Amount"] or -1), row["Number"]))
        assert [row[1] for row in records["rows"]] == [row["Number"] for row in best[:20]]
        again = await assistant.ask(
            "summarize_records", found_set=records["found_set"], group_by=["Customer ID"]
        )
        assert again["total"] == {"count": count}
        export = await assistant.ask(
            "export_records", found_set=records["found_set"], file="them", fields=["Number"], sort=["Number"]
        )
        assert export["rows"] == count
        assert records["read"] == again["read"] == export["read"]
        assert len(assistant.emulator.requests) == requests
        with_rows = await assistant.ask(
            "find_records", found_set=records["found_set"], portals=["Lines"], limit=1
        )
        assert with_rows["found"] == count  # related rows are not kept: one record was read for them
        assert len(assistant.emulator.requests) == requests + 1
        requests = len(assistant.emulator.requests)
        narrower = await assistant.ask(
            "find_records",
            found_set=summary["found_set"],
            where={"Status": "paid", "Paid Amount": {"gte": 1000}},
            omit={"Date": {"gte": "2025-01-01"}},
        )
        assert narrower["found"] == sum(
            1
            for row in invoices()
            if row["Status"] == "Paid" and float(row["Paid Amount"]) >= 1000 and row["Date"] < "2025-01-01"
        )
        assert len(assistant.emulator.requests) == requests, (
            "a found set is narrowed without being read again"
        )
        refusal = await assistant.refused(
            "find_records", found_set=summary["found_set"], layout="Invoices", where={"Status": "Paid"}
        )
        assert "add group" in refusal
    lines = (tmp_path / "them.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == sorted(row["Number"] for row in own)


async def test_a_group_is_what_its_row_counted_whatever_is_in_it() -> None:
    async with assisted() as assistant:
        every = await assistant.ask("summarize_records", layout="Invoices")
        for column in ("Paid Amount", "Due Date (week)", "Remark", "Total"):
            name, _, period = column.removesuffix(")").partition(" (")
            by = {"field": name, "by": period} if period else name
            summary = await assistant.ask(
                "summarize_records", found_set=every["found_set"], group_by=[by], top=5
            )
            for value, count in summary["rows"]:
                behind = await assistant.ask(
                    "find_records", found_set=summary["found_set"], group={column: value}, limit=1
                )
                assert behind["found"] == count, (column, value)


async def test_a_summary_beyond_memory_is_the_same_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    question = {
        "layout": "Invoices",
        "measures": ["count", {"sum": "Paid Amount"}, {"median": "Paid Amount"}, {"distinct": "Status"}],
        "group_by": ["Customer ID"],
        "top": 5,
    }
    async with assisted() as assistant:
        held = await assistant.ask("summarize_records", **question)
        monkeypatch.setattr(
            "filemaker_mcp.server.query.summary.gatherer.Gatherer.__init__.__kwdefaults__", {"in_memory": 50}
        )
        monkeypatch.setattr("filemaker_mcp.server.query.summary.gatherer.AT_ONCE", 100)
        spilled = await assistant.ask("summarize_records", **question)
    for key in ("columns", "rows", "other", "total"):
        assert spilled[key] == held[key]


async def test_an_export_is_whole_safe_to_open_and_never_over_another_file(tmp_path: Path) -> None:
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        for kind in ("csv", "csv", "xlsx", "jsonl"):
            answer = await assistant.ask("export_records", layout="Products", file="stock", format=kind)
            assert answer["rows"] == answer["found"] == 150
        refusal = await assistant.refused("export_records", layout="Products", file="../stock")
        assert "no file name" in refusal
    assert names_in(tmp_path) == [
        "stock (2).csv",
        "stock.csv",
        "stock.jsonl",
        "stock.xlsx",
    ]
    with (tmp_path / "stock.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["SKU"] == "00017"
    lines = [json.loads(line) for line in (tmp_path / "stock.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["SKU"] for line in lines] == [row["SKU"] for row in rows]
    assert answer["control_totals"]["Stock"] == sum(line.get("Stock", 0) for line in lines)


REFUSALS: list[tuple[str, dict[str, object], str]] = [
    ("find_records", {"layout": "Invoices", "where": {"Totl": 5}}, "Did you mean 'Total'"),
    ("find_records", {"layout": "Invoices", "fields": ["Totl"]}, "Did you mean 'Total'"),
    ("find_records", {"layout": "Invoices", "portals": ["Line"]}, "Did you mean 'Lines'"),
    ("find_records", {"layout": "Invoices", "sort": [{"Status": "Statuses"}]}, "value list"),
    ("find_records", {"layout": "Invoices", "offset": 5000}, "beyond"),
    ("find_records", {"found_set": "set-12345"}, "no found set"),
    ("find_records", {"found_set": "set-12345", "layout": "Invoices"}, "not both"),
    ("find_records", {}, "list_layouts"),
    ("summarize_records", {"layout": "Customers", "group_by": ["Photo"]}, "container"),
    ("summarize_records", {"layout": "Invoices", "group_by": ["Lines::SKU"]}, "portal"),
    ("summarize_records", {"layout": "Invoices", "measures": [{"sum": "Date"}]}, "holds dates"),
    ("summarize_records", {"layout": "Invoices", "measures": [{"summ": "Total"}]}, "Did you mean 'sum'"),
    ("summarize_records", {"layout": "Invoices", "group_by": [{"field": "Date", "by": "mnth"}]}, "month"),
    ("summarize_records", {"layout": "Invoices", "having": {"sum": {"gt": 1}}}, "column"),
    ("summarize_records", {"layout": "Invoices", "compare": "previous_year"}, "both ends"),
    ("get_record", {"layout": "Invoices"}, "either id or where"),
    ("describe_layout", {"layouts": ["Invoces"]}, "Did you mean 'Invoices'"),
]


async def test_a_question_that_cannot_be_answered_is_refused_with_what_to_do() -> None:
    async with assisted() as assistant:
        for tool, arguments, words in REFUSALS:
            assert words in await assistant.refused(tool, **arguments)


async def test_twenty_short_records_cost_at_most_500_tokens_and_with_a_portal_row_700() -> None:
    async with assisted() as assistant:
        plain = await assistant.call("find_records", layout="Tasks", fields=["Priority", "Due", "Done"])
        rows = await assistant.call("find_records", layout="Products", fields=["SKU", "Name", "Price"])
    for answer in (plain, rows):
        assert tokens(said(answer)) <= 500
        assert tokens_of(answer.structured_content) <= 500
