"""Jobs, usage and journal in the console, from the state file."""

from __future__ import annotations

import csv
import time
from collections.abc import AsyncGenerator, AsyncIterable
from datetime import datetime, timedelta
from io import StringIO

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from ..changes.audit.agreement_audit import missing_agreements
from ..changes.audit.journal_check import journal_faults
from ..changes.display.journal_table import HEADINGS, csv_line, row_of
from ..changes.display.journal_words import words_of
from ..changes.plans.stored_plans import Filed
from ..jobs.job_end import DIED, broken_off
from ..jobs.job_row import WITHOUT_FACTS, JobRows
from ..jobs.job_store import Docket
from ..local.state.state import Row
from ..local.usage import megabytes
from ..pages.bar_chart import Bar, bar_chart
from ..query.export.writers import csv_cells
from ..text.sentence import marked
from .frame import Frame
from .oversight import Oversight

DAYS = 30
AT_ONCE = 200
"""Lines of a file that are sent together."""
MOST_JOBS = 50
MOST_ENTRIES = 200
EVERY_SECONDS = 5
"""Between looks at jobs that are not over."""
USAGE = ("day", "tool", "calls", "requests", "received", "database", "caller")


class RecordPages:
    """`user` is whose jobs and entries are shown, as plans name callers."""

    def __init__(self, frame: Frame, files: Filed, user: str, oversight: Oversight) -> None:
        self._frame = frame
        self._files = files
        self._user = user
        self._oversight = oversight
        self._rows = JobRows(files.seal.contents.ring, files.seal.of_digest)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/jobs", self._jobs),
            Route("/jobs/{name}/stop", self._stop, methods=["POST"]),
            Route("/usage", self._usage),
            Route("/usage.csv", self._usage_file),
            Route("/journal", self._journal),
            Route("/journal.csv", self._journal_file),
        ]

    async def _jobs(self, request: Request) -> Response:
        for row in await self._files.state.rows(
            "SELECT DISTINCT database FROM job WHERE caller = ?", self._user
        ):
            await self._end_the_dead(Docket(self._files.state, row["database"], self._rows))
        rows = await self._files.state.rows(
            f"SELECT {WITHOUT_FACTS} FROM job WHERE caller = ? ORDER BY asked DESC, id LIMIT ?",
            self._user,
            MOST_JOBS,
        )
        jobs = [(self._rows.job(row), bool(row["stop_asked"])) for row in rows]
        is_paused = "pause" in request.query_params
        every = EVERY_SECONDS if any(not job.state.is_over for job, _ in jobs) and not is_paused else 0
        return self._frame.page(request, "jobs.html", "Jobs", jobs=jobs, every=every, is_paused=is_paused)

    async def _end_the_dead(self, docket: Docket) -> None:
        """Jobs of processes that ended without a word, but for those with which another one goes on."""
        now = time.time()
        _, orphans = await docket.under_way(now)
        for job in orphans:
            if job.order is None or not self._files.state.is_shared:
                await docket.end(job, broken_off(job, DIED), now)

    async def _stop(self, request: Request) -> Response:
        refused = self._frame.refused(request)
        if refused is not None:
            return refused
        name = request.path_params["name"]
        row = await self._files.state.row(
            f"SELECT {WITHOUT_FACTS} FROM job WHERE id = ? AND caller = ?", name, self._user
        )
        if row is None:
            return self._frame.not_there(request)
        if self._rows.job(row).state.is_over:
            return self._frame.message(
                request, 410, marked("The job is over"), marked("There is nothing to stop.")
            )
        await Docket(self._files.state, row["database"], self._rows).ask_to_stop(name)
        return RedirectResponse("/jobs", 303)

    async def _used(self) -> list[Row]:
        since = (datetime.now().astimezone() - timedelta(days=DAYS - 1)).date().isoformat()
        whose, values = (
            ("", (since,)) if self._oversight.is_owner else (" AND caller = ?", (since, self._user))
        )
        return list(
            await self._files.state.rows(
                f"SELECT * FROM usage WHERE day >= ?{whose} ORDER BY day DESC, database, received DESC, tool, caller",
                *values,
            )
        )

    async def _usage(self, request: Request) -> Response:
        rows = await self._used()
        days: dict[str, int] = {}
        for row in rows:
            days[row["day"]] = days.get(row["day"], 0) + row["received"]
        day_in = self._frame.html.language(request).day
        bars = [Bar(day_in(day), received, megabytes(received)) for day, received in days.items()]
        chart = bar_chart(bars)
        several = len({row["caller"] for row in rows}) > 1
        return self._frame.page(
            request,
            "usage.html",
            "Usage",
            rows=rows,
            chart=chart,
            days=DAYS,
            megabytes=megabytes,
            several=several,
        )

    async def _usage_file(self, request: Request) -> Response:
        return _file_of(self._usage_text(), "usage.csv")

    async def _usage_text(self) -> AsyncGenerator[str]:
        text = StringIO()
        rows = [USAGE, *(tuple(row[name] for name in USAGE) for row in await self._used())]
        csv.writer(text).writerows(csv_cells(list(row)) for row in rows)
        yield text.getvalue()

    async def _journal(self, request: Request) -> Response:
        """The chain is read through when somebody asks for it: that takes as long as the journal."""
        verdict: list[str] | None = None
        if "check" in request.query_params and self._oversight.is_owner:
            state, seal = self._files.state, self._files.seal
            faults = await journal_faults(state, seal, counts=not state.is_shared)
            verdict = [*faults, *await missing_agreements(state, seal)]
        entries = await self._files.journal.entries(limit=MOST_ENTRIES, by_record=False, caller=self._user)
        own = [(each, words_of(each, self._frame.html.called)) for each in entries]
        return self._frame.page(
            request,
            "journal.html", "Journal", entries=own, verdict=verdict, most=MOST_ENTRIES,
            may_check=self._oversight.is_owner,
        )  # fmt: skip

    async def _journal_file(self, request: Request) -> Response:
        """The person's own entries, those of single records too, the first first."""
        return _file_of(self._journal_text(), "journal.csv")

    async def _journal_text(self) -> AsyncGenerator[str]:
        lines = [HEADINGS]
        async for entry in self._files.journal.every(self._user):
            lines.append(csv_line(row_of(entry, with_fields=True)))
            if len(lines) == AT_ONCE:
                yield "".join(lines)
                lines.clear()
        yield "".join(lines)


def _file_of(pieces: AsyncIterable[str], name: str) -> Response:
    """With the mark by which spreadsheets know UTF-8."""
    headers = {"Content-Disposition": f"attachment; filename={name}"}

    async def marked_text() -> AsyncGenerator[str]:
        yield "\ufeff"
        async for piece in pieces:
            yield piece

    return StreamingResponse(marked_text(), media_type="text/csv; charset=utf-8", headers=headers)
