"""A server over HTTP, killed while callers ask it for several things: nothing of its records is lost, and nothing of it stays."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urljoin

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from filemaker_mcp.server.authorization.team_pages import PATHS
from filemaker_mcp.server.emulator.faults.effects import Act
from filemaker_mcp.server.emulator.faults.layer import FaultLayer
from filemaker_mcp.server.emulator.serving import serving

from ...documents.hostile_sheets import SHEETS
from ...documents.test_hostile_documents import children
from ...http.http_server import bearer
from ...solution_map.shop import shop
from ...started import Process, start
from ..workshop_host import command, workshop
from .fault_matrix import OPERATIONS
from .test_killed import asked, settings_of
from .test_other_processes import OF_SETTINGS, come_and_go, edited, has_open, lost_files

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        not Path("/proc/self/fd").is_dir(), reason="processes are looked at as Linux shows them"
    ),
]

OWNERS = """\
runbooks = "{folder}"
[schedule.night]
runbook = "night"
cron = "0 3 * * *"
"""
NIGHT = """\
[records]
layout = "Jobs"
where = {{ Title = "nothing" }}
[each]
edit = {{ Hours = 1 }}
"""
BESIDE: tuple[tuple[str, ...], ...] = (
    ("doctor",),
    ("policy", "--check", "--live"),
    ("check", "--all", "--live"),
    ("run", "night"),
    ("schedule",),
    ("profile", "Jobs"),
    ("learn", "EXPORT", "--live", "--output", "MAP"),
    ("console", "--no-browser"),
)
"""Commands that open what the settings name, each killed as soon as it has the records open, if it opens them; the console when
all its pages were looked at."""
UNTIL_GONE = 15.0
"""Seconds until what a killed server had read by others has ended: less than the 20 in which they end by themselves."""


@asynccontextmanager
async def over_http(
    environment: dict[str, str],
    address: str = "127.0.0.1:0",
    token: Callable[[], Awaitable[str]] | None = None,
) -> AsyncGenerator[tuple[Process, Client]]:
    """A server in a process of its own, and a client of it with this token, if not with that of the machine's owner."""
    process = await started(environment, "serve", "--http", address)
    assert process.stderr is not None
    url = (await process.stderr.readline()).decode().split()[-1]
    try:
        told = bearer() if token is None else await token()
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {told}"}, timeout=60) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            yield process, client
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def started(
    environment: dict[str, str], *words: str, stdout: int = asyncio.subprocess.DEVNULL
) -> Process:
    own = {name: value for name, value in os.environ.items() if not name.startswith("FILEMAKER_")}
    pipe = asyncio.subprocess.PIPE
    return await start(
        *words,
        env=own | environment, stdin=asyncio.subprocess.DEVNULL, stdout=stdout, stderr=pipe,
    )  # fmt: skip


async def opened_and_killed(environment: dict[str, str], words: tuple[str, ...]) -> bool:
    """Whether it opened the records."""
    process = await started(environment, *words)
    opened = False
    with anyio.fail_after(120):
        while process.returncode is None and not opened:
            await asyncio.sleep(0.01)
            opened = has_open(process.pid, environment["FILEMAKER_STATE"])
    if process.returncode is None:
        process.kill()
    await process.communicate()
    return opened


async def looked_at_and_killed(environment: dict[str, str], words: tuple[str, ...]) -> bool:
    """Whether all pages of the console came, and the records were open by then."""
    process = await started(environment, *words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    link = ""
    with anyio.fail_after(120):
        while not link.startswith("http"):
            link = (await process.stdout.readline()).decode().strip()
    async with httpx2.AsyncClient(follow_redirects=True, timeout=60) as browser:
        assert (await browser.get(link)).status_code == 200
        for path in ("/journal?check=1", *(each for each in PATHS if "{" not in each and each != "/files")):
            assert (await browser.get(urljoin(link, path))).status_code == 200, path
    opened = has_open(process.pid, environment["FILEMAKER_STATE"])
    process.kill()
    await process.communicate()
    return opened


def test_each_command_that_opens_what_the_settings_name_is_tried() -> None:
    assert {words[0] for words in BESIDE} == OF_SETTINGS


def there(folder: Path, ending: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith(ending)]


async def test_a_killed_server_over_http_leaves_its_records_whole_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator = workshop()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    state, files, books = (tmp_path / name for name in ("state.db", "files", "books"))
    for folder in (files, books):
        folder.mkdir()
    (files / "endless.xlsx").write_bytes(SHEETS["rows of 16,384 cells"][0]())
    (books / "night.toml").write_text(NIGHT.format(), encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(OWNERS.format(folder=books), encoding="utf-8")
    operation, dead = OPERATIONS["edit"], anyio.Event()
    async with serving(faults) as host:
        environment = settings_of(tmp_path, host) | {"FILEMAKER_FILES_FOLDER": str(files)}
        environment |= {"FILEMAKER_CONFIG": str(config)}
        made: list[str] = []
        async with over_http(environment) as (process, client):
            opened: set[str] = set()
            places = {"EXPORT": str(tmp_path / "Workshop.xml"), "MAP": str(tmp_path / "map.json")}
            Path(places["EXPORT"]).write_text(shop("2.3.0.0").text().replace("Shop", "Workshop"))  # noqa: ASYNC240 -- a few lines
            for words in (tuple(places.get(word, word) for word in each) for each in BESIDE):
                looks = looked_at_and_killed if words[0] == "console" else opened_and_killed
                if await looks(environment, words):
                    opened.add(words[0])
                await come_and_go(state)
                assert not lost_files(process.pid), words
                made.append(await edited(client, 100 + len(made)))
            assert opened >= {"doctor", "policy", "run", "schedule", "console"}, (
                "the others may have ended before they were seen"
            )

            def kill() -> None:
                process.kill()
                dead.set()

            change = (await asked(client, operation.tool, **operation.arguments))["change_id"]
            faults.arm(operation.match, Act(kill, processed=True))

            async def ask(tool: str, **arguments: object) -> None:
                with suppress(Exception):  # however a client learns that its server is gone
                    await client.call_tool(tool, arguments)

            reading: list[Path] = []
            with suppress(Exception):
                async with anyio.create_task_group() as group:
                    group.start_soon(lambda: ask("read_container", file="endless.xlsx"))
                    with anyio.fail_after(120):
                        while not reading:
                            await anyio.sleep(0.01)
                            reading = children(process.pid)
                    group.start_soon(lambda: ask("apply_change", change_id=change))
                    await dead.wait()
                    group.cancel_scope.cancel()
            with anyio.fail_after(UNTIL_GONE):
                while any(place.exists() for place in reading):  # noqa: ASYNC110 -- as above
                    await anyio.sleep(0.01)
        await come_and_go(state)
        for left in there(tmp_path, ".alive"):
            os.utime(left, (0, 0))  # a younger one may be that of a process that is about to lock it
        async with over_http(environment) as (_, client):
            assert (await asked(client, "list_changes", change_id=change))["records"] == {"done": 1}
            assert (await asked(client, "apply_change", change_id=change))["state"] == "done"
            listed = {each["change_id"] for each in (await asked(client, "list_changes"))["changes"]}
            assert listed >= {change, *made}
            assert len(there(tmp_path, ".alive")) == 1, "its own"
    edits = sum(request.method == "PATCH" for request in emulator.requests)
    assert edits == len(made) + 1
    assert there(tmp_path, ".filemaker-mcp") == []
    assert await command("journal", "--state", str(state), "verify") == 0, capsys.readouterr().out
