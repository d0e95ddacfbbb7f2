"""A piece of work that may outlast the call that asked for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..caller import Caller

Report = Callable[[int, int | None, str], Awaitable[None]]
"""How far it is: done, of how many (None where nobody knows), and what it is at."""


class JobKind(StrEnum):
    SCRIPT = "script"
    RUNBOOK = "runbook"
    CHANGE = "change"
    SUMMARY = "summary"
    EXPORT = "export"
    PLAN = "plan"


class JobState(StrEnum):
    WAITING = "waiting"
    """In the queue; nothing was sent."""
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a piece of work ended: `done`, `refused`, `unknown` or `cancelled`, and what there is to say about it."""

    state: JobState
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    nothing_ran: bool = False
    """Refused before anything was carried out: asking again tries again."""


Work = Callable[[Report], Awaitable[Finished]]


class OrderKind(StrEnum):
    CHANGE = "change"
    """Carries out the plan named by `subject`."""
    SCHEDULE = "schedule"
    """What the schedule named by `subject` is for, once for the time `due`."""


@dataclass(frozen=True, slots=True)
class Order:
    """Work as data: any process that serves the database can carry it out, or go on with it where another one ended."""

    kind: OrderKind
    subject: str
    client: str = ""
    """The MCP client that asked, as the journal names it."""
    go_on: bool = False
    all_or_nothing: bool = False
    is_runbook: bool = False
    """The plan is a run of a runbook."""
    due: float = 0.0
    grant: str = ""
    """By what the caller was let in when it was asked for; empty where no such thing is needed."""


Carrier = Callable[[Order, Caller, Report], Awaitable[Finished]]


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked for."""

    kind: JobKind
    subject: str
    """The script, runbook, layout or change it is about."""
    heading: str
    """One line for a person: `Running the script 'Month report'`."""
    caller: Caller
    fingerprint: str
    """The same question has the same fingerprint."""
    work: Work | Order
    """An order, or a function for what only this process can do: it has the pages or the session that are needed."""
    changes_things: bool
    """Whether something may be different when it is broken off in the middle: then its outcome is unknown."""
    plan: str = ""
    """The change that it carries out, whose items tell how far it came."""
    answers_again: float = 0.0
    """Seconds for which its result also answers the same question asked again; a result nobody heard of yet always does."""


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work as the state file has it. Times are seconds since 1970."""

    id: str
    database: str
    caller: Caller
    kind: JobKind
    subject: str
    heading: str
    fingerprint: str
    state: JobState
    runner: str
    changes_things: bool
    plan: str
    asked: float
    begun: float | None
    ended: float | None
    done: int
    total: int | None
    message: str
    facts: Mapping[str, Any]
    seen: str = ""
    """What decided what is shown when it was asked for, as a digest (`policy.showing_all`)."""
    outsiders: tuple[str, ...] = ()
    """Fields of outsiders whose text had been read when it ended."""
    order: Order | None = None
    """What is to be done, where another process could go on with it."""
    stop_asked: bool = False
