"""Questions to the whole table, by criteria, to single records, and as an assistant asks that knows nothing yet."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from .asking import Asking, grouped, month, number, sums, table
from .ledger import LONG


async def over_the_whole_table(asking: Asking) -> str:
    """One reading of the whole table serves all of these; the found set."""
    every = asking.ledger.invoices
    first = await asking.ask(
        "summarize_records", layout="Invoices", measures=["count", {"sum": "Total"}], group_by=["Status"]
    )
    handle = first["found_set"]
    requests = len(asking.assistant.emulator.requests)
    assert table(first) == sums(grouped(every, lambda i: i.status))
    assert "'paid' and 'Paid '" in str(first["remarks"]) or "'Paid ' and 'paid'" in str(first["remarks"])
    archived = [i for i in every if i.archived]
    assert f"Archived is set on {len(archived):,}" in str(first["remarks"])

    async def again(
        *group_by: object, measures: Iterable[object] = ("count", {"sum": "Total"}), **more: object
    ) -> dict[str, Any]:
        return await asking.ask(
            "summarize_records", found_set=handle, measures=[*measures], group_by=[*group_by], **more
        )

    by_month = await again({"field": "Date", "by": "month"}, top=60)
    assert table(by_month) == sums(grouped(every, month))
    by_year = await again({"field": "Date", "by": "year"})
    assert table(by_year) == sums(grouped(every, lambda i: (i.date and str(i.date.year)) or month(i)))
    by_customer = await again("Customer ID", top=10)
    expected = sums(grouped(every, lambda i: i.customer))
    assert table(by_customer).items() <= expected.items()
    best = sorted(expected.values(), key=lambda both: -(both[0] or 0))[:10]
    assert [row[1] for row in by_customer["rows"]] == [count for count, _ in best]
    shown = sum(number(row[2]) or 0 for row in by_customer["rows"])
    assert number(by_customer["other"]["sum Total"]) == sum(i.total for i in every) - shown
    assert by_customer["other"]["groups"] == len(expected) - 10
    cross = await again("Region", "Status", measures=[{"sum": "Paid"}])
    paid = {
        k: sum((i.paid for i in own), Decimal(0))
        for k, own in grouped(every, lambda i: (i.region, i.status)).items()
    }
    assert {(row[0], row[1]): number(row[2]) for row in cross["rows"]} == paid
    facts = await again(
        measures=[
            {"average": "Total"},
            {"median": "Total"},
            {"min": "Total"},
            {"max": "Total"},
            {"percentile": "Total", "p": 90},
            {"distinct": "Customer ID"},
            {"distinct": "Number"},
        ]
    )
    totals = sorted(i.total for i in every)
    figures = {name: number(value) for name, value in facts["figures"].items()}
    assert figures == {
        "average Total": (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.0001")),
        "median Total": statistics.median(totals),
        "min Total": totals[0],
        "max Total": totals[-1],
        "p90 Total": totals[len(totals) * 9 // 10 - 1],
        "distinct Customer ID": len({i.customer for i in every}),
        "distinct Number": len(every),
    }
    many = len(every) * 190 // 50_000
    busy = await again("Customer ID", having={"count": {"gte": many}}, top=500)
    busiest = {k for k, own in grouped(every, lambda i: i.customer).items() if len(own) >= many}
    assert busiest
    assert {row[0] for row in busy["rows"]} == busiest
    share = await again("Region", measures=[{"share": "Total"}])
    whole = sum((i.total for i in every), Decimal(0))
    parts = {
        k: (sum((i.total for i in own), Decimal(0)) * 100 / whole).quantize(Decimal("0.01"))
        for k, own in grouped(every, lambda i: i.region).items()
    }
    assert {row[0]: number(row[1]) for row in share["rows"]} == parts
    due = await again(
        measures=[
            {"sum": {"difference": ["Total", "Paid"]}},
            {"average": {"days_between": ["Date", "Paid On"]}},
        ]
    )
    assert number(due["figures"]["sum difference(Total, Paid)"]) == sum(i.total - i.paid for i in every)
    days = [(date.fromisoformat(i.paid_on) - i.date).days for i in every if i.paid_on and i.date]
    assert number(due["figures"]["average days_between(Date, Paid On)"]) == (
        Decimal(sum(days)) / len(days)
    ).quantize(Decimal("0.01"))
    assert len(asking.assistant.emulator.requests) == requests
    return str(handle)


async def by_criteria(asking: Asking) -> None:
    agrees = asking.agrees
    await agrees({"Status": "paid", "Total": {"lt": 900}}, lambda i: i.status == "paid" and i.total < 900)
    await agrees(
        {"Status": ["paid", "Paid "], "Total": {"gte": 9500}},
        lambda i: i.status in ("paid", "Paid ") and i.total >= 9500,
    )
    await agrees({"Status": {"case_exact": "Paid "}}, lambda i: i.status == "Paid ")
    await agrees(
        {"Status": {"not": "open"}, "Region": "North", "Total": {"gte": 9000}},
        lambda i: i.status != "open" and i.region == "North" and i.total >= 9000,
    )
    await agrees(
        {"Total": {"gt": 9000, "lte": Decimal("9100.5").__float__()}},
        lambda i: 9000 < i.total <= Decimal("9100.5"),
    )
    in_2024 = await agrees(
        {"Date": "2024-Q2", "Region": "West"},
        lambda i: (
            i.date is not None and i.region == "West" and (i.date.year, (i.date.month + 2) // 3) == (2024, 2)
        ),
    )
    assert in_2024["understood"] == 'Date is 2024-04-01 to 2024-06-30 and Region is "West"'
    assert in_2024["text_in_dates"] == {
        "Date": len(asking.those(lambda i: bool(i.day) and i.date is None and i.region == "West"))
    }
    await agrees(
        {"Date": {"between": ["2025-03-01", "2025-03-10"]}},
        lambda i: i.date is not None and date(2025, 3, 1) <= i.date <= date(2025, 3, 10),
    )
    await agrees({"Date": None}, lambda i: i.day == "")
    await agrees({"Date": {"invalid": True}}, lambda i: bool(i.day) and i.date is None)
    await agrees(
        {"Remark": {"contains": "@"}, "Region": "East"}, lambda i: "@" in i.remark and i.region == "East"
    )
    await agrees(
        {"Remark": "2 * 3 rolls", "Region": "South"},
        lambda i: i.remark == "2 * 3 rolls" and i.region == "South",
    )
    await agrees(
        {"Remark": "#1 first", "Status": "cancelled"},
        lambda i: i.remark == "#1 first" and i.status == "cancelled",
    )
    await agrees(
        {"Remark": "überfällig", "Region": "North"},
        lambda i: i.remark == "ÜBERFÄLLIG" and i.region == "North",
    )
    await agrees(
        [{"Status": "cancelled", "Total": {"lt": 50}}, {"Status": "open", "Total": {"lt": 25}}],
        lambda i: i.total < {"cancelled": 50, "open": 25}.get(i.status, 0),
    )
    await agrees({"Total": {"lt": 300}}, lambda i: i.total < 300 and not i.archived, {"Archived": 1})
    await agrees({"Number": {"starts_with": "00012"}}, lambda i: i.number.startswith("00012"))
    await agrees(
        {"Paid": {"lt": {"field": "Total"}}, "Total": {"gte": 9900}},
        lambda i: i.paid < i.total and i.total >= 9900,
    )
    nobody = await asking.ask("summarize_records", layout="Invoices", where={"Status": "lost"})
    assert nobody["found"] == 0
    named = await asking.ask(
        "summarize_records",
        layout="Invoices and Customers",
        where={"Customers::Name": "Müller & Söhne"},
        group_by=["Customers::Name"],
        measures=[{"sum": "Total"}],
    )
    twins = grouped(asking.those(lambda i: i.customer in ("K0001", "K0002")), lambda i: i.customer)
    assert {row[0]: (row[1], number(row[2])) for row in named["rows"]} == {
        k: ("Müller & Söhne", sum(i.total for i in own)) for k, own in twins.items()
    }


async def single_records(asking: Asking) -> None:
    number_ = asking.ledger.invoices[4].number
    record = await asking.ask(
        "get_record",
        layout="Invoices with lines",
        where={"Number": number_},
        fields=["Number", "Lines::Price"],
    )
    rows = record["portals"]["Lines"]["rows"]
    assert record["portals"]["Lines"]["found"] == len(rows) == LONG
    own = [line.price for line in asking.ledger.lines if line.invoice == number_]
    assert [number(row[-1]) for row in rows] == own
    assert record["fields"]["Number"] == "0000005"
    top = await asking.ask(
        "find_records",
        layout="Invoices",
        where={"Status": "open"},
        sort=["-Total", "Number"],
        fields=["Number", "Total"],
        limit=10,
    )
    best = sorted(asking.those(lambda i: i.status == "open"), key=lambda i: (-i.total, i.number))[:10]
    assert [(row[1], number(row[2])) for row in top["rows"]] == [(i.number, i.total) for i in best]
    assert top["found"] == len(asking.those(lambda i: i.status == "open"))


async def business_questions_in_three_calls(asking: Asking) -> None:
    """As an assistant that knows nothing yet would ask: what layouts there are, what fields, the question."""
    those = asking.those
    unpaid = {"Status": {"not": ["paid", "Paid ", "cancelled"]}, "Date": {"lt": "2024-01-01"}}
    questions: list[dict[str, Any]] = [
        {
            "tool": "summarize_records",
            "where": unpaid,
            "group_by": ["Customer ID"],
            "measures": ["count", {"sum": {"difference": ["Total", "Paid"]}}],
            "top": 10,
        },
        {
            "tool": "find_records",
            "where": {"Status": "open"},
            "sort": ["-Total"],
            "limit": 10,
            "fields": ["Total"],
        },
        {
            "tool": "summarize_records",
            "where": {"Date": "2025", "Region": "North"},
            "measures": ["sum Total"],
            "group_by": [{"field": "Date", "by": "month"}],
            "compare": "previous_year",
        },
    ]
    answers: list[dict[str, Any]] = []
    for question in questions:
        before = asking.questions
        listed = await asking.ask("list_layouts")
        assert "Invoices" in str(listed)
        described = await asking.ask("describe_layout", layouts=["Invoices"])
        named = {"Status", "Date", "Total", "Customer ID"}
        assert all(name in str(described) for name in named)
        tool = question.pop("tool")
        answers.append(await asking.ask(tool, layout="Invoices", **question))
        assert asking.questions - before == 3
    overdue, best, months = answers
    late = those(lambda i: i.status == "open" and i.date is not None and i.date < date(2024, 1, 1))
    owing = {
        customer: [Decimal(len(own)), sum((i.total - i.paid for i in own), Decimal(0))]
        for customer, own in grouped(late, lambda i: i.customer).items()
    }
    assert overdue["found"] == len(late)
    assert table(overdue).items() <= owing.items()
    tops = sorted((i.total for i in those(lambda i: i.status == "open")), reverse=True)[:10]
    assert [number(row[1]) for row in best["rows"]] == tops

    def revenue(year: int) -> list[Decimal]:
        dated = grouped(
            those(lambda i: i.date is not None and i.date.year == year and i.region == "North"), month
        )
        return [sum((i.total for i in dated[key]), Decimal(0)) for key in sorted(dated)]

    assert [row[0] for row in months["rows"]] == [f"2025-{n:02}" for n in range(1, 13)]
    assert [[number(row[1]), number(row[2])] for row in months["rows"]] == [
        [now, was] for now, was in zip(revenue(2025), revenue(2024), strict=True)
    ]
