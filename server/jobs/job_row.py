"""A job as a row of the state file; numbers in its facts keep every digit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from decimal import Decimal
from functools import partial
from typing import Any

import anyio.to_thread

from ..caller import Caller
from ..local.keys.key_ring import KeyRing
from ..local.keys.sealed_column import JOB, JOB_FACTS
from ..local.state.state import Row
from ..text.kept_numbers import NUMBER, kept_number, kept_within, number_or_object
from ..text.kept_sentences import kept, told
from .altered_job import UNREADABLE, AlteredJob, check_job
from .job import Job, JobKind, JobState, Order, OrderKind

OUTSIDERS = "$outsiders"
"""Beside the facts of a job that is over: `Job.outsiders`."""
SEEN = "$seen"
"""There too in what a version before form 18 of the records has written."""
LONG = 50_000
"""Bytes of sealed facts beyond which others would wait for their reading."""
WITHOUT_FACTS = (
    "id, database, caller, account, kind, subject, heading, fingerprint, state, runner, changes_things, plan, asked, begun,"
    " ended, done, total, message, seen, stop_asked, box, NULL AS facts_box"
)
"""The columns of a list: what a job came to may take megabytes."""


def facts_written(facts: Mapping[str, Any]) -> str:
    numbers = 0

    def kept(value: object) -> object:
        nonlocal numbers
        if not isinstance(value, Decimal):
            raise TypeError(type(value).__name__)
        numbers += 1
        return kept_number(value)

    text = _WRITER(facts, default=kept)
    return text if text.count(f'"{NUMBER}":') == numbers else _WRITER(kept_within(facts))


def facts_read(text: str) -> dict[str, Any]:
    return json.loads(text, object_hook=number_or_object, parse_float=Decimal)


_WRITER = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def order_read(text: str) -> Order | None:
    """As an earlier version has written it. Empty for work that is no data."""
    return _order(json.loads(text)) if text else None


def caller_of(row: Row) -> Caller:
    return Caller(row["caller"], row["account"])


class JobRows:
    """What a job is about and what came of it are sealed; `keyed` makes a digest over a question one that cannot be guessed."""

    def __init__(self, ring: KeyRing, keyed: Callable[[str], str]) -> None:
        self._about = JOB.sealer(ring)
        self._facts = JOB_FACTS.sealer(ring)
        self.keyed = keyed

    def about(self, name: str, caller: str, heading: str, order: Order | None) -> bytes:
        about = [kept(heading), None if order is None else asdict(order)]
        text = json.dumps(about, ensure_ascii=False)
        return self._about.seal(
            text.encode("utf-8", "surrogatepass"), JOB.place({"id": name, "caller": caller})
        )

    def facts(self, name: str, caller: str, facts: Mapping[str, Any]) -> bytes:
        text = facts_written(facts)
        place = JOB_FACTS.place({"id": name, "caller": caller})
        return self._facts.seal(text.encode("utf-8", "surrogatepass"), place)

    async def facts_beside(self, name: str, caller: str, facts: Mapping[str, Any]) -> bytes:
        """`facts` sealed in a thread: they may take megabytes."""
        return await anyio.to_thread.run_sync(self.facts, name, caller, facts)

    async def job_beside(self, row: Row) -> Job:
        """As `job`, in a thread where it is long."""
        box = row["facts_box"]
        if not isinstance(box, bytes) or len(box) <= LONG:
            return self.job(row)
        return await anyio.to_thread.run_sync(self.job, row)

    def readable(self, rows: Sequence[Row]) -> list[Job]:
        """Without those that were altered: they keep no other from being told, or taken up."""
        jobs: list[Job] = []
        for row in rows:
            with suppress(AlteredJob):
                jobs.append(self.job(row))
        return jobs

    def job(self, row: Row) -> Job:
        """Raises AlteredJob."""
        check_job(row)
        try:
            return self._read(row)
        except UNREADABLE:
            raise AlteredJob(row["id"]) from None

    def _read(self, row: Row) -> Job:
        about = self._about.open(row["box"], JOB.place(row)).decode("utf-8", "surrogatepass")
        heading, order = json.loads(about)
        facts: dict[str, Any] = {}
        if row["facts_box"] is not None:
            opened = self._facts.open(row["facts_box"], JOB_FACTS.place(row))
            facts = facts_read(opened.decode("utf-8", "surrogatepass"))
        before, outsiders = facts.pop(SEEN, ""), tuple(facts.pop(OUTSIDERS, ()))
        return Job(
            id=row["id"],
            database=row["database"],
            caller=caller_of(row),
            kind=JobKind(row["kind"]),
            subject=row["subject"],
            heading=told(heading),
            fingerprint=row["fingerprint"],
            state=JobState(row["state"]),
            runner=row["runner"],
            changes_things=bool(row["changes_things"]),
            plan=row["plan"],
            asked=row["asked"],
            begun=row["begun"],
            ended=row["ended"],
            done=row["done"],
            total=row["total"],
            message=told(row["message"]),
            facts=facts,
            seen=row["seen"] or before,
            outsiders=outsiders,
            order=None if order is None else _order(order),
            stop_asked=bool(row["stop_asked"]),
        )


def _order(facts: dict[str, Any]) -> Order:
    return Order(kind=OrderKind(facts.pop("kind")), **facts)
