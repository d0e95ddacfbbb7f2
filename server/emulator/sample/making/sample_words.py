"""Words and forms that the sample's data is made of."""

from __future__ import annotations

import random
from datetime import date

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


def phone(chance: random.Random) -> str:
    return (
        f"+{chance.choice((49, 45, 46, 31, 353))} {chance.randint(20, 99)} {chance.randint(100000, 9999999)}"
    )


def moment(chance: random.Random, day: date) -> str:
    return f"{day} {chance.randint(7, 17):02d}:{chance.randint(0, 59):02d}:{chance.randint(0, 59):02d}"


def plain(name: str) -> str:
    table = str.maketrans("äöüßéèåøłáóñÅØŁÖçíœôëÇ", "aouseeaolaonaoloccioec"[:22])
    return "".join(
        each for each in name.lower().translate(table) if each.isascii() and (each.isalnum() or each == "-")
    )
