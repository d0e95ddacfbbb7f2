"""What happens while a long reading is under way: it is cancelled, records come and go, the layout changes, sessions end, the disk fills."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from filemaker_mcp.server.emulator.app import Emulator
from filemaker_mcp.server.emulator.faults.effects import Act, Hang
from filemaker_mcp.server.emulator.faults.layer import Fault, FaultLayer, Match
from filemaker_mcp.server.emulator.store.store import Store

from ..assistant import Assistant, assisted
from ..host_of import host_of

pytestmark = pytest.mark.anyio

RECORDS = "*/layouts/API Customers/records"
LAYOUT = "API Customers"
COUNT = 400
PAGE = 15


@dataclass
class Developer(httpx.AsyncBaseTransport):
    """Renames a field of every layout at some moment."""

    host: httpx.AsyncBaseTransport
    renamed: tuple[bytes, bytes] = (b"", b"")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.host.handle_async_request(request)
        old, new = self.renamed
        body = await response.aread()
        headers = {"Content-Type": response.headers["content-type"]}
        return httpx.Response(
            response.status_code, headers=headers, content=body.replace(old, new) if old else body
        )


@dataclass
class Scene:
    """An assistant that reads 400 customers in 27 pages, and what can be made to happen meanwhile."""

    assistant: Assistant
    faults: FaultLayer
    developer: Developer

    @property
    def emulator(self) -> Emulator:
        return self.assistant.emulator

    @property
    def store(self) -> Store:
        return next(iter(self.emulator.host.files)).store_for("Customers")

    def before_page(self, number: int, action: Callable[[], object]) -> None:
        self.faults.arm(Match(path=RECORDS, skip=number), Act(action))


@asynccontextmanager
async def scene(
    monkeypatch: pytest.MonkeyPatch, sessions: int = 1, **environment: str
) -> AsyncGenerator[Scene]:
    monkeypatch.setattr("filemaker_mcp.server.query.found_sets.page_reader.PAGE", PAGE)
    emulator = host_of()
    faults = FaultLayer(emulator.app, emulator.host.clock)
    developer = Developer(httpx.ASGITransport(app=faults))
    async with assisted(
        {"FILEMAKER_SESSIONS": str(sessions)} | environment, emulator=emulator, transport=developer
    ) as assistant:
        yield Scene(assistant, faults, developer)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def remove(path: str) -> None:
    Path(path).unlink()


@pytest.mark.parametrize("tool", ["summarize_records", "export_records", "find_records"])
async def test_a_long_read_that_is_cancelled_asks_the_host_for_nothing_more(
    monkeypatch: pytest.MonkeyPatch, tool: str, tmp_path: Path
) -> None:
    question: dict[str, dict[str, object]] = {
        "summarize_records": {"measures": ["sum Credit Limit"]},
        "export_records": {"file": "all"},
        "find_records": {"where": {"City": {"not": {"field": "Country"}}}},
    }
    said: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        said.append((progress, total, message))

    async with scene(monkeypatch, sessions=3, FILEMAKER_FILES_FOLDER=str(tmp_path)) as stage:
        hanging = stage.faults.arm(Match(path=RECORDS, skip=15, times=None), Hang())
        async with anyio.create_task_group() as group:
            group.start_soon(
                lambda: stage.assistant.client.call_tool(
                    tool, {"layout": LAYOUT, **question[tool]}, progress_callback=hear
                )
            )
            with anyio.fail_after(120):
                while hanging.struck < 3:
                    await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        stage.faults.clear()
        seen = hanging.seen
        assert seen == 15 + 3  # what was in flight on each of the three sessions
        everything = stage.faults.arm(Match(path=RECORDS, times=None), Act(lambda: None))
        await stage.assistant.ask("find_records", layout="Customers", limit=1)
        assert everything.seen == 0
        assert stage.emulator.open_sessions <= 3
        assert max(done for done, _, _ in said) >= 150  # the news of the last pages may be under way
    assert stage.emulator.open_sessions == 0
    assert names_in(tmp_path) == []


async def test_records_that_come_or_go_while_a_set_is_read_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as stage:
        stage.before_page(3, lambda: stage.store.delete("Customers", 7))
        answer = await stage.assistant.ask("summarize_records", layout=LAYOUT)
        assert answer["changed_while_read"] == "the found count went from 400 to 399 while it was read"
        stage.before_page(3, lambda: stage.store.insert("Customers", {"ID": "C-9999"}))
        answer = await stage.assistant.ask("summarize_records", layout=LAYOUT)
        assert answer["changed_while_read"] == "the found count went from 399 to 400 while it was read"


async def test_a_record_that_moves_to_a_later_page_is_counted_once_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One goes and one comes: the count stays, but in this order a record is met twice."""

    async with scene(monkeypatch) as stage:

        def swap() -> None:
            last = max(stage.store.dump()["Customers"], key=lambda row: row.values["ID"])
            stage.store.delete("Customers", last.record_id)
            stage.store.insert("Customers", {"ID": "C-0000"})

        stage.before_page(3, swap)
        answer = await stage.assistant.ask("find_records", layout=LAYOUT, sort=["ID"], limit=1)
        answer = await stage.assistant.ask(
            "summarize_records", found_set=answer["found_set"], measures=["count", {"distinct": "ID"}]
        )
        assert answer["figures"] == {"count": COUNT - 1, "distinct ID": COUNT - 1}
        assert answer["changed_while_read"] == "1 record(s) came twice while it was read"


