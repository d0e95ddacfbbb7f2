"""What can be said of a job that did not come to its own end."""

from __future__ import annotations

import logging

from ..errors import FilemakerMcpError, LimitReached, OutcomeUnknown, StateAway
from ..text.unexpected_errors import place_of, said_of
from .job import Finished, Job, JobKind, JobState

DIED = "The server ended while it ran"
ACCESS_ENDED = "The access by which it was asked for was ended"
ENTERING = "entering "
"""Among the ids of a process, at the beginning of what stands for a job that is being written down."""

log = logging.getLogger("filemaker_mcp")


def broken_off(job: Job, why: str) -> Finished:
    """Why it was broken off, and what that means for what it was to do."""
    if job.state is JobState.WAITING:
        return Finished(JobState.CANCELLED, {"said": f"{why} before its turn came. Nothing was sent."})
    if not job.changes_things:
        return Finished(
            JobState.CANCELLED, {"said": f"{why}. It only reads: nothing was changed. Ask again."}
        )
    if job.plan or job.kind is JobKind.RUNBOOK:
        return Finished(
            JobState.CANCELLED,
            {"said": f"{why}. list_changes shows what was carried out; apply_change goes on."},
        )
    return Finished(
        JobState.UNKNOWN,
        {
            "said": f"{why}. Whether it was carried out to its end is not known. It is not run again by itself: look in "
            "FileMaker first, then repeat it if it is needed."
        },
    )


def refused(error: FilemakerMcpError, job: Job) -> Finished:
    """What a plan did is in its own books: asked again, it is looked at there."""
    state = JobState.UNKNOWN if isinstance(error, OutcomeUnknown) else JobState.REFUSED
    text = str(error)
    if isinstance(error, StateAway) and job.plan:
        text = f"{error.what}. Nothing more was sent. list_changes {job.plan} tells what was, apply_change goes on."
    return Finished(state, {"said": text}, nothing_ran=bool(job.plan) or state is JobState.REFUSED)


def defect(error: Exception, job: Job) -> Finished:
    """Says where, never what: the text of an unforeseen exception may hold anything."""
    log.error("defect in a job: %s at %s", type(error).__name__, place_of(error))
    state = JobState.UNKNOWN if job.changes_things else JobState.REFUSED
    # What a plan did is in its own books: asked again, it is looked at there.
    return Finished(state, {"said": said_of(error)}, nothing_ran=bool(job.plan))


def queue_full(waiting: int, seconds: float) -> LimitReached:
    return LimitReached(
        f"Busy: {waiting} jobs wait already", retry_after=seconds, advice="check_job lists them."
    )
