"""Questions to 50,000 invoices with dirt in them: sixty agree to the cent and to the record with plain Python over the CSV files that
the solution is loaded from, and the ten that are asked most cost what docs/answers.md says."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from mcp_types import CallToolResult

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import Assistant, assisted, said
from ..tokens import tokens, tokens_of
from . import first_thirty, second_thirty
from .asking import Asking
from .ledger import Ledger, made, read_back, written
from .second_thirty import Office

pytestmark = pytest.mark.anyio

PAGE = Path(__file__).parents[2] / "docs" / "answers.md"
MOST_TOKENS = 600


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Of the module, since what is loaded once is served by one event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Office]:
    """Loaded once: no question changes anything."""
    folder = tmp_path_factory.mktemp("ledger")
    solution = written(made(), folder / "Ledger")
    settings = {
        "FILEMAKER_DATABASE": "Ledger",
        "FILEMAKER_TIME_ZONE": "Europe/Berlin",
        "FILEMAKER_FILES_FOLDER": str(folder / "files"),
    }
    async with assisted(settings, emulator=Emulator([solution])) as assistant:
        yield Office(Asking(assistant, read_back(solution)), solution)


async def test_sixty_answers_agree_with_plain_python(office: Office) -> None:
    asking = office.asking
    office.every = await first_thirty.over_the_whole_table(asking)
    await first_thirty.by_criteria(asking)
    await first_thirty.single_records(asking)
    await first_thirty.business_questions_in_three_calls(asking)
    await second_thirty.spellings(office)
    await second_thirty.numbers_in_text(office)
    await second_thirty.like_with_like(office)
    await second_thirty.across_layouts(office)
    await second_thirty.bands(office)
    await second_thirty.measures_of_measures(office)
    await second_thirty.offsets_and_narrowing(office)
    await second_thirty.many_groups(office)
    assert asking.questions >= 60


def questions() -> list[dict[str, Any]]:
    """The ten most asked, as docs/answers.md writes them."""
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [json.loads(block) for block in blocks]


def facts_of(result: CallToolResult) -> dict[str, Any]:
    return cast("dict[str, Any]", result.structured_content)


def running(result: CallToolResult) -> bool:
    return facts_of(result).get("state") == "running"


async def answers(assistant: Assistant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for question in questions():
        tool = question.pop("tool")
        result = await assistant.call(tool, **question)
        assert not result.is_error, said(result)
        while running(result):  # on a slow machine
            result = await assistant.call("check_job", job=facts_of(result)["job"], wait=50)
        assert tokens_of(facts_of(result)) <= MOST_TOKENS, question
        assert tokens(said(result)) <= MOST_TOKENS, question
        found.append(facts_of(result))
    return found


async def test_the_ten_most_asked_take_one_call_each_and_600_tokens(office: Office) -> None:
    ledger = office.asking.ledger
    aged, revenue, lost, best, paid, late, twins, low, shares, so_far = await answers(office.asking.assistant)
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
