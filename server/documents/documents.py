"""Reads PDFs, long texts and sheets in a child process, until it is done, met a bound, or nobody wants to know any more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any, cast

import anyio.to_thread

from ..errors import InputError
from ..text.packed_lines import PackedLines, Unpacked
from .bounds import MEMORY, SECONDS, TOO_LARGE, TOO_SLOW, ZIP
from .child_process import UNCHANGED, child_process
from .heading_row import headed
from .sheet import Sheet, SheetRow, row_of

SMALL = 100_000
"""Bytes of a text whose rows are read here: starting a process takes longer than reading them. All that is done with such a
text takes time and memory by its length alone."""
AT_ONCE = 2
"""Children at the same time; further documents wait."""
GRACE_SECONDS = 2.0
"""Beyond its own bound, for a child that does not end itself."""


class Documents:
    """`seconds` and bytes of `memory` are the bounds of one child."""

    def __init__(self, *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._places = asyncio.Semaphore(AT_ONCE)

    async def pdf(self, content: bytes, pages: str | None, find: str | None) -> dict[str, Any]:
        """`pages`, and `text` with `cut`, or `found`. Raises InputError, which says which bound was met."""
        return await self.facts({"kind": "pdf", "pages": pages, "find": find}, content, "The PDF")

    async def found_in_text(self, text: str, find: str) -> list[str]:
        facts = await self.facts({"kind": "text", "find": find}, text.encode(), "The text")
        return cast("list[str]", facts["found"])

    async def sheet(
        self, name: str, content: bytes, sheet: str | None = None, form: Mapping[str, str] | None = None
    ) -> Sheet:
        """The first sheet, or the named one. `form`: `encoding` and `delimiter` of a text, where they are known.

        Raises InputError for a file that is no table, and for one that can be read in two ways.
        """
        task = {"kind": "sheet", "name": name, "sheet": sheet, "form": dict(form or {})}
        facts: dict[str, Any] = {}
        lines_read, width = PackedLines(), 0
        async with aclosing(self._lines(task, content, repr(name))) as lines:
            async for line in lines:
                if isinstance(line, dict):
                    facts |= cast("dict[str, Any]", line)["facts"]
                else:
                    width = max(width, len(cast("list[object]", line)) - 1)
                    lines_read.append(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        rows = Unpacked(lines_read, row_of)
        if not rows:
            raise InputError(f"{name!r} is empty", advice=UNCHANGED)
        if len(rows) == 1 and (form or {}).get("headings") is None:
            raise InputError(f"{name!r} has headings and no rows", advice=UNCHANGED)
        headings, first = headed(name, rows, (form or {}).get("headings"), width)
        if "sheets" in facts:  # a workbook does not write the empty cells at the end of a row
            rows = Unpacked(lines_read, partial(_filled_up, len(headings)))
        return Sheet(name, headings, rows[first:], facts, is_headed=first > 0)

    async def facts(self, task: Mapping[str, Any], content: bytes, what: str) -> dict[str, Any]:
        """What the reader of `task["kind"]` says of the content (`child.READERS`, or `module:name`). Raises InputError, which says
        of `what` which bound was met."""
        facts: dict[str, Any] = {}
        async with aclosing(self._lines(task, content, what)) as lines:
            async for line in lines:
                facts |= cast("dict[str, Any]", line)
        return facts

    async def _lines(self, task: Mapping[str, Any], content: bytes, what: str) -> AsyncGenerator[object]:
        """What the child says, line by line. Raises InputError for its refusal, and when it ended at a bound."""
        if task["kind"] == "sheet" and _is_small_text(content, task["form"]):
            for line in await anyio.to_thread.run_sync(_rows, task, content):
                yield line
            return
        async with self._places, child_process() as child:
            begun = monotonic()
            feeding = asyncio.ensure_future(
                child.feed(dict(task) | {"seconds": self._seconds, "memory": self._memory}, content)
            )
            try:
                async with asyncio.timeout(self._seconds + GRACE_SECONDS):
                    async with aclosing(child.lines()) as lines:
                        async for line in lines:
                            if isinstance(line, dict):
                                if "end" in line:
                                    return
                                self._check(cast("dict[str, Any]", line), what)
                            yield line
                    status = await child.status()
                if status != TOO_LARGE and monotonic() - begun >= self._seconds:
                    status = TOO_SLOW  # a busy event loop may learn that it ended, and not by which signal
            except TimeoutError:
                status = TOO_SLOW
            finally:
                feeding.cancel()
        raise self._beyond(what, status)

    def _check(self, line: Mapping[str, Any], what: str) -> None:
        if "refused" in line:
            raise InputError(line["refused"], advice=line["advice"])
        if line.get("bound") == "memory":
            raise self._beyond(what, TOO_LARGE)

    def _beyond(self, what: str, status: int) -> InputError:
        if status == TOO_SLOW:
            bound = f"takes more than {self._seconds:g} seconds to read"
        elif status == TOO_LARGE:
            bound = f"takes more than {self._memory // 1_000_000} MB of memory to read"
        else:
            bound = "ended the process that read it"
        return InputError(f"{what} {bound}", advice=f"Take a smaller one, or a part of it. {UNCHANGED}")


def _is_small_text(content: bytes, form: Mapping[str, str]) -> bool:
    """Whether it is UTF-8 by itself. What has to be unpacked or guessed, or is in an encoding that somebody named, is left to a
    child."""
    if len(content) > SMALL or b"\x00" in content or "encoding" in form:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.startswith(ZIP)


def _rows(task: Mapping[str, Any], content: bytes) -> list[object]:
    from .sheet_rows import rows

    return list(rows(task["name"], content, task["sheet"], task["form"]))


def _filled_up(width: int, text: str) -> SheetRow:
    row = row_of(text)
    return replace(row, cells=row.cells + ("",) * (width - len(row.cells)))
