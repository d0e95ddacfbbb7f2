"""Signing in at the company's identity provider: whose account comes back, and what of theirs never gets out."""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from filemaker_mcp.server.authorization.authorization_server import Premises
from filemaker_mcp.server.authorization.sign_in.arrival_desk import ArrivalDesk
from filemaker_mcp.server.authorization.sign_in.identity_provider import IdentityProvider, ProviderTerms
from filemaker_mcp.server.authorization.sign_in.provider_sign_in import ProviderSignIn
from filemaker_mcp.server.authorization.sign_in.way import Way
from filemaker_mcp.server.callers.caller_identity import Identity
from filemaker_mcp.server.callers.caller_rule import CallerRule, Role, rule_for
from filemaker_mcp.server.errors import Forbidden

from .provider import CLIENT, ISSUER, SECRET, Provider
from .stand import CLAUDE, NOW, Browser, Clock, Stand, returned

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def company(
    folder: Path, *, issuer: str = ISSUER, **terms: Any
) -> AsyncGenerator[tuple[Stand, Provider]]:
    clock = Clock()
    provider = Provider(clock, issuer)

    def ways(desk: ArrivalDesk, premises: Premises) -> Sequence[Way]:
        known = IdentityProvider(ProviderTerms(issuer, CLIENT, SECRET, **terms), provider.http, clock)
        return [ProviderSignIn(known, desk.frame, desk.pending, desk, clock)]

    async with Stand(folder, clock=clock, ways=ways) as stand:
        yield stand, provider


def to_provider(page: str) -> str:
    (address,) = set(re.findall(r'<a href="(https://[^"]+)"', page))
    return html.unescape(address)


async def arrived(browser: Browser, provider: Provider) -> dict[str, Any]:
    await browser.ask()
    assert (await browser.allow()).status_code == 200
    answer = await browser.get(provider.signed_in(to_provider(browser.page)))
    assert answer.status_code == 303, answer.text
    return (await browser.redeem(returned(answer)["code"])).json()


async def test_a_person_signs_in_at_the_company_and_the_client_gets_ours(tmp_path: Path) -> None:
    async with company(tmp_path) as (stand, provider):
        browser = stand.browser()
        tokens = await arrived(browser, provider)
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert (identity.issuer, identity.subject) == (ISSUER, "u-1")
        assert identity.claims == {"name": "Ada L.", "groups": ["sales"], "region": "North"}
        assert "theirs" not in str(tokens)
        dump = str([tuple(row.values()) for row in await stand.rows("oauth_grant")])
        assert not any(renewal in dump for renewal in provider.renewals)


async def test_each_refresh_asks_the_provider_and_its_no_ends_everything(tmp_path: Path) -> None:
    async with company(tmp_path) as (stand, provider):
        browser = stand.browser()
        tokens = await arrived(browser, provider)
        provider.userinfo["region"] = "South"
        stand.clock.now += 500
        answers: list[str] = []

        async def refresh() -> None:
            answers.append((await browser.refresh(tokens["refresh_token"])).text)

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(refresh)
        assert len(set(answers)) == 1, "the provider's own refresh token, good for once, was used once"
        tokens = (await browser.refresh(tokens["refresh_token"])).json()
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert (identity.claims["region"], identity.authenticated_at) == ("South", stand.clock.now)
        provider.away = True
        stand.clock.now += 30
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 503
        provider.away, provider.denies = False, True
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400
        assert await stand.server.verify(tokens["access_token"]) is None


async def test_without_a_refresh_token_of_the_provider_a_person_stays_for_a_working_day(
    tmp_path: Path,
) -> None:
    async with company(tmp_path, scopes=("openid",)) as (stand, provider):
        browser = stand.browser()
        token = (await arrived(browser, provider))["refresh_token"]
        stand.clock.now += 7 * 3_600
        token = (await browser.refresh(token)).json()["refresh_token"]
        stand.clock.now += 3_700
        assert (await browser.refresh(token)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"aud": "another-app"}, {"aud": [CLIENT, "another-app"]}, {"iss": "https://evil.example"}, {"nonce": "other"},
        {"nonce": None}, {"exp": 1}, {"sub": None}, {"sub": "somebody else"}, {"_alg": "none"}, {"_alg": "HS256"},
        {"_alg": "HS256", "_kid": "shared"}, {"_kid": "unknown"}, {"iat": None}, {"_deep": True},
        {"sub": "s" * 10_000}, {"sub": "u-1\x1b"}, {"sub": ["u-1"]}, {"exp": float("nan")}, {"iat": NOW + 3_600},
        {"groups": [f"group-{i:05}" for i in range(5_000)]},
    ],
)  # fmt: skip
async def test_an_id_token_that_is_not_right_proves_nobody(tmp_path: Path, change: dict[str, Any]) -> None:
    async with company(tmp_path) as (stand, provider):
        provider.change = change
        browser = stand.browser()
        await browser.ask()
        await browser.allow()
        answer = await browser.get(provider.signed_in(to_provider(browser.page)))
        assert (answer.status_code, "location" in answer.headers) == (403, False)
        assert await stand.rows("oauth_code") == []


