"""What a company's server holds out: floods of sign-ins, files that come slowly, notices that fail in ways nobody foresaw."""

from __future__ import annotations

import asyncio
import csv
import logging
import secrets
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import quote, urlsplit

import anyio
import httpx
import pytest

from filemaker_mcp.server.app.http.http_service import PATH, http_service
from filemaker_mcp.server.authorization import approver_notice
from filemaker_mcp.server.changes.journal import journal
from filemaker_mcp.server.console import own_changes
from filemaker_mcp.server.emulator.faults.effects import Refuse
from filemaker_mcp.server.emulator.faults.layer import Match
from filemaker_mcp.server.errors import ConfigurationError
from filemaker_mcp.server.local.file_names import safe_name

from ..authorization.served import BACK, asked
from ..authorization.stand import Browser
from ..http.later import Later
from .company import GROUPS, Company, company
from .test_notices import Chat, Quick

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Broken(Chat):
    """It fails as nobody foresaw."""

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.heard.set()
        raise RuntimeError(f"with a secret: {request.url}")


async def test_what_fails_beside_the_calls_is_told_and_keeps_no_session_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HOOK", "https://chat.example.com/secret")
    chat = Broken()
    hooks = {"journal_head": {"webhook": {"env": "HOOK"}}, "notify": {"webhook": {"env": "HOOK"}}}
    with caplog.at_level(logging.ERROR):
        async with company(tmp_path, http=hooks, fetch=chat.fetch, clock=Quick()) as team:
            token = await team.token("ada")
            plan = await team.plan(token)
            async with team.assistant(token) as client:
                await asked(client, "apply_change", change_id=plan)
            await asyncio.wait_for(chat.heard.wait(), 120)
            emulator = team.here.emulator
    assert emulator.open_sessions == 0
    assert "defect in what runs beside the calls: RuntimeError" in caplog.text
    assert "secret" not in caplog.text
    assert "shutdown failed" not in caplog.text


@pytest.mark.parametrize(
    "address", ["https://chät.example.com/x", "https://a b.example/", "https://a.example/\n"]
)
async def test_an_address_that_no_request_can_have_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HOOK", address)
    with pytest.raises(ConfigurationError, match="no address with https"):
        async with company(tmp_path, http={"journal_head": {"webhook": {"env": "HOOK"}}}):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
async def test_a_command_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approver_notice, "COMMAND_SECONDS", 0.5)
    told = tmp_path / "child"
    with pytest.raises(approver_notice.NotTold):
        await approver_notice.Command(("sh", "-c", f"sleep 60 & echo $! > {told}; wait")).ring({})
    with anyio.fail_after(120):
        while _lives(int(told.read_text())):  # noqa: ASYNC110 -- the system ends it
            await anyio.sleep(0.01)


