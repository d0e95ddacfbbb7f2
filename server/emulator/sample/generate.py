"""Makes the sample's data and files, the same bytes each time: `python -m filemaker_mcp.server.emulator.sample.generate`."""

from __future__ import annotations

import csv
import random
import struct
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

HOME = Path(__file__).parent
TODAY = date(2026, 11, 20)
"""The day on which the business of the sample stands still."""

FIRST = [
    "Anna",
    "Björn",
    "Chloé",
    "Dirk",
    "Elif",
    "Fiona",
    "Günter",
    "Håkon",
    "Inès",
    "Jürgen",
    "Kåre",
    "Łukasz",
    "Märta",
    "Niamh",
    "Øyvind",
    "Pál",
    "Renée",
    "Søren",
    "Tomás",
    "Ulrike",
    "Veronika",
    "Wim",
    "Zoë",
    "Siobhán",
    "Matthias",
    "Jörg",
    "Claire",
    "Pieter",
    "Aoife",
    "Henrik",
]
LAST = [
    "Müller",
    "O'Brien",
    "Sjöberg",
    "García",
    "D'Angelo",
    "Østergård",
    "Nowak",
    "Schröder",
    "van der Meer",
    "Fischer",
    "Lefèvre",
    "Kowalczyk",
    "Weiß",
    "O'Sullivan",
    "Åkesson",
    "Rossi",
    "Brandt",
    "Muñoz",
    "Hansen",
    "de Vries",
    "Jansen",
    "McCarthy",
    "Bauer",
    "Dubois",
    "Köhler",
    "Petersen",
    "Novák",
    "Strauß",
]
PLACES = (
    ("Hamburg", "Germany"),
    ("Lübeck", "Germany"),
    ("Kiel", "Germany"),
    ("Bremen", "Germany"),
    ("Köln", "Germany"),
    ("København", "Denmark"),
    ("Aarhus", "Denmark"),
    ("Göteborg", "Sweden"),
    ("Malmö", "Sweden"),
    ("Rotterdam", "Netherlands"),
    ("Antwerp", "Belgium"),
    ("Le Havre", "France"),
    ("Cork", "Ireland"),
    ("Gdańsk", "Poland"),
    ("Bergen", "Norway"),
)
TRADES = [
    "Chandlery",
    "Shipping",
    "Marine",
    "Yachting",
    "Nautics",
    "Trading",
    "Supplies",
    "Boatyard",
    "Rigging",
    "Fisheries",
]
FORMS = {
    "Germany": "GmbH",
    "Denmark": "ApS",
    "Sweden": "AB",
    "Netherlands": "B.V.",
    "Belgium": "NV",
    "France": "SARL",
}
GOODS = {
    "Ropes": ("Mooring Line", "Anchor Rope", "Halyard", "Tow Rope", "Shock Cord"),
    "Lamps": ("Anchor Light", "Deck Lamp", "Head Torch", "Signal Lamp", "Cabin Lamp"),
    "Tools": ("Splicing Fid", "Bosun's Knife", "Winch Handle", "Shackle Key", "Torque Wrench"),
    "Paint": ("Antifouling", "Primer", "Deck Varnish", "Topcoat", "Thinner"),
    "Clothing": ("Oilskin Jacket", "Deck Boots", "Sailing Gloves", "Thermal Cap", "Life Vest"),
    "Galley": ("Enamel Mug", "Kettle", "Non-slip Plate", "Gas Stove", "Cool Box"),
}
STREETS = (
    "Hafenstraße",
    "Quay Road",
    "Kajen",
    "Speicherweg",
    "Rue du Port",
    "Werftgasse",
    "Dockside",
    "Strandgade",
)


def main() -> None:
    chance = random.Random(1907)
    customers = _customers(chance)
    products = _products(chance)
    staff = _staff(chance)
    _write("Customers", customers)
    _write("Contacts", _contacts(chance, customers))
    _write("Products", products)
    _write("Staff", staff)
    lines, invoices = _invoices(chance, customers, products)
    _write("Invoices", invoices)
    _write("Lines", lines)
    _write("Tasks", _tasks(chance, staff))
    _write("Documents", _documents(chance, customers))
    _write("Preferences", [["Key"], ["all"]])
    _photos()


def _customers(chance: random.Random) -> list[Sequence[object]]:
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
        site = _plain(f"{owner}-{trade}") + f"{number}.example"
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
                _phone(chance),
                _phone(chance) if chance.random() < 0.4 else "",
                _phone(chance) if chance.random() < 0.08 else "",
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


_NOTES = (
    "Prefers delivery before noon.",
    "Ring the bell twice.\nThe yard is behind the church.",
    'Asks for the "blue" catalogue every spring.',
    "Pays by bank transfer, 2% discount agreed.",
    "Do not ship on Fridays.",
    "Dutch paperwork needed for customs.",
)