async def test_what_comes_back_counts_in_the_browser_that_left_and_once(tmp_path: Path) -> None:
    async with company(tmp_path) as (stand, provider):
        mallory, bob = stand.browser(), stand.browser()
        await mallory.ask()
        await mallory.allow()
        back = provider.signed_in(to_provider(mallory.page))
        assert (await bob.get(back)).status_code == 410, "without a cookie"
        await bob.ask()
        assert (await bob.get(back)).status_code == 410, "with one of its own"
        assert provider.asked.count("token") == 0
        assert (await mallory.get(back.replace("iss=", "iss=x"))).status_code == 410, (
            "another issuer's answer"
        )
        assert (await mallory.get(back)).status_code == 410, "which used it up"
        await mallory.ask()
        await mallory.allow()
        back = provider.signed_in(to_provider(mallory.page))
        assert (await mallory.get(back)).status_code == 303
        assert (await mallory.get(back)).status_code == 410
        await mallory.ask()
        asked = mallory.page
        state = re.findall(r'name="request" value="([^"]+)"', asked)[0]
        early = await mallory.get(f"/sign-in/provider?code=x&state={state}")
        assert early.status_code == 410, "nobody skips the page that asks"
        mallory.page = asked
        await mallory.allow()
        (state,) = parse_qs(urlsplit(to_provider(mallory.page)).query)["state"]
        refused = await mallory.get(f"/sign-in/provider?error=access_denied&state={state}")
        assert (refused.status_code, "access_denied" in refused.text) == (403, False)


async def test_a_provider_that_is_away_or_another_is_said(tmp_path: Path) -> None:
    async with company(tmp_path) as (stand, provider):
        for provider.away, provider.document in (
            (True, {}), (False, {"issuer": "https://evil.example"}), (False, {"token_endpoint": "http://id.example/token"}),
        ):  # fmt: skip
            browser = stand.browser()
            await browser.ask()
            answer = await browser.allow()
            assert (answer.status_code, "cannot be reached" in answer.text) == (502, True)


async def test_who_somebody_is_at_entra_and_google(tmp_path: Path) -> None:
    entra = "https://login.microsoftonline.com/t1/v2.0"
    async with company(tmp_path, issuer=entra) as (stand, provider):
        provider.claims |= {"tid": "t1", "oid": "o1", "email": "ada@example.com"}
        tokens = await arrived(stand.browser(), provider)
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert identity.subject == "t1/o1"
    google = "https://accounts.google.com"
    for hosted, status in (("example.com", 303), ("other.example", 403), (None, 403)):
        async with company(tmp_path, issuer=google, hosted_domain="example.com") as (stand, provider):
            provider.change = {"hd": hosted}
            browser = stand.browser()
            await browser.ask()
            await browser.allow()
            assert (await browser.get(provider.signed_in(to_provider(browser.page)))).status_code == status


async def test_a_person_of_whom_too_much_is_said_is_not_taken_for_one_without_it(tmp_path: Path) -> None:
    """An entry for people who are in no such group would match them."""
    async with company(tmp_path) as (stand, provider):
        browser, groups = stand.browser(), [f"group-{i:05}" for i in range(5_000)]
        provider.claims["name"] = "Ada\nL.\x1b[2J"
        tokens = await arrived(browser, provider)
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert "\x1b" not in str(
            (await stand.server.grants.refreshable(tokens["refresh_token"], CLAUDE)).grant
        )
        provider.userinfo["groups"] = groups
        await browser.ask()
        await browser.allow()
        answer = await browser.get(provider.signed_in(to_provider(browser.page)))
        assert (answer.status_code, "could not be used" in answer.text) == (403, True)
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400
        assert await stand.server.verify(tokens["access_token"]) is None
    rules = [_entry("groups", "leads"), _entry(None, None)]
    for claims in ({"_claim_names": {"groups": "src1"}}, {"hasgroups": True}):
        with pytest.raises(Forbidden, match="too many to say"):
            rule_for(rules, Identity(ISSUER, "u-1", "", frozenset(), claims))
    assert rule_for(rules, Identity(ISSUER, "u-1", "", frozenset(), {})).claim is None


def _entry(claim: str | None, has: str | None) -> CallerRule:
    return CallerRule(0, ISSUER, None, claim, has, {}, None, Role.USER, None)


async def test_a_request_that_a_sign_in_cannot_hold_is_told_on_a_page(tmp_path: Path) -> None:
    """However long it is: what passes the first page passes the second."""
    async with company(tmp_path) as (stand, _):
        met: set[tuple[int, int]] = set()
        for length in range(1_700, 2_900, 60):
            browser, state = stand.browser(), secrets.token_urlsafe(length)[:length]
            asked = (await browser.ask(state=state)).status_code
            met.add((asked, (await browser.allow()).status_code if asked == 200 else 0))
        assert met == {(200, 200), (400, 0)}
        answer = await stand.browser().get(f"/sign-in?next=/{secrets.token_urlsafe(2_000)[:2_000]}")
        assert answer.status_code in (200, 400), answer.text
