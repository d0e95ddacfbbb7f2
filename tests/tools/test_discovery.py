"""What is there, and what changed since it was looked at: fields that are closed, missing or renamed, layouts renamed."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import assisted
from ..registry import DEFINITION, LAYOUT, registry

pytestmark = pytest.mark.anyio

PLACE = {"FILEMAKER_DATABASE": "Registry"}


class Redesigned(httpx.AsyncBaseTransport):
    """A host whose developer changes the solution between two requests: the sessions of before are lost with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.versions = 0
        self.become(DEFINITION)

    def become(self, definition: str, **data: str) -> None:
        self.versions += 1
        self.emulator = Emulator([registry(self._folder / str(self.versions), definition, **data)])
        self._host = httpx.ASGITransport(app=self.emulator.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._host.handle_async_request(request)


RENAMED = DEFINITION.replace('"Total"', '"Amount"').replace("\nTotal =", "\nAmount =")
ORDERS = "ID,Amount,Note,Secret,Größe\nO-1,10,late,x,a\nO-2,20,paid,y,b\nO-3,30,,z,c\n"
GUESS = "'Total' seems to be called 'Amount' now (a guess: same place, same type)"


@pytest.mark.parametrize(
    ("tool", "old", "new"),
    [
        ("find_records", {"where": {"Total": {"gt": 15}}}, {"where": {"Amount": {"gt": 15}}}),
        ("find_records", {"fields": ["Total"]}, {"fields": ["Amount"]}),
        ("find_records", {"sort": ["-Total"]}, {"sort": ["-Amount"]}),
        ("get_record", {"id": "1", "fields": ["Total"]}, {"id": "1", "fields": ["Amount"]}),
        ("summarize_records", {"measures": [{"sum": "Total"}]}, {"measures": [{"sum": "Amount"}]}),
    ],
)
async def test_a_renamed_field_is_told_with_its_new_name_and_found_by_it(
    tmp_path: Path, tool: str, old: dict[str, object], new: dict[str, object]
) -> None:
    for known_by_its_new_name in (False, True):
        host = Redesigned(tmp_path / str(known_by_its_new_name))
        async with assisted(PLACE, transport=host) as assistant:
            await assistant.ask(tool, layout=LAYOUT, **old)
            host.become(RENAMED, orders=ORDERS)
            if not known_by_its_new_name:
                assert GUESS in await assistant.refused(tool, layout=LAYOUT, **old)
            await assistant.ask(tool, layout=LAYOUT, **new)
            assert GUESS in await assistant.refused(tool, layout=LAYOUT, **old)


async def test_a_plan_that_names_a_renamed_field_changes_nothing_and_tells_the_new_name(
    tmp_path: Path,
) -> None:
    host = Redesigned(tmp_path)
    async with assisted(PLACE | {"FILEMAKER_APPROVAL": "client"}, transport=host) as assistant:
        plan = await assistant.ask("create_records", layout=LAYOUT, records=[{"Total": 5}])
        host.become(RENAMED, orders=ORDERS)
        applied = await assistant.ask("apply_change", change_id=plan["change_id"])
        assert applied["state"] == "refused"
        assert GUESS in json.dumps(applied)
        assert (await assistant.ask("summarize_records", layout=LAYOUT))["found"] == 3


async def test_what_does_not_name_the_renamed_field_is_simply_answered(tmp_path: Path) -> None:
    host = Redesigned(tmp_path)
    async with assisted(PLACE, transport=host) as assistant:
        before = await assistant.ask("find_records", layout=LAYOUT, where={"Note": "paid"})
        assert "Total" in before["columns"]
        host.become(RENAMED, orders=ORDERS)
        after = await assistant.ask("find_records", layout=LAYOUT, where={"Note": "paid"})
        assert after["rows"] == before["rows"]
        assert after["columns"] == [c.replace("Total", "Amount") for c in before["columns"]]
        stale = await assistant.refused("find_records", found_set=before["found_set"])
        assert "changed since this found set was made" in stale
        described = await assistant.ask("describe_layout", layouts=[LAYOUT], fields=["Total", "Amount"])
        assert GUESS in described["layouts"][0]["missing"]["Total"]
        assert described["layouts"][0]["fields"] == {"Amount": "number"}


async def test_a_renamed_layout_and_a_new_one_are_noticed(tmp_path: Path) -> None:
    host = Redesigned(tmp_path)
    async with assisted(PLACE, transport=host) as assistant:
        await assistant.ask("list_layouts")
        await assistant.ask("find_records", layout="Lines")
        host.become(DEFINITION.replace("[layouts.Lines]", "[layouts.Positionen]"))
        said = await assistant.refused("find_records", layout="Lines")
        assert "'Positionen' now (a guess: that name is new)" in said
        assert (await assistant.ask("list_layouts", search="posit"))["layouts"] == ["Positionen"]
        host.become(DEFINITION.replace("[layouts.Lines]", "[layouts.Archive]"))
        assert (await assistant.ask("list_layouts", search="arch"))["layouts"] == ["Archive"]


async def test_a_named_field_that_is_missing_is_told_why(tmp_path: Path) -> None:
    closed = DEFINITION.replace(
        'fields = { "*" = { "*" = "edit" } }',
        'fields = { "*" = { "*" = "edit" }, "Orders" = { "*" = "edit", "Note" = "none" } }',
    )
    emulator = Emulator([registry(tmp_path, closed)])
    environment = PLACE | {"FILEMAKER_HIDDEN_FIELDS": json.dumps({"*": ["Secret"]})}
    async with assisted(environment, emulator=emulator) as assistant:
        names = ["ID", "Note", "Secret", "Secre", "Totals", "Elsewhere"]
        described = await assistant.ask("describe_layout", layouts=[LAYOUT], fields=names)
        (layout,) = described["layouts"]
        assert set(layout["fields"]) == {"ID"}
        assert "the FileMaker account may not see it" in layout["missing"].pop("Note")
        assert layout["missing"] == {
            "Secret": "closed by the owner's policy",
            "Secre": "not on the layout",
            "Totals": "not on the layout; near: Total",
            "Elsewhere": "not on the layout",
        }


async def test_keys_and_relations_are_guessed_carefully_and_called_guesses() -> None:
    async with assisted() as assistant:
        names = ["Invoices", "Invoice Lines", "Products"]
        described = await assistant.ask("describe_layout", layouts=names)
        guesses = [layout.get("guesses", {}) for layout in described["layouts"]]
        assert [guess.get("key") for guess in guesses] == ["Number", None, "SKU"]


async def test_a_layout_that_no_address_can_name_is_said_to_be_one(tmp_path: Path) -> None:
    emulator = Emulator([registry(tmp_path, DEFINITION.replace("[layouts.Lines]", '[layouts."In/Out"]'))])
    async with assisted(PLACE, emulator=emulator) as assistant:
        assert "that name has a slash in it" in await assistant.refused("find_records", layout="In/Out")
