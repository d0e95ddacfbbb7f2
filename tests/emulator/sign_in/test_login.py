"""Logging in and out (reference section 4)."""

import base64
from pathlib import Path

import httpx
import pytest

from filemaker_mcp.server.emulator.switches import Switches

from ..emulated_host import SOLUTION, Client, club, code, host

pytestmark = pytest.mark.anyio
SESSIONS = "/fmi/data/v2/databases/Club/sessions"


async def log_in(client: Client, **headers: str) -> httpx.Response:
    return await client.http.post(
        SESSIONS, headers={name.replace("_", "-"): text for name, text in headers.items()}, json={}
    )


async def test_the_token_is_52_hex_digits_in_header_and_body() -> None:
    async with host(SOLUTION, database="Club") as client:
        response = await client.log_in("clerk", "clerk")
        token = response.headers["x-fm-data-access-token"]
        assert response.json()["response"] == {"token": token}
        assert len(token) == 52
        assert int(token, 16) > 0
        assert len(response.content) == 118


async def test_passwords_may_hold_colons_and_any_letters() -> None:
    async with host(SOLUTION, database="Club") as client:
        assert code(await client.log_in("ADMIN", "pässword: with colon")) == "0"


@pytest.mark.parametrize(
    ("account", "password", "expected"),
    [
        ("clerk", "wrong", "212"),
        ("nobody at all", "x", "212"),
        ("nobody", "nobody", "212"),
        ("gone", "gone", "210"),
        ("new", "new", "211"),
        ("ada@example.com", "cloud password", "212"),
        ("extended@example.com", "extended", "0"),
    ],
)
async def test_a_refused_account_is_401(account: str, password: str, expected: str) -> None:
    async with host(SOLUTION, database="Club") as client:
        response = await client.log_in(account, password)
        assert code(response) == expected
        assert response.status_code == (200 if expected == "0" else 401)
        if expected == "212":
            assert (
                response.json()["messages"][0]["message"]
                == "Invalid user account and/or password; please try again"
            )


async def test_no_credentials_at_all_is_10_with_401() -> None:
    async with host(SOLUTION, database="Club") as client:
        response = await log_in(client)
        assert response.status_code == 401
        assert response.text == (
            '{"messages":[{"message":"HTTP Authorization header or OAuth headers are missing.","code":"10"}],"response":{}}'
        )


@pytest.mark.parametrize(
    "value", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode(), "Digest x"]
)
async def test_a_malformed_header_is_212(value: str) -> None:
    async with host(SOLUTION, database="Club") as client:
        response = await log_in(client, Authorization=value)
        assert (response.status_code, code(response)) == (401, "212")
        assert "invalid" in response.json()["messages"][0]["message"]


async def test_a_file_that_is_not_open_is_802() -> None:
    async with club() as client:
        client.emulator.close_file("Club")
        response = await client.log_in("clerk", "clerk")
        assert (response.status_code, code(response)) == (500, "802")
        client.emulator.open_file("Club")
        assert code(await client.log_in("clerk", "clerk")) == "0"


async def test_a_trailing_slash_and_an_empty_body_are_accepted() -> None:
    async with host(SOLUTION, database="Club") as client:
        response = await client.http.post(SESSIONS + "/", auth=("clerk", "clerk"))
        assert code(response) == "0"


async def test_an_unknown_key_in_the_body_is_960() -> None:
    async with host(SOLUTION, database="Club") as client:
        assert code(await client.log_in("clerk", "clerk", fmDatasource=[])) == "960"
        assert code(await client.log_in("clerk", "clerk", fmDataSource={})) == "960"
        assert code(await client.log_in("clerk", "clerk", fmDataSource=[])) == "0"


async def test_a_full_host_answers_812_until_somebody_logs_out() -> None:
    async with club() as client:
        client.emulator.set_capacity(1)
        response = await client.http.post(SESSIONS, auth=("clerk", "clerk"), json={})
        assert (response.status_code, code(response)) == (500, "812")
        await client.send("DELETE", f"sessions/{client.token}")
        assert code(await client.log_in("clerk", "clerk")) == "0"


