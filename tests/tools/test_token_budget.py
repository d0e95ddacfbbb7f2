"""What answers cost a model."""

from __future__ import annotations

from typing import Any

import pytest

from ..assistant import assisted, said
from ..tokens import tokens, tokens_of

pytestmark = pytest.mark.anyio


async def test_twenty_records_of_three_short_fields_cost_at_most_500_tokens_either_way() -> None:
    async with assisted() as assistant:
        result = await assistant.call("find_records", layout="API Customers", fields=["ID", "City", "Status"])
        assert result.structured_content is not None
        assert result.structured_content["shown"] == 20
        assert tokens_of(result.structured_content) <= 500
        assert tokens(said(result)) <= 500


async def test_with_a_portal_row_of_two_values_each_at_most_700() -> None:
    async with assisted() as assistant:
        fields = ["Number", "Status", "Total", "Lines::SKU", "Lines::Quantity"]
        rows: list[list[Any]] = []
        for offset in range(0, 600, 100):
            page = await assistant.ask(
                "find_records", layout="Invoices", fields=fields, limit=100, offset=offset
            )
            rows += page["rows"]
        numbers = [row[1] for row in rows if len(row[-1]) == 1][:20]
        result = await assistant.call(
            "find_records", layout="Invoices", where={"Number": numbers}, fields=fields, limit=20
        )
        assert result.structured_content is not None
        assert result.structured_content["shown"] == 20
        assert all(len(row[-1]) == 1 and len(row[-1][0]) == 2 for row in result.structured_content["rows"])
        assert tokens_of(result.structured_content) <= 700
        assert tokens(said(result)) <= 700


async def test_text_and_structure_carry_the_same_facts() -> None:
    async with assisted() as assistant:
        result = await assistant.call("get_record", layout="Customers", id="1")
        assert result.structured_content is not None
        assert all(str(value) in said(result) for value in result.structured_content["fields"].values())
