"""Codes, tokens and their end: nothing is good twice, nothing is good elsewhere, and what was ended is over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from starlette.requests import Request

from filemaker_mcp.server.authorization.grants.grant import Person
from filemaker_mcp.server.authorization.grants.grant_store import ACCESS_SECONDS, IDLE_SECONDS, LIFE_SECONDS
from filemaker_mcp.server.authorization.grants.revocations import Revoked
from filemaker_mcp.server.authorization.grants.token_text import digest_of
from filemaker_mcp.server.authorization.not_proved import NotProved
from filemaker_mcp.server.callers.epoch import epoch_of

from .stand import BACK, CLAUDE, NOW, ORIGIN, RESOURCE, Browser, Stand, ada, returned, unknown_token

pytestmark = pytest.mark.anyio

OTHER = "https://chatgpt.com/oauth/client.json"


async def test_a_person_agrees_signs_in_and_the_client_has_a_token_of_ours(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        tokens = await browser.tokens()
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert (identity.issuer, identity.subject, identity.client) == ("https://id.example", "ada", CLAUDE)
        assert identity.scopes == {"fm:read", "fm:edit", "fm:delete"}
        assert (identity.claims, identity.authenticated_at) == ({"region": "North"}, NOW)
        assert tokens["expires_in"] == 600
        assert await stand.server.verify(tokens["refresh_token"]) is None
        for text in ("", "x", unknown_token(), tokens["access_token"] + "x", "fm_live_x", "é\ud83d"):
            assert await stand.server.verify(text) is None
        stand.clock.now += ACCESS_SECONDS + 1
        assert await stand.server.verify(tokens["access_token"]) is None
        dump = str(
            [
                tuple(row)
                for table in ("oauth_grant", "oauth_token", "oauth_code")
                for row in await stand.rows(table)
            ]
        )
        for secret in (tokens["access_token"], tokens["refresh_token"], "North"):
            assert secret not in dump, "a dump of the state lets nobody in"


async def test_the_answer_names_its_issuer_and_the_documents_say_so(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        await browser.ask()
        answer = await browser.allow()
        assert answer.headers["location"].startswith(f"{BACK}?")
        assert returned(answer) | {"code": ""} == {"code": "", "iss": ORIGIN, "state": "s1"}
        server = (await browser.http.get("/.well-known/oauth-authorization-server")).json()
        assert server["authorization_response_iss_parameter_supported"] is True
        assert server["token_endpoint_auth_methods_supported"] == ["none"]
        assert server["code_challenge_methods_supported"] == ["S256"]
        resource = (await browser.http.get(stand.server.metadata_path)).json()
        assert (resource["resource"], resource["authorization_servers"]) == (RESOURCE, [ORIGIN])


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"}, {"redirect_uri": "https://evil.example/"}, {"redirect_uri": None}, {"response_type": "token"},
        {"response_mode": "fragment"}, {"code_challenge": None}, {"code_challenge": "x"}, {"code_challenge": "x" * 44},
        {"code_challenge_method": "plain"}, {"code_challenge_method": None}, {"resource": None}, {"state": "x" * 3_000},
        {"resource": "https://other.example/mcp"}, {"redirect_uri": f"{BACK}/.."},
    ],
)  # fmt: skip
async def test_a_faulty_request_ends_on_our_own_page(tmp_path: Path, change: dict[str, str | None]) -> None:
    async with Stand(tmp_path) as stand:
        answer = await stand.browser().ask(**change)
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_what_is_said_twice_is_refused(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        good = str((await browser.ask()).request.url.query.decode())
        assert (await browser.get(f"/authorize?{good}&redirect_uri={BACK}")).status_code == 400


async def test_consent_is_asked_each_time_and_the_person_chooses_the_scopes(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        for asked, ticked, given in (
            (None, {}, "fm:read"),
            ("fm:delete fm:run", {"fm:delete": "", "fm:run": "yes"}, "fm:read fm:run"),
            ("fm:delete", {"fm:delete": "yes"}, "fm:delete fm:edit fm:read"),
            ("fm:read", {}, "fm:read"),
            ("fm:read", {"fm:delete": "yes", "fm:nonsense": "yes"}, "fm:delete fm:edit fm:read"),
            ("nonsense offline_access", {}, "fm:read"),
        ):
            page = await browser.ask(scope=asked)
            assert page.status_code == 200, "no second time goes by itself"
            code = returned(await browser.allow(**ticked))["code"]
            assert (await browser.redeem(code)).json()["scope"] == given
        await browser.ask()
        assert (await browser.send("/consent", answer="no")).status_code == 200
        assert (await browser.allow()).status_code == 410


async def test_a_page_of_another_browser_or_site_lets_nobody_in(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        mallory, bob = stand.browser(), stand.browser()
        await mallory.ask()
        bob.page = mallory.page
        assert (await bob.allow()).status_code == 410, "a link opened in another browser"
        await bob.ask()
        own = bob.page
        bob.page = mallory.page
        assert (await bob.allow()).status_code == 410, "nor with a cookie of its own"
        for origin in ("https://evil.example", "null", ""):
            bob.page = own
            assert (await bob.send("/consent", origin=origin, answer="yes")).status_code == 403
        bob.page = own
        assert (await bob.allow()).status_code == 303
        bob.page = own
        assert (await bob.allow()).status_code == 410, "once"
        cookies = list(bob.http.cookies.jar)
        assert [(each.name, each.secure, each.path, each.domain_specified) for each in cookies] == [
            ("__Host-fm-begun", True, "/", False)
        ]


async def test_after_signing_in_the_browser_has_another_cookie(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        await browser.ask()
        before = dict(browser.http.cookies)
        await browser.allow()
        assert dict(browser.http.cookies) != before


async def test_a_code_is_good_once_and_its_replay_ends_what_it_gave(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        code = await browser.code()
        tokens = (await browser.redeem(code)).json()
        assert await stand.server.verify(tokens["access_token"]) is not None
        again = await browser.redeem(code)
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert await stand.server.verify(tokens["access_token"]) is None
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400


async def test_of_many_at_once_a_code_serves_at_most_one(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser, given = stand.browser(), list[int]()
        code = await browser.code()

        async def redeem() -> None:
            given.append((await browser.redeem(code)).status_code)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(redeem)
        assert given.count(200) == 1
        assert {row["state"] for row in await stand.rows("oauth_grant")} == {"over"}, (
            "a replay was among them"
        )


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "w" * 43}, {"code_verifier": "v"}, {"code_verifier": None}, {"client_id": OTHER}, {"client_id": None},
        {"redirect_uri": "https://claude.com/api/mcp/auth_callback"}, {"redirect_uri": None}, {"resource": None},
        {"resource": "https://other.example/mcp"}, {"code": "x"}, {"grant_type": "password"},
    ],
)  # fmt: skip
async def test_a_stolen_code_gives_nothing(tmp_path: Path, change: dict[str, str]) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        answer = await browser.redeem(**{"code": await browser.code(), **change})
        assert answer.status_code == 400
        assert answer.headers["cache-control"] == "no-store"
        assert "access_token" not in answer.json()


async def test_a_code_lasts_a_minute_and_a_sign_in_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        code = await browser.code()
        stand.clock.now += 61
        assert (await browser.redeem(code)).status_code == 400
        await browser.ask()
        stand.clock.now += 901
        assert (await browser.allow()).status_code == 410
        stand.clock.now -= 100_000
        assert (await browser.redeem(code)).status_code == 400, "nor when the clock jumps back"


async def test_a_lost_answer_is_given_again_and_later_reuse_ends_the_family(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        first = await browser.tokens()
        second = (await browser.refresh(first["refresh_token"])).json()
        stand.clock.now += 9
        assert (await browser.refresh(first["refresh_token"])).json() == second, "the same pair"
        assert (await browser.refresh(first["refresh_token"], client_id=OTHER)).status_code == 400
        assert await stand.server.verify(second["access_token"]) is not None
        stand.clock.now += 2
        assert (await browser.refresh(first["refresh_token"])).status_code == 400
        assert await stand.server.verify(second["access_token"]) is None, (
            "the thief and the client are both out"
        )
        assert (await browser.refresh(second["refresh_token"])).status_code == 400


async def test_many_refreshes_at_once_give_one_pair(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser, given = stand.browser(), list[str]()
        first = await browser.tokens()

        async def refresh() -> None:
            given.append((await browser.refresh(first["refresh_token"])).text)

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(refresh)
        assert len(set(given)) == 1
        assert len(await stand.rows("oauth_token")) == 4


async def test_refreshing_narrows_and_never_widens(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        tokens = await browser.tokens(scope="fm:edit")
        assert (await browser.refresh(tokens["refresh_token"], scope="fm:run")).json()[
            "error"
        ] == "invalid_scope"
        narrow = (await browser.refresh(tokens["refresh_token"], scope="fm:read")).json()
        identity = await stand.server.verify(narrow["access_token"])
        assert identity is not None
        assert identity.scopes == {"fm:read"}
        wide = (await browser.refresh(narrow["refresh_token"])).json()
        assert wide["scope"] == "fm:edit fm:read", "as it was allowed"
        assert (await browser.refresh(wide["refresh_token"], resource="https://x.example")).status_code == 400


async def test_a_grant_ends_after_a_week_unused_and_after_a_month_in_any_case(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        token = (await browser.tokens())["refresh_token"]
        begun = stand.clock.now
        while stand.clock.now < begun + LIFE_SECONDS - IDLE_SECONDS:
            stand.clock.now += IDLE_SECONDS - 60
            token = (await browser.refresh(token)).json()["refresh_token"]
        stand.clock.now = begun + LIFE_SECONDS + 1
        assert (await browser.refresh(token)).status_code == 400
        idle = (await browser.tokens())["refresh_token"]
        stand.clock.now += IDLE_SECONDS + 1
        assert (await browser.refresh(idle)).status_code == 400
        await browser.tokens()
        counts = len(await stand.rows("oauth_grant")), len(await stand.rows("oauth_token"))
        assert counts == (1, 2), "what is over is gone"


async def test_each_refresh_asks_whether_the_account_is_still_good(tmp_path: Path) -> None:
    answers: list[bool | Exception] = [True]

    async def proof(person: Person) -> bool:
        answer = answers[-1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with Stand(tmp_path, more={"accounts": proof}) as stand:
        browser = stand.browser()
        first = await browser.tokens()
        session = await _session(stand)
        assert await _is_signed_in(stand, session)
        answers.append(NotProved("FileMaker is away"))
        away = await browser.refresh(first["refresh_token"])
        assert (away.status_code, away.json()["error"]) == (503, "temporarily_unavailable")
        answers.append(True)
        second = (await browser.refresh(first["refresh_token"])).json()
        assert await stand.server.verify(second["access_token"]) is not None, (
            "nothing was used up while it was away"
        )
        answers.append(False)
        assert (await browser.refresh(second["refresh_token"])).status_code == 400
        assert await stand.server.verify(second["access_token"]) is None, "everything waits for a new sign-in"
        assert not await _is_signed_in(stand, session), "pages too"
        answers.append(True)
        assert (await browser.refresh(second["refresh_token"])).status_code == 400
        assert await browser.tokens(), "which is possible"


async def test_claims_are_those_of_the_last_renewal(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        tokens = await browser.tokens()
        stand.visit.standing = lambda person: replace(person, claims={"region": "South"}, at=stand.clock.now)
        stand.clock.now += 300
        tokens = (await browser.refresh(tokens["refresh_token"])).json()
        identity = await stand.server.verify(tokens["access_token"])
        assert identity is not None
        assert (identity.claims, identity.authenticated_at) == ({"region": "South"}, stand.clock.now)
        stand.visit.standing = lambda person: None
        assert (await browser.refresh(tokens["refresh_token"])).status_code == 400


async def test_what_is_revoked_is_over_at_the_next_request_on_every_process(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand, Stand(tmp_path, ring=stand.ring) as other:
        browser, bob = stand.browser(), stand.browser()
        caller = ada().caller

        async def is_in(token: str) -> bool:
            return await other.server.verify(token) is not None

        for kind, what in ((Revoked.CLIENT, CLAUDE), (Revoked.CALLER, caller)):
            tokens = await browser.tokens()
            assert await is_in(tokens["access_token"])
            await stand.server.revocations.put(kind, what, "left the company")
            assert not await is_in(tokens["access_token"])
            assert (await browser.refresh(tokens["refresh_token"])).status_code == 400
            if kind is Revoked.CALLER:
                await bob.ask()
                assert (await bob.allow()).status_code == 403
            assert await stand.server.revocations.lift(kind, what)
        tokens = await browser.tokens()
        wrong = await browser.http.post(
            "/revoke", data={"token": tokens["refresh_token"], "client_id": OTHER}
        )
        assert (wrong.status_code, await is_in(tokens["access_token"])) == (200, True)
        before = await epoch_of(stand.state)
        for _ in range(2):
            await browser.http.post("/revoke", data={"token": tokens["refresh_token"], "client_id": CLAUDE})
            assert not await is_in(tokens["access_token"])
        after = await epoch_of(stand.state)
        assert before is not None
        assert after is not None, "a copy of before would bring it back"
        assert after.number == before.number + 1, "and nothing more is ended the second time"
        tokens = await browser.tokens()
        await stand.server.refused(caller)
        assert not await is_in(tokens["access_token"])


async def test_whoever_writes_to_the_state_makes_no_token_and_moves_none(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser()
        mine = await browser.tokens()
        stand.visit.person = ada("boss")
        await browser.tokens()
        boss, own = "https://id.example|boss", digest_of(mine["access_token"])
        made = unknown_token()
        attacks = [
            f"UPDATE oauth_token SET grant_id = (SELECT id FROM oauth_grant WHERE caller = '{boss}') WHERE digest = '{own}'",
            f"UPDATE oauth_grant SET box = (SELECT box FROM oauth_grant WHERE caller = '{boss}')",
            f"UPDATE oauth_grant SET caller = '{boss}'",
            f"UPDATE oauth_token SET digest = '{digest_of(made)}' WHERE digest = '{own}'",
            "UPDATE oauth_grant SET client = 'cursor'",
        ]
        backup = {table: await stand.rows(table) for table in ("oauth_grant", "oauth_token")}
        for attack in attacks:
            async with stand.state.writing() as transaction:
                await transaction.execute(attack)
            for token in (mine["access_token"], made):
                identity = await stand.server.verify(token)
                assert identity is None or identity.subject == "ada", attack
            async with stand.state.writing() as transaction:
                for table, rows in backup.items():
                    await transaction.execute(f"DELETE FROM {table}")
                    marks = ", ".join("?" * len(rows[0]))
                    transaction.put_many(
                        f"INSERT INTO {table} VALUES ({marks})", [tuple(row.values()) for row in rows]
                    )
        assert await stand.server.verify(mine["access_token"]) is not None


async def test_floods_at_the_endpoints_are_bounded(tmp_path: Path) -> None:
    async with Stand(tmp_path) as stand:
        browser = stand.browser("198.51.100.1")
        statuses = [(await browser.ask()).status_code for _ in range(125)]
        assert statuses == [200] * 120 + [429] * 5
        assert (await stand.browser("198.51.100.2").ask()).status_code == 200
        long = await browser.http.post("/token", data={"grant_type": "x" * 20_000})
        assert long.status_code == 413
        odd = await browser.http.post(
            "/token", content=b'{"grant_type":"refresh_token"}', headers={"content-type": "application/json"}
        )
        assert odd.status_code == 400


async def _session(stand: Stand) -> Browser:
    """A browser in which Ada is signed in to our pages."""
    browser = stand.browser()
    await browser.ask()
    answer = await browser.get("/sign-in?next=/files/x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/files/x")
    assert "__Host-fm-person" in browser.http.cookies
    return browser


async def _is_signed_in(stand: Stand, browser: Browser) -> bool:
    """As the page of another part finds out."""
    cookie = browser.http.cookies["__Host-fm-person"]
    scope = {
        "type": "http",
        "headers": [(b"cookie", f"__Host-fm-person={cookie}".encode())],
        "path": "/",
        "query_string": b"",
    }
    return isinstance(await stand.server.signed_in(Request(scope)), Person)