async def test_what_no_count_shows_lies_between_the_two_times_of_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as stage:

        def swap() -> None:
            stage.store.delete("Customers", 7)
            stage.store.insert("Customers", {"ID": "C-9999"})

        stage.before_page(3, swap)
        stage.before_page(20, lambda: anyio.sleep(1.1))
        answer = await stage.assistant.ask("summarize_records", layout=LAYOUT)
        began, _, ended = answer["read"].partition(" to ")
        assert datetime.fromisoformat(began) < datetime.fromisoformat(ended)


async def test_an_end_that_goes_away_is_records_that_did_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(monkeypatch) as stage:

        def cut() -> None:
            for number in range(COUNT - PAGE, COUNT + 1):
                stage.store.delete("Customers", number)

        stage.before_page(26, cut)
        answer = await stage.assistant.ask("summarize_records", layout=LAYOUT)
        assert answer["figures"]["count"] == COUNT - COUNT % PAGE
        assert answer["changed_while_read"] == "390 of 400 records came"


async def test_sessions_that_end_in_the_middle_are_renewed_and_the_reading_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for sessions, pages in ((1, (4, 10, 20)), (3, (9,))):
        async with scene(monkeypatch, sessions) as stage:
            whole = await stage.assistant.ask(
                "summarize_records", layout=LAYOUT, measures=["sum Credit Limit"]
            )
            for number in pages:
                stage.before_page(number, stage.emulator.disconnect_all)
            again = await stage.assistant.ask(
                "summarize_records", layout=LAYOUT, measures=["sum Credit Limit"]
            )
            assert again["figures"] == whole["figures"]
            assert "changed_while_read" not in again
            assert stage.emulator.open_sessions <= sessions
        assert stage.emulator.open_sessions == 0


async def test_a_field_that_is_renamed_between_two_pages_is_named_as_it_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with scene(monkeypatch) as stage:

        def rename() -> None:
            stage.developer.renamed = (b'"Credit Limit"', b'"Credit"')

        stage.before_page(6, rename)
        question = {"layout": LAYOUT, "measures": ["sum Credit Limit"]}
        refusal = await stage.assistant.refused("summarize_records", **question)
        assert "'Credit Limit' seems to be called 'Credit' now (a guess" in refusal
        answer = await stage.assistant.ask("summarize_records", layout=LAYOUT, measures=["sum Credit"])
        assert answer["figures"]["sum Credit"] > 0


@contextmanager
def room_for(kilobytes: int) -> Generator[None]:
    """No file of this process grows beyond that: what a full disk is like."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_ends_an_export_with_a_sentence_and_without_half_a_file(tmp_path: Path) -> None:
    async with assisted({"FILEMAKER_FILES_FOLDER": str(tmp_path / "files")}) as assistant:
        (tmp_path / "temporary").mkdir()
        await assistant.ask(
            "summarize_records", layout="Contacts"
        )  # the emulator has its own files, made now
        for kind in ("csv", "jsonl", "xlsx"):
            with room_for(32), pytest.MonkeyPatch.context() as patch:
                patch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
                refusal = await assistant.refused(
                    "export_records", layout="Contacts", file="all", format=kind
                )
            assert "does not take the file (File too large). No file was left behind." in refusal
            assert names_in(tmp_path / "files") == []
            assert names_in(tmp_path / "temporary") == []
            answer = await assistant.ask("export_records", layout="Contacts", file="all", format=kind)
            assert answer["rows"] == 900
            remove(answer["file"])


async def test_a_full_disk_costs_a_summary_its_speed_or_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that cannot be kept are read again; a summary that cannot be spilled is refused."""
    question = {"layout": "Contacts", "measures": ["count", {"distinct": "ID"}], "group_by": ["Role"]}
    async with assisted() as assistant:
        whole = await assistant.ask("summarize_records", **question)
        monkeypatch.setattr(
            "filemaker_mcp.server.query.found_sets.page_cache.Shelf.__init__.__kwdefaults__",
            {"in_memory": 0, "on_disk": 2**30},
        )
        with room_for(32):
            answer = await assistant.ask("summarize_records", **question)
            again = await assistant.ask(
                "summarize_records", **(question | {"layout": None, "found_set": answer["found_set"]})
            )
        assert answer["rows"] == again["rows"] == whole["rows"]
        monkeypatch.setattr(
            "filemaker_mcp.server.query.summary.gatherer.Gatherer.__init__.__kwdefaults__", {"in_memory": 50}
        )
        monkeypatch.setattr("filemaker_mcp.server.query.summary.spill.CACHE_KILOBYTES", 16)
        with room_for(16):
            refusal = await assistant.refused("summarize_records", **question)
        assert "more room on this machine's disk than there is" in refusal
        answer = await assistant.ask("summarize_records", **question)
        assert answer["rows"] == whole["rows"]


