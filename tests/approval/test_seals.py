"""Agreements and plans carry a seal whose key is not in the state: who can only write there can neither agree nor alter."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pytest

from ..assistant import Assistant
from ..changes.workshop_host import (
    FREE,
    SOMEBODY,
    applied,
    changes_of,
    command,
    in_workshop,
    planned,
    titles,
    workshop,
)
from .people import ASKED

pytestmark = pytest.mark.anyio

HIDDEN_PAGE = {"FILEMAKER_APPROVAL_PAGE": "false"}


class Place:
    """A state file, its key, and what a program does that can write to the file alone."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state.db"
        self.key = folder / "keys" / "seal.key"
        self.emulator = workshop()

    def assistant(
        self, *, rules: Mapping[str, str] = ASKED, **more: Any
    ) -> AbstractAsyncContextManager[Assistant]:
        files = {"FILEMAKER_STATE": str(self.state), "FILEMAKER_SEAL_KEY": str(self.key)}
        return in_workshop(self.emulator, {**rules} | HIDDEN_PAGE | files, **more)

    async def sql(self, statement: str) -> None:
        """As another program does, in a thread: the server may be in the middle of a transaction of its own."""
        await anyio.to_thread.run_sync(self._run, statement)

    def _run(self, statement: str) -> None:
        with closing(sqlite3.connect(self.state)) as connection, connection:
            assert connection.execute(statement).rowcount > 0

    async def verified(self, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
        capsys.readouterr()
        status = await command("journal", "--state", str(self.state), "--seal-key", str(self.key), "verify")
        return status, capsys.readouterr().out


async def agree(assistant: Assistant, change: str) -> None:
    changes = changes_of(assistant)
    await changes.agreements.agreed(
        (found := await changes.known.found_by_anybody(change)).plan, found.plan.who, SOMEBODY
    )


async def test_an_agreement_written_into_the_state_is_none_and_verify_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await place.sql("UPDATE plan SET approved_by = 'a person', approved_digest = digest, approved_at = 1")
        assert (await applied(assistant, plan))["state"] == "planned"
        assert len(await titles(assistant)) == 3
    status, told = await place.verified(capsys)
    assert (status, f"{plan['change_id']} is marked as agreed to by 'a person'" in told) == (1, True)


async def test_an_agreement_copied_from_another_plan_is_none(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        small = await planned(assistant, "delete_records", layout="Jobs", ids=["3"])
        await agree(assistant, small["change_id"])
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        columns = ("approved_by", "approved_at", "approved_seal")
        copied = ", ".join(
            f"{name} = (SELECT {name} FROM plan WHERE id = '{small['change_id']}')" for name in columns
        )
        await place.sql(
            f"UPDATE plan SET approved_digest = digest, {copied} WHERE id = '{plan['change_id']}'"
        )
        assert (await applied(assistant, plan))["state"] == "planned"
        assert (await applied(assistant, small))["state"] == "done"


async def test_what_was_agreed_to_verifies_and_is_carried_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await agree(assistant, plan["change_id"])
        assert (await applied(assistant, plan))["state"] == "done"
    assert (await place.verified(capsys))[0] == 0
    assert place.key.stat().st_mode & 0o077 == 0
    assert place.key.read_text() not in place.state.read_bytes().decode("latin-1")


async def test_verify_names_what_was_sent_without_an_agreement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await agree(assistant, plan["change_id"])
        await applied(assistant, plan)
    await place.sql(
        "UPDATE journal SET facts = replace(facts, 'a person', 'somebody') WHERE event = 'agreed'"
    )
    status, told = await place.verified(capsys)
    assert status == 1
    assert "has not our seal" in told
    assert f"{plan['change_id']}: 1 sent from entry" in told


async def test_a_plan_altered_between_two_records_sends_no_further_one(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.assistant(transport=(transport := Altering(place))) as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["1", "2", "3"])
        await agree(assistant, plan["change_id"])
        transport.at_delete = "UPDATE plan SET approved_by = 'nobody'"
        answer = await applied(assistant, plan)
        assert "was altered in the state file" in answer["stopped"]
        assert answer["records"] == {"done": 1, "not_attempted": 2}
        assert await titles(assistant) == ["Paint the hull", "New rope"]


class Altering(httpx.AsyncBaseTransport):
    """Writes to the state while the first delete is on its way."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._host = httpx.ASGITransport(app=place.emulator.app)
        self.at_delete = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.at_delete and request.method == "DELETE" and "/records/" in request.url.path:
            await self._place.sql(self.at_delete)
            self.at_delete = ""
        return await self._host.handle_async_request(request)


@pytest.mark.parametrize(
    ("rules", "state"), [(ASKED, "planned"), (FREE, "done")], ids=["by risk", "nobody is asked"]
)
async def test_an_open_plan_of_an_earlier_version_is_asked_about(
    tmp_path: Path, rules: dict[str, str], state: str
) -> None:
    place = Place(tmp_path)
    async with place.assistant(rules=rules) as assistant:
        plan = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "x"})
        await place.sql("UPDATE plan SET seal = ''")
        answer = await applied(assistant, plan)
        assert answer["state"] == state
        if state == "planned":
            assert "an earlier version of this program" in answer["next"]
            await agree(assistant, plan["change_id"])
            assert (await applied(assistant, plan))["state"] == "done"


async def test_an_agreement_of_an_earlier_version_is_asked_for_again(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await agree(assistant, plan["change_id"])
        await place.sql("UPDATE plan SET seal = '', approved_seal = '', approved_at = 0")
        assert (await applied(assistant, plan))["state"] == "planned"


async def test_with_another_key_agreements_are_asked_for_again_and_nothing_is_lost(tmp_path: Path) -> None:
    place = Place(tmp_path)
    async with place.assistant() as assistant:
        done = await planned(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": "x"})
        await applied(assistant, done)
        plan = await planned(assistant, "delete_records", layout="Jobs", ids=["2"])
        await agree(assistant, plan["change_id"])
    place.key.unlink()
    async with place.assistant() as assistant:
        assert (await applied(assistant, plan))["state"] == "planned"
        back = await assistant.ask("undo_change", change_id=done["change_id"])
        assert (await applied(assistant, back))["state"] == "done"


async def test_a_key_that_cannot_be_kept_or_is_none_is_said(tmp_path: Path) -> None:
    for key, words in (
        (tmp_path / "file" / "seal.key", "cannot be kept"),
        (tmp_path / "empty", "holds no key"),
    ):
        tmp_path.joinpath("file").touch()
        tmp_path.joinpath("empty").touch()
        files = {"FILEMAKER_STATE": str(tmp_path / "state.db"), "FILEMAKER_SEAL_KEY": str(key)}
        async with in_workshop(environment=ASKED | files) as assistant:
            told = await assistant.refused("delete_records", layout="Jobs", ids=["2"])
            assert words in told
