"""Approvers hear that something waits: never what, once for a plan, tried again, and nothing waits for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest

from filemaker_mcp.server.authorization.clients.guarded_fetch import GuardedFetch
from filemaker_mcp.server.errors import ConfigurationError

from ..authorization.served import asked
from ..http.later import Later
from .company import Company, company

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Quick(Later):
    """Long pauses are over at once."""

    async def sleep(self, seconds: float) -> None:
        if seconds < 5:
            await super().sleep(seconds)
        await anyio.lowlevel.checkpoint()


class Chat:
    """A chat service on the open internet: what came, and how often it is away."""

    def __init__(self, address: str = "1.1.1.1", away: int = 0) -> None:
        self.address = address
        self.away = away
        self.came: list[httpx.Request] = []
        self.heard = anyio.Event()

    async def resolve(self, host: str) -> Sequence[str]:
        return [self.address]

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        if len(self.came) <= self.away:
            raise httpx.ConnectError("away")
        self.heard.set()
        return httpx.Response(200)

    @property
    def fetch(self) -> GuardedFetch:
        return GuardedFetch(self.resolve, httpx.MockTransport(self.handle))


async def _waits(team: Company, times: int = 2) -> str:
    """A plan for which a person is asked so many times."""
    token = await team.token("ada")
    plan = await team.plan(token)
    async with team.assistant(token) as client:
        for _ in range(times):
            assert "A person has to agree" in str(await asked(client, "apply_change", change_id=plan))
    return plan


async def test_a_webhook_hears_once_that_something_waits_and_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT_HOOK", "https://chat.example/hooks/secret?thread=1")
    chat = Chat(away=2)
    notify = {"notify": {"webhook": {"env": "CHAT_HOOK"}}}
    async with company(tmp_path, http=notify, fetch=chat.fetch, clock=Quick()) as team:
        plan = await _waits(team)
        with anyio.fail_after(120):
            await chat.heard.wait()
        assert len(chat.came) == 3, "twice it was away"
        assert {(each.url.host, each.headers["host"], each.url.path) for each in chat.came} == {
            ("1.1.1.1", "chat.example", "/hooks/secret")
        }
        told = json.loads(chat.came[-1].content)
        assert told == {
            "text": f"A change waits for somebody to agree: {team.origin}/",
            "address": f"{team.origin}/",
        }
        assert plan not in chat.came[-1].content.decode()


async def test_a_webhook_inside_the_network_is_never_asked_and_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CHAT_HOOK", "https://chat.example/hooks/secret")
    chat = Chat(address="::ffff:10.0.0.1")
    notify = {"notify": {"webhook": {"env": "CHAT_HOOK"}}}
    async with company(tmp_path, http=notify, fetch=chat.fetch, clock=Quick()) as team:
        await _waits(team)
        with anyio.fail_after(120):
            while caplog.text.count("is not on the open internet") < 3:  # noqa: ASYNC110 -- it tells the log
                await anyio.sleep(0.01)
        assert chat.came == []
        assert "secret" not in caplog.text
    monkeypatch.setenv("CHAT_HOOK", "http://chat.example/hooks/secret")
    (tmp_path / "again").mkdir()
    with pytest.raises(ConfigurationError, match="no address with https") as refused:
        async with company(tmp_path / "again", http=notify):
            pass
    assert "secret" not in str(refused.value)


async def test_a_command_gets_the_same_on_its_standard_input_and_nothing_of_our_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALES_PASSWORD", "canary")
    out = tmp_path / "told"
    script = "import json,os,sys; told=sys.stdin.read(); open(sys.argv[1]+'.new','w').write(json.dumps([told, sorted(os.environ)]));"
    command = [sys.executable, "-c", script + "os.replace(sys.argv[1]+'.new', sys.argv[1])", str(out)]
    async with company(tmp_path, http={"notify": {"command": command}}) as team:
        await _waits(team, 1)
        with anyio.fail_after(120):
            while not out.exists():  # noqa: ASYNC110 -- another process writes it
                await anyio.sleep(0.02)
        told, names = json.loads(out.read_text())
        assert json.loads(told)["address"] == f"{team.origin}/"
        assert "SALES_PASSWORD" not in names
