"""A caller's files at one server are there at every server that shares the state: sent in, exported, fetched, removed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from filemaker_mcp.server.callers.caller_identity import Identity
from filemaker_mcp.server.errors import InputError
from filemaker_mcp.server.local.file_parts import FileParts
from filemaker_mcp.server.local.keys.key_ring import KeyRing
from filemaker_mcp.server.local.object_store import ObjectStore
from filemaker_mcp.server.local.shared_files import PART, SharedFiles
from filemaker_mcp.server.local.state.sqlite_state import SqliteState

from ..http.http_server import HttpServer, http_server
from ..http.identity_provider import ISSUER, IdentityProvider, identity_provider
from ..http.test_getting_in import PUBLIC
from ..http.test_two_callers import CANARIES, EVERYTHING, divided
from ..policy.office import CLOSED, PLACE, hosted
from ..postgres import on_postgres, postgres

pytestmark = [pytest.mark.anyio, on_postgres]
QUOTA = 2_000_000
TEXT = b"Title,Customer\n" + b"made elsewhere,Ada\n" * 70_000


def settings_of(folder: Path, provider: IdentityProvider, objects: str | None) -> dict[str, Any]:
    return {
        "state": {"postgres": {"env": "FM_STATE_URL"}},
        "files_folder": str(folder),
        "database": {CLOSED: PLACE | {"file": CLOSED, "access": "delete", "approval": "client"}},
        "callers": [{"match": {"issuer": ISSUER}, "policy": "customers"}],
        "policies": {
            "customers": {"scope": {"Jobs": {"where": {"Customer": ["{claim.customer}"]}, "key": "ID"}}}
        },
        "http": {"public_url": PUBLIC, "issuers": [provider.settings], "file_quota": QUOTA}
        | ({} if objects is None else {"objects": objects}),
    }


async def asked(
    server: HttpServer, token: str, method: str, name: str, content: bytes = b""
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Host": server.host}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        return await client.request(method, f"{server.origin}/files/{name}", content=content)


@pytest.mark.parametrize("kept", ["in the records", "in a store of objects"])
async def test_a_file_of_one_server_is_there_at_the_other(
    kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "objects"
    store.mkdir()
    objects = store.as_uri() if kept == "in a store of objects" else None
    database = postgres()
    assert database is not None
    url = database.database()
    monkeypatch.setenv("FM_STATE_URL", url)
    emulator = hosted(tmp_path, secret=divided)
    async with identity_provider() as provider, AsyncExitStack() as open_servers:
        servers = [
            await open_servers.enter_async_context(
                http_server(settings_of(tmp_path / name, provider, objects), emulator=emulator)
            )
            for name in ("one", "two")
        ]
        tokens = {each: provider.token(each.lower(), customer=each, scope=EVERYTHING) for each in CANARIES}
        one, two = servers
        ada, bo = tokens["Ada"], tokens["Bo"]
        sent = await asked(one, ada, "PUT", "leads.csv", TEXT)
        assert sent.status_code == 201, sent.text
        assert (await asked(two, ada, "GET", "leads.csv")).content == TEXT
        assert (await asked(two, bo, "GET", "leads.csv")).status_code == 404
        async with two.person(ada) as person:
            exported = await person.ask("export_records", layout="Jobs", file="jobs")
        name = Path(str(exported["file"])).name
        there = await asked(one, ada, "GET", name)
        assert CANARIES["Ada"] in there.text
        again = await asked(one, ada, "PUT", name, b"Title\nanother\n")
        assert again.json()["file"] != name, "two servers give no two files one name"
        beyond = await asked(two, ada, "PUT", "more.csv", TEXT)
        assert beyond.status_code == 413, beyond.text
        assert (await asked(one, ada, "GET", "more.csv")).status_code == 404
        # As the page of a person's files does it.
        identity = Identity(ISSUER, "ada", "", frozenset({"fm:read"}), {"customer": "Ada"})
        files = (await two.parts.servers.folder_of(identity)).files
        assert {each.name for each in await files.elsewhere()} == {again.json()["file"]}
        await files.removed("leads.csv")
        assert (await asked(one, ada, "GET", "leads.csv")).status_code == 404
        assert (await asked(one, ada, "PUT", "more.csv", TEXT)).status_code == 201, "there is room again"
        assert (await asked(two, ada, "GET", "more.csv")).content == TEXT
        if objects is not None:  # the store was put back to another time than the records
            known = set(store.rglob("*"))
            assert (await asked(one, ada, "PUT", "lost.csv", b"Title\n")).status_code == 201
            for lost in set(store.rglob("*")) - known:
                if lost.is_file():
                    lost.unlink()
            answer = await asked(two, ada, "GET", "lost.csv")
            assert (answer.status_code, "missing in the object store" in answer.text) == (404, True)
            await files.removed("lost.csv")
    with psycopg.connect(url) as look:
        rows = look.execute(
            "SELECT box FROM shared_file UNION ALL SELECT box FROM shared_file_part"
        ).fetchall()
    assert len(rows) == (5 if objects else 4) + 4, (
        "of what was removed its name is left, so that every server hears of it"
    )
    stored = [file.read_bytes() for file in store.rglob("*") if file.is_file()]
    assert len(stored) == (4 if objects else 0), "of what was removed nothing is left"
    assert not any(
        b"leads" in each or b"elsewhere" in each for each in (*stored, *(bytes(box) for (box,) in rows))
    )


class SlowParts(FileParts):
    """Something happens elsewhere after the first part has come."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def put(self, file: str, number: int, part: bytes) -> None:
        await super().put(file, number, part)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()


async def test_a_file_that_takes_longer_than_an_hour_to_come_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    state, ring = SqliteState(tmp_path / "state.db"), KeyRing.passing()
    store = ObjectStore((tmp_path / "objects").as_uri())
    parts = SlowParts(state, ring, store)
    slow = SharedFiles(state, ring, "ada", tmp_path, 10**8, lambda: 1.0, parts)
    later = SharedFiles(state, ring, "bo", tmp_path, 10**8, lambda: 4_000.0, FileParts(state, ring, store))
    for name in ("slow.csv", "quick.csv"):
        (tmp_path / name).write_bytes(b"x" * (PART + 1))
    parts.meanwhile = partial(later.keep, tmp_path / "quick.csv")
    with pytest.raises(InputError, match="more than an hour"):
        await slow.keep(tmp_path / "slow.csv")
    assert not (tmp_path / "slow.csv").exists()
    assert [file.name for file in await later.listed(state)] == ["quick.csv"]
    assert len(await state.rows("SELECT 1 FROM shared_file_part")) == 2
    assert len([file for file in (tmp_path / "objects").rglob("*") if file.is_file()]) == 2
    await state.close()
