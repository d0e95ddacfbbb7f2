"""A question that would read more than the owner lets it: an estimate first, and all of it when it is asked for again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..assistant import assisted
from ..changes.workshop_host import planned

pytestmark = pytest.mark.anyio

TINY = {"FILEMAKER_LIMITS": json.dumps({"megabytes_per_question": 0.01}), "FILEMAKER_APPROVAL": "client"}
SCRIPTS = {"FILEMAKER_SCRIPTS": json.dumps({"Echo": {"effect": "changes", "layout": "Invoices"}})}
HERE = {"Total": {"gt": {"field": "Paid Amount"}}}
"""No find of FileMaker's says it, so every record is looked at here."""


QUESTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("summarize_records", {"measures": ["sum Total"]}, "1,500 records"),
    ("summarize_records", {"where": {"Date": "2025-06"}, "compare": "previous_period"}, "records"),
    ("export_records", {"file": "budget.csv"}, "records"),
    ("find_records", {"where": HERE}, "records"),
    ("find_records", {"portals": ["Lines"], "limit": 30}, "records with all their portal rows"),
    ("edit_records", {"where": HERE, "values": {"Status": "Sent"}, "max_records": 5000}, "records"),
]


async def test_what_would_read_too_much_is_estimated_first_and_read_when_asked_again() -> None:
    async with assisted(TINY | SCRIPTS) as assistant:

        async def estimated(tool: str, question: dict[str, Any], what: str) -> None:
            before = len(assistant.emulator.requests)
            said = await assistant.refused(tool, **question)
            assert f"{what}, about " in said
            assert "one question may read 0.01 MB unasked. Nothing more was read." in said
            assert "conditions that FileMaker can find by itself" in said
            assert "go_ahead: true" in said
            sent = assistant.emulator.requests[before:]
            assert sum("/records" in each.path or "/_find" in each.path for each in sent) <= 2

        found = await assistant.ask("find_records", layout="Invoices", where={"Status": "Overdue"}, limit=1)
        for tool, question, what in QUESTIONS:
            await estimated(tool, {"layout": "Invoices", **question}, what)
        for tool, question in (
            ("delete_records", {"found_set": found["found_set"], "max_records": 5000}),
            (
                "run_script",
                {"found_set": found["found_set"], "script": "Echo", "parameter": {"field": "Number"}},
            ),
        ):
            await estimated(tool, question, "records")
            await planned(assistant, tool, **question, go_ahead=True)
        for tool, question, _ in QUESTIONS[1:4]:
            assert await assistant.ask(tool, layout="Invoices", **question, go_ahead=True)
        one = {"Number": "INV-00001"}
        await assistant.ask("find_records", layout="Invoices", where=one, portals=["Lines"])
        await assistant.ask("summarize_records", layout="Invoices", where=one)


async def test_an_owner_can_do_without_the_bound() -> None:
    environment = {"FILEMAKER_LIMITS": json.dumps({"megabytes_per_question": "unlimited"})}
    async with assisted(environment) as assistant:
        await assistant.ask("summarize_records", layout="Invoices", measures=["sum Total"])
