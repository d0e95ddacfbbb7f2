"""A job as the facts of an answer."""

from __future__ import annotations

from datetime import UTC, datetime

from ..text.facts import Facts
from .job import Job

WAITING = "waiting for "
"""How the message of a job begins that waits for somebody, and so may seem to do nothing."""
WITHHELD = "It ran under other settings of the owner's, so what it was about and what it came to is not told. Ask anew."


def line(job: Job) -> Facts:
    """A job in a list."""
    facts: Facts = {
        "job": job.id,
        "state": job.state.value,
        "summary": job.heading,
        "asked": moment(job.asked),
    }
    if job.total and not job.state.is_over:
        facts["progress"] = f"{job.done} of {job.total}"
    if job.plan:
        facts["change_id"] = job.plan
    return facts


def running(job: Job, now: float, *, is_queued: bool) -> Facts:
    """A job that is not over; `is_queued`: others come first."""
    facts: Facts = {"state": "running", "job": job.id, "summary": job.heading}
    if is_queued:
        facts["waiting"] = "others come first"
    if job.total:
        facts["progress"] = f"{job.done} of {job.total}"
    if job.message.startswith(WAITING):
        facts["doing"] = job.message
    facts["for_seconds"] = round(now - (job.begun or job.asked))
    facts["next"] = f"check_job {job.id} waits for it. Asking again does not start it twice."
    return facts


def withheld(job: Job) -> Facts:
    """A job of other settings: that there is one, and nothing of what it was about. Its id holds a name too."""
    return {"state": job.state.value if job.state.is_over else "running", "said": WITHHELD}


def ago(job: Job, now: float) -> str:
    """Of an answer that was there already."""
    seconds = round(now - job.asked)
    since = f"{seconds} seconds" if seconds < 120 else f"{round(seconds / 60)} minutes"
    return f"This is what came of the same question, asked {since} ago"


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
