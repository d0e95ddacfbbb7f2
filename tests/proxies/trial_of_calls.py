"""One server behind each proxy as the documents have it: everything that clients, people and strangers do through it."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx
import pytest

from filemaker_mcp.server.emulator.faults.effects import Delay
from filemaker_mcp.server.emulator.faults.layer import Match

from ..assistant import Mode
from ..http.fleet import told
from ..started import start
from .premises import ACCOUNT, BACK, OUTSIDE, PAGE, PASSWORD, SPEAKS, Premises, bearing, premises
from .proxy import KINDS

pytestmark = pytest.mark.anyio
BODY, FILE = 4_000_000, 20_000_000
"""What the server takes, unless its settings say otherwise."""
NAME = "Preis 100% #1; Übersicht & mehr.csv"
RECORDS, DELAY = 30, 2.0
"""Of a change, and the seconds that the host takes for each, some of them at once."""
ERAS: tuple[Mode, ...] = ("auto", "legacy")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module", params=list(KINDS))
async def here(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, own_folders: None
) -> AsyncGenerator[Premises]:
    async with premises(request.param, tmp_path_factory.mktemp(request.param)) as made:
        yield made


@pytest.mark.parametrize("mode", ERAS)
async def test_the_sdks_client_calls_in_both_eras_of_the_protocol(here: Premises, mode: Mode) -> None:
    async with here.person(await here.key(f"era-{mode}"), mode) as person:
        found = await person.ask("find_records", layout="Jobs", where={"Ref": "R7"})
        assert "Job 7" in str(found)


async def test_a_person_signs_in_by_the_pages_and_their_program_calls(here: Premises) -> None:
    async with here.outsider() as http:
        asks = (await http.post("/mcp", json={}, headers=SPEAKS)).headers["WWW-Authenticate"]
        metadata = asks.partition('resource_metadata="')[2].partition('"')[0]
        document = (await http.get(metadata)).json()
        assert (document["resource"], document["authorization_servers"]) == (here.resource, [here.origin])
    async with here.browser() as browser, here.person(await here.token(browser)) as person:
        assert "Job 3" in str(await person.ask("find_records", layout="Jobs", where={"Ref": "R3"}))


async def test_who_says_to_come_from_elsewhere_is_taken_for_who_they_are(here: Premises) -> None:
    """What a stranger writes into a proxy's own headers opens nothing and closes nothing."""
    inside, outside = await here.key("inside", "203.0.113.0/24"), await here.key("outside", f"{OUTSIDE}/32")
    asked: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    forged = {
        "X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7;proto=http",
        "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "80", "True-Client-IP": "203.0.113.7",
    }  # fmt: skip
    for headers in ({}, forged, {"X-Forwarded-For": "203.0.113.7, 203.0.113.8"}):
        async with here.outsider(**SPEAKS, **headers) as http:
            statuses = [
                (await http.post("/mcp", json=asked, headers=bearing(key))).status_code
                for key in (inside, outside)
            ]
            assert statuses == [401, 200], headers
            page = await http.get("/sign-in")
            assert "evil.example" not in page.text + str(page.headers)
            begun = await http.get("/authorize", params={"client_id": "desk", "redirect_uri": BACK})
            assert all("secure" in cookie.lower() for cookie in begun.headers.get_list("set-cookie"))


async def test_a_request_by_another_name_reaches_nothing(here: Premises) -> None:
    async with here.outsider(**SPEAKS, **bearing(await here.key("named"))) as http:
        for host in ("evil.example", f"evil.example:{here.proxy.port}", "127.0.0.1", ""):
            answer = await http.post("/mcp", json={}, headers={"Host": host})
            nothing = (
                answer.status_code == 200 and not answer.content
            )  # as Caddy answers for sites that it has not
            assert nothing or answer.status_code in (400, 403, 404, 421), (
                host,
                answer.status_code,
                answer.text,
            )


