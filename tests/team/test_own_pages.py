"""The pages of a team: each person sees what is theirs, an approver what waits for them, and only a fresh act agrees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.pages.headers import POLICY

from ..authorization.served import asked
from ..http.agent_keys import agent_keys
from ..http.later import Later
from .company import Company, company

pytestmark = pytest.mark.anyio
PAGES = (
    "/", "/changes", "/jobs", "/usage", "/usage.csv", "/journal", "/journal.csv", "/connection", "/policy", "/files",
)  # fmt: skip


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_each_person_sees_their_own_pages_and_nobody_elses(tmp_path: Path) -> None:
    async with company(tmp_path) as team:
        stranger = team.window()
        for path in PAGES:
            answer = await stranger.get(path)
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/sign-in?"), path
        adas, bobs = await team.token("ada"), await team.token("bob")
        plan, other = await team.plan(adas), await team.plan(bobs, layout="Products", ids=["2"])
        ada, bob = await team.browser("ada"), await team.browser("bob")
        for path in PAGES:
            answer = await ada.get(path)
            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-security-policy"] == POLICY
            assert other not in answer.text
            assert "|bob" not in answer.text
        for path in ("/", "/changes", "/journal", "/journal.csv"):
            assert plan in (await ada.get(path)).text, path
        assert "Signed in as" in (await ada.get("/policy")).text
        for path in (f"/changes/{plan}", f"/changes/{plan}/1", f"/changes/{plan}/plan.csv", f"/agree/{plan}"):
            assert (await bob.get(path)).status_code == 404, path
        for path in (f"/changes/{plan}/undo", f"/jobs/{plan}/stop"):
            assert (await bob.http.post(path, headers={"Origin": team.origin})).status_code == 404
        assert (await ada.get("/journal?check=1")).text.count("The chain is whole") == 0, (
            "the owner asks that"
        )
        await _decided(team, plan, adas)
        assert (await ada.http.post("/sign-out", headers={"Origin": team.origin})).status_code == 200
        assert (await ada.get("/")).status_code == 303


async def _decided(team: Company, plan: str, token: str) -> None:
    """By its person alone, once, for what they looked at, and by an act of that moment."""
    ada, bob = await team.browser("ada"), await team.browser("bob")
    sent_on = await ada.get(f"/changes/{plan}")
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, f"/agree/{plan}")
    assert (await ada.get(f"/changes/{plan}/1")).status_code == 200
    assert (await ada.http.post(f"/changes/{plan}", data={"answer": "yes"})).status_code == 303
    assert (await ada.get(f"/agree/{plan}")).status_code == 200
    page = ada.page
    assert (await ada.send(origin="https://evil.example", answer="yes")).status_code == 403
    ada.page = page
    assert (await ada.send(origin=team.origin, answer="yes", digest="0" * 64)).status_code == 409
    assert (await team.agreed(ada, plan, "bob")).status_code == 403, "somebody else signed in anew"
    assert "You agreed" in (await team.agreed(ada, plan, "ada")).text
    ada.page = page
    assert (await ada.send(origin=team.origin, answer="no")).status_code == 410
    async with team.assistant(token) as client:
        assert (await asked(client, "apply_change", change_id=plan))["state"] == "done"
    ended = await ada.get(f"/changes/{plan}")
    assert re.search(
        r"\|ada, called (&#34;|\")Ada(&#34;|\") there, by signing in anew at their provider", ended.text
    )
    undo = await ada.send(f"/changes/{plan}/undo", team.origin)
    back = undo.headers["location"]
    assert (undo.status_code, back.startswith("/changes/")) == (303, True)
    assert (await bob.get(back)).status_code == 404
    assert (await ada.get((await ada.get(back)).headers["location"])).status_code == 200
    assert f"Take back {plan}" in ada.page


async def test_an_approver_sees_what_waits_and_agrees_for_others_and_says_no_to_nobody_elses_four_eyes(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, {"approvers_see_all": True}) as team:
        plan = await team.plan(await team.token("ada"))
        lea, olga = await team.browser("lea"), await team.browser("olga")
        await lea.get("/")
        assert plan in lea.page
        assert f"Asked for by <bdi>{team.caller('ada')}</bdi>." in lea.page
        assert plan in (await lea.get("/changes")).text
        assert "you see every value".casefold() in (await lea.get(f"/agree/{plan}")).text.casefold()
        assert plan not in (await lea.get("/journal")).text
        assert "You agreed" in (await team.agreed(lea, plan, "lea")).text
        assert "|lea, called" in (await olga.get(f"/changes/{plan}")).text
        assert "The chain is whole" in (await olga.get("/journal?check=1")).text
        assert (
            await olga.http.post(f"/changes/{plan}/undo", headers={"Origin": team.origin})
        ).status_code == 404


async def test_an_approver_without_that_right_sees_what_their_own_rules_show(tmp_path: Path) -> None:
    hidden = {"hidden_fields": {"*": ["Price"]}}
    async with company(tmp_path) as team:
        plan = await team.plan(await team.token("ada"))
        lea = await team.browser("lea")
        assert plan in (await lea.get("/")).text
        assert plan not in (await lea.get("/changes")).text
        assert "you answer for them" in (await lea.get(f"/agree/{plan}")).text
    folder = tmp_path / "narrow"
    folder.mkdir()
    async with company(folder, policies={"narrow": hidden}, leads="narrow") as team:
        plan = await team.plan(await team.token("ada"))
        lea = await team.browser("lea")
        assert plan not in (await lea.get("/")).text
        assert (await lea.get(f"/agree/{plan}")).status_code == 404


async def test_who_asked_does_not_agree_where_the_owner_wants_somebody_else(tmp_path: Path) -> None:
    """Nor by another account of theirs, nor for a key of theirs."""
    clock = Later()
    async with company(
        tmp_path, {"approvers_see_all": True}, clock=clock, four_eyes=True, same=("lea", "ada")
    ) as team:
        plan = await team.plan(await team.token("ada"))
        ada, lea, olga = [await team.browser(name) for name in ("ada", "lea", "olga")]
        for window, name in ((ada, "ada"), (lea, "lea")):
            assert "Somebody else has to agree" in (await window.get(f"/agree/{plan}")).text
            assert ">Agree to this change<" not in window.page
            assert (await team.agreed(window, plan, name)).status_code == 403
        assert "You agreed" in (await team.agreed(olga, plan, "olga")).text
        async with team.assistant(await team.token("ada")) as client:
            assert (await asked(client, "apply_change", change_id=plan))["state"] == "done"


async def test_a_keys_owner_agrees_to_what_it_asks_for_unless_two_have_to(tmp_path: Path) -> None:
    issued: dict[str, Any] = {"scopes": ["fm:delete"], "days": 1, "networks": [], "now": 2e9}
    async with company(tmp_path, keyed=True) as team:
        keys = agent_keys(team.here.parts.servers)
        plan = await team.plan(await keys.add("nightly", owner=team.caller("ada"), **issued))
        ada, bob = await team.browser("ada"), await team.browser("bob")
        assert plan in (await ada.get("/")).text
        assert plan not in (await bob.get("/")).text
        assert (await bob.get(f"/agree/{plan}")).status_code == 404
        assert "You agreed" in (await team.agreed(ada, plan, "ada")).text
    folder = tmp_path / "two"
    folder.mkdir()
    async with company(folder, keyed=True, four_eyes=True) as team:
        keys = agent_keys(team.here.parts.servers)
        plan = await team.plan(await keys.add("nightly", owner=team.caller("ada"), **issued))
        assert (await team.agreed(await team.browser("ada"), plan, "ada")).status_code == 403
