"""A forgetting that is killed is wholly done, or told and done again; and other programs may be at work meanwhile."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager

import pytest

from ..changes.workshop_host import made
from .filed_office import FiledOffice

pytestmark = pytest.mark.anyio
CANARY = "Zyx4711Canary"


@contextmanager
def forgetting(office: FiledOffice) -> Generator[subprocess.Popen[bytes]]:
    """The command, which has shown what would go and waits for the word."""
    words = ("journal", "forget", "--key", "J-001", "--also", CANARY, "--config", office.config)
    process = subprocess.Popen(
        [sys.executable, "-m", "filemaker_mcp.server", *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ),
    )  # fmt: skip
    assert process.stderr is not None
    with process:
        heard = b""
        while b"for good" not in heard:
            piece = os.read(process.stderr.fileno(), 65_536)
            assert piece, heard
            heard += piece
        yield process
        process.kill()


def answered(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"forget\n")
    process.stdin.flush()


async def test_a_kill_at_each_point_leaves_it_done_or_to_be_done_again(office: FiledOffice) -> None:
    async with office.assistant() as assistant:
        for number in range(3):
            edit = {"layout": "Jobs", "ids": ["1"], "values": {"Title": f"{CANARY} {number}"}}
            await made(assistant, "edit_records", **edit)
    for number in range(300):
        (office.files / f"{CANARY} {number}.txt").write_text("x", encoding="utf-8")
    with closing(sqlite3.connect(office.place, isolation_level=None)) as file:
        box = file.execute("SELECT box FROM data_key WHERE subject = 'record jobs 1'").fetchone()[0]
        with forgetting(office):  # before the answer
            pass
        assert "not finished" not in await office.said("verify")
        assert len(list(office.files.iterdir())) == 300
        with forgetting(office) as process:  # between the first entry and the erasing
            answered(process)
            while True:
                file.execute("BEGIN IMMEDIATE")
                if file.execute("SELECT 1 FROM journal WHERE event = 'forgetting'").fetchone():
                    break
                file.execute("ROLLBACK")
        file.execute("ROLLBACK")
        assert "A forgetting was begun" in await office.said("verify")
        with forgetting(
            office
        ) as process:  # between the erasing and its end, while somebody reads what was there before
            file.execute("BEGIN")
            file.execute("SELECT COUNT(*) FROM item").fetchone()
            answered(process)
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
    with forgetting(office) as process:
        await office.said("hold", "put", "--layout", "Jobs", "--reason", "a court")
        answered(process)
        assert process.wait(30) == 1
    assert CANARY in str([entry.image for entry in await office.entries()])
    assert [file.name for file in office.files.iterdir()] == ["theirs.csv"]
    assert "not finished" not in await office.said("verify")
