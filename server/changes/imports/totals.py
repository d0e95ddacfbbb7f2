"""Rows at the end of a sheet that sum up the others, and would become a record of their own."""

from __future__ import annotations

from collections.abc import Sequence

from ...documents.column_forms import CODES
from ...documents.sheet import SheetRow

WORDS = frozenset(
    [
        "total",
        "totals",
        "subtotal",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "insgesamt",
        "zwischensumme",
        "somme",
        "totale",
        "totaal",
        "suma",
        "razem",
        "celkem",
        "gesamtergebnis",
        "saldo",
        "endsaldo",
        "neuer saldo",
        "kontostand",
        "eindsaldo",
        "saldo finale",
        "nouveau solde",
        "closing balance",
        "ending balance",
        "eindtotaal",
        "総計",
        "合計",
    ]
) | {"grand total", "sous-total", "total général", "total general", "totale complessivo"}
CURRENCIES = frozenset(CODES.split("|")) | {"€", "$", "£"}
LOOKED_AT = 3
"""Rows at the end that may hold totals."""
WHY = "it looks like the totals of the rows above"


def totals(rows: Sequence[SheetRow]) -> frozenset[int]:
    """The numbers of the rows that say so in one cell and hold nothing but numbers beside it."""
    return frozenset(row.number for row in rows[-LOOKED_AT:] if _is_total(row))


def _is_total(row: SheetRow) -> bool:
    texts = [cell.strip() for cell in row.cells if isinstance(cell, str) and cell.strip()]
    words = [text for text in texts if text not in CURRENCIES and not any(c.isdigit() for c in text)]
    return len(words) == 1 and words[0].rstrip(":").strip().casefold() in WORDS
