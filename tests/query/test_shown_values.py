"""A value list may show another content than it stores: whoever asks by what is shown finds what is stored."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from filemaker_mcp.server.app.sample_server import sample_folder

from ..assistant import assisted

pytestmark = pytest.mark.anyio

DATA = sample_folder() / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_a_shown_value_finds_what_is_stored_everywhere(tmp_path: Path) -> None:
    names = Counter(row["Name"] for row in rows("Customers"))
    one = next(row for row in rows("Customers") if names[row["Name"]] == 1)
    own = [row for row in rows("Invoices") if row["Customer ID"] == one["ID"]]
    other = next(row for row in rows("Customers") if row["ID"] != one["ID"] and names[row["Name"]] == 1)
    both = [row for row in rows("Invoices") if row["Customer ID"] in (one["ID"], other["ID"])]
    by_name = {"Customer ID": one["Name"].upper()}
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        found = await assistant.ask("find_records", layout="Invoices", where=by_name, limit=1)
        assert found["found"] == len(own)
        assert any(f'"{one["ID"]}" is stored' in note for note in found["notes"])
        assert found["understood"] == f'Customer ID is "{one["ID"]}"'
        whole = {"Customer ID": f"{one['ID']} {one['Name']}"}
        assert (await assistant.ask("find_records", layout="Invoices", where=whole, limit=1))["found"] == len(
            own
        )
        for condition in ([one["Name"], other["ID"]], {"any_of": [one["ID"], other["Name"]]}):
            answer = await assistant.ask(
                "summarize_records", layout="Invoices", where={"Customer ID": condition}
            )
            assert answer["found"] == len(both)
        without = await assistant.ask(
            "summarize_records", layout="Invoices", where={"Customer ID": {"not": one["Name"]}}
        )
        assert without["found"] == len(rows("Invoices")) - len(own)
        assert (
            without["found"]
            == (await assistant.ask("find_records", layout="Invoices", omit=by_name))["found"]
        )
        exported = await assistant.ask("export_records", layout="Invoices", where=by_name, file="own.csv")
        assert exported["rows"] == len(own)
        plan = await assistant.ask(
            "edit_records", layout="Invoices", where=by_name, values={"Remark": "checked"}, max_records=50
        )
        assert f"{len(own)} record" in plan["summary"]
        across = {"in": {"layout": "Invoices", "where": by_name, "field": "Customer ID"}}
        customers = await assistant.ask("find_records", layout="Customers", where={"ID": across}, limit=1)
        assert customers["found"] == 1
        nobody = await assistant.ask("find_records", layout="Invoices", where={"Customer ID": "Nobody Ltd"})
        assert (nobody["found"], "is stored" in str(nobody)) == (0, False)


async def test_a_list_that_the_policy_closes_tells_nothing() -> None:
    """Neither of contents that are hidden or disguised, nor of layouts that are closed, nor of records out of scope."""
    names = Counter(row["Name"] for row in rows("Customers"))
    one = next(row for row in rows("Customers") if names[row["Name"]] == 1)
    question = {"layout": "Invoices", "where": {"Customer ID": one["Name"]}}
    rule: dict[str, object] = {"where": {"Status": "Paid"}, "key": "Number"}
    closed: tuple[dict[str, object], ...] = (
        {"HIDDEN_FIELDS": {"*": ["Customer ID"]}, "COUNT_HIDDEN_FIELDS": True},
        {"HIDDEN_FIELDS": {"Customers": ["Name"]}},
        {"ACCESS_BY_LAYOUT": {"Customers": "none"}},
        {"SCOPE": {"Invoices": rule}},
    )
    for policy in closed:
        environment = {f"FILEMAKER_{name}": json.dumps(value) for name, value in policy.items()}
        async with assisted(environment) as assistant:
            result = await assistant.call("find_records", **question)
            assert (result.structured_content or {"found": 0})["found"] == 0, policy
            assert one["ID"] not in str(result), policy
    opened = {"FILEMAKER_SCOPE": json.dumps({"Invoices": {**rule, "value_lists": ["Customers"]}})}
    paid = [r for r in rows("Invoices") if (r["Customer ID"], r["Status"]) == (one["ID"], "Paid")]
    async with assisted(opened) as assistant:
        assert (await assistant.ask("find_records", **question))["found"] == len(paid) > 0
