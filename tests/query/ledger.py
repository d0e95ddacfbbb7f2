"""A generated solution of 50,000 invoices with the dirt that real ones have, and the same data as plain Python."""

from __future__ import annotations

import csv
import random
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from filemaker_mcp.server.emulator.app import Emulator

COUNT = 50_000
LONG = 137
"""Lines of the long invoices, far beyond the 50 portal rows that the host sends unasked."""

DEFINITION = """
name = "Ledger"
date_format = "dd.MM.yyyy"

[tables.Customers.fields]
ID = {}
Name = {}

[tables.Invoices.fields]
Number = {}
"Customer ID" = {}
Date = { type = "date" }
"Paid On" = { type = "date" }
Status = {}
Region = {}
Total = { type = "number" }
Paid = { type = "number" }
Archived = { type = "number" }
Remark = {}

[tables.Lines.fields]
Invoice = {}
Item = {}
Quantity = { type = "number" }
Price = { type = "number" }

[[relationships]]
left = "Invoices"
right = "Customers"
match = [["Customer ID", "=", "ID"]]

[[relationships]]
left = "Invoices"
right = "Lines"
match = [["Number", "=", "Invoice"]]

[layouts.Invoices]
occurrence = "Invoices"
fields = ["Number", "Customer ID", "Date", "Paid On", "Status", "Region", "Total", "Paid", "Archived", "Remark"]
[[layouts.Invoices.portals]]
occurrence = "Lines"
fields = ["Lines::Item", "Lines::Quantity", "Lines::Price"]

[layouts."Invoices and Customers"]
occurrence = "Invoices"
fields = ["Number", "Customer ID", "Customers::Name", "Date", "Status", "Total"]

[layouts.Lines]
occurrence = "Lines"
fields = ["Invoice", "Item", "Quantity", "Price"]

[privilege_sets.Office]
extended = ["fmrest"]
layouts = { "*" = "edit" }
fields = { "*" = { "*" = "edit" } }
records = { "*" = { view = "yes", edit = "yes", create = "yes", delete = "yes" } }

[[accounts]]
name = "assistant"
password = "demo"
privilege_set = "Office"
"""


@dataclass(frozen=True)
class Invoice:
    number: str
    customer: str
    day: str
    """ISO, or the text that somebody typed into the date field."""
    paid_on: str
    status: str
    region: str
    total: Decimal
    paid: Decimal
    archived: str
    remark: str

    @property
    def date(self) -> date | None:
        try:
            return date.fromisoformat(self.day)
        except ValueError:
            return None


@dataclass(frozen=True)
class Line:
    invoice: str
    item: str
    quantity: int
    price: Decimal


@dataclass(frozen=True)
class Ledger:
    customers: dict[str, str]
    invoices: list[Invoice]
    lines: list[Line]


def made(seed: int = 11, count: int = COUNT) -> Ledger:
    """Always the same for a seed and a count."""
    dice = random.Random(seed)
    customers = {f"K{n:04}": f"Kunde {n}" for n in range(1, 301)}
    customers["K0002"] = customers["K0001"] = "Müller & Söhne"  # two customers of one name
    remarks = [
        "",
        "",
        "",
        "ask bob@example.org",
        "2 * 3 rolls",
        "#1 first",
        'zahlt "bar"',
        "ÜBERFÄLLIG",
        "überfällig?",
    ]
    statuses = ["paid"] * 6 + ["Paid "] + ["open"] * 2 + ["cancelled"]
    invoices: list[Invoice] = []
    for n in range(1, count + 1):
        day = date(2023, 1, 1) + timedelta(days=dice.randrange(1400))
        total = Decimal(dice.randrange(100, 999_999)) / 100
        status = dice.choice(statuses)
        is_paid = status.strip().lower() == "paid"
        invoices.append(
            Invoice(
                number=f"{n:07}",
                customer=dice.choice(list(customers)),
                day=dice.choice(["soon", "31.02.2024", "see mail"])
                if n % 1999 == 0
                else ""
                if n % 997 == 0
                else day.isoformat(),
                paid_on=(day + timedelta(days=dice.randrange(90))).isoformat() if is_paid else "",
                status=status,
                region=dice.choice(["North", "South", "East", "West"]),
                total=total,
                paid=total if is_paid else Decimal(0),
                archived="1" if n % 33 == 0 else "",
                remark=dice.choice(remarks),
            )
        )
    long = [invoices[n].number for n in (4, count * 3 // 5)]
    lines = [
        Line(number, f"Item {k:03}", k % 7 + 1, Decimal(k * 137) / 100)
        for number in long
        for k in range(1, LONG + 1)
    ]
    return Ledger(customers, invoices, lines)


def written(ledger: Ledger, folder: Path) -> Path:
    """The solution's folder; what a date field cannot be loaded with is put in by `dirtied`."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "ledger.toml").write_text(DEFINITION, encoding="utf-8")
    _csv(data / "Customers.csv", ["ID", "Name"], list(ledger.customers.items()))
    headings = [
        "Number",
        "Customer ID",
        "Date",
        "Paid On",
        "Status",
        "Region",
        "Total",
        "Paid",
        "Archived",
        "Remark",
    ]
    rows = [astuple(each) if each.date or not each.day else _without_day(each) for each in ledger.invoices]
    _csv(data / "Invoices.csv", headings, rows)
    _csv(
        data / "Lines.csv", ["Invoice", "Item", "Quantity", "Price"], [astuple(each) for each in ledger.lines]
    )
    return folder


def dirtied(emulator: Emulator, ledger: Ledger) -> None:
    """Text in date fields, as an import leaves it there."""
    store = next(iter(emulator.host.files)).store_for("Invoices")
    for n, invoice in enumerate(ledger.invoices, start=1):
        if invoice.day and invoice.date is None:
            store.update("Invoices", n, {"Date": invoice.day})


def _without_day(invoice: Invoice) -> tuple[object, ...]:
    return tuple("" if each.name == "day" else getattr(invoice, each.name) for each in fields(invoice))


def _csv(path: Path, heading: list[str], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)
