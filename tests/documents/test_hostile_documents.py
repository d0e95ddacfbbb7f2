"""Documents that ask for more than a reader may take: each is one sentence, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from filemaker_mcp.server.documents.documents import Documents
from filemaker_mcp.server.errors import InputError

from ..assistant import assisted, said
from .hostile_pdfs import PDFS, READ_SOMEHOW
from .hostile_sheets import SHEETS, long_sheet, numbers, sheet

pytestmark = pytest.mark.anyio

SECONDS, MEMORY = 3.0, 250_000_000


@pytest.mark.parametrize("name", SHEETS)
async def test_a_hostile_sheet_is_one_sentence_in_seconds(name: str) -> None:
    make, says = SHEETS[name]
    assert says in await refused(Documents(seconds=SECONDS, memory=MEMORY).sheet("x.xlsx", make()))


async def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    content = sheet(numbers(3), dimension='<dimension ref="A1:XFD1048576"/>')
    assert [row.cells for row in (await Documents().sheet("x.xlsx", content)).rows] == [(2,), (3,)]


@pytest.mark.parametrize("name", PDFS)
async def test_a_hostile_pdf_is_one_sentence_or_an_answer_in_seconds(name: str) -> None:
    reading = Documents(seconds=SECONDS, memory=MEMORY).pdf(PDFS[name](), None, None)
    if name in READ_SOMEHOW:
        with anyio.fail_after(120), contextlib.suppress(InputError):
            assert len((await reading)["text"]) <= 24_100
        return
    await refused(reading)


async def test_which_bound_was_met_is_said() -> None:
    cells = b"ID\n" + (b"," * 999 + b"\n") * 2_100
    assert "2,000,000 cells" in await refused(Documents().sheet("x.csv", cells))
    assert "200,000 rows" in await refused(Documents().sheet("x.csv", b"ID\n" + b"1\n" * 200_001))
    small = Documents(memory=30_000_000)
    assert "takes more than 30 MB of memory" in await refused(small.sheet("x.csv", cells * 3))
    short = Documents(seconds=0.3)
    assert "takes more than 0.3 seconds" in await refused(short.sheet("x.xlsx", long_sheet()))


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
async def test_the_child_has_neither_our_environment_nor_our_files_and_is_gone_with_its_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FILEMAKER_PASSWORD", "canary-4711")
    endless = long_sheet()
    reading = asyncio.ensure_future(Documents().sheet("x.xlsx", endless))
    child = None
    with anyio.fail_after(120):
        while child is None:
            await asyncio.sleep(0.01)
            child = next(iter(children(os.getpid())), None)
        may_leave = may_leave_the_network()
        while may_leave and network_of(child) == network_of(Path("/proc/self")):  # noqa: ASYNC110 -- it tells nobody
            await asyncio.sleep(0.01)
    assert b"canary" not in (child / "environ").read_bytes()
    assert len(list((child / "fd").iterdir())) <= 5
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not child.exists()


async def test_others_are_answered_while_a_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "long.xlsx").write_bytes(long_sheet())
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path)}) as assistant:
        await assistant.ask("find_records", layout="Tasks", limit=1)
        answers = 0
        async with anyio.create_task_group() as group:

            async def read() -> None:
                answer = await assistant.call("edit_records", layout="Tasks", file="long.xlsx", key="Title")
                raise AssertionError(f"It was read first, before others were answered: {said(answer)}")

            group.start_soon(read)
            with anyio.fail_after(120):
                while sys.platform == "linux" and not children(os.getpid()):  # noqa: ASYNC110 -- it tells nobody
                    await asyncio.sleep(0.01)
            while answers < 6:
                await assistant.ask("find_records", layout="Tasks", limit=1)
                answers += 1
            group.cancel_scope.cancel()


def test_a_python_that_was_built_without_foreign_functions_reads_documents_too() -> None:
    without = "import sys; sys.modules['_ctypes'] = None"
    read = "from filemaker_mcp.server.documents.child import main; main()"
    task = json.dumps({"kind": "text", "find": "", "seconds": 30, "memory": 1_000_000_000}) + "\n"
    told = subprocess.run(
        [sys.executable, "-c", f"{without}; {read}"],
        input=task + "Hello",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == ""
    assert '"end": true' in told.stdout


def may_leave_the_network() -> bool:
    leave = "import ctypes; raise SystemExit(ctypes.CDLL(None).unshare(0x50000000))"
    return subprocess.run([sys.executable, "-c", leave], check=False).returncode == 0


def network_of(process: Path) -> str:
    return str((process / "ns" / "net").readlink())


def children(parent: int) -> list[Path]:
    """The processes that this one started and that have begun to run our child, as places of /proc."""
    found: list[Path] = []
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                status = (place / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == parent and b"documents.child" in (place / "cmdline").read_bytes():
                    found.append(place)
            except OSError:
                continue
    return found


async def refused(reading: object) -> str:
    with anyio.fail_after(120), pytest.raises(InputError) as raised:
        await reading  # type: ignore[misc] -- any of the readings
    text = str(raised.value)
    assert text.endswith(".")
    assert len(text) < 400
    return text