async def test_a_listed_page_may_call_and_no_other(here: Premises) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    async with here.outsider(**asks) as http:
        listed = await http.options("/mcp", headers={"Origin": PAGE})
        assert (listed.status_code, listed.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        foreign = await http.options("/mcp", headers={"Origin": "https://evil.example"})
        assert (foreign.status_code, foreign.headers.get("Access-Control-Allow-Origin")) == (403, None)


async def test_what_is_for_others_is_not_there_and_a_client_would_get_in(here: Premises) -> None:
    async with here.outsider() as http:
        assert (await http.get("/ready")).text == "ready\n"
        assert (await http.get("/metrics")).status_code == 404
    own = here.servers.environment | {"SSL_CERT_FILE": str(here.proxy.authority)}
    process = await start(
        *("doctor", "--http", "--json", "--config", str(here.servers.config)),
        env=own,
        stdout=PIPE,
        stderr=PIPE,
    )
    said, problem = await process.communicate()
    assert process.returncode == 0, said + problem
    assert {look["ok"] for look in json.loads(said)["looks"]} == {True}


async def test_a_body_is_taken_up_to_its_limit_and_refused_with_the_reason_above_it(here: Premises) -> None:
    async with here.outsider(**SPEAKS, **bearing(await here.key("large"))) as http:
        asked: dict[str, Any] = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/list",
            "params": {},
            "filler": "",
        }
        asked["filler"] = "x" * (BODY - len(json.dumps(asked)))
        body = json.dumps(asked)
        kind = {"Content-Type": "application/json"}
        assert (await http.post("/mcp", content=body, headers=kind)).status_code == 200
        above = await http.post("/mcp", content=f"{body} ", headers=kind)
        assert (above.status_code, above.text) == (413, f"A request has at most {BODY:,} bytes here.")

        async def pieces() -> AsyncGenerator[bytes]:
            for _ in range(5):
                yield b"x" * (BODY // 4)

        answer = await http.post("/mcp", content=pieces(), headers=kind)
        assert (answer.status_code, answer.text) == (413, above.text), "in pieces too"
        far = await http.post("/mcp", content=b"x" * FILE, headers=kind)
        assert (far.status_code, far.text) == (413, above.text), "also where the proxy lets it through"
        try:
            status = (await http.post("/mcp", content=b"x" * (2 * FILE), headers=kind)).status_code
        except httpx.TransportError:  # Caddy ends the connection
            status = 413
        assert status in (413, 502), "the proxy has a limit of its own"


async def test_a_file_goes_in_and_comes_back_byte_by_byte_up_to_the_limit(here: Premises) -> None:
    key, whole = await here.key("files"), secrets.token_bytes(FILE)
    small = b"Ref;Title\r\nR1;\xc3\x9c\r\n"
    async with here.outsider(**bearing(key)) as http:
        for name, content in ((NAME, small), ("whole.bin", whole)):
            sent = await http.put(_path(name), content=content)
            assert sent.status_code == 201, sent.text
            back = await http.get(sent.headers["Location"])
            assert (back.status_code, back.content == content) == (200, True)
            assert "attachment" in back.headers["Content-Disposition"]
        beyond = await http.put(_path("beyond.bin"), content=whole + b"x")
        assert (beyond.status_code, "20,000,000 bytes" in beyond.text) == (413, True)
        assert (await http.get(_path("beyond.bin"))).status_code == 404, "nothing of it is kept"


async def test_a_person_sends_a_file_in_by_the_page_and_takes_it_away(here: Premises) -> None:
    content = secrets.token_bytes(FILE)
    async with here.browser() as browser:
        await here.token(browser)  # the pages know a browser in which somebody let a program in
        page = await browser.get("/files")
        while page.is_redirect:
            page = await browser.get(page.headers["location"])
        if 'type="password"' in page.text:
            await browser.send(origin=here.origin, account=ACCOUNT, password=PASSWORD)
        sent = await browser.http.post(
            "/upload", files={"file": (NAME, content)}, headers={"Origin": here.origin}
        )
        assert (sent.status_code, sent.headers.get("location")) == (303, "/files"), sent.text
        assert (await browser.get(_path(NAME))).status_code == 200
        back = await browser.http.post(_path(NAME), headers={"Origin": here.origin})
        assert (back.status_code, back.content == content) == (200, True)


async def test_progress_arrives_while_a_long_call_runs_and_its_end_after_it(
    tmp_path: Path,
) -> None:
    """All proxies at once, in both eras of the protocol. Each record takes the host seconds."""
    async with AsyncExitStack() as running:
        stands = [await running.enter_async_context(premises(kind, tmp_path / kind)) for kind in KINDS]
        await asyncio.gather(*(long_call(here, mode) for here in stands for mode in ERAS))


async def long_call(here: Premises, mode: Mode) -> None:
    heard: list[tuple[float, int]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, len(created(here, mode))))

    async with here.person(await here.key(f"long-{mode}"), mode) as person:
        records = [{"Ref": mode, "Title": f"{mode} {n}"} for n in range(RECORDS)]
        plan = await person.ask("create_records", layout="Jobs", records=records)
        here.faults.arm(Match("POST", "*/layouts/Jobs/records", times=RECORDS), Delay(DELAY))
        ended = await person.client.call_tool(
            "apply_change", {"change_id": plan["change_id"]}, progress_callback=hear
        )
        while (facts := cast("dict[str, Any]", ended.structured_content))["state"] == "running":
            looked: dict[str, Any] = {"job": facts["job"], "wait": 50}
            ended = await person.client.call_tool("check_job", looked, progress_callback=hear)
    assert facts["state"] == "done", facts
    assert len(created(here, mode)) == RECORDS
    assert len({done for _, done in heard if done < RECORDS}) > 2, heard


def created(here: Premises, ref: str) -> list[int]:
    """Records with this reference, now."""
    rows = [here.emulator.record("Workshop", "Jobs", number) for number in range(21, 21 + 2 * RECORDS + 1)]
    return [n for n, row in enumerate(rows) if row is not None and row.values["Ref"][0] == ref]


async def test_http_2_is_spoken_where_the_client_speaks_it(here: Premises) -> None:
    curl = shutil.which("curl")
    assert curl is not None, "curl is not here: apt-get install curl"
    key = await here.key("curl")
    asked = '{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}'
    words = ("--http2", "--cacert", str(here.proxy.authority), "-sS", "-w", "\n%{http_version} %{http_code}", "-H", f"Authorization: Bearer {key}",
             "-H", "Accept: application/json, text/event-stream", "-H", "Content-Type: application/json", "-d", asked, here.resource)  # fmt: skip
    process = await asyncio.create_subprocess_exec(curl, *words, stdout=PIPE, stderr=PIPE)
    said, problem = await process.communicate()
    text, _, ended = said.decode().rpartition("\n")
    assert ended == "2 200", said + problem
    assert "find_records" in json.dumps(told(text))


def _path(name: str) -> str:
    return f"/files/{quote(name, safe='')}"
