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
SEEN, OUTSIDERS = "$seen", "$outsiders"
"""Beside the facts of a job that is over: `Job.seen` and `Job.outsiders`."""


def facts_written(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=_number)


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


def job_of(row: Row) -> Job:
    facts = json.loads(row["facts"], object_hook=_read, parse_float=Decimal)
    seen, outsiders = facts.pop(SEEN, ""), tuple(facts.pop(OUTSIDERS, ()))
    return Job(
        id=row["id"],
        database=row["database"],
        caller=Caller(row["caller"], row["account"]),
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
        seen=seen,
        outsiders=outsiders,
        order=_order(row["work"]),
        stop_asked=bool(row["stop_asked"]),
    )