async def test_logging_out_needs_no_header_and_ends_the_token() -> None:
    async with club() as client:
        response = await client.http.delete(f"{SESSIONS}/{client.token}")
        assert response.text == '{"response":{},"messages":[{"code":"0","message":"OK"}]}'
        assert client.emulator.open_sessions == 0
        again = await client.send("GET", "layouts")
        assert (again.status_code, again.text) == (
            401,
            '{"messages":[{"code":"952","message":"Invalid FileMaker Data API token (*)"}],"response":{}}',
        )
        assert code(await client.http.delete(f"{SESSIONS}/{client.token}")) == "952"


async def test_a_token_belongs_to_the_database_it_was_made_for() -> None:
    async with club() as client:
        client.database = "Shop"
        assert code(await client.send("GET", "layouts")) == "952"


async def test_the_first_spelling_of_the_database_rules_the_session() -> None:
    async with host(SOLUTION, database="cLUB") as client:
        assert code(await client.log_in("clerk", "clerk")) == "0"
        assert code(await client.send("GET", "layouts")) == "0"
        client.database = "Club"
        assert code(await client.send("GET", "layouts")) == "952"


async def test_calls_without_a_token_are_10_and_400() -> None:
    async with club() as client:
        response = await client.http.get("/fmi/data/v2/validateSession")
        message = "Request validation failed: Parameter (Authorization) is required"
        assert (response.status_code, response.json()["messages"]) == (
            400,
            [{"code": "10", "message": message}],
        )


async def test_too_many_wrong_passwords_lock_an_account_for_five_minutes() -> None:
    async with host(SOLUTION, database="Club", switches=Switches(login_attempts=3)) as client:
        answers = [code(await client.log_in("clerk", "wrong")) for _ in range(4)]
        assert answers == ["212", "212", "212", "214"]
        assert code(await client.log_in("clerk", "clerk")) == "214"
        client.clock.advance(301)
        assert code(await client.log_in("clerk", "clerk")) == "0"


async def test_claris_id_accounts_enter_with_a_token_of_the_pool() -> None:
    async with host(SOLUTION, database="Club") as client:
        assert code(await log_in(client, Authorization="FMID made-up")) == "212"
        pool = client.emulator.host.doorkeeper.claris_id
        assert pool is not None


async def test_oauth_accounts_enter_after_consent(tmp_path: Path) -> None:
    async with host(SOLUTION, database="Club") as client:
        listed = await client.http.get("/fmws/oauthproviderinfo")
        assert listed.json()["data"]["Provider"] == [{"Name": "Azure"}]
        begun = await client.http.get(
            "/oauth/getoauthurl",
            params={
                "trackingID": "1",
                "provider": "Azure",
                "address": "127.0.0.1",
                "X-FMS-OAuth-AuthType": "2",
            },
            headers={
                "X-FMS-Application-Type": "9",
                "X-FMS-Application-Version": "15",
                "X-FMS-Return-URL": "http://127.0.0.1/",
            },
        )
        request_id = begun.headers["x-fms-request-id"]
        consented = await client.http.post(
            "/pretend-provider", data={"state": request_id, "account": "grace@example.com"}
        )
        identifier = httpx.URL(consented.headers["location"]).params["identifier"]
        headers = {"X-FM-Data-OAuth-Request-Id": request_id, "X-FM-Data-OAuth-Identifier": identifier}
        assert code(await client.http.post(SESSIONS, headers=headers, json={})) == "0"
        assert client.emulator.sessions[0].account == "grace@example.com"
        headers["X-FM-Data-OAuth-Identifier"] = "wrong"
        assert code(await client.http.post(SESSIONS, headers=headers, json={})) == "212"


async def test_a_switch_leaves_the_token_out_of_some_bodies() -> None:
    async with host(SOLUTION, database="Club", switches=Switches(token_in_body=False)) as client:
        assert "token" in (await client.log_in("clerk", "clerk")).json()["response"]
        response = await client.log_in("clerk", "clerk", fmDataSource=[{"database": "Shop"}])
        assert response.json()["response"] == {}
        assert client.token


async def test_the_list_of_databases_needs_no_login_unless_it_is_filtered() -> None:
    async with host(SOLUTION, database="Club") as client:
        url = "/fmi/data/v2/databases"
        assert (await client.http.get(url)).json()["response"] == {
            "databases": [{"name": "Club"}, {"name": "Shop"}]
        }
        client.emulator.switch(Switches(filter_databases=True))
        assert (await client.http.get(url)).status_code == 401
        filtered = await client.http.get(url, auth=("shopkeeper", "shop"))
        assert filtered.json()["response"] == {"databases": [{"name": "Shop"}]}
