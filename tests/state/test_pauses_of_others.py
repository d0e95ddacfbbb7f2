"""What a host refused one server is known to all that share the state: they knock no more often together than one would."""

from __future__ import annotations

from pathlib import Path

import pytest

from filemaker_mcp.server.emulator.app import Emulator

from ..changes.workshop_host import in_workshop, workshop
from ..postgres import on_postgres, postgres

pytestmark = pytest.mark.anyio
FIND = {"layout": "Jobs", "limit": 1}


@pytest.mark.parametrize("store", ["file", pytest.param("postgres", marks=on_postgres)])
async def test_a_host_that_has_no_room_is_not_asked_by_another_server(store: str, tmp_path: Path) -> None:
    server = postgres() if store == "postgres" else None
    place = {"FILEMAKER_STATE": str(tmp_path / "state.db") if server is None else server.database()}
    place |= {"FILEMAKER_SESSIONS": "3"}
    emulator = workshop()
    async with in_workshop(emulator, place) as first, in_workshop(emulator, place) as second:
        await first.ask("find_records", **FIND)
        emulator.set_capacity(1)
        async with in_workshop(emulator, place) as third:
            assert "no room" in await second.refused("find_records", **FIND)
            async with (
                second.application.workspaces.state.writing() as transaction
            ):  # however slow this machine is
                transaction.put("UPDATE host_pause SET ends = ends + 1000, seconds = seconds + 1000")
            asked = logins(emulator)
            assert "no room" in await third.refused("find_records", **FIND)
            assert logins(emulator) == asked
            await first.ask("find_records", **FIND)


@on_postgres
async def test_a_password_that_was_refused_is_not_sent_by_another_server(tmp_path: Path) -> None:
    server = postgres()
    assert server is not None
    place = {"FILEMAKER_STATE": server.database(), "FILEMAKER_PASSWORD": "wrong"}
    emulator = workshop()
    async with in_workshop(emulator, place) as first, in_workshop(emulator, place) as second:
        assert "refused the account" in await first.refused("find_records", **FIND)
        asked = logins(emulator)
        told = await second.refused("find_records", **FIND)
        assert "another server was told" in told
        assert "wrong" not in told.replace("wrong attempts", "")
        assert logins(emulator) == asked
        right = {"FILEMAKER_STATE": place["FILEMAKER_STATE"]}
        async with in_workshop(emulator, right) as corrected:
            await corrected.ask("find_records", **FIND)


def logins(emulator: Emulator) -> int:
    return sum(each.method == "POST" and each.path.endswith("/sessions") for each in emulator.requests)
