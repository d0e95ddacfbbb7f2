"""The FileMaker account's own password on our page: within named networks, three tries, and nothing told to whoever guesses."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse

from filemaker_mcp.server.app.app import shared_parts
from filemaker_mcp.server.app.http.account_checks import AccountChecks
from filemaker_mcp.server.app.sample_server import everything_allowed
from filemaker_mcp.server.app.shared_parts import SharedParts
from filemaker_mcp.server.authorization.address_limit import AddressLimit
from filemaker_mcp.server.authorization.authorization_server import Premises
from filemaker_mcp.server.authorization.grants.grant import Person
from filemaker_mcp.server.authorization.not_proved import NotProved
from filemaker_mcp.server.authorization.sign_in.account_links import AccountLinks
from filemaker_mcp.server.authorization.sign_in.account_page import REFUSAL_SECONDS, AccountPage, AccountRules
from filemaker_mcp.server.authorization.sign_in.account_sign_in import AccountSignIn
from filemaker_mcp.server.authorization.sign_in.account_tries import AccountTries
from filemaker_mcp.server.authorization.sign_in.arrival_desk import ArrivalDesk
from filemaker_mcp.server.authorization.sign_in.credential_store import CredentialStore
from filemaker_mcp.server.authorization.sign_in.way import Way
from filemaker_mcp.server.callers.caller_identity import Identity
from filemaker_mcp.server.config.configuration import overlaid, settled
from filemaker_mcp.server.emulator.app import Emulator

from ..assistant import ACCOUNT, PASSWORD, SAMPLE
from ..auth.hosts import ManualClock
from ..host_of import host_of
from .stand import ORIGIN, Browser, Stand, Visit, ada, returned

pytestmark = pytest.mark.anyio

DATABASES = tuple(settled(overlaid({}, everything_allowed() | SAMPLE), None).database)
INSIDE, OUTSIDE = "10.1.2.3", "203.0.113.9"
RIGHT = {"account": ACCOUNT, "password": PASSWORD}


@dataclass
class Host:
    """The emulated host with the log-ins that reached it, and the seconds that refusals took."""

    app: Emulator
    log_ins: list[str] = field(default_factory=list[str])
    waited: list[float] = field(default_factory=list[float])
    is_away: bool = False
    is_closed: bool = False
    """To every account, as FileMaker says it."""
    steady: float = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"].endswith("/sessions"):
            self.log_ins.append(scope["path"])
        if self.is_away:
            raise httpx.ConnectError("away")
        if self.is_closed and scope["path"].endswith("/sessions"):
            refusal: dict[str, Any] = {
                "messages": [{"code": "212", "message": "Invalid user account or password"}],
                "response": {},
            }
            await JSONResponse(refusal, 401)(scope, receive, send)
            return
        await self.app.app(scope, receive, send)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


async def linkable(person: Person) -> Mapping[str, Collection[str] | None]:
    """Only Ada acts by an account of her own."""
    return {} if person.subject != "ada" else dict.fromkeys(DATABASES)


@asynccontextmanager
async def office(
    folder: Path, *, anywhere: bool = False
) -> AsyncGenerator[tuple[Stand, Host, CredentialStore]]:
    host = Host(host_of())
    settings = settled(overlaid({}, everything_allowed() | SAMPLE), None)
    parts: SharedParts = shared_parts(
        settings, emulated=dict.fromkeys(settings.database, httpx.ASGITransport(host))
    )
    checks = AccountChecks(parts)
    kept: list[CredentialStore] = []

    def ways(desk: ArrivalDesk, given: Premises) -> Sequence[Way]:
        credentials = CredentialStore(given.state, given.ring, given.now)
        kept.append(credentials)
        places = {name: each.identity for name, each in settings.database.items()}
        told = AccountRules(places, frozenset({"admin"}), ("10.0.0.0/8",), anywhere)
        tries = AccountTries(given.state, given.ring, given.now)
        page = AccountPage(
            told,
            checks.is_proved,
            tries,
            desk.frame,
            AddressLimit(1_000, 60, given.now),
            lambda: host.steady,
            host.sleep,
        )
        links = AccountLinks(page, credentials, desk, linkable)
        way = AccountSignIn(page, credentials, desk, given.now)
        own = way.routes
        way.routes = lambda: [*own(), *links.routes()]  # as the composition adds them
        return [way, Visit(desk, ada())]

    async with Stand(folder, ways=ways) as stand:
        try:
            yield stand, host, kept[0]
        finally:
            await parts.close()


async def at_the_page(browser: Browser) -> None:
    assert (await browser.ask()).status_code == 200
    await browser.allow()
    await browser.send("/sign-in/way", way="account")


async def typed(browser: Browser, **what: str) -> httpx.Response:
    return await browser.send("/sign-in/account", **(RIGHT | what))


async def test_a_person_signs_in_and_the_password_is_sealed_to_them(tmp_path: Path) -> None:
    async with office(tmp_path) as (stand, _, credentials):
        browser = stand.browser(INSIDE)
        await at_the_page(browser)
        assert 'autocomplete="current-password"' in browser.page
        answer = await typed(browser, account=ACCOUNT.upper())
        assert answer.status_code == 303, answer.text
        tokens = (await browser.redeem(returned(answer)["code"])).json()
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        (database,) = {row["database"] for row in await stand.rows("credential")}
        assert identity.issuer == ORIGIN
        assert identity.subject.endswith(f"/account/{ACCOUNT.casefold()}")
        assert await credentials.kept(identity, database) == (ACCOUNT.upper(), PASSWORD)
        assert await credentials.kept(identity, "another") is None, "one database proves nothing for another"
        stranger = Identity(identity.issuer, "mallory", "", frozenset())
        async with stand.state.writing() as transaction:
            await transaction.execute("UPDATE credential SET caller = ?", f"{ORIGIN}|mallory")
        assert await credentials.kept(stranger, database) is None, "a moved row opens for nobody"
        assert PASSWORD not in str([tuple(row.values()) for row in await stand.rows("credential")])


async def test_the_kept_password_goes_with_the_last_grant_and_when_filemaker_refuses(tmp_path: Path) -> None:
    async with office(tmp_path) as (stand, _host, _):
        browser = stand.browser(INSIDE)

        async def signed_in() -> dict[str, Any]:
            await at_the_page(browser)
            answer = await typed(browser)
            return (await browser.redeem(returned(answer)["code"])).json()

        first, second = await signed_in(), await signed_in()
        await stand.server.grants.end_by_token(
            first["refresh_token"], "https://claude.ai/oauth/mcp-oauth-client-metadata"
        )
        assert len(await stand.rows("credential")) == 1
        identity = await stand.server.verify(second["access_token"])
        assert identity is not None
        await stand.server.grants.end(identity.grant)
        assert await stand.rows("credential") == []
        third = await signed_in()
        await stand.server.refused(f"{identity.issuer}|{identity.subject}")
        assert (await stand.rows("credential"), await stand.server.verify(third["access_token"])) == (
            [],
            None,
        )
        assert (await browser.refresh(third["refresh_token"])).status_code == 400


async def test_passwords_are_typed_within_named_networks_and_never_first_from_a_chat(tmp_path: Path) -> None:
    async with office(tmp_path) as (stand, host, _):
        outside = stand.browser(OUTSIDE)
        await at_the_page(outside)
        assert 'type="password"' not in outside.page
        inside = stand.browser(INSIDE)
        await at_the_page(inside)
        outside.page = inside.page
        outside.http.cookies = inside.http.cookies
        assert (await typed(outside)).status_code == 403, "nor is a form taken from there"
        victim = stand.browser(INSIDE)
        await victim.ask()
        await victim.get("/sign-in?next=/agree/x")
        await victim.send("/sign-in/way", way="account")
        assert ('password"' in victim.page, "from your assistant" in victim.page) == (False, True)
        assert (await typed(inside)).status_code == 303
        await inside.get("/sign-in?next=/agree/x")
        await inside.send("/sign-in/way", way="account")
        assert 'type="password"' in inside.page, "this browser signed in before"
        assert (await typed(inside)).headers["location"] == "/agree/x"
        assert len(host.log_ins) == 2
    async with office(tmp_path, anywhere=True) as (stand, _, _):
        anybody = stand.browser(OUTSIDE)
        await at_the_page(anybody)
        assert (await typed(anybody)).status_code == 303


async def test_a_thousand_addresses_try_an_account_three_times_together(tmp_path: Path) -> None:
    async with office(tmp_path, anywhere=True) as (stand, host, _):
        own = stand.browser(INSIDE)
        await at_the_page(own)
        assert (await typed(own)).status_code == 303
        reached = len(host.log_ins)
        first = stand.browser(OUTSIDE)
        await at_the_page(first)
        page, cookies, answers = first.page, first.http.cookies, set[tuple[int, str]]()
        for n in range(1_000):
            attacker = stand.browser(f"198.18.{n // 250}.{n % 250}")
            attacker.page, attacker.http.cookies = page, cookies
            answer = await attacker.send("/sign-in/account", account=ACCOUNT, password=f"guess {n}")
            answers.add((answer.status_code, answer.text))
        assert len(host.log_ins) - reached == 3, "FileMaker hears of three"
        assert len(answers) == 1, "and nobody hears which were tried"
        await at_the_page(own)
        assert (await typed(own)).status_code == 303, "who signed in before has tries of their own"
        assert (await _one(stand, page, cookies, "203.0.113.77")).status_code == 422
        stand.clock.now += 901
        await at_the_page(first)
        assert (await typed(first)).status_code == 303


async def test_every_refusal_takes_one_time_and_says_one_sentence(tmp_path: Path) -> None:
    async with office(tmp_path) as (stand, host, _):
        browser, said = stand.browser(INSIDE), set[str]()
        await at_the_page(browser)
        page = browser.page
        for what in (
            {"password": "wrong"}, {"password": "wrong"}, {"account": "nobody"}, {"account": "Admin"}, {"account": ""},
            {"password": ""}, {"database": "another"}, {"password": "x" * 5_000}, {"account": "ADMIN"},
        ):  # fmt: skip
            browser.page = page
            answer = await typed(browser, **what)
            assert answer.status_code == 422
            said |= {line for line in answer.text.splitlines() if 'role="alert"' in line}
        assert len(said) == 1
        assert host.waited == [REFUSAL_SECONDS] * 9
        assert len(host.log_ins) == 3, "a refused password is not sent again, a denied account never"
        host.is_away = True
        browser.page = page
        away = await typed(browser, account="Somebody")
        assert (away.status_code, "cannot be reached" in away.text) == (422, True)


async def test_somebody_of_the_company_links_an_account_to_themselves(tmp_path: Path) -> None:
    async with office(tmp_path) as (stand, _, credentials):
        browser = stand.browser(INSIDE)
        await browser.ask()
        assert (await browser.get("/accounts")).headers["location"] == "/sign-in?next=%2Faccounts"
        await browser.get("/sign-in?next=/accounts")
        await browser.send("/sign-in/way", way="visit")
        from_chat = await browser.get("/accounts")
        assert (from_chat.status_code, from_chat.headers["location"]) == (303, "/connection")
        assert (
            await browser.send("/accounts", origin="https://evil.example", answer="begin")
        ).status_code == 403
        page = await browser.send("/accounts", answer="begin")
        assert "Ada (https://id.example)" in page.text
        linked = await browser.send("/accounts", **RIGHT)
        assert linked.status_code == 200
        assert ACCOUNT in linked.text
        (row,) = await stand.rows("credential")
        assert row["caller"] == ada().caller
        identity = Identity("https://id.example", "ada", "", frozenset())
        assert await credentials.kept(identity, row["database"]) == (ACCOUNT, PASSWORD)
        assert (await browser.send("/accounts", origin="https://evil.example", **RIGHT)).status_code == 403


async def test_an_account_that_was_disabled_is_found_out_at_the_next_refresh() -> None:
    host, clock = Host(host_of()), ManualClock()
    settings = settled(overlaid({}, everything_allowed() | SAMPLE), None)
    emulated = dict.fromkeys(settings.database, httpx.ASGITransport(host))
    parts = shared_parts(settings, clock=clock, emulated=emulated)
    checks = AccountChecks(parts)
    assert await checks.are_good(settings.database)
    host.is_closed = True
    assert await checks.are_good(settings.database), "a log-in of the last ten minutes counts"
    assert len(host.log_ins) == 1, "fifty people on one account ask once"
    clock.now += 601
    assert not await checks.are_good(settings.database)
    assert not await checks.are_good(settings.database)
    assert len(host.log_ins) == 2
    clock.now += 601
    host.is_away = True
    with pytest.raises(NotProved):
        await checks.are_good(settings.database)
    host.is_away = host.is_closed = False
    assert await checks.are_good(settings.database), "nothing was remembered of that"
    await parts.close()


async def _one(stand: Stand, page: str, cookies: httpx.Cookies, address: str) -> httpx.Response:
    browser = stand.browser(address)
    browser.page, browser.http.cookies = page, cookies
    return await typed(browser)
