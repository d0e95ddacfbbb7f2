"""Questions that an office asks of a messy solution, each reckoned again from the files that the solution was loaded from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import variance
from typing import Any

from .asking import Asking, number, table
from .ledger import rows_of

Row = dict[str, str]
ON = "2026-03-31"


@dataclass
class Office:
    """The assistant, and the rows of the files."""

    asking: Asking
    folder: Path
    every: str = ""
    """A found set of all invoices, which was read already."""
    _read: dict[str, list[Row]] = field(default_factory=dict[str, "list[Row]"])

    def rows(self, name: str) -> list[Row]:
        if name not in self._read:
            self._read[name] = rows_of(self.folder / "data" / f"{name}.csv")
        return self._read[name]

    async def figures(self, layout: str = "", **question: Any) -> dict[str, Any]:
        place = {"layout": layout} if layout else {"found_set": self.every}
        return await self.asking.ask("summarize_records", **place, **question)

    async def count(self, layout: str, where: object, omit: object = None) -> int:
        answer = await self.asking.ask("find_records", layout=layout, where=where, omit=omit, limit=1)
        found = answer["found"]
        assert isinstance(found, int)
        return found


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def money(rows: Iterable[Row], name: str = "Total") -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


def by(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(text: str) -> str:
    """As an index in English compares the texts of this solution."""
    return text.lower().replace("ü", "u")


async def spellings(office: Office) -> None:
    contacts = office.rows("Contacts")
    groups = {key: own for key, own in by(contacts, lambda r: plain(r["E-Mail"])).items() if len(own) > 1}
    answer = await office.figures("Contacts", group_by=["E-Mail"], having={"count": {"gt": 1}}, top=500)
    assert sorted(row[1] for row in answer["rows"]) == sorted(len(own) for own in groups.values())
    assert {plain(row[0]) for row in answer["rows"]} == set(groups)
    assert "as an index in English overlooks capitals and accents" in answer["spellings"][0]
    assert sum(map(len, groups.values())) == await office.count("Contacts", {"E-Mail": {"duplicate": True}})
    distinct = await office.figures(
        "Contacts", measures=[{"distinct": "E-Mail"}, {"distinct": "E-Mail", "exact": True, "as": "spelt"}]
    )
    assert distinct["figures"] == {
        "distinct E-Mail": len({plain(row["E-Mail"]) for row in contacts}),
        "spelt": len({row["E-Mail"] for row in contacts}),
    }
    exact = await office.figures(group_by=[{"field": "Salesperson", "exact": True}])
    assert {row[0]: row[1] for row in exact["rows"]} == Counter(
        r["Salesperson"] for r in office.rows("Invoices")
    )
    one = await office.figures(group_by=["Salesperson"])
    spelt = Counter(plain(row["Salesperson"]) for row in office.rows("Invoices"))
    assert {plain(row[0]): row[1] for row in one["rows"]} == spelt
    handle = one["found_set"]
    behind = await office.asking.ask("find_records", found_set=handle, group={"Salesperson": "ada"}, limit=1)
    assert behind["found"] == spelt["ada"]
    behind = await office.asking.ask(
        "find_records", found_set=handle, group={"Salesperson (exact)": "ADA"}, limit=1
    )
    assert behind["found"] == sum(row["Salesperson"] == "ADA" for row in office.rows("Invoices"))


async def numbers_in_text(office: Office) -> None:
    products = office.rows("Products")
    stocks = [int(row["Stock"]) for row in products if row["Stock"].isdigit()]
    odd = len(products) - len(stocks)
    answer = await office.figures("Products", measures=[{"max": "Stock"}, {"min": "Stock"}, {"sum": "Stock"}])
    assert {name: number(value) for name, value in answer["figures"].items()} == {
        "max Stock": max(stocks),
        "min Stock": min(stocks),
        "sum Stock": sum(stocks),
    }
    assert answer["not_used"] == {"Stock": f"{odd} text"}
    texts = await office.figures("Products", measures=[{"max": "Stock", "as": "text"}])
    assert texts["figures"]["max Stock"] == max(row["Stock"] for row in products)
    for sort in (["-Stock"], [{"Stock": "-number"}]):
        top = await office.asking.ask(
            "find_records", layout="Products", sort=sort, fields=["Stock"], limit=60
        )
        shown = [int(row[1]) for row in top["rows"] if row[1].isdigit()]
        assert shown == sorted(stocks, reverse=True)
        assert f"{odd} texts that are none" in top["sorted"]
    few = await office.asking.ask("find_records", layout="Products", where={"Stock": {"lte": 10}}, limit=1)
    assert few["found"] == sum(stock <= 10 for stock in stocks)
    assert few["not_compared"] == {"Stock": f"{odd} text, no number"}
    grouped = await office.figures("Products", group_by=["Stock"], sort=["Stock"], top=100)
    keys = [int(row[0]) for row in grouped["rows"] if row[0].isdigit()]
    assert keys == sorted(set(stocks))


async def like_with_like(office: Office) -> None:
    invoices = office.rows("Invoices")
    answer = await office.figures(
        "Invoices", where={"Date": "this_year"}, measures=["sum Total"], compare="previous_year"
    )
    today = date.fromisoformat(answer["today"][:10])
    a_year_ago = today.replace(year=today.year - 1, day=min(today.day, 28) if today.month == 2 else today.day)
    then = [
        row for row in invoices if (d := day(row["Date"])) and date(a_year_ago.year, 1, 1) <= d <= a_year_ago
    ]
    now = [row for row in invoices if (d := day(row["Date"])) and date(today.year, 1, 1) <= d <= today]
    assert number(answer["figures"]["sum Total before"]) == (money(then) if then else None)
    assert number(answer["figures"]["sum Total"]) == (money(now) if now else None)
    assert "up to the same day" in answer["compared"]
    latest = await office.figures(
        group_by=["Customer ID"],
        measures=[{"max": "Date"}],
        having={"max Date": {"lt": "2026-09-01"}},
        top=500,
    )
    last = {
        key: max(d for row in own if (d := day(row["Date"])))
        for key, own in by(invoices, lambda r: r["Customer ID"]).items()
    }
    assert {row[0] for row in latest["rows"]} == {key for key, d in last.items() if d < date(2026, 9, 1)}
    named = await office.figures(group_by=["Region"], having={"Region": {"any_of": ["north", "West"]}})
    assert {row[0] for row in named["rows"]} == {"North", "West"}
    shipped = [row for row in invoices if row["Shipped"].startswith("2024-03")]
    assert any(row["Shipped"].endswith(".5") for row in shipped)
    assert await office.count("Invoices", {"Shipped": "2024-03"}) == len(shipped)
    odd = [row for row in invoices if row["Shipped"] == "2024-03-09T23:59:59.5"]
    assert await office.count(
        "Invoices", {"Shipped": {"gt": "2024-03-09T23:59:59", "lt": "2024-03-10"}}
    ) == len(odd)
    found = await office.asking.ask(
        "find_records", layout="Invoices", where={"Date": {"lt": "2023-02-01"}}, limit=1
    )
    texts = office.asking.those(lambda i: bool(i.day) and i.date is None)
    assert found["text_in_dates"] == {"Date": len(texts)}


async def across_layouts(office: Office) -> None:
    invoices, customers = office.rows("Invoices"), office.rows("Customers")
    big = {r["Customer ID"] for r in invoices if Decimal(r["Total"]) >= 9995}

    def bought(where: object) -> dict[str, object]:
        return {"layout": "Invoices", "where": where, "field": "Customer ID"}

    ids = {row["ID"] for row in customers}
    assert await office.count("Customers", {"ID": {"in": bought({"Total": {"gte": 9995}})}}) == len(big)
    assert await office.count("Customers", {"ID": {"not_in": bought({"Total": {"gte": 9995}})}}) == len(
        ids - big
    )
    lost = {
        "in": bought({"Date": "2024-05"}),
        "not_in": bought({"Date": {"gte": "2026-01-01"}, "Product": "P01"}),
    }
    may = {r["Customer ID"] for r in invoices if r["Date"].startswith("2024-05")}
    later = {
        r["Customer ID"]
        for r in invoices
        if (d := day(r["Date"])) and d.year >= 2026 and r["Product"] == "P01"
    }
    assert await office.count("Customers", {"ID": lost}) == len(may - later)
    contacts = {row["Customer ID"] for row in office.rows("Contacts")}
    nobody = {"ID": {"not_in": {"layout": "Contacts", "field": "Customer ID"}}}
    assert await office.count("Customers", nobody) == len(ids - contacts)
    theirs = [r for r in invoices if r["Customer ID"] not in contacts]
    answer = await office.figures(
        "Invoices",
        where={"Customer ID": {"in": {"layout": "Customers", "where": nobody, "field": "ID"}}},
        measures=["count", "sum Total"],
    )
    assert (answer["figures"]["count"], number(answer["figures"]["sum Total"])) == (
        len(theirs),
        money(theirs),
    )
    found = await office.asking.ask("find_records", layout="Customers", where=nobody, limit=1)
    requests = len(office.asking.assistant.emulator.requests)
    again = await office.figures(
        where={"Customer ID": {"in": {"found_set": found["found_set"], "field": "ID"}}},
        measures=["sum Total"],
    )
    assert number(again["figures"]["sum Total"]) == money(theirs)
    assert len(office.asking.assistant.emulator.requests) <= requests + 1, "invoices are here already"
    many = await office.figures(
        where={"Number": {"in": {"layout": "Invoices", "where": {"Product": "P01"}, "field": "Number"}}},
        measures=["count"],
    )
    assert many["found"] == sum(row["Product"] == "P01" for row in invoices)


async def bands(office: Office) -> None:
    invoices = office.rows("Invoices")
    answer = await office.figures(
        where={"Status": "open"},
        group_by=["Customer ID", {"field": "Due", "age": [30, 60, 90], "on": ON}],
        measures=["sum Total"],
        top=500,
    )
    open_ = [row for row in invoices if row["Status"] == "open"]

    def age(row: Row) -> str:
        days = (date.fromisoformat(ON) - date.fromisoformat(row["Due"])).days
        labels = ["not yet due", "0-29", "30-59", "60-89", "90+"]
        return labels[sum(days >= bound for bound in (0, 30, 60, 90))]

    expected = {key: money(own) for key, own in by(open_, lambda r: (r["Customer ID"], age(r))).items()}
    shown = {(row[0], row[1]): number(row[2]) for row in answer["rows"]}
    assert shown.items() <= expected.items()
    assert len(shown) == min(500, len(expected))
    ages = await office.figures(
        where={"Status": "open"}, group_by=[{"field": "Due", "age": [30, 60, 90], "on": ON}]
    )
    assert [row[0] for row in ages["rows"]] == ["not yet due", "0-29", "30-59", "60-89", "90+"]
    behind = await office.asking.ask(
        "find_records", found_set=ages["found_set"], group={f"Due (age on {ON})": "30-59"}, limit=1
    )
    assert behind["found"] == sum(age(row) == "30-59" for row in open_)
    totals = await office.figures(group_by=[{"field": "Total", "bands": [0, 100, 1000, 5000]}])

    def band(row: Row) -> str:
        labels = ["<0", "0 to <100", "100 to <1000", "1000 to <5000", "5000 and more"]
        return labels[sum(Decimal(row["Total"]) >= bound for bound in (0, 100, 1000, 5000))]

    assert {row[0]: row[1] for row in totals["rows"]} == Counter(map(band, invoices))
    behind = await office.asking.ask(
        "find_records", found_set=totals["found_set"], group={"Total (bands)": "100 to <1000"}, limit=1
    )
    assert behind["found"] == Counter(map(band, invoices))["100 to <1000"]
    weekdays = await office.figures(group_by=[{"field": "Date", "by": "weekday"}])
    dated = [d for row in invoices if (d := day(row["Date"]))]
    assert {r[0]: r[1] for r in weekdays["rows"] if r[0] and r[0][0] != "("} == Counter(
        f"{d:%A}" for d in dated
    )
    assert next(row[0] for row in weekdays["rows"] if row[0] and row[0][0] != "(") == "Monday"
    hours = await office.figures(group_by=[{"field": "Shipped", "by": "hour"}], top=30)
    assert {row[0]: row[1] for row in hours["rows"] if row[0]} == Counter(
        r["Shipped"][11:13] for r in invoices if r["Shipped"]
    )
    lasted = await office.figures(
        group_by=[{"field": {"days_between": ["Date", "Paid On"]}, "bands": [0, 30, 60]}]
    )
    days = [
        (date.fromisoformat(r["Paid On"]) - d).days
        for r in invoices
        if r["Paid On"] and (d := day(r["Date"]))
    ]
    assert {r[0]: r[1] for r in lasted["rows"] if r[0]} == Counter(
        ["0 to <30", "30 to <60", "60 and more"][min(d // 30, 2)] for d in days
    )


async def measures_of_measures(office: Office) -> None:
    invoices = office.rows("Invoices")
    regions = by(invoices, lambda r: r["Region"])
    answer = await office.figures(
        group_by=["Region"], measures=[{"ratio": ["sum Paid", "sum Total"]}, {"stddev": "Total"}, "count"]
    )
    for name, own in regions.items():
        ratio, deviation, _ = table(answer)[name]
        assert ratio == rounded(money(own, "Paid") / money(own), 4)
        exact = variance([Decimal(row["Total"]) for row in own]).sqrt()
        assert deviation is not None
        assert abs(deviation - exact) <= Decimal("0.0001")
    share = await office.figures(
        group_by=["Region", "Status"], measures=[{"share": "Total", "of": "Region"}], top=100
    )
    parts = by(invoices, lambda r: (r["Region"], r["Status"]))
    assert {(r[0], r[1]): number(r[2]) for r in share["rows"]} == {
        key: rounded(money(own) * 100 / money(regions[key[0]]), 2) for key, own in parts.items()
    }
    months = {
        key: money(own)
        for key, own in sorted(
            by([r for r in invoices if r["Region"] == "North"], lambda r: r["Date"][:7]).items()
        )
        if len(key) == 7 and key[4] == "-" and key[:2] == "20"
    }
    of_2025 = await office.figures(
        "Invoices",
        where={"Date": "2025", "Region": "North"},
        group_by=[{"field": "Date", "by": "month"}],
        measures=["sum Total", {"running": "sum Total"}, {"moving": "sum Total", "periods": 3}],
    )
    keys = [key for key in months if key.startswith("2025")]
    so_far = [sum((months[key] for key in keys[: n + 1]), Decimal(0)) for n in range(12)]
    moving = [None, None] + [
        rounded(sum((months[k] for k in keys[n - 2 : n + 1]), Decimal(0)) / 3, 4) for n in range(2, 12)
    ]
    assert [number(row[2]) for row in of_2025["rows"]] == so_far
    assert [number(row[3]) for row in of_2025["rows"]] == moving
    first = await office.figures(
        group_by=["Customer ID"],
        measures=[{"first": "Number", "by": "Date"}, {"last": "Number", "by": "Date"}],
        top=500,
    )
    for key, own in by([r for r in invoices if day(r["Date"])], lambda r: r["Customer ID"]).items():
        row = next(row for row in first["rows"] if row[0] == key)
        assert row[1] == min(own, key=lambda r: (r["Date"], r["Number"]))["Number"]
        assert row[2] == max(own, key=lambda r: (r["Date"], r["Number"]))["Number"]
    unpaid = await office.figures(
        where={"Status": "open"}, group_by=["Region"], measures=[{"ratio": ["sum Total", "sum Paid"]}]
    )
    assert all(row[1] is None for row in unpaid["rows"])
    assert unpaid["not_used"]["ratio(sum Total, sum Paid)"].startswith("4 groups without")


async def offsets_and_narrowing(office: Office) -> None:
    invoices = office.rows("Invoices")
    late = [
        row
        for row in invoices
        if row["Shipped"]
        and (d := day(row["Date"]))
        and datetime.fromisoformat(row["Shipped"])
        > datetime.combine(d + timedelta(days=14), datetime.min.time())
    ]
    condition = {"Shipped": {"gt": {"field": "Date", "plus": {"days": 14}}}}
    requests = len(office.asking.assistant.emulator.requests)
    answer = await office.figures(where=condition, measures=["count", "sum Total"])
    assert (answer["figures"]["count"], number(answer["figures"]["sum Total"])) == (len(late), money(late))
    soon = await office.figures(
        where={"Due": {"lte": {"field": "Date", "plus": {"weeks": 2}}}}, measures=["count"]
    )
    dated = [(row["Due"], d) for row in invoices if (d := day(row["Date"]))]
    assert soon["found"] == sum(due <= (d + timedelta(days=14)).isoformat() for due, d in dated)
    narrowed = await office.asking.ask(
        "find_records",
        found_set=answer["found_set"],
        where=[{"Region": "north", "Total": {"gte": 500, "lt": 5000}}, {"Status": "open"}],
        omit={"Remark": {"contains": "BOB@"}},
        limit=1,
    )
    assert narrowed["found"] == sum(
        ((row["Region"] == "North" and 500 <= Decimal(row["Total"]) < 5000) or row["Status"] == "open")
        and "bob@" not in row["Remark"]
        for row in late
    )
    assert len(office.asking.assistant.emulator.requests) == requests, "nothing is read again"
    host = await office.count("Invoices", {"Region": "North", "Status": "open"}, {"Salesperson": "ada"})
    here = await office.figures(where={"Region": "North", "Status": "open"}, omit={"Salesperson": "ada"})
    assert here["found"] == host


async def many_groups(office: Office) -> None:
    invoices = office.rows("Invoices")
    answer = await office.figures(group_by=["Region", "Product"], measures=["sum Total"], top_each=3)
    for region, own in by(invoices, lambda r: r["Region"]).items():
        best = sorted(
            ((money(rows), key) for key, rows in by(own, lambda r: r["Product"]).items()), reverse=True
        )[:3]
        assert [(number(r[2]), r[1]) for r in answer["rows"] if r[0] == region] == best
    shown = sum((number(row[2]) or Decimal(0) for row in answer["rows"]), Decimal(0))
    assert number(answer["other"]["sum Total"]) == money(invoices) - shown
    groups: list[Any] = []
    offset: int | None = 0
    while offset is not None:
        page = await office.figures(
            group_by=["Number"], sort=["Number"], top=500, offset=offset, where={"Total": {"lt": 500}}
        )
        groups += [row[0] for row in page["rows"]]
        offset = page.get("next", {}).get("offset")
    assert groups == sorted(row["Number"] for row in invoices if Decimal(row["Total"]) < 500)
    file = await office.figures(
        group_by=["Customer ID"], measures=["sum Total"], top=2, file="by customer.csv"
    )
    assert (len(file["rows"]), file["rows_written"]) == (2, len({row["Customer ID"] for row in invoices}))
    sums = {row["Customer ID"]: Decimal(row["sum Total"]) for row in rows_of(Path(file["file"]))}
    assert sums == {key: money(own) for key, own in by(invoices, lambda r: r["Customer ID"]).items()}
    everywhere = await office.asking.ask("find_records", layout="*", where={"text": "kunde17"})
    assert {name: each["found"] for name, each in everywhere["layouts"].items()} == {
        name: await office.count(name, {"text": "kunde17"}) for name in everywhere["layouts"]
    }
    assert everywhere["asked"] == 7
    places = await office.asking.ask("list_layouts", field="E-Mail")
    assert places["layouts"] == {"Customers": ["Contacts::E-Mail"], "Contacts": ["E-Mail"]}
