"""Customers, their contacts, and the staff."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from .sample_words import FIRST, FORMS, LAST, PLACES, STREETS, TODAY, TRADES, phone, plain

_NOTES = (
    "Prefers delivery before noon.",
    "Ring the bell twice.\nThe yard is behind the church.",
    'Asks for the "blue" catalogue every spring.',
    "Pays by bank transfer, 2% discount agreed.",
    "Do not ship on Fridays.",
    "Dutch paperwork needed for customs.",
)


def customers(chance: random.Random) -> list[Sequence[object]]:
    heading = "ID,Name,Email,Phone(1),Phone(2),Phone(3),Street,Postcode,City,Country,Status,Since,Credit Limit,Notes,Archived,Photo"
    rows: list[Sequence[object]] = [heading.split(",")]
    for number in range(1, 401):
        city, country = chance.choice(PLACES)
        owner = chance.choice(LAST)
        trade = chance.choice(TRADES)
        name = chance.choice(
            (f"{owner} {trade}", f"{city} {trade}", f"{owner} & {chance.choice(LAST)}", f"{owner}'s {trade}")
        )
        name = f"{name} {FORMS.get(country, 'Ltd.')}"
        site = plain(f"{owner}-{trade}") + f"{number}.example"
        archived = number % 29 == 0
        status = (
            "Dormant"
            if archived
            else chance.choices(("Active", "Prospect", "Dormant", "Blocked"), (70, 15, 12, 3))[0]
        )
        rows.append(
            (
                f"C-{number:04d}",
                name,
                f"office@{site}" if number % 17 else "",
                phone(chance),
                phone(chance) if chance.random() < 0.4 else "",
                phone(chance) if chance.random() < 0.08 else "",
                f"{chance.choice(STREETS)} {chance.randint(1, 140)}",
                f"{chance.randint(1000, 99999):05d}",
                city,
                country,
                status,
                TODAY - timedelta(days=chance.randint(30, 5200)),
                chance.choice((1000, 2500, 5000, 10000, 25000, 50000)) if chance.random() < 0.93 else "",
                chance.choice(_NOTES) if chance.random() < 0.2 else "",
                1 if archived else "",
                f"files/photo-{number % 6 + 1}.png" if number % 20 == 1 else "",
            )
        )
    return rows


def contacts(chance: random.Random, customers: list[Sequence[object]]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [
        ["ID", "Customer ID", "First Name", "Last Name", "Role", "Email", "Phone"]
    ]
    owners = [str(each[0]) for each in customers[1:]]
    for number in range(1, 901):
        owner = owners[number - 1] if number <= 400 else chance.choice(owners)
        first, last = chance.choice(FIRST), chance.choice(LAST)
        role = chance.choices(("Owner", "Purchasing", "Accounts", "Warehouse"), (3, 4, 2, 2))[0]
        address = f"{plain(first)}.{plain(last)}@{owner.lower()}.example"
        rows.append(
            (f"K-{number:04d}", owner, first, last, role, address, phone(chance) if number % 3 else "")
        )
    return rows


def staff(chance: random.Random) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Name", "Department", "Hired", "Shift Start", "Email", "Salary"]]
    for number in range(1, 26):
        first, last = FIRST[number], LAST[number]
        department = ("Sales", "Warehouse", "Accounts", "Workshop")[number % 4]
        start = {"Warehouse": "06:00:00", "Workshop": "07:30:00"}.get(department, "08:45:00")
        hired = TODAY - timedelta(days=chance.randint(100, 6000))
        mail = f"{plain(first)}@harbor.example"
        rows.append(
            (
                f"S-{number:02d}",
                f"{first} {last}",
                department,
                hired,
                start,
                mail,
                chance.randint(30, 70) * 1000,
            )
        )
    return rows
