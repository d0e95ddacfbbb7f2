"""Products, invoices with their lines, and tasks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from .sample_words import FIRST, LAST, TODAY, moment

GOODS = {
    "Ropes": ("Mooring Line", "Anchor Rope", "Halyard", "Tow Rope", "Shock Cord"),
    "Lamps": ("Anchor Light", "Deck Lamp", "Head Torch", "Signal Lamp", "Cabin Lamp"),
    "Tools": ("Splicing Fid", "Bosun's Knife", "Winch Handle", "Shackle Key", "Torque Wrench"),
    "Paint": ("Antifouling", "Primer", "Deck Varnish", "Topcoat", "Thinner"),
    "Clothing": ("Oilskin Jacket", "Deck Boots", "Sailing Gloves", "Thermal Cap", "Life Vest"),
    "Galley": ("Enamel Mug", "Kettle", "Non-slip Plate", "Gas Stove", "Cool Box"),
}


def products(chance: random.Random) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["SKU", "Name", "Category", "Price", "Stock", "Reorder Level"]]
    sizes = ("S", "M", "L", "XL", "Pro")
    skus = iter(sorted([17, 417, 4071, *chance.sample(range(10_000, 99_000), 147)]))
    for category, names in GOODS.items():
        for name in names:
            for size in sizes:
                price = chance.randint(295, 24995) / 100
                row = (
                    f"{next(skus):05d}",
                    f"{name} {size}",
                    category,
                    f"{price:.2f}",
                    chance.randint(0, 400),
                )
                rows.append((*row, chance.choice((5, 10, 20, 50))))
    return rows


def invoices(
    chance: random.Random, customers: list[Sequence[object]], products: list[Sequence[object]]
) -> tuple[list[Sequence[object]], list[Sequence[object]]]:
    lines: list[Sequence[object]] = [["Invoice Number", "SKU", "Quantity", "Price"]]
    invoices: list[Sequence[object]] = [
        ["Number", "Customer ID", "Date", "Due Date", "Status", "Paid Amount", "Shipped At", "Remark"]
    ]
    buyers = [str(each[0]) for each in customers[1:] if each[10] != "Prospect"]
    days = sorted(chance.randint(0, 899) for _ in range(1500))
    for number, day in enumerate(days, start=1):
        issued = date(2024, 6, 4) + timedelta(days=day)
        due = issued + timedelta(days=chance.choice((14, 30, 30, 30, 60)))
        cents = 0
        for product in chance.sample(
            products[1:], chance.choices((1, 2, 3, 4, 5, 6), (12, 24, 28, 18, 12, 6))[0]
        ):
            quantity = chance.choice((1, 1, 2, 3, 5, 10, 12, 24))
            cents += quantity * round(float(str(product[3])) * 100)
            lines.append((f"INV-{number:05d}", product[0], quantity, product[3]))
        status = _invoice_status(chance, issued, due)
        paid = (
            cents if status == "Paid" else cents // 2 if status == "Overdue" and chance.random() < 0.15 else 0
        )
        shipped = (
            ""
            if status in {"Draft", "Cancelled"}
            else moment(chance, issued + timedelta(days=chance.randint(0, 3)))
        )
        remark = "Part delivery" if chance.random() < 0.03 else ""
        invoices.append(
            (
                f"INV-{number:05d}",
                chance.choice(buyers),
                issued,
                due,
                status,
                f"{paid / 100:.2f}",
                shipped,
                remark,
            )
        )
    return lines, invoices


def _invoice_status(chance: random.Random, issued: date, due: date) -> str:
    if chance.random() < 0.02:
        return "Cancelled"
    if due < TODAY:
        # Old invoices are mostly settled. Some of the recent ones are not.
        return (
            "Overdue" if chance.random() < (0.25 if TODAY - due < timedelta(days=90) else 0.015) else "Paid"
        )
    if TODAY - issued < timedelta(days=4):
        return chance.choice(("Draft", "Sent"))
    return "Paid" if chance.random() < 0.35 else "Sent"


def tasks(chance: random.Random, staff: list[Sequence[object]]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Title", "Assigned To", "Due", "Done", "Priority", "Created At"]]
    verbs = ("Call", "Send price list to", "Visit", "Check delivery for", "Prepare offer for", "Remind")
    for _ in range(200):
        due = TODAY + timedelta(days=chance.randint(-120, 45))
        title = f"{chance.choice(verbs)} {chance.choice(FIRST)} {chance.choice(LAST)}"
        done = 1 if due < TODAY and chance.random() < 0.85 else 0
        made = moment(chance, min(due - timedelta(days=chance.randint(3, 30)), TODAY))
        identity = f"{chance.getrandbits(32):08X}-{chance.getrandbits(16):04X}-4{chance.getrandbits(12):03X}"
        identity += f"-8{chance.getrandbits(12):03X}-{chance.getrandbits(48):012X}"
        who = str(chance.choice(staff[1:])[0])
        rows.append(
            (identity, title, who, due, done, chance.choice(("Low", "Normal", "Normal", "High")), made)
        )
    return rows
