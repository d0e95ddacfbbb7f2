"""How long other calls wait while something hostile is read: `make soak` prints the longest delay of each.

The host, the server and the callers are processes of their own. The second caller asks for what needs neither FileMaker nor much
work, again and again, until the first has its answer. Two controls are printed beside its longest delay: what the same call took
in the same moment on a twin of the server of which nothing else is asked, and how long the system tells that the server was ready
and had no processor. The larger of both is what the machine adds, and is taken off. Each course is run up to three times, until
one is short enough.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ..documents.hostile_pdfs import FURTHER_PDFS, PDFS
from ..documents.hostile_sheets import FURTHER_SHEETS, SHEETS, long_sheet
from ..tools.test_hostile_answers import CONTENTS, RESULTS
from .hostile_host import RESULT
from .hostile_values import FURTHER_NAMES, FURTHER_RESULTS, FURTHER_VALUES
from .test_every_line import BROKEN
from .waiting_caller import Call, Delay, a_server

pytestmark = pytest.mark.anyio

MOST_DELAY = 0.1
"""Seconds beyond what the machine itself adds."""
TRIES = 3


def courses(folder: Path) -> list[tuple[str, Call | bytes, Callable[[], object]]]:
    """What is asked, with what makes the hostile thing first."""
    (folder / "files").mkdir()

    def put(name: str, make: Callable[[], bytes]) -> Callable[[], object]:
        return lambda: (folder / name).write_bytes(make())

    found: list[tuple[str, Call | bytes, Callable[[], object]]] = []
    sheets = (
        {f"{name}.xlsx": make for name, (make, _) in SHEETS.items()}
        | FURTHER_SHEETS
        | {"long.xlsx": long_sheet}
    )
    for number, (name, make) in enumerate(sheets.items()):
        call: Call = ("read_container", {"file": name})
        if number % 2:
            call = ("edit_records", {"layout": "Tasks", "file": name, "key": "Title"})
        found.append((f"{name}, {call[0]}", call, put(f"files/{name}", make)))
    read = ("read_container", {"layout": "Documents", "id": "1", "field": "File"})
    for name, make in (PDFS | FURTHER_PDFS).items():
        found.append((f"PDF: {name}", read, put("container", make)))
    saved = ("read_container", {**read[1], "save": True})
    found.append(
        ("a PDF of 15 MB, saved", saved, put("container", FURTHER_PDFS["a picture of 15 MB in the text"]))
    )
    for name, result in (RESULTS | FURTHER_RESULTS).items():
        call = ("run_script", {"script": "Echo", "parameter": RESULT, "repeat": True})
        found.append((f"result: {name}", call, put("value", result.encode)))
    for name, value in (CONTENTS | FURTHER_VALUES).items():
        calls: dict[str, Mapping[str, Any]] = {
            "find_records": {"layout": "Tasks", "limit": 200},
            "get_record": {"layout": "Tasks", "id": "1"},
            "summarize_records": {"layout": "Tasks", "group_by": ["Priority"]},
            "export_records": {"layout": "Tasks", "file": "tasks.xlsx"},
        }
        for number, (tool, arguments) in enumerate(calls.items()):
            prepare = put("value", lambda value=value: value) if not number else lambda: None
            found.append((f"value: {name}, {tool}", (tool, arguments), prepare))
    absent = ("read_container", {"file": "no such.csv"})
    found.append(("a name that none of 30,000 files has", absent, lambda: many_files(folder / "files")))
    plain = put("value", lambda: b'"High"')
    for name, (tool, arguments) in FURTHER_NAMES.items():
        found.append((f"name: {name}", (tool, arguments), plain))
    found += [(f"line: {name}", line, plain) for name, (line, _, _) in BROKEN.items()]
    return found


def many_files(folder: Path) -> None:
    for number in range(30_000):
        (folder / f"{number}.txt").touch()


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of the shell's")
async def test_nothing_hostile_keeps_other_callers_waiting(tmp_path: Path) -> None:
    late: list[str] = []
    own = tmp_path / "own"
    async with a_server(own) as caller, a_server(tmp_path / "twin") as twin:
        print(f"{'ours':>7} {'delay':>7} {'twin':>7} {'queued':>7} {'answer':>7}")  # noqa: T201 -- the figures of the course
        for name, call, prepare in courses(own):
            await asyncio.to_thread(prepare)
            best, answer = Delay(float("inf")), b""
            for _ in range(TRIES):
                worst, answer = await caller.delays(call, twin)
                best = min(best, worst, key=lambda each: each.ours)
                if best.ours <= MOST_DELAY:
                    break
            figures = " ".join(
                f"{each * 1000:5.0f}ms" for each in (best.ours, best.waited, best.twin, best.queued)
            )
            figures += f" {best.took:6.1f}s"
            print(f"{figures}  {name}: {_words(answer)}", flush=True)  # noqa: T201 -- as above
            if best.ours > MOST_DELAY:
                late.append(f"{name}: {best.ours * 1000:.0f} ms")
            if b"did not foresee" in answer:
                late.append(f"{name}: an internal error")
    assert not late, late


def _words(answer: bytes) -> str:
    with contextlib.suppress(ValueError, KeyError, IndexError):
        message = json.loads(answer)
        if "error" in message:
            return f"error {message['error']['message'][:120]}"
        result = message["result"]
        return f"{'refused ' if result.get('isError') else ''}{result['content'][0].get('text', '')[:100]}".replace(
            "\n", " "
        )
    return repr(answer[:100])
