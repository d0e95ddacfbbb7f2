"""The questions that are asked most, as docs/answers.md writes them: each one call, and cheap."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted, said
from ..tokens import tokens, tokens_of
from .ledger import Ledger, dirtied, made, written

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
MOST_TOKENS = 600


def questions() -> list[dict[str, Any]]:
    return [
        json.loads(block)
        for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    ]


async def answers(assistant: Assistant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for question in questions():
        tool = question.pop("tool")
        result = await assistant.call(tool, **question)
        assert not result.is_error, said(result)
        assert tokens_of(result.structured_content) <= MOST_TOKENS, question
        assert tokens(said(result)) <= MOST_TOKENS, question
        found.append(dict(result.structured_content or {}))
    return found


async def test_the_ten_most_asked_take_one_call_each_and_600_tokens(tmp_path: Path) -> None:
    ledger = made(count=5_000)
    emulator = Emulator([written(ledger, tmp_path / "Ledger")])
    dirtied(emulator, ledger)
    settings = {"FILEMAKER_DATABASE": "Ledger", "FILEMAKER_TIME_ZONE": "Europe/Berlin"}
    async with assisted(settings, emulator=emulator) as assistant:
        aged, revenue, lost, best, paid, late, twins, low, shares, so_far = await answers(assistant)
    today = date.fromisoformat(revenue["today"][:10])
    open_ = [i for i in ledger.invoices if i.status == "open"]
    assert Decimal(str(aged["total"]["owed"])) == sum(i.total - i.paid for i in open_)
    assert aged["columns"] == ["Customer ID", f"Due (age on {today.isoformat()})", "owed"]
    assert "up to the same day" in revenue["compared"]
    assert lost["found"] == len(bought(ledger, today.year - 1) - bought(ledger, today.year))
    assert Counter(row[0] for row in best["rows"]) == dict.fromkeys(("North", "South", "East", "West"), 3)
    assert 12 <= len(paid["rows"]) <= 13
    assert late["found"] == sum(
        not i.shipped and i.date is not None and i.date <= today - timedelta(days=14) for i in open_
    )
    assert len(twins["rows"]) == 20
    assert twins["groups_left_out_by_having"] > 0
    assert low["found"] == sum(
        p.stock.isdigit() and int(p.stock) <= p.minimum and not p.on_order for p in ledger.products
    )
    assert low["not_compared"]
    last_year = [i for i in ledger.invoices if i.date and i.date.year == today.year - 1]
    assert sum(Decimal(str(row[2])) for row in shares["rows"]) == pytest.approx(
        Decimal(100), abs=Decimal("0.05")
    )
    assert Decimal(str(so_far["rows"][-1][2])) == sum(i.total for i in last_year)


def bought(ledger: Ledger, year: int) -> set[str]:
    return {i.customer for i in ledger.invoices if i.date is not None and i.date.year == year}
