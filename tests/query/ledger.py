"""A generated solution of up to 50,000 invoices with the dirt that real ones have, and the same data as plain Python."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from filemaker_mcp.server.emulator.solutions.hosted_file import loaded
from filemaker_mcp.server.emulator.solutions.solution import SolutionFile

COUNT = 50_000 if os.environ.get("FILEMAKER_SOAK") else 5_000
"""The whole in `make soak`, whose figures are those of docs/answers.md."""
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
Due = { type = "date" }
Salesperson = {}
Product = {}
Shipped = { type = "timestamp" }

[tables.Contacts.fields]
ID = {}
"Customer ID" = {}
"E-Mail" = {}
Archived = { type = "number" }

[tables.Products.fields]
SKU = {}
Stock = {}
Minimum = { type = "number" }
"On Order" = { type = "number" }

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
left = "Customers"
right = "Contacts"
match = [["ID", "=", "Customer ID"]]

[[relationships]]
left = "Invoices"
right = "Lines"
match = [["Number", "=", "Invoice"]]

[layouts.Invoices]
occurrence = "Invoices"
fields = ["Number", "Customer ID", "Date", "Paid On", "Status", "Region", "Total", "Paid", "Archived", "Remark",
  "Due", "Salesperson", "Product", "Shipped"]

[layouts."Invoices with lines"]
occurrence = "Invoices"
fields = ["Number", "Date", "Status"]
[[layouts."Invoices with lines".portals]]
occurrence = "Lines"
fields = ["Lines::Item", "Lines::Quantity", "Lines::Price"]

[layouts."Invoices and Customers"]
occurrence = "Invoices"
fields = ["Number", "Customer ID", "Customers::Name", "Date", "Status", "Total"]

[layouts.Customers]
occurrence = "Customers"
fields = ["ID", "Name"]
[[layouts.Customers.portals]]
occurrence = "Contacts"
fields = ["Contacts::ID", "Contacts::E-Mail", "Contacts::Archived"]

[layouts.Contacts]
occurrence = "Contacts"
fields = ["ID", "Customer ID", "E-Mail", "Archived"]

[layouts.Products]
occurrence = "Products"
fields = ["SKU", "Stock", "Minimum", "On Order"]

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
    due: str
    salesperson: str
    product: str
    shipped: str
    """A timestamp, some with a fraction in the last second of a day."""

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
class Contact:
    id: str
    customer: str
    email: str
    archived: str


@dataclass(frozen=True)
class Product:
    sku: str
    stock: str
    """Text: a number, or one with a unit behind it."""
    minimum: int
    on_order: str


@dataclass(frozen=True)
class Ledger:
    customers: dict[str, str]
    invoices: list[Invoice]
    lines: list[Line]
    contacts: list[Contact]
    products: list[Product]


def made(seed: int = 11, count: int = COUNT) -> Ledger:
    """Always the same for a seed and a count."""
    dice, more = random.Random(seed), random.Random(seed + 1)
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
    buyers = list(customers)
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
                customer=dice.choice(buyers),
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
                due=(day + timedelta(days=more.choice((14, 30, 60)))).isoformat(),
                salesperson=more.choice(("Ada", "ADA", "Bo", "Cy")),
                product=f"P{more.randrange(25):02}",
                shipped=_shipped(day, more),
            )
        )
    long = [invoices[n].number for n in (4, count * 3 // 5)]
    lines = [
        Line(number, f"Item {k:03}", k % 7 + 1, Decimal(k * 137) / 100)
        for number in long
        for k in range(1, LONG + 1)
    ]
    return Ledger(customers, invoices, lines, _contacts(customers, more), _products(more))


def _shipped(day: date, dice: random.Random) -> str:
    if dice.random() < 0.2:
        return ""
    if dice.random() < 0.01:
        return f"{day.isoformat()}T23:59:59.5"
    moment = datetime.combine(day + timedelta(days=dice.randrange(25)), time(dice.randrange(24), 15))
    return moment.isoformat()


def _contacts(customers: dict[str, str], dice: random.Random) -> list[Contact]:
    """Some have the address of another, in other capitals or with an accent; some customers have none, or archived ones only."""
    contacts: list[Contact] = []
    for n, customer in enumerate(customers):
        if n % 17 == 0:
            continue
        email = f"kunde{n}@example.org"
        archived = "1" if n % 13 == 0 else ""
        contacts.append(Contact(f"C{n:04}", customer, email, archived))
        if n % 5 == 0:
            twin = dice.choice((email.upper(), email.capitalize(), email.replace("u", "ü", 1)))
            contacts.append(Contact(f"C{n:04}b", customer, twin, archived))
    return contacts


def _products(dice: random.Random) -> list[Product]:
    return [
        Product(
            f"P{n:02}",
            f"{dice.randrange(40)} Stk" if n % 12 == 5 else str(dice.choice((3, 9, 12, 99, 250, 1000))),
            dice.randrange(5, 20),
            dice.choice(("", "", "20")),
        )
        for n in range(60)
    ]


def written(ledger: Ledger, folder: Path) -> Path:
    """The solution's folder: its definition, and its data as CSV."""
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
        "Due",
        "Salesperson",
        "Product",
        "Shipped",
    ]
    _csv(data / "Invoices.csv", headings, map(_row, ledger.invoices))
    _csv(
        data / "Lines.csv", ["Invoice", "Item", "Quantity", "Price"], [astuple(each) for each in ledger.lines]
    )
    _csv(
        data / "Contacts.csv",
        ["ID", "Customer ID", "E-Mail", "Archived"],
        [astuple(c) for c in ledger.contacts],
    )
    _csv(
        data / "Products.csv", ["SKU", "Stock", "Minimum", "On Order"], [astuple(p) for p in ledger.products]
    )
    return folder


@cache
def kept(count: int) -> tuple[Ledger, tuple[SolutionFile, ...]]:
    """Made, written and read once: the ledger, and what a host of one's own with it is made of."""
    ledger = made(count=count)
    with TemporaryDirectory() as folder:
        return ledger, loaded([written(ledger, Path(folder) / "Ledger")])


def read_back(folder: Path) -> Ledger:
    """The same from the files, which is all that a reader of the solution's data has."""
    data = folder / "data"
    return Ledger(
        {row["ID"]: row["Name"] for row in rows_of(data / "Customers.csv")},
        [_invoice(list(row.values())) for row in rows_of(data / "Invoices.csv")],
        [
            Line(row["Invoice"], row["Item"], int(row["Quantity"]), Decimal(row["Price"]))
            for row in rows_of(data / "Lines.csv")
        ],
        [Contact(*row.values()) for row in rows_of(data / "Contacts.csv")],
        [
            Product(row["SKU"], row["Stock"], int(row["Minimum"]), row["On Order"])
            for row in rows_of(data / "Products.csv")
        ],
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _invoice(cells: list[str]) -> Invoice:
    number, customer, day, paid_on, status, region, total, paid, *rest = cells
    return Invoice(number, customer, day, paid_on, status, region, Decimal(total), Decimal(paid), *rest)


def _row(invoice: Invoice) -> list[object]:
    """Not by `astuple`, which copies each value deeply."""
    return list(vars(invoice).values())


def _csv(path: Path, heading: list[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)
