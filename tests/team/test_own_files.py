"""Files, their room and what was used are each caller's own, and told apart for the owner."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from filemaker_mcp.server.callers.halts import EVERYBODY, Halt, Halts

from ..authorization.served import asked
from ..changes.workshop_host import command
from ..postgres import on_files
from .company import company
from .test_refused_account import Still

pytestmark = pytest.mark.anyio
FILE = b"%PDF-1.4 the same for both"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@on_files
async def test_files_room_and_usage_are_each_callers_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder: dict[str, Any] = {"files_folder": str(tmp_path / "files"), "file_types": ["pdf", "csv"]}
    async with company(tmp_path, http={"file_quota": 9_000}, **folder) as team:
        tokens = {name: await team.token(name) for name in ("ada", "bob")}
        for name, token in tokens.items():
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
                sent = await http.put(f"{team.origin}/files/{name}.pdf", content=FILE)
            assert sent.status_code == 201, sent.text
            async with team.assistant(token) as client:
                kept = {"Photo": {"file": f"{name}.pdf"}}
                await asked(client, "edit_records", layout="Customers", ids=["1"], values=kept)
        rows = await team.here.state.rows("SELECT digest FROM kept_file")
        uses = await team.here.state.rows("SELECT digest FROM file_use")
        assert len(rows) == 4, "the same file of two, and what it takes the place of, is kept twice"
        assert {row["digest"] for row in uses} == {row["digest"] for row in rows}
        async with team.assistant(tokens["ada"]) as client:
            await asked(client, "export_records", layout="Products", file="first.csv")
            refused = await client.call_tool("export_records", {"layout": "Products", "file": "second.csv"})
            assert refused.is_error, "7 kB of 9 and a file: the next is beyond"
            assert "Remove some on the page" in str(refused.content)
        ada, bob = await team.browser("ada"), await team.browser("bob")
        assert "first.csv" in (await ada.get("/files")).text
        assert "first.csv" not in (await bob.get("/files")).text
        form: dict[str, Any] = {
            "files": {"file": ("notes.csv", b"a,b", "text/csv")},
            "headers": {"Origin": team.origin},
        }
        assert 'enctype="multipart/form-data"' in ada.page
        assert (await ada.http.post("/upload", **form)).headers["location"] == "/files"
        assert "notes.csv" in (await ada.get("/files")).text
        marked = await team.here.state.rows("SELECT * FROM outsider_file")
        assert len(marked) == 2, (
            "what comes by a page is read as written by outsiders, as what comes by a program"
        )
        wrong: list[tuple[int, dict[str, Any]]] = [
            (403, form | {"headers": {"Origin": "https://x.example"}}),
            (422, form | {"files": {"file": ("run.exe", b"MZ", "text/csv")}}),
            (422, form | {"files": {"other": ("notes.csv", b"a,b", "text/csv")}}),
            (413, form | {"files": {"file": ("large.csv", b"x" * 9_001, "text/csv")}}),
            (415, {"data": {"file": "notes.csv"}, "headers": {"Origin": team.origin}}),
            (
                400,
                {
                    "content": b"--",
                    "headers": {"Origin": team.origin, "Content-Type": "multipart/form-data"},
                },
            ),
        ]
        for status, form_sent in wrong:
            assert (await ada.http.post("/upload", **form_sent)).status_code == status, status
        assert (await team.window().http.post("/upload", **form)).status_code == 303, (
            "a stranger is led to the sign-in"
        )
        assert [name for name in ("run.exe", "large.csv") if name in (await ada.get("/files")).text] == []
        assert (await bob.send("/files", team.origin, name="ada.pdf")).status_code == 404
        assert (
            await ada.http.post("/files", data={"name": "first.csv"}, headers={"Origin": "https://x.example"})
        ).status_code == 403
        assert (await ada.send("/files", team.origin, name="first.csv")).status_code == 303
        assert "first.csv" not in (await ada.get("/files")).text
        await team.here.parts.servers.revise()
    assert await command("journal", "usage", "--by", "caller", "--state", str(tmp_path / "state.db")) == 0
    told = capsys.readouterr().out
    assert all(f"|{name}" in told for name in tokens)


async def test_a_file_that_was_coming_when_its_sender_was_stopped_is_not_kept(tmp_path: Path) -> None:
    clock, folder = Still(), tmp_path / "files"
    settings: dict[str, Any] = {"files_folder": str(folder), "file_types": ["pdf"]}
    async with company(tmp_path, clock=clock, **settings) as team:
        token = await team.token("ada")

        async def coming() -> AsyncGenerator[bytes]:
            yield FILE[:4]
            while not [path for path in folder.rglob("*") if path.is_file()]:  # noqa: ASYNC110
                await anyio.sleep(0.01)
            await Halts(lambda: team.here.state, clock.monotonic).put(Halt(EVERYBODY, False, "", 0.0))
            clock.at += 5
            yield FILE[4:]

        with anyio.fail_after(120):
            async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as http:
                sent = await http.put(f"{team.origin}/files/late.pdf", content=coming())
        assert (sent.status_code, "Nothing is kept" in sent.text) == (403, True)
        assert not [path for path in folder.rglob("*") if path.is_file()]