def _lives(process: int) -> bool:
    """Until it is gone, or only nobody has asked after it yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_flood_of_sign_ins_is_held_back_and_throws_nobody_out(tmp_path: Path) -> None:
    async with company(tmp_path) as team:
        plan = await team.plan(await team.token("ada"))
        ada = await team.browser("ada")
        await ada.get(f"/agree/{plan}")
        await ada.send(origin=team.origin, answer="yes")
        met = [(await team.window().get("/sign-in")).status_code for _ in range(121)]
        assert (met.count(200), met[-1]) == (met.index(429), 429)
        assert "You agreed" in (await team.back(ada, "ada")).text
        app, host = http_service(team.here.parts).app, urlsplit(team.origin).netloc
        told = [await Browser(app, f"2001:db8::{n:x}", host).get("/sign-in") for n in range(121)]
        assert told[-1].status_code == 429, "whoever has one address of IPv6 has 2 to the 64"
        assert (await Browser(app, "2001:db8:0:1::1", host).get("/sign-in")).status_code == 200


async def test_no_flood_pushes_a_sign_in_that_is_under_way_out(tmp_path: Path) -> None:
    """From however many addresses: what somebody has begun is kept by their browser, and here are only tickets that were used."""
    async with company(tmp_path) as team:
        ada, asks = team.window(), {"client_id": "desk", "redirect_uri": BACK, "resource": team.origin + PATH}
        await ada.ask(**asks)
        await ada.send("/consent", team.origin, answer="yes")
        app, page = http_service(team.here.parts).app, ada.page
        for number in range(300):
            stranger = Browser(app, f"10.1.{number // 250}.{number % 250}", urlsplit(team.origin).netloc)
            await stranger.get("/sign-in")
        tables = ("used_ticket", "person_session", "oauth_code", "oauth_grant")
        counts = [await team.here.state.row(f"SELECT COUNT(*) AS n FROM {each}") for each in tables]
        assert [row["n"] for row in counts if row is not None] == [0, 0, 0, 0]
        assert "code=" in (await team.back(ada, "ada")).headers["location"]
        used = await team.here.state.rows("SELECT id FROM used_ticket")
        assert len(used) == 1
        ada.page = page
        assert (await team.back(ada, "ada")).status_code == 410, "a ticket is good once"
        assert not any(name.startswith("__Host-fm-ticket-") for name in ada.http.cookies)
        await ada.ask(**asks, state=secrets.token_urlsafe(1_530))
        await ada.send("/consent", team.origin, answer="yes")
        assert "code=" in (await team.back(ada, "ada")).headers["location"], "the longest state of a client"


async def test_every_link_of_ours_survives_signing_in_and_none_leads_elsewhere(tmp_path: Path) -> None:
    async with company(tmp_path) as team:
        for path in ("/files/report%20%282%29.csv", "/files/M%C3%A4rz.csv", "/changes?words=a+b&state=done"):
            window = team.window()
            asks = (await window.get(path)).headers["location"]
            assert (await window.get(asks)).status_code == 200, path
            assert (await team.back(window, "ada")).headers["location"] == path
        for foreign in (
            "//x.example",
            "/\\x.example",
            "https://x.example",
            "/a\r\nSet-Cookie: a=b",
            "/ä",
            "",
        ):
            assert (await team.window().get(f"/sign-in?next={quote(foreign, safe='')}")).status_code == 400, (
                foreign
            )


async def test_a_quota_holds_beside_a_slow_upload(tmp_path: Path) -> None:
    folder, go = tmp_path / "files", asyncio.Event()

    async def slow() -> AsyncGenerator[bytes]:
        yield b"a"
        await go.wait()

    async with company(tmp_path, files_folder=str(folder), http={"file_quota": 9_000}) as team:
        token = await team.token("ada")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60) as http:
            first = asyncio.create_task(http.put(f"{team.origin}/files/slow.csv", content=slow()))
            while not list(folder.rglob("content")):  # noqa: ASYNC110 -- the server makes it
                await asyncio.sleep(0.01)
            await _exports(team, token)
            late = await http.put(f"{team.origin}/files/b.csv", content=b"x" * 8_900)
            go.set()
            await first
    assert late.status_code == 413
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 9_000


async def _exports(team: Company, token: str) -> None:
    async with team.assistant(token) as client:
        await asked(client, "export_records", layout="Products", file="first.csv")


@pytest.mark.parametrize("name", ["COM¹.csv", "lpt³", "CONIN$", "nul .txt", "conout$.tar.gz"])
def test_no_file_has_the_name_of_a_device(name: str) -> None:
    assert safe_name(name).startswith("_")


async def test_pages_and_files_know_within_the_hour_what_became_of_somebody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Later()
    async with company(
        tmp_path, {"approvers_see_all": True}, files_folder=str(tmp_path / "files"), clock=clock
    ) as team:
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {await team.token('ada')}"}) as http:
            assert (await http.put(f"{team.origin}/files/a.csv", content=b"x")).status_code == 201
        ada, lea = await team.browser("ada"), await team.browser("lea")
        plan = await team.plan(await team.token("ada"))
        assert plan in (await lea.get("/")).text
        monkeypatch.setitem(GROUPS, "lea", "none")
        team.provider.claims = {"sub": "lea", "name": "Lea", "groups": ["none"]}
        team.provider.userinfo = {"sub": "lea"}
        clock.ahead += 3_601
        assert plan not in (await lea.get("/")).text
        assert (await lea.get(f"/agree/{plan}")).status_code in (303, 403, 404)

        team.provider.claims = {"sub": "ada", "name": "Ada", "groups": ["sales"]}
        team.provider.userinfo = {"sub": "ada"}
        assert (await ada.get("/files/a.csv")).status_code == 200
        team.here.faults.arm(Match("POST", "*/sessions", times=None), Refuse(212))
        clock.ahead += 601
        assert (await ada.send("/files/a.csv", team.origin)).status_code == 403


async def test_nobodys_many_plans_hide_those_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_changes, "MOST_WAITING", 3)
    monkeypatch.setattr(own_changes, "AT_ONCE", 2)
    async with company(tmp_path, {"approvers_see_all": True}) as team:
        plan = await team.plan(await team.token("bob"), layout="Products", ids=["2"])
        async with team.assistant(await team.token("ada")) as client:
            for number in range(4):
                await asked(client, "delete_records", layout="Products", ids=[str(number + 3)])
        lea = await team.browser("lea")
        page = (await lea.get("/")).text
        assert (plan in page, page.count("Delete 1 record")) == (True, 3)
        assert (await lea.get(f"/agree/{plan}/{'9' * 5_000}")).status_code == 404


async def test_a_long_journal_is_sent_whole_and_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "AT_ONCE", 50)
    async with company(tmp_path) as team:
        await team.plan(await team.token("ada"))
        named = await team.here.state.rows("SELECT name FROM pragma_table_info('journal')")
        columns = [str(row["name"]) for row in named]
        entries = await team.here.state.rows("SELECT * FROM journal ORDER BY number")
        last: dict[str, object] = {name: entries[-1][name] for name in columns}
        rows = [
            tuple((last | {"number": number, "place": number}).values()) for number in range(1_000, 1_730)
        ]
        async with team.here.state.writing() as transaction:
            marks = ", ".join("?" * len(last))
            transaction.put_many(f"INSERT INTO journal ({', '.join(last)}) VALUES ({marks})", rows)
        ada = await team.browser("ada")
        read = list(csv.DictReader((await ada.get("/journal.csv")).text.removeprefix("\ufeff").splitlines()))
        numbers = [int(row["number"]) for row in read]
        assert numbers == sorted(set(numbers))
        assert numbers[-730:] == list(range(1_000, 1_730))
