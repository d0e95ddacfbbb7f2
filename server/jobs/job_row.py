"""A job as a row of the state file; numbers in its facts keep every digit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from ..caller import Caller
from ..local.state.state import Row
from .job import Job, JobKind, JobState, Order, OrderKind, Work

NUMBER = "$number"
OUTSIDERS = "$outsiders"
"""Beside the facts of a job that is over: `Job.outsiders`."""
SEEN = "$seen"
"""There too in what a version before form 18 of the records has written."""
WITHOUT_FACTS = (
    "id, database, caller, account, kind, subject, heading, fingerprint, state, runner, changes_things, plan, asked, begun,"
    " ended, done, total, message, seen, stop_asked, work, '{}' AS facts"
)
"""The columns of a list: what a job came to may take megabytes."""


def facts_written(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=_number)


def facts_read(text: str) -> dict[str, Any]:
    return json.loads(text, object_hook=_read, parse_float=Decimal)


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return {NUMBER: format(value, "f")}
    raise TypeError(type(value).__name__)


def _read(raw: dict[str, Any]) -> object:
    return Decimal(raw[NUMBER]) if set(raw) == {NUMBER} else raw


def order_written(work: Work | Order) -> str:
    """Empty for work that is no data."""
    return json.dumps(asdict(work), ensure_ascii=False) if isinstance(work, Order) else ""


def _order(text: str) -> Order | None:
    if not text:
        return None
    facts: dict[str, Any] = json.loads(text)
    return Order(kind=OrderKind(facts.pop("kind")), **facts)


def caller_of(row: Row) -> Caller:
    return Caller(row["caller"], row["account"])


def job_of(row: Row) -> Job:
    facts = facts_read(row["facts"])
    before, outsiders = facts.pop(SEEN, ""), tuple(facts.pop(OUTSIDERS, ()))
    return Job(
        id=row["id"],
        database=row["database"],
        caller=caller_of(row),
        kind=JobKind(row["kind"]),
        subject=row["subject"],
        heading=row["heading"],
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
        message=row["message"],
        facts=facts,
        seen=row["seen"] or before,
        outsiders=outsiders,
        order=_order(row["work"]),
        stop_asked=bool(row["stop_asked"]),
    )
