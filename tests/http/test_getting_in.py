"""Who is let in by which token, for how long, and to do what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from starlette.responses import Response

from filemaker_mcp.server.authorization.caller_roll import CallerRoll
from filemaker_mcp.server.callers.halts import Halt, Halts
from filemaker_mcp.server.cli.connect.address_look import Look, looks
from filemaker_mcp.server.errors import InputError

from ..policy.attempts import facts
from .agent_keys import agent_keys
from .http_server import HttpServer, http_server
from .identity_provider import AUDIENCE, ISSUER, IdentityProvider, identity_provider, new_key
from .later import Later

pytestmark = pytest.mark.anyio
PUBLIC = "https://fm.example"


class Place:
    def __init__(self, server: HttpServer, provider: IdentityProvider, clock: Later) -> None:
        self.server, self.provider, self.clock = server, provider, clock
        self.keys = agent_keys(server.parts.servers)
        self.halts = Halts(lambda: server.parts.servers.state, clock.monotonic)

    async def key(self, name: str, *scopes: str, days: int | None = 90, **more: Any) -> str:
        given: dict[str, Any] = {"networks": (), "owner": ""} | more
        return await self.keys.add(name, scopes=scopes, days=days, now=self.clock.wall(), **given)

    async def status(self, token: str) -> int:
        return (await self.server.status_of(token))[0]

    async def tools(self, token: str) -> set[str]:
        async with self.server.person(token) as person:
            return {tool.name for tool in (await person.client.list_tools()).tools}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def place(own_folders: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Place]:
    folder = tmp_path_factory.mktemp("in")
    clock = Later()
    async with identity_provider() as provider:
        settings: dict[str, Any] = {
            "state": str(folder / "state.db"),
            "files_folder": str(folder / "files"),
            "file_limit": 1_000,
            "callers": [
                {"match": {"issuer": "keys", "subject": "reader"}, "policy": "products"},
                {"match": {"issuer": "keys", "subject": "narrowed"}, "policy": "products"},
                {"match": {"issuer": "keys"}},
                {"match": {"issuer": ISSUER, "claim": "groups", "has": "sales"}},
            ],
            "policies": {"products": {"layouts": ["Products"], "access": "read", "scripts": []}},
            "http": {"public_url": PUBLIC, "issuers": [provider.settings], "file_quota": 3_000},
        }
        async with http_server(settings, clock=clock) as server:
            yield Place(server, provider, clock)


async def test_a_key_is_good_until_it_expires_or_is_revoked_and_only_from_where_it_may_come(
    place: Place,
) -> None:
    short, kept = await place.key("short", "fm:read", days=1), await place.key("kept", "fm:read", days=None)
    elsewhere = await place.key("elsewhere", "fm:read", networks=("10.0.0.0/8",))
    assert [await place.status(each) for each in (short, kept, elsewhere)] == [200, 200, 401]
    place.clock.ahead += 24 * 3600
    assert [await place.status(each) for each in (short, kept)] == [401, 200]
    assert await place.keys.revoke("kept", place.clock.wall())
    place.clock.ahead += 5
    assert await place.status(kept) == 401
    listed = {key.name: key for key in await place.keys.all()}
    assert listed["kept"].used is not None
    assert kept not in str(listed)
    with pytest.raises(InputError, match="There is, or was, a key 'kept'"):
        await place.key("kept", "fm:read")
    with pytest.raises(InputError, match="a person who answers"):
        await place.key("eraser", "fm:delete")


async def test_the_scopes_of_a_token_and_the_policy_of_its_caller_decide_which_tools_there_are(
    place: Place,
) -> None:
    nothing_asked, edits = await place.key("plain"), await place.key("edits", "fm:edit")
    runs = await place.key("runs", "fm:delete", "fm:run", owner="ada")
    read = await place.tools(nothing_asked)
    assert not read & {"create_records", "edit_records", "delete_records", "run_script", "apply_change"}
    assert await place.tools(edits) - read == {
        "create_records",
        "edit_records",
        "apply_change",
        "undo_change",
    }
    assert {"delete_records", "run_script"} <= await place.tools(runs)
    assert await place.tools(await place.key("reader", "fm:delete", "fm:run", owner="ada")) == read


async def test_a_policy_of_a_caller_only_narrows(place: Place) -> None:
    (key,) = [await place.key("narrow", "fm:read")]
    async with place.server.person(key) as everything:
        assert "Customers" in str(await everything.ask("list_layouts"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "https://other.example/mcp"},
        {"aud": None},
        {"iss": "https://login.example/"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nbf": int(time.time()) + 3600 * 48},
        {"sub": None},
        {"sub": ""},
        {"nonce": "of an ID token"},
        {"at_hash": "of an ID token"},
        {"head": {"typ": "logout+jwt"}},
        {"sub": "half an emoji \ud83d"},
        {"sub": "two\nlines"},
        {"head": {"kid": "another"}},
    ],
)
async def test_a_token_that_was_not_made_for_this_server_lets_nobody_in(
    place: Place, wrong: dict[str, Any]
) -> None:
    assert await place.status(place.provider.token("ada", groups=["sales"])) == 200
    given: dict[str, Any] = {"groups": ["sales"]} | wrong
    assert await place.status(place.provider.token("ada", **given)) == 401


async def test_a_token_that_nobody_or_somebody_else_signed_lets_nobody_in(place: Place) -> None:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "groups": ["sales"], "exp": time.time() + 600}
    unsigned = jwt.encode(claims, "", algorithm="none")
    shared = jwt.encode(claims, "a secret that is at least as long as it has to be", algorithm="HS256")
    forged = jwt.encode(claims, new_key(), algorithm="RS256", headers={"kid": "one"})
    good = place.provider.token("ada", groups=["sales"])
    cut, longer = good.rpartition(".")[0] + ".", good + "a" * 20_000
    for token in (unsigned, shared, forged, cut, longer, "a.b.c", "..", "\udce4" if False else "é"):
        assert await place.status(token.encode("ascii", "ignore").decode() or "x") == 401


async def test_whoever_is_signed_in_and_matches_nothing_gets_nothing(place: Place) -> None:
    status, said = await place.server.status_of(place.provider.token("eve", groups=["interns"]))
    assert status == 403
    assert "[[callers]]" in said


async def test_who_comes_with_a_token_of_the_provider_and_was_revoked_is_out_within_five_seconds(
    place: Place,
) -> None:
    token = place.provider.token("leaver", groups=["sales"])
    assert await place.status(token) == 200
    roll = CallerRoll(place.server.parts.servers.state, place.clock.wall)
    await roll.revoke(f"{ISSUER}|leaver", "left the company")
    place.clock.ahead += 4
    assert await place.status(token) == 401
    assert await roll.admit(f"{ISSUER}|leaver")
    place.clock.ahead += 4
    assert await place.status(token) == 200


async def test_the_signing_keys_are_asked_for_once_a_minute_whatever_comes(place: Place) -> None:
    provider = place.provider
    await place.status(provider.token("ada", groups=["sales"]))
    asked = provider.asked
    for n in range(20):
        assert await place.status(provider.token("ada", groups=["sales"], head={"kid": f"guess {n}"})) == 401
    assert provider.asked <= asked + 1
    provider.answer = Response("x" * 1_000_000)  # the provider is broken, and its last keys serve
    place.clock.ahead += 700
    assert await place.status(provider.token("ada", groups=["sales"], exp=time.time() + 9_000)) == 200
    place.clock.ahead += 25 * 3600
    assert await place.status(provider.token("ada", groups=["sales"], exp=time.time() + 200_000)) == 401
    provider.answer = None
    place.clock.ahead += 61
    assert await place.status(provider.token("ada", groups=["sales"], exp=time.time() + 200_000)) == 200


async def test_the_owner_stops_changes_or_everything_for_one_or_for_all(place: Place) -> None:
    one, other = await place.key("one", "fm:edit"), await place.key("other", "fm:edit")
    await place.halts.put(Halt("keys|one", False, "Month end", place.clock.wall()))
    place.clock.ahead += 5
    assert "edit_records" not in await place.tools(one)
    assert "edit_records" in await place.tools(other)
    await place.halts.put(Halt("", True, "Month end", place.clock.wall()))
    place.clock.ahead += 5
    status, said = await place.server.status_of(other)
    assert (status, "Month end" in said) == (403, True)
    await place.halts.lift("")
    await place.halts.lift("keys|one")
    place.clock.ahead += 5
    assert "edit_records" in await place.tools(one)


async def test_files_are_fetched_and_sent_by_their_own_caller_alone(place: Place) -> None:
    ada, bo = await place.key("ada", "fm:edit"), await place.key("bo", "fm:edit")
    async with place.server.person(ada) as person:
        export = await person.ask("export_records", layout="Products", file="list", fields=["SKU"])
    assert export["file"].startswith(f"{PUBLIC}/files/list")
    url = place.server.origin + export["file"].removeprefix(PUBLIC)
    sent = place.server.origin + "/files/"

    async def asked(token: str, verb: str, address: str, **more: Any) -> httpx.Response:
        lets_in = {"Host": place.server.host} | ({"Authorization": f"Bearer {token}"} if token else {})
        async with httpx.AsyncClient(headers=lets_in) as http:
            return await http.request(verb, address, **more)

    got = await asked(ada, "GET", url)
    assert got.status_code == 200, got.text
    assert (got.status_code, got.headers["content-disposition"][:10]) == (200, "attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert [(await asked(who, "GET", url)).status_code for who in (bo, "")] == [404, 401]
    put = await asked(ada, "PUT", sent + "leads.csv", content=b"SKU,Name\nX-1,One\n")
    assert (put.status_code, put.json()["file"]) == (201, "leads.csv")
    assert [
        (await asked(ada, "PUT", sent + "big", content=b"x" * size)).status_code for size in (1_001, 999, 999)
    ] == [413, 201, 413]
    at_once = await asyncio.gather(
        *(asked(bo, "PUT", f"{sent}part{n}", content=b"x" * 990) for n in range(8))
    )
    assert sorted(each.status_code for each in at_once) == [201] * 3 + [413] * 5
    for name in ("..%2F..%2Fetc%2Fpasswd", "..", "%2Fetc%2Fpasswd", "a%00b", "C%3A%5Cx"):
        assert (await asked(ada, "GET", sent + name)).status_code in (404, 403), name
    async with place.server.person(ada) as person:
        plan = await person.call(
            "create_records", layout="Products", file="leads.csv", map={"SKU": "SKU", "Name": "Name"}
        )
        state = await person.call("apply_change", change_id=str(facts(plan).get("change_id")))
        assert "outsiders" in str(state), "a file that came from outside is a person's to agree to"


async def test_who_may_change_nothing_sends_no_file_in(place: Place) -> None:
    reads = await place.key("only-reads", "fm:read", "fm:run")
    narrowed, stopped = await place.key("narrowed", "fm:edit"), await place.key("stopped", "fm:edit")
    await place.halts.put(Halt("keys|stopped", False, "Month end", place.clock.wall()))
    place.clock.ahead += 5
    address = f"{place.server.origin}/files/leads.csv"
    for token in (reads, narrowed, stopped):
        lets_in = {"Host": place.server.host, "Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=lets_in) as http:
            put = await http.put(address, content=b"SKU\n")
            assert (put.status_code, "no files in" in put.text) == (403, True)
            assert (await http.get(address)).status_code == 404
    await place.halts.lift("keys|stopped")


async def test_a_reload_takes_all_of_the_settings_or_nothing(place: Place, tmp_path: Path) -> None:
    metadata = f"{place.server.origin}/.well-known/oauth-protected-resource/mcp"
    async with httpx.AsyncClient(headers={"Host": place.server.host}) as http:
        told = (await http.get(metadata)).json()
        refused = await http.post(place.server.url, json={})
    assert (told["resource"], told["authorization_servers"]) == (f"{PUBLIC}/mcp", [ISSUER])
    assert f'resource_metadata="{PUBLIC}/.well-known' in refused.headers["www-authenticate"]


async def test_doctor_looks_at_the_public_address_as_a_client_does(place: Place) -> None:
    class ThroughTheProxy(httpx.AsyncBaseTransport):
        """Leads the public name to the server, as the proxy in front of it does."""

        def __init__(self, host: str) -> None:
            self.host = host
            self.inner = httpx.AsyncHTTPTransport()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.url = httpx.URL(str(request.url).replace(PUBLIC, place.server.origin))
            request.headers["Host"] = self.host
            return await self.inner.handle_async_request(request)

        async def aclose(self) -> None:
            await self.inner.aclose()

    async def looked(through: httpx.AsyncBaseTransport, origin: str = PUBLIC) -> list[Look]:
        async with httpx.AsyncClient(transport=through) as http:
            return [look async for look in looks(origin, http)]

    good = await looked(ThroughTheProxy("fm.example"))
    assert len(good) == 5
    assert all(look.is_good for look in good), good
    (inside,) = await looked(ThroughTheProxy("inside.example"))
    assert not inside.is_good
    assert "keep Host" in inside.remedy
    for status, remedy in ((404, "everything under /"), (502, "cannot reach the server")):
        (wrong,) = await looked(httpx.MockTransport(lambda request, status=status: httpx.Response(status)))
        assert (wrong.is_good, remedy in wrong.remedy) == (False, True)
    (away,) = await looked(httpx.AsyncHTTPTransport(), "https://127.0.0.1:9")
    assert "refused the connection" in away.words
