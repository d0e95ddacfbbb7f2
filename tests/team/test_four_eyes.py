"""Where another person has to agree than who asked, it is another person: not another account, not a key of theirs."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from filemaker_mcp.server.app.http.caller_seats import CallerSeats
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.authorization.grants.revocations import Revocations
from filemaker_mcp.server.authorization.sign_in.id_token_claims import subject_in
from filemaker_mcp.server.authorization.sign_in.identity_provider import ProviderTerms
from filemaker_mcp.server.caller import remote_id
from filemaker_mcp.server.callers.caller_rule import caller_id
from filemaker_mcp.server.callers.halts import Halts
from filemaker_mcp.server.callers.issuer_tokens import IssuerRule, IssuerTokens
from filemaker_mcp.server.callers.own_accounts import NoOwnAccounts
from filemaker_mcp.server.callers.signing_keys import SigningKeys
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.errors import ConfigurationError

from ..assistant import SAMPLE
from ..authorization.served import asked
from ..authorization.stand import Browser, Stand
from ..changes.workshop_host import command
from ..http.agent_keys import agent_keys
from ..http.identity_provider import IdentityProvider
from ..postgres import on_files
from .company import Company, company

pytestmark = pytest.mark.anyio
ISSUED: dict[str, Any] = {"days": 1, "networks": [], "now": 2e9}
ALL = {"approvers_see_all": True}
EDIT: dict[str, Any] = {"layout": "Products", "ids": ["1"], "values": {"Name": "x"}}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def _key(team: Company, name: str, owner: str, scope: str = "fm:delete") -> str:
    return await agent_keys(team.here.parts.servers).add(name, owner=owner, scopes=[scope], **ISSUED)


async def test_no_account_of_a_keys_owner_agrees_to_what_it_asks_for(tmp_path: Path) -> None:
    """The owner is named by one of their accounts or by the name of [persons], and each of their accounts counts."""
    async with company(tmp_path, ALL, keyed=True, four_eyes=True, same=("ada", "lea")) as team:
        lea, olga = await team.browser("lea"), await team.browser("olga")
        for name, owner in (("by-account", team.caller("ada")), ("by-name", "one")):
            plan = await team.plan(await _key(team, name, owner))
            assert "Somebody else has to agree" in (await lea.get(f"/agree/{plan}")).text, name
            assert (await team.agreed(lea, plan, "lea")).status_code == 403, name
        assert "You agreed" in (await team.agreed(olga, plan, "olga")).text


async def test_each_account_of_a_keys_owner_answers_for_it_where_one_is_enough(tmp_path: Path) -> None:
    async with company(tmp_path, keyed=True, same=("ada", "bob")) as team:
        plan = await team.plan(await _key(team, "nightly", team.caller("ada")))
        bob = await team.browser("bob")
        assert plan in (await bob.get("/")).text
        assert "You agreed" in (await team.agreed(bob, plan, "bob")).text


async def test_what_a_key_of_nobody_asks_for_is_agreed_to_by_an_owner_alone(tmp_path: Path) -> None:
    """The approver may hold it."""
    async with company(tmp_path, ALL, keyed=True, four_eyes=True) as team:
        plan = await team.plan(await _key(team, "nightly", "", "fm:edit"), "edit_records", **EDIT)
        lea, olga = await team.browser("lea"), await team.browser("olga")
        assert "key add --owner" in (await lea.get(f"/agree/{plan}")).text
        assert (await team.agreed(lea, plan, "lea")).status_code == 403
        assert "You agreed" in (await team.agreed(olga, plan, "olga")).text


async def test_a_no_has_its_name_and_is_taken_back_by_who_may_agree_alone(tmp_path: Path) -> None:
    async with company(tmp_path, ALL, four_eyes=True) as team:
        plan = await team.plan(await team.token("ada"))
        ada, lea, olga = [await team.browser(name) for name in ("ada", "lea", "olga")]
        await lea.get(f"/agree/{plan}")
        looked = lea.page
        (digest,) = re.findall(r'name="digest" value="([^"]+)"', looked)

        async def reopened(window: Browser, said: str = digest) -> int:
            told, headers = {"answer": "reopen", "digest": said}, {"Origin": team.origin}
            return (await window.http.post(f"/agree/{plan}", data=told, headers=headers)).status_code

        async def entries() -> list[str]:
            rows = await team.here.state.rows("SELECT event, facts FROM journal ORDER BY number")
            return [row["event"] for row in rows if row["event"] != "planned"]

        assert await reopened(lea) == 303, "nobody said no"
        assert await entries() == []
        assert (await lea.send(origin=team.origin, answer="no")).status_code == 200
        assert f"{team.caller('lea')}</bdi>" in (await ada.get("/journal")).text.replace("declined", "")
        shown = (await ada.get(f"/agree/{plan}")).text
        assert "|lea said no at" in shown
        assert "Look at the plan again" not in shown
        assert [await reopened(ada), await reopened(lea, "0" * 64)] == [403, 409]
        assert await entries() == ["declined"]
        assert await reopened(olga) == 303
        assert await entries() == ["declined", "reopened"]
        assert "by " + team.caller("olga") in (await ada.get("/journal")).text


async def test_a_name_that_somebody_chose_at_the_provider_passes_for_nobody_else(tmp_path: Path) -> None:
    name = 'Olga (issuer)", by signing in anew at their provider ' + "x" * 200
    async with company(tmp_path, ALL, names={"lea": name}) as team:
        plan = await team.plan(await team.token("ada"))
        await team.agreed(await team.browser("lea"), plan, "lea")
        (row,) = await team.here.state.rows("SELECT approved_by FROM plan WHERE id = ?", plan)
        assert row["approved_by"].startswith(f"{team.caller('lea')}, called \"Olga (issuer)', by")
        assert row["approved_by"].count('"') == 2
        assert len(row["approved_by"]) < 200


async def test_an_agreement_of_somebody_whose_access_ended_since_counts_no_more(tmp_path: Path) -> None:
    async with company(tmp_path, ALL) as team:
        adas = await team.token("ada")
        plan = await team.plan(adas)
        lea, olga = await team.browser("lea"), await team.browser("olga")
        assert "You agreed" in (await team.agreed(lea, plan, "lea")).text
        await CallerRoll(team.here.state, time.time).revoke(team.caller("lea"), "left")
        async with team.assistant(adas) as client:
            assert (await asked(client, "apply_change", change_id=plan))["state"] == "planned"
            assert plan in (await olga.get("/")).text
            assert "You agreed" in (await team.agreed(olga, plan, "olga")).text
            assert (await asked(client, "apply_change", change_id=plan))["state"] == "done"


async def test_pages_name_a_person_as_the_owner_does_and_keep_the_whole_id_for_who_points_at_it(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, ALL, same=("ada", "bob")) as team:
        plan = await team.plan(await team.token("ada"))
        await team.plan(await team.token("bob"), layout="Products", ids=["2"])
        lea, whole = await team.browser("lea"), team.caller("ada")
        assert f'Asked for by <bdi title="{whole}">one</bdi>.' in (await lea.get("/")).text
        assert f'<option value="{whole}">one</option>' in (await lea.get("/changes")).text
        assert "one asked for this, and you answer for them" in (await lea.get(f"/agree/{plan}")).text
        assert whole in (await (await team.browser("ada")).get("/journal.csv")).text
        settings = settled(
            overlaid({"http": {"public_url": team.origin}}, everything_allowed() | SAMPLE), None
        )
        halts, ended = (
            Halts(lambda: team.here.state, time.monotonic),
            Revocations(lambda: team.here.state, time.time),
        )
        called = CallerSeats(settings, NoOwnAccounts(), halts, ended.are_any).called
        assert called(f"{team.origin}|ada-ph4m3u") == "ada-ph4m3u", "this server says itself who it is"
        assert called(whole) == whole


TENANT = "https://login.microsoftonline.com/t1/v2.0"
KEYED = {"issuers": [{"issuer": TENANT, "audience": "a", "keys": "https://login.example/keys"}]}


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        (f"{TENANT}|t1|o1", "each | of either written twice"),
        (f"{TENANT}|o1", "TENANT/OBJECT"),
        (f"{TENANT}|t2/o1", "the tenant of the issuer"),
        (f"{TENANT}/|t1/o1", "nobody comes here by the issuer"),
        ("ada", "issuer|subject"),
        ("|ada", "issuer|subject"),
    ],
)
def test_persons_names_nobody_who_can_never_come(caller: str, why: str) -> None:
    tree: dict[str, Any] = {"http": KEYED, "persons": {"ada": [caller]}}
    with pytest.raises(ConfigurationError, match=re.escape(why)):
        settled(overlaid(tree, everything_allowed() | SAMPLE), Path("config.toml"))


async def test_the_handbooks_person_comes_by_the_providers_sign_in_and_by_its_own_token_alike() -> None:
    claims: dict[str, Any] = {"sub": "another one for each program", "tid": "TENANT", "oid": "OBJECT"}
    issuer, provider = "https://login.microsoftonline.com/TENANT/v2.0", IdentityProvider()
    signed_in = remote_id(issuer, subject_in(claims, ProviderTerms(issuer, "client", "secret")))
    assert f'"{signed_in}"' in (Path(__file__).parents[2] / "docs" / "team-sign-in.md").read_text("utf-8")
    keys = SigningKeys(provider.key_set, time.monotonic)
    tokens = IssuerTokens(IssuerRule(issuer, "here", ("RS256",)), keys)
    identity = await tokens.verify(provider.token("s", iss=issuer, aud="here", **claims))
    assert identity is not None
    assert caller_id(identity) == signed_in
    assert await tokens.verify(provider.token("s", iss=issuer, aud="here", tid="TENANT")) is None


@on_files
async def test_a_key_has_an_owner_who_can_be_or_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {"ada": "a name of [persons]", "keys|other": "no person", "a|b|c": "issuer|subject"}
    where = ["--state", str(tmp_path / "state.db"), "--seal-key", str(tmp_path / "seal.key")]
    async with Stand(tmp_path) as stand:
        await stand.rows("caller_key")
        for owner, why in wrong.items():
            assert await command("key", "add", "nightly", "--owner", owner, *where) == 2
            assert why in capsys.readouterr().err
        assert await command("key", "add", "nightly", "--owner", "https://id.example|ada", *where) == 0


@on_files
async def test_a_key_for_an_emergency_lasts_an_hour_and_the_journal_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--state", str(tmp_path / "state.db"), "--seal-key", str(tmp_path / "seal.key")]
    async with Stand(tmp_path) as stand:
        await stand.rows("caller_key")
        assert await command("key", "list", *where) == 0
        assert "There is no key so far" in capsys.readouterr().out
        rescue = ("key", "add", "rescue", "--break-glass")
        assert await command(*rescue, "the provider is down", "--scope", "fm:edit", *where) == 0
        (token,) = capsys.readouterr().out.split()
        assert await command(*rescue, "x", "--days", "90", *where) == 2
        capsys.readouterr()
        assert await command(*rescue, " ", *where) == 2
        assert "needs a reason" in capsys.readouterr().err
        assert await command("key", "list", *where) == 0
        listed = capsys.readouterr().out
        assert re.search(r"good until [0-9-]{10} \d\d:\d\d; for an emergency", listed), listed
        assert await command("journal", "list", *where) == 0
        assert "emergency key: 'rescue', fm:edit: the provider is down" in capsys.readouterr().out
        assert await command("journal", "export", *where) == 0
        assert "the provider is down" in (told := capsys.readouterr().out)
        assert token not in told
        assert await command("journal", "head", *where) == 0
        (tmp_path / "heads").write_text(capsys.readouterr().out)
        assert await command("journal", "verify", "--head", str(tmp_path / "heads"), *where) == 0
