"""A rule whose layout nobody can place may be one for any table: until somebody tells, no change goes past it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from filemaker_mcp.server.emulator.app import Emulator

from ...host_of import host_of
from ..applying.faults import Swift
from ..shop_host import FOLDER, in_shop, shop, stored
from ..workshop_host import applied, made, planned

pytestmark = pytest.mark.anyio

THROUGH: dict[str, Any] = {"write_through": {"Invoices": "Save Invoice"}}
EDIT: Mapping[str, Any] = {"layout": "Invoices Brief", "ids": ["1"], "values": {"Total": 4242}}


def changed(folder: Path, *changes: tuple[str, str], profile: int | None = None) -> Emulator:
    """The shop with other layouts or rights."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    text = (FOLDER / "shop.toml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    return Emulator([folder]) if profile is None else Emulator([folder], profile=profile)


RENAMED = (
    ("[layouts.Invoices]", '[layouts."Old Invoices"]'),
    ("[[layouts.Invoices.portals]]", '[[layouts."Old Invoices".portals]]'),
)
UNSEEN = (('layouts = { "*" = "edit" }', 'layouts = { "*" = "edit", "Invoices" = "none" }'),)


async def test_a_rule_for_a_layout_that_is_not_to_be_found_stops_changes_that_could_fall_under_it(
    tmp_path: Path,
) -> None:
    cases: tuple[tuple[dict[str, Any], Emulator], ...] = (
        (THROUGH, changed(tmp_path / "renamed", *RENAMED)),
        (THROUGH, changed(tmp_path / "unseen", *UNSEEN)),
        ({"write_through": {"Invoices ": "Save Invoice"}}, shop()),
        ({"write_through": {"Ｉnvoices": "Save Invoice"}}, shop()),
        ({"change_only_where": {"Invoises": {"Status": "Draft"}}}, shop()),
        ({"stamp_by_layout": {"Invoises": {"AI By": "{person}"}}}, shop()),
        ({"journal_table": "Lgo"}, shop()),
    )
    for rules, emulator in cases:
        setting = next(iter(rules))
        named = rules[setting] if isinstance(rules[setting], str) else next(iter(rules[setting]))
        async with in_shop(rules, emulator) as assistant:
            text = await assistant.refused("edit_records", **EDIT)
            assert f"{setting} speaks of records on {named!r}, and whether 'Invoices Brief' shows" in text, (
                text
            )
            assert "this account sees no layout of that name" in text
            assert "The owner corrects that name, or says its table in `tables`" in text
            related = {"Invoices::Customer": "Eve"}
            text = await assistant.refused("edit_records", layout="Lines", ids=["1"], values=related)
            assert f"{setting} speaks of records on {named!r}" in text, text
            assert (await assistant.ask("find_records", layout="Invoices Brief", limit=1))["rows"]
            assert (await stored(assistant, 1))["Total"] == "100"


async def test_a_lost_layout_lets_through_what_its_rule_leaves_open_and_what_the_owner_places(
    tmp_path: Path,
) -> None:
    lost: dict[str, Any] = {"write_through": {"Gone": "Save Invoice"}, "access": "delete"}
    async with in_shop(lost) as assistant:  # its script deletes nothing
        plan = await planned(assistant, "delete_records", layout="Invoices Brief", ids=["4"])
        assert (await applied(assistant, plan))["records"] == {"done": 1}
    freed: dict[str, Any] = {"write_through": {"Gone": "Save Invoice", "Invoices Brief": {}}}
    async with in_shop(freed) as assistant:
        assert (await made(assistant, "edit_records", **EDIT))["records"] == {"done": 1}
    free: dict[str, Any] = {"write_through": {"Gone": {}}, "change_only_where": {"Lost": {}}}
    async with in_shop(free) as assistant:
        assert (await made(assistant, "edit_records", **EDIT))["records"] == {"done": 1}
    placed = lost | {"tables": {"Gone": "Lines"}}
    async with in_shop(placed) as assistant:
        assert (await made(assistant, "edit_records", **EDIT))["records"] == {"done": 1}
        text = await assistant.refused("edit_records", layout="Lines", ids=["1"], values={"Amount": 2})
        assert "by the owner's script, on 'Gone', and 'Lines' would go past it" in text


async def test_a_plan_of_before_is_not_carried_out_past_a_rule_whose_layout_is_renamed(
    tmp_path: Path,
) -> None:
    state = {"FILEMAKER_STATE": str(tmp_path / "state.db")}
    async with in_shop({}, environment=state) as assistant:
        waiting = await planned(assistant, "edit_records", **EDIT)
    emulator = changed(tmp_path / "renamed", *RENAMED)
    async with in_shop(THROUGH, emulator, environment=state) as assistant:
        answer = await applied(assistant, waiting)
        assert answer["records"] == {"refused": 1}
        assert "write_through speaks of records on 'Invoices'" in str(answer["details"])


async def test_who_agrees_and_whose_text_it_is_hold_everywhere_while_their_layout_is_lost() -> None:
    ask = {"FILEMAKER_APPROVAL": "by_risk", "FILEMAKER_APPROVAL_SECONDS": "0.05"}
    for rules in (
        {"approval_by_layout": {"Invoises": "person"}},
        {"approval_by_field": {"Invoises": {"Total": "person"}}},
        {"untrusted_fields": {"Invoises": ["Customer"]}},
    ):
        async with in_shop(rules, environment=ask) as assistant:
            await assistant.ask("find_records", layout="Invoices Brief", fields=["Customer"])
            answer = await applied(assistant, await planned(assistant, "edit_records", **EDIT))
            assert answer["state"] != "done", rules
            assert (await stored(assistant, 1))["Total"] == "100"


@pytest.mark.parametrize("profile", [18, 19])
async def test_a_read_that_failed_is_not_remembered(profile: int) -> None:
    """Hosts that list no tables are asked for a record, and one failed answer neither opens anything nor closes it for long."""
    emulator, away = host_of(FOLDER, profile=profile), ["/layouts/Invoices Brief/records"]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if away and scope["type"] == "http" and away[0] in scope["path"]:
            await send({"type": "http.response.start", "status": 502, "headers": []})
            await send({"type": "http.response.body", "body": b"bad gateway"})
        else:
            await emulator.app(scope, receive, send)

    rules = {"write_through": {"Invoices Brief": "Save Invoice"}}
    async with in_shop(rules, emulator, transport=httpx.ASGITransport(app=app), clock=Swift()) as assistant:
        wish: dict[str, Any] = {"layout": "Invoices", "ids": ["1"], "values": {"Total": 4242}}
        text = await assistant.refused("edit_records", **wish)
        assert "cannot be told: its records could not be read just now" in text
        away.clear()
        text = await assistant.refused("edit_records", **wish)
        assert "by the owner's script, on 'Invoices Brief', and 'Invoices' would go past it" in text
        lines = await made(assistant, "edit_records", layout="Lines", ids=["1"], values={"Amount": 2})
        assert lines["records"] == {"done": 1}


async def test_a_table_without_records_tells_nothing_until_it_has_one() -> None:
    """What has a record lies in another table; another empty one may be the same."""
    rules = {"write_through": {"History": "Save Invoice"}}
    async with in_shop(rules, host_of(FOLDER, profile=18)) as assistant:
        assert (await made(assistant, "edit_records", **EDIT))["records"] == {"done": 1}
        text = await assistant.refused("create_records", layout="Log", records=[{"Entry": "x"}])
        assert "write_through speaks of records on 'History'" in text
        assert "it has no record yet by which this host would tell" in text
