"""Prompts for the questions that people ask again and again."""

import pytest
from mcp_types import PromptReference

from ..assistant import assisted

pytestmark = pytest.mark.anyio


async def test_prompts_complete_the_names_of_layouts() -> None:
    async with assisted() as assistant:
        names = {prompt.name for prompt in (await assistant.client.list_prompts()).prompts}
        assert names == {"explore_solution", "find_and_report", "check_data_quality", "month_end"}
        reference = PromptReference(name="check_data_quality")
        offered = await assistant.client.complete(reference, {"name": "layout", "value": "inv"})
        assert set(offered.completion.values) >= {"Invoices", "Invoice Lines"}
        asked = await assistant.client.get_prompt("check_data_quality", {"layout": "Invoices"})
        assert "'Invoices'" in str(asked.messages[0].content)
