"""Asks the generated ledger, and reckons the same from its rows in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..assistant import Assistant
from ..tokens import tokens_of
from .ledger import Invoice, Ledger

Test = Callable[[Invoice], bool]


@dataclass
class Asking:
    """Asks, and keeps what each answer cost."""

    assistant: Assistant
    ledger: Ledger
    questions: int = 0
    dearest: int = 0

    async def ask(self, tool: str, **arguments: object) -> dict[str, Any]:
        answer = await self.assistant.ask(tool, **arguments)
        self.questions += 1
        self.dearest = max(self.dearest, tokens_of(answer))
        return answer

    def those(self, test: Test) -> list[Invoice]:
        return [invoice for invoice in self.ledger.invoices if test(invoice)]

    async def agrees(
        self, where: object, test: Test, omit: object = None, measures: Iterable[object] = ()
    ) -> dict[str, Any]:
        """Count and sum of what matches."""
        wanted = self.those(test)
        answer = await self.ask(
            "summarize_records",
            layout="Invoices",
            where=where,
            omit=omit,
            measures=["count", {"sum": "Total"}, *measures],
        )
        assert answer["found"] == answer["figures"]["count"] == len(wanted)
        assert number(answer["figures"]["sum Total"]) == (sum(i.total for i in wanted) if wanted else None)
        return answer


def number(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def table(answer: dict[str, Any]) -> dict[Any, list[Decimal | None]]:
    return {row[0]: [number(each) for each in row[1:]] for row in answer["rows"]}


def grouped(invoices: Iterable[Invoice], key: Callable[[Invoice], Any]) -> dict[Any, list[Invoice]]:
    groups: defaultdict[Any, list[Invoice]] = defaultdict(list)
    for invoice in invoices:
        groups[key(invoice)].append(invoice)
    return groups


def sums(groups: dict[Any, list[Invoice]]) -> dict[Any, list[Decimal | None]]:
    return {key: [Decimal(len(own)), sum((i.total for i in own), Decimal(0))] for key, own in groups.items()}


def month(invoice: Invoice) -> str | None:
    if invoice.date is None:
        return "(text, no date)" if invoice.day else None
    return f"{invoice.date:%Y-%m}"
