"""A forgetting that is killed is wholly done, or told and done again; and other programs may be at work meanwhile."""

from __future__ import annotations

import os
import sqlite3
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing

import pytest

from ..auth.program import until
from ..changes.workshop_host import made
from ..started import Process, start
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
CANARY = "Zyx4711Canary"


@asynccontextmanager
async def forgetting(office: FiledOffice) -> AsyncGenerator[Process]:
    """The command, which has shown what would go and waits for the word."""
    words = ("journal", "forget", "--key", "J-001", "--also", CANARY, "--config", office.config)
    process = await start(*words, env=os.environ, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    await until(process.stderr, "for good")
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def answered(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"forget\n")
    await process.stdin.drain()


async def test_a_kill_at_each_point_leaves_it_done_or_to_be_done_again(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        for number in range(3):
            edit = {"layout": "Jobs", "ids": ["1"], "values": {"Title": f"{CANARY} {number}"}}
            await made(assistant, "edit_records", **edit)
    for number in range(300):
        (office.files / f"{CANARY} {number}.txt").write_text("x", encoding="utf-8")
    with closing(sqlite3.connect(office.place, isolation_level=None)) as file:
        box = file.execute("SELECT box FROM data_key WHERE subject = 'record jobs 1'").fetchone()[0]
        async with forgetting(office):  # before the answer
            pass
        assert "not finished" not in await office.said("verify")
        assert len(list(office.files.iterdir())) == 300
        async with forgetting(office) as process:  # between the first entry and the erasing
            await answered(process)
            while True:
                file.execute("BEGIN IMMEDIATE")
                if file.execute("SELECT 1 FROM journal WHERE event = 'forgetting'").fetchone():
                    break
                file.execute("ROLLBACK")
        file.execute("ROLLBACK")
        assert "A forgetting was begun" in await office.said("verify")
        async with forgetting(
            office
        ) as process:  # between the erasing and its end, while somebody reads what was there before
            file.execute("BEGIN")
            file.execute("SELECT COUNT(*) FROM item").fetchone()
            await answered(process)
            with closing(sqlite3.connect(office.place)) as other:
                while not other.execute("SELECT 1 FROM journal WHERE event = 'erased'").fetchone():
                    pass
        file.execute("ROLLBACK")
    assert "A forgetting was begun" in await office.said("verify")
    assert "begun before and not finished" in await office.said(
        "forget", "--key", "J-001", "--also", CANARY, "--dry-run"
    )
    await office.said("forget", "--key", "J-001", "--also", CANARY, "--yes")
    verified = await office.said("verify")
    assert "The chain is whole" in verified
    assert "not finished" not in verified
    left = office.all_bytes()
    assert bytes(box) not in left
    assert CANARY.encode() not in left
    assert not list(office.files.iterdir())


async def test_a_hold_that_is_put_while_it_waits_for_the_word_stands_in_the_way(office: FiledOffice) -> None:
    (office.files / "theirs.csv").write_text("J-001;1\n", encoding="utf-8")
    async with office.assistant() as assistant:
        await made(assistant, "edit_records", layout="Jobs", ids=["1"], values={"Ref": CANARY})
    async with forgetting(office) as process:
        await office.said("hold", "put", "--layout", "Jobs", "--reason", "a court")
        await answered(process)
        assert await process.wait() == 1
    assert CANARY in str([entry.image for entry in await office.entries()])
    assert [file.name for file in office.files.iterdir()] == ["theirs.csv"]
    assert "not finished" not in await office.said("verify")