def _contacts(chance: random.Random, customers: list[Sequence[object]]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [
        ["ID", "Customer ID", "First Name", "Last Name", "Role", "Email", "Phone"]
    ]
    owners = [str(each[0]) for each in customers[1:]]
    for number in range(1, 901):
        owner = owners[number - 1] if number <= 400 else chance.choice(owners)
        first, last = chance.choice(FIRST), chance.choice(LAST)
        role = chance.choices(("Owner", "Purchasing", "Accounts", "Warehouse"), (3, 4, 2, 2))[0]
        address = f"{_plain(first)}.{_plain(last)}@{owner.lower()}.example"
        rows.append(
            (f"K-{number:04d}", owner, first, last, role, address, _phone(chance) if number % 3 else "")
        )
    return rows


def _products(chance: random.Random) -> list[Sequence[object]]:
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


def _invoices(
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
            else _moment(chance, issued + timedelta(days=chance.randint(0, 3)))
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
        # Old invoices are mostly settled; some of the recent ones are not.
        return (
            "Overdue" if chance.random() < (0.25 if TODAY - due < timedelta(days=90) else 0.015) else "Paid"
        )
    if TODAY - issued < timedelta(days=4):
        return chance.choice(("Draft", "Sent"))
    return "Paid" if chance.random() < 0.35 else "Sent"


def _staff(chance: random.Random) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Name", "Department", "Hired", "Shift Start", "Email", "Salary"]]
    for number in range(1, 26):
        first, last = FIRST[number], LAST[number]
        department = ("Sales", "Warehouse", "Accounts", "Workshop")[number % 4]
        start = {"Warehouse": "06:00:00", "Workshop": "07:30:00"}.get(department, "08:45:00")
        hired = TODAY - timedelta(days=chance.randint(100, 6000))
        mail = f"{_plain(first)}@harbor.example"
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


def _tasks(chance: random.Random, staff: list[Sequence[object]]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Title", "Assigned To", "Due", "Done", "Priority", "Created At"]]
    verbs = ("Call", "Send price list to", "Visit", "Check delivery for", "Prepare offer for", "Remind")
    for _ in range(200):
        due = TODAY + timedelta(days=chance.randint(-120, 45))
        title = f"{chance.choice(verbs)} {chance.choice(FIRST)} {chance.choice(LAST)}"
        done = 1 if due < TODAY and chance.random() < 0.85 else 0
        made = _moment(chance, min(due - timedelta(days=chance.randint(3, 30)), TODAY))
        identity = f"{chance.getrandbits(32):08X}-{chance.getrandbits(16):04X}-4{chance.getrandbits(12):03X}"
        identity += f"-8{chance.getrandbits(12):03X}-{chance.getrandbits(48):012X}"
        who = str(chance.choice(staff[1:])[0])
        rows.append(
            (identity, title, who, due, done, chance.choice(("Low", "Normal", "Normal", "High")), made)
        )
    return rows


def _documents(chance: random.Random, customers: list[Sequence[object]]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["ID", "Title", "Customer ID", "Kind", "File", "Received"]]
    for number in range(1, 31):
        customer = chance.choice(customers[1:])
        kind = ("Contract", "Certificate", "Letter", "Photo")[number % 4]
        title = f"{kind} {customer[1]}"
        suffix = {"Letter": "txt", "Photo": "png"}.get(kind, "pdf")
        name = f"files/document-{number:02d}.{suffix}"
        if suffix == "txt":
            (HOME / name).write_text(
                f"Dear Sir or Madam,\n\nthis letter concerns {customer[1]}.\n", "utf-8", newline="\n"
            )
        elif suffix == "pdf":
            (HOME / name).write_bytes(_pdf(f"{kind} no. {number} with customer {customer[0]}"))
        else:
            (HOME / name).write_bytes(_png(chance.randrange(256), chance.randrange(256), 120))
        received = TODAY - timedelta(days=chance.randint(1, 700))
        rows.append((f"D-{number:03d}", title, customer[0], kind, name if number % 10 else "", received))
    return rows


def _photos() -> None:
    for number in range(1, 7):
        (HOME / f"files/photo-{number}.png").write_bytes(_png(40 * number, 200 - 20 * number, 90))


def _phone(chance: random.Random) -> str:
    return (
        f"+{chance.choice((49, 45, 46, 31, 353))} {chance.randint(20, 99)} {chance.randint(100000, 9999999)}"
    )


def _moment(chance: random.Random, day: date) -> str:
    return f"{day} {chance.randint(7, 17):02d}:{chance.randint(0, 59):02d}:{chance.randint(0, 59):02d}"


def _plain(name: str) -> str:
    table = str.maketrans("äöüßéèåøłáóñÅØŁÖçíœôëÇ", "aouseeaolaonaoloccioec"[:22])
    return "".join(
        each for each in name.lower().translate(table) if each.isascii() and (each.isalnum() or each == "-")
    )


def _png(red: int, green: int, blue: int, side: int = 24) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(
        b"\0" + b"".join(bytes((red, (green + 5 * x) % 256, (blue + 7 * y) % 256)) for x in range(side))
        for y in range(side)
    )
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _pdf(text: str) -> bytes:
    content = f"BT /F1 18 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )
    body, offsets = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, each in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(body)
    body += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % each for each in offsets)
    body += b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(body)


def _write(table: str, rows: Iterable[Sequence[object]]) -> None:
    with (HOME / "data" / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
