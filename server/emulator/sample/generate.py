"""Makes the sample's data and files, the same bytes each time: `python -m filemaker_mcp.server.emulator.sample.generate`."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from .making import papers, people, trade

HOME = Path(__file__).parent


def main(home: Path = HOME) -> None:
    (home / "data").mkdir(exist_ok=True)
    (home / "files").mkdir(exist_ok=True)
    chance = random.Random(1907)
    customers = people.customers(chance)
    products = trade.products(chance)
    staff = people.staff(chance)
    _write(home, "Customers", customers)
    _write(home, "Contacts", people.contacts(chance, customers))
    _write(home, "Products", products)
    _write(home, "Staff", staff)
    lines, invoices = trade.invoices(chance, customers, products)
    _write(home, "Invoices", invoices)
    _write(home, "Lines", lines)
    _write(home, "Tasks", trade.tasks(chance, staff))
    _write(home, "Documents", papers.documents(chance, customers, home))
    _write(home, "Preferences", [["Key"], ["all"]])
    papers.photos(home)


def _write(home: Path, table: str, rows: Iterable[Sequence[object]]) -> None:
    with (home / "data" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