async def test_all_found_sets_share_the_room_for_their_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were used longest ago go to files, then they are read again: nothing is answered otherwise."""
    room = "filemaker_mcp.server.query.found_sets.page_room.PageRoom.__init__.__kwdefaults__"
    monkeypatch.setattr(room, {"in_memory": 100_000, "files": 2})
    measures = ["count", {"distinct": "ID"}]
    asks: dict[str, Any] = {"layout": "Contacts", "measures": measures, "group_by": ["Role"]}
    async with assisted() as assistant:
        first: list[dict[str, Any]] = []
        for n in range(5):
            asks["where"] = {"ID": {"gte": f"C-{n:04}"}}
            first.append(await assistant.ask("summarize_records", **asks))
        for answer in first:
            handle = {"layout": None, "where": None, "found_set": answer["found_set"]}
            again = await assistant.ask("summarize_records", **(asks | handle))
            assert again["rows"] == answer["rows"]
            known = assistant.application.parts.page_room.holdings
            assert sum(each.memory for each in known) <= 125_000 + max(each.memory for each in known)
            assert sum(each.files for each in known) <= 2
        known = assistant.application.parts.page_room.holdings
        assert len({each.files for each in known}) == 2, "some lie in files"


@dataclass
class Waiting:
    """A host that takes its time with one page."""

    faults: FaultLayer
    fault: Fault
    goes_on: anyio.Event

    async def until_asked(self) -> None:
        with anyio.fail_after(120):
            while not self.fault.struck:
                await anyio.lowlevel.checkpoint()

    def go_on(self) -> None:
        self.faults.clear()
        self.goes_on.set()


@asynccontextmanager
async def outlasting(monkeypatch: pytest.MonkeyPatch, stage: Scene, number: int) -> AsyncGenerator[Waiting]:
    """No call waits, and the host answers from that page on when it is told to."""
    monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 0)
    goes_on = anyio.Event()
    fault = stage.faults.arm(Match(path=RECORDS, skip=number, times=None), Act(goes_on.wait))
    yield Waiting(stage.faults, fault, goes_on)


async def job_of(assistant: Assistant, tool: str, **arguments: object) -> str:
    """The job that goes on with what a call began."""
    result = await assistant.call(tool, **arguments)
    assert result.structured_content is not None
    assert result.structured_content["state"] == "running"
    return result.structured_content["job"]


async def test_a_summary_that_outlasts_its_call_goes_on_as_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    question = {"layout": LAYOUT, "group_by": ["Country"], "measures": ["sum Credit Limit"]}
    async with scene(monkeypatch) as stage:
        ask = stage.assistant.ask
        whole = await ask("summarize_records", **question)
        async with outlasting(monkeypatch, stage, 10) as host:
            begun = await job_of(stage.assistant, "summarize_records", **question)
            assert await job_of(stage.assistant, "summarize_records", **question) == begun
            host.go_on()
            ended = await ask("check_job", job=begun, wait=30)
        assert ended["state"] == "done"
        assert ended["rows"] == whole["rows"]
        requests = len(stage.emulator.requests)
        monkeypatch.setattr("filemaker_mcp.tools.jobs.PATIENCE_SECONDS", 8)
        again = await ask("summarize_records", found_set=ended["found_set"], group_by=["Status"])
        assert again["total"]["count"] == COUNT
        assert len(stage.emulator.requests) == requests


async def test_a_job_that_reads_is_stopped_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with scene(monkeypatch, FILEMAKER_FILES_FOLDER=str(tmp_path)) as stage:
        async with outlasting(monkeypatch, stage, 10) as host:
            begun = await job_of(stage.assistant, "export_records", layout=LAYOUT, file="all")
            await host.until_asked()
            assert names_in(tmp_path) == [".filemaker-mcp"], "it gets its name when it is whole"
            ended = await stage.assistant.ask("stop_job", job=begun)
            assert ended["state"] == "cancelled"
            assert names_in(tmp_path) == []
        stage.faults.clear()
        seen = stage.faults.arm(Match(path=RECORDS, times=None), Act(lambda: None))
        await stage.assistant.ask("find_records", layout="Customers", limit=1)
        assert seen.seen == 0
    assert stage.emulator.open_sessions == 0


async def test_what_stops_a_reading_job_is_told_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with scene(monkeypatch) as stage, outlasting(monkeypatch, stage, 10) as host:
        begun = await job_of(
            stage.assistant, "summarize_records", layout=LAYOUT, measures=["sum Credit Limit"]
        )
        await host.until_asked()
        stage.developer.renamed = (b'"Credit Limit"', b'"Credit"')
        host.go_on()
        ended = await stage.assistant.ask("check_job", job=begun, wait=30)
        assert ended["state"] == "refused"
        assert "'Credit Limit' seems to be called 'Credit' now" in ended["said"]
